"""The weights file is read without PyTorch, and nothing else gets in that way."""

import hashlib
import io
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest

from app.vision import weights
from app.vision.weights import WeightsError


@pytest.fixture(scope="module")
def tensors() -> dict[str, weights.Array]:
    return weights.read(weights.find())


def test_every_tensor_of_the_network_is_there(tensors: dict[str, weights.Array]) -> None:
    trained = [t for name, t in tensors.items() if "running" not in name and "num_" not in name]
    assert sum(t.size for t in trained) == 4_652_008
    assert tensors["_fc.weight"].shape == (1000, 1280)
    assert tensors["_conv_stem.weight"].shape == (32, 3, 3, 3)


def test_strides_are_honoured(tensors: dict[str, weights.Array]) -> None:
    """The stem lies in TensorFlow's order in the file; read naively its patterns are torn apart.
    A pattern that is whole is smoother along its rows than one with its numbers shuffled."""
    stem = tensors["_conv_stem.weight"]
    whole = np.abs(np.diff(stem, axis=-1)).mean()
    torn = np.abs(np.diff(stem.transpose(2, 3, 1, 0).reshape(stem.shape), axis=-1)).mean()
    assert whole < 0.8 * torn


def test_an_altered_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    content = bytearray(weights.find().read_bytes())
    content[len(content) // 2] ^= 1
    altered = tmp_path / "weights.pth"
    altered.write_bytes(content)
    with pytest.raises(WeightsError, match="not the expected file"):
        weights.read(altered)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot read"):
        weights.read(tmp_path / "nothing.pth")


class _Canary:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def _file_with(thing: object, tmp_path: Path) -> tuple[Path, str]:
    file = io.BytesIO()
    for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, thing, []):
        pickle.dump(part, file, protocol=2)
    path = tmp_path / "hostile.pth"
    path.write_bytes(file.getvalue())
    return path, hashlib.sha256(file.getvalue()).hexdigest()


def test_code_in_a_pickle_is_never_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    path, sha256 = _file_with(_Canary(canary), tmp_path)
    with pytest.raises(WeightsError, match="asks for"):
        weights.read(path, sha256)
    assert not canary.exists()


def test_a_tensor_cannot_reach_outside_its_storage() -> None:
    storage = weights._Storage("0", np.dtype("<f4"), 4)
    numbers = np.frombuffer(struct.pack("<4f", 1, 2, 3, 4), "<f4")
    inside = weights._Tensor(storage, 0, (2, 2), (1, 2))
    assert weights._view(inside, numbers).tolist() == [[1, 3], [2, 4]]
    for outside in ((1, (2, 2), (2, 1)), (0, (2, 3), (2, 1)), (0, (2, 2), (-1, 1))):
        with pytest.raises(WeightsError, match="outside"):
            weights._view(weights._Tensor(storage, *outside), numbers)
