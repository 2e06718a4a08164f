"""Photos to measure with: the same on every run of a machine."""

import random
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from tests.photos import SHARED, encode, packaged

_NAMES = ("chelsea", "coffee", "rocket", "flower", "camera")
_WIDTH, _HEIGHT = 4032, 3024


def ordinary(count: int) -> tuple[str, list[bytes]]:
    """Photos of about 320 pixels: flowers where they are at hand, else cut out of five photos."""
    files = _flowers()
    if len(files) >= count:
        chosen = [files[i * len(files) // count] for i in range(count)]
        return f"{count} of flower_photos", [file.read_bytes() for file in chosen]
    chance = random.Random(1)
    cuts = [_cut(chance, chance.choice(_NAMES)) for _ in range(count)]
    return f"{count} cut out of {len(_NAMES)} photos", cuts


class Labelled(NamedTuple):
    label: str
    content: bytes


def labelled(most: int) -> tuple[str, list[Labelled]]:
    """Photos with labels to teach: all flowers that are at hand, up to `most`, else cut-outs whose
    label is the photo they are of."""
    files = _flowers()
    if files:
        count = min(most, len(files))
        chosen = [files[i * len(files) // count] for i in range(count)]
        told = [Labelled(file.parent.name, file.read_bytes()) for file in chosen]
        return f"{count:,} of flower_photos", told
    chance = random.Random(1)
    names = [_NAMES[i % len(_NAMES)] for i in range(most)]
    cuts = [Labelled(name, _cut(chance, name)) for name in names]
    return f"{most:,} cut out of {len(_NAMES)} photos", cuts


def _flowers() -> list[Path]:
    return sorted((SHARED / "flower_photos").glob("*/*.jpg"))


@lru_cache
def _whole(name: str) -> Image.Image:
    return Image.fromarray(packaged(name))


def _cut(chance: random.Random, name: str) -> bytes:
    photo = _whole(name)
    width, height = (round(side * chance.uniform(0.6, 1)) for side in photo.size)
    left, top = chance.randint(0, photo.width - width), chance.randint(0, photo.height - height)
    side = chance.randint(220, 340)
    size = (side, side * height // width) if width < height else (side * width // height, side)
    cut = photo.crop((left, top, left + width, top + height)).resize(size)
    return encode(np.asarray(cut), quality=chance.randint(85, 95))


def phone(count: int) -> list[bytes]:
    """Photos of 12 megapixels with a sensor's grain, 3 to 6 MB each."""
    grain = np.random.default_rng(1).normal(0, 5, (_HEIGHT, _WIDTH, 1))
    return [_enlarged(_NAMES[i % len(_NAMES)], grain, 88 + i % 5) for i in range(count)]


def _enlarged(name: str, grain: np.ndarray, quality: int) -> bytes:
    large = Image.fromarray(packaged(name)).resize((_WIDTH, _HEIGHT))
    pixels = np.clip(np.asarray(large) + grain, 0, 255).astype(np.uint8)
    return encode(pixels, quality=quality)
