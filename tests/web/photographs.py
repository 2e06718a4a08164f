"""Many different photos, and copies of one, made from those that travel inside packages."""

import io

import numpy as np
from PIL import Image

from tests.photos import packaged


def different(number: int, side: int = 96) -> bytes:
    """A photo of noise that is like no other of another number."""
    noise = np.random.default_rng(number).integers(0, 255, (12, 12, 3), np.uint8)
    return jpeg(Image.fromarray(noise).resize((side, side), Image.Resampling.NEAREST))


def motif(name: str = "chelsea") -> Image.Image:
    return Image.fromarray(packaged(name))


def jpeg(image: Image.Image, quality: int = 90, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **options)
    return out.getvalue()
