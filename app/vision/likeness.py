"""Whether two photos are copies of one another: a perceptual hash, checked by the features.

The hash is the one of Zauner 2010 ("Implementation and Benchmarking of Perceptual Image Hash
Functions", section 3.2.1): the photo as 32 x 32 greys, its discrete cosine transform, and one bit
for each of the 64 lowest frequencies after the first row and column: above their median or not.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.vision import decode, pixels
from app.vision.engine import Floats

NEAR_BITS = 4
"""Bits of 64 by which copies in another size or encoding differ at most (99 % of them)."""

NEAR_COSINE = 0.95
"""How alike the features of copies are at least."""

_SIDE = 32
_LOWEST = 8


def _cosines() -> NDArray[np.float64]:
    """The first frequencies of the orthonormal DCT-II over `_SIDE` samples, without the mean."""
    frequency = np.arange(1, _LOWEST + 1)[:, None]
    at = (2 * np.arange(_SIDE)[None, :] + 1) / (2 * _SIDE)
    return np.asarray(np.sqrt(2 / _SIDE) * np.cos(np.pi * frequency * at))


_COSINES = _cosines()


def perceptual_hash(greys: NDArray[Any]) -> int:
    """64 bits for 32 x 32 greys; the lowest frequency is the highest bit."""
    if greys.shape != (_SIDE, _SIDE):
        raise ValueError(f"greys must be {_SIDE} x {_SIDE}, not {greys.shape}")
    waves = _COSINES @ greys.astype(np.float64) @ _COSINES.T
    bits = (waves > np.median(waves)).ravel()
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def greys(photo: decode.Photo) -> NDArray[np.uint8]:
    """The whole upright photo as 32 x 32 greys, whatever its shape.

    Raises TruncatedImage or UndecodableImage when the file turns out broken.
    """
    with_margin = 8 * _SIDE
    image = decode.loaded(photo, with_margin)
    with decode.as_problems():
        turn = pixels.orientation(image)
        if image.mode not in ("RGB", "L") or "transparency" in image.info:
            image = pixels.over_white(pixels.to_colour(image))
        small = pixels.upright(image, turn).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
        return np.asarray(small.convert("L"), np.uint8)


def distance(one: int, other: int) -> int:
    """Bits in which two hashes differ, 0 to 64 (Hamming 1950)."""
    return (one ^ other).bit_count()


def cosine(one: Floats, other: Floats) -> float:
    """1 for the same direction, 0 for nothing in common; also 0 when either is all zero."""
    length = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    return float(one @ other) / length if length > 0 else 0.0


def near(hash_bits: int, alike: float) -> bool:
    """The rule for near-duplicates: both the hashes and the features must agree."""
    return hash_bits <= NEAR_BITS and alike >= NEAR_COSINE
