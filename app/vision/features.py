"""A dataset as numbers: the features of its photos in 8 bits, and what must be known of each photo.

The features are means of ReLU6 outputs, so never negative: a photo's largest one becomes 255, and
one float32 a photo remembers the scale. That changes neither accuracy nor nearest neighbours.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from app.vision.engine import Floats
from app.vision.recipe import FEATURES

Split = Literal["train", "validation", "test", "aside"]
SPLITS: tuple[Split, ...] = get_args(Split)

Bytes = NDArray[np.uint8]

_COLUMNS: dict[str, tuple[type[np.generic], tuple[int, ...]]] = {
    "rows": (np.uint8, (FEATURES,)),
    "scales": (np.float32, ()),
    "label": (np.int32, ()),
    "split": (np.uint8, ()),
    "group": (np.int32, ()),
    "hash": (np.uint64, ()),
    "sha256": (np.uint8, (32,)),
}


class TableDamaged(Exception):
    """The bytes are not a table of features."""


def quantise(features: Floats) -> tuple[Bytes, Floats]:
    """n x 1280 features in 8 bits, and the n scales that undo it. Raises ValueError for numbers
    that are negative or not finite."""
    if not np.isfinite(features).all() or (features < 0).any():
        raise ValueError("features must be finite and not negative")
    scales = (features.max(axis=1) / 255).astype(np.float32)
    divisors = np.where(scales > 0, scales, np.float32(1))
    return np.rint(features / divisors[:, None]).clip(0, 255).astype(np.uint8), scales


def restore(rows: Bytes, scales: Floats) -> Floats:
    """The features again: n x 1280, each within half a scale of what it was."""
    return np.asarray(rows * scales[:, None], np.float32)


@dataclass(frozen=True, eq=False)
class Table:
    """One entry a photo in every column; `label` counts in `labels`, `split` in SPLITS.

    Columns: `rows` n x 1280 uint8, `scales` float32, `label` int32, `split` uint8, `group` int32
    (near-duplicates share it), `hash` uint64 (perceptual), `sha256` n x 32 uint8.
    """

    labels: tuple[str, ...]
    rows: Bytes
    scales: Floats
    label: NDArray[np.int32]
    split: Bytes
    group: NDArray[np.int32]
    hash: NDArray[np.uint64]
    sha256: Bytes

    def __post_init__(self) -> None:
        count = len(self.rows)
        for name, (kind, shape) in _COLUMNS.items():
            column: NDArray[Any] = getattr(self, name)
            if column.dtype != kind or column.shape != (count, *shape):
                raise TableDamaged(f"{name} is {column.dtype} {column.shape}")
        if count and not 0 <= self.label.min() <= self.label.max() < len(self.labels):
            raise TableDamaged("a label is out of range")
        if count and self.split.max() >= len(SPLITS):
            raise TableDamaged("a split is out of range")
        if not np.isfinite(self.scales).all():
            raise TableDamaged("a scale is not finite")

    def __len__(self) -> int:
        return len(self.rows)

    def features(self) -> Floats:
        """n x 1280, restored from 8 bits."""
        return restore(self.rows, self.scales)

    def of(self, *splits: Split) -> "Table":
        """The photos of these splits, in their order."""
        return self.take(np.isin(self.split, [SPLITS.index(split) for split in splits]))

    def take(self, chosen: NDArray[Any]) -> "Table":
        """The photos of a mask or of indices."""
        columns = {name: getattr(self, name)[chosen] for name in _COLUMNS}
        return Table(self.labels, **columns)

    def count(self, split: Split) -> int:
        return int(np.count_nonzero(self.split == SPLITS.index(split)))

    def fingerprint(self) -> str:
        """SHA-256 over which photo has which label and split: alike on every machine, because no
        feature goes into it."""
        lines = sorted(
            f"{digest.tobytes().hex()} {self.labels[label]} {SPLITS[split]}\n"
            for digest, label, split in zip(self.sha256, self.label, self.split, strict=True)
        )
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def save(self) -> bytes:
        """As safetensors, with the labels in its metadata; the same table gives the same bytes."""
        columns = {name: np.ascontiguousarray(getattr(self, name)) for name in _COLUMNS}
        return save(columns, {"labels": json.dumps(self.labels)})

    @classmethod
    def load(cls, content: bytes) -> Self:
        """Raises TableDamaged."""
        try:
            columns = load(content)
            labels = _metadata(content)["labels"]
            return cls(tuple(json.loads(labels)), **columns)
        except (SafetensorError, ValueError, KeyError, TypeError) as error:
            raise TableDamaged(str(error)) from error


def pack(rows: Bytes, scales: Floats, **columns: NDArray[Any]) -> bytes:
    """Features in 8 bits and what belongs to each, as safetensors."""
    arrays = {"rows": rows, "scales": scales, **columns}
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})


def unpack(content: bytes) -> dict[str, NDArray[Any]]:
    """What `pack` was given, by name. Raises TableDamaged."""
    try:
        arrays = load(content)
        rows, scales = arrays["rows"], arrays["scales"]
    except (SafetensorError, ValueError, KeyError) as error:
        raise TableDamaged(str(error)) from error
    if rows.dtype != np.uint8 or rows.ndim != 2 or rows.shape[1] != FEATURES:
        raise TableDamaged(f"rows are {rows.dtype} {rows.shape}")
    if any(len(array) != len(rows) for array in arrays.values()):
        raise TableDamaged("the columns differ in length")
    if scales.dtype != np.float32 or not np.isfinite(scales).all():
        raise TableDamaged("a scale is not a finite number")
    return arrays


def digests(hexadecimal: Sequence[str]) -> Bytes:
    """SHA-256 sums written out, as the n x 32 bytes of the column."""
    joined = b"".join(bytes.fromhex(digest) for digest in hexadecimal)
    return np.frombuffer(joined, np.uint8).reshape(-1, 32)


def _metadata(content: bytes) -> dict[str, str]:
    """The header of a safetensors file: a little-endian 64-bit length, then JSON."""
    length = int.from_bytes(content[:8], "little")
    metadata: dict[str, str] = json.loads(content[8 : 8 + length])["__metadata__"]
    return metadata
