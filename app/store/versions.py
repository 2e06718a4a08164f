"""Versions that never change: a folder each, written aside, synced, and only then put in place.

A folder holds manifest.json, the numbers in head.safetensors, and documents beside them: texts for
people, numbers for later. The manifest has the SHA-256 of every file and of itself, so a version
that was altered or cut short is noticed before anything is answered from it. Nothing in it is ever
executed or unpickled.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from app.durable import sync

FORMAT = 1
"""Raised when an older reader would misunderstand a newer folder."""

WRITING = ".writing-"
"""How a folder is called that is not a version yet."""

MANIFEST = "manifest.json"
_ARRAYS = "head.safetensors"
_OWN = ("format", "files", "shapes", "sha256")

Array = NDArray[Any]


class VersionDamaged(Exception):
    """A version's folder is not as it was written; the message says what is wrong."""


class VersionExists(Exception):
    """There is a version in this place already, and versions never change."""


@dataclass(frozen=True, eq=False)
class StoredVersion:
    """`arrays` by name: `weights` (features x labels) and `bias` (labels), both float32;
    `documents` are the other files by name, as they were written."""

    manifest: dict[str, Any]
    arrays: dict[str, Array]
    documents: dict[str, bytes]


def write_version(
    folder: Path,
    manifest: Mapping[str, Any],
    arrays: Mapping[str, Array],
    documents: Mapping[str, str | bytes],
) -> None:
    """Puts a version in `folder`, whole or not at all; `documents` are texts or bytes by file name.

    Raises VersionExists when something lies there already, ValueError for what must not be kept.
    """
    _refuse(folder, manifest, arrays, documents)
    content = {_ARRAYS: save({name: np.ascontiguousarray(a) for name, a in arrays.items()})}
    content |= {n: d.encode() if isinstance(d, str) else d for n, d in documents.items()}
    whole: dict[str, Any] = {
        **manifest,
        "format": FORMAT,
        "shapes": {name: list(array.shape) for name, array in sorted(arrays.items())},
        "files": {name: _sha256(bytes_) for name, bytes_ in sorted(content.items())},
    }
    whole["sha256"] = _sha256(_canonical(whole))
    content[MANIFEST] = (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode()
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=WRITING))
    try:
        for name, bytes_ in content.items():
            _write(aside / name, bytes_)
        aside.chmod(0o755)
        sync(aside)
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    sync(folder.parent)


def read_version(folder: Path) -> StoredVersion:
    """A version whose every file is as it was written. Raises VersionDamaged."""
    manifest = _read_manifest(folder)
    try:
        listed = dict(manifest["files"])
    except (KeyError, TypeError, ValueError) as error:
        raise VersionDamaged(f"{MANIFEST} lists no files") from error
    files = {name: _read_file(folder, name, sha256) for name, sha256 in listed.items()}
    try:
        arrays = load(files[_ARRAYS])
        shapes = {name: tuple(shape) for name, shape in manifest["shapes"].items()}
    except (SafetensorError, KeyError, TypeError, AttributeError) as error:
        raise VersionDamaged(f"{_ARRAYS} cannot be read: {error}") from error
    if {name: array.shape for name, array in arrays.items()} != shapes:
        raise VersionDamaged("the arrays have other shapes than the manifest says")
    fault = _fault(manifest, arrays)
    if fault:
        raise VersionDamaged(fault)
    del files[_ARRAYS]
    return StoredVersion(manifest, arrays, files)


def _refuse(
    folder: Path,
    manifest: Mapping[str, Any],
    arrays: Mapping[str, Array],
    documents: Mapping[str, str | bytes],
) -> None:
    if folder.exists():
        raise VersionExists(str(folder))
    if any(name in manifest for name in _OWN):
        raise ValueError(f"the manifest's {', '.join(_OWN)} are written by the store")
    for name in documents:
        if name in (MANIFEST, _ARRAYS) or Path(name).name != name or name.startswith("."):
            raise ValueError(f"a document cannot be called {name!r}")
    fault = _fault(manifest, arrays)
    if fault:
        raise ValueError(fault)


def _fault(manifest: Mapping[str, Any], arrays: Mapping[str, Array]) -> str | None:
    """What keeps these numbers from being a head, or None."""
    if set(arrays) != {"weights", "bias"}:
        return "a version holds weights and bias, nothing else"
    if any(array.dtype != np.float32 for array in arrays.values()):
        return "weights and bias must be float32"
    labels = manifest.get("labels")
    count = len(labels) if isinstance(labels, list) else 0
    if arrays["weights"].ndim != 2 or arrays["weights"].shape[1] != count or count == 0:
        return f"weights of shape {arrays['weights'].shape} for {count} labels"
    if arrays["bias"].shape != (count,):
        return f"a bias of shape {arrays['bias'].shape} for {count} labels"
    if not all(np.isfinite(array).all() for array in arrays.values()):
        return "weights or bias are not finite"
    temperature = manifest.get("temperature")
    if not isinstance(temperature, int | float) or not 0 < temperature < float("inf"):
        return f"a temperature of {temperature!r}"
    return None


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise VersionDamaged(f"{MANIFEST} cannot be read: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise VersionDamaged(f"{MANIFEST} is not of format {FORMAT}")
    rest = {key: value for key, value in manifest.items() if key != "sha256"}
    if manifest.get("sha256") != _sha256(_canonical(rest)):
        raise VersionDamaged(f"{MANIFEST} was altered")
    return manifest


def _read_file(folder: Path, name: str, sha256: str) -> bytes:
    """Bytes are read, never mapped: a file cut short later would end a process that maps it."""
    try:
        content = (folder / Path(name).name).read_bytes()
    except OSError as error:
        raise VersionDamaged(f"{name} cannot be read: {error}") from error
    if _sha256(content) != sha256:
        raise VersionDamaged(f"{name} was altered")
    return content


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
