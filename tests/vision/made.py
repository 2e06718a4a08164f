"""Made-up features that behave like real ones: never negative, and alike within a label."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from app.vision.engine import Floats
from app.vision.features import SPLITS, Table, digests, quantise
from app.vision.recipe import FEATURES


def clusters(
    each: int, labels: int = 3, spread: float = 1.0, seed: int = 0
) -> tuple[Floats, NDArray[np.int32]]:
    """labels x each rows of 1280 around one centre a label, and which label each bears."""
    rng = np.random.default_rng(seed)
    # The centres do not depend on `seed`: the same labels seen in other photos.
    centres = np.random.default_rng(99).gamma(0.5, 1.0, (labels, FEATURES))
    truth = np.repeat(np.arange(labels, dtype=np.int32), each)
    noise = rng.normal(0, spread, (len(truth), FEATURES))
    return np.maximum(centres[truth] + noise, 0).astype(np.float32), truth


def table(photos: int) -> Table:
    """Photos of two labels in all four splits, each a group of its own."""
    rng = np.random.default_rng(1)
    rows, scales = quantise(rng.gamma(0.5, 1.0, (photos, FEATURES)).astype(np.float32))
    at = np.arange(photos)
    return Table(
        ("oak", "elm"),
        rows,
        scales,
        (at % 2).astype(np.int32),
        (at % len(SPLITS)).astype(np.uint8),
        at.astype(np.int32),
        rng.integers(0, 2**63, photos).astype(np.uint64),
        digests([hashlib.sha256(bytes([n])).hexdigest() for n in range(photos)]),
    )
