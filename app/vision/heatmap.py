"""Evidence as a picture: 7 x 7 numbers become a PNG, in colours the colour-blind tell apart."""

import io

import numpy as np
from PIL import Image

from app.vision.decode import Square
from app.vision.engine import Floats
from app.vision.recipe import SIDE

# From dark blue-violet over teal to yellow, lightness rising evenly (the idea of viridis).
_STOPS = ((52, 16, 84), (56, 88, 140), (32, 144, 140), (112, 200, 88), (250, 230, 60))

_OPACITY = 0.5


def _palette() -> list[int]:
    at = np.linspace(0, len(_STOPS) - 1, 256)
    channels = [np.interp(at, range(len(_STOPS)), channel) for channel in zip(*_STOPS, strict=True)]
    return [round(value) for colour in zip(*channels, strict=True) for value in colour]


_PALETTE = _palette()


def png(evidence: Floats) -> bytes:
    """A 224 x 224 PNG with a palette; `evidence` is 7 x 7 in 0..1."""
    return painted(_smooth(evidence))


def painted(values: Floats) -> bytes:
    """A PNG with one pixel for each of the values; from 0 to 1 they go through the colours."""
    out = io.BytesIO()
    _coloured(values).save(out, "PNG", compress_level=4)
    return out.getvalue()


def over(square: Square, evidence: Floats) -> bytes:
    """A JPEG of the square that the network saw, with the map laid over it."""
    photo = Image.fromarray(square, "RGB")
    out = io.BytesIO()
    coloured = _coloured(_smooth(evidence)).convert("RGB")
    Image.blend(photo, coloured, _OPACITY).save(out, "JPEG", quality=82)
    return out.getvalue()


def _smooth(evidence: Floats) -> Floats:
    small = Image.fromarray(np.asarray(evidence, np.float32), "F")
    return np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def _coloured(values: Floats) -> Image.Image:
    levels = Image.fromarray(np.clip(np.rint(values * 255), 0, 255).astype(np.uint8), "L")
    levels.putpalette(_PALETTE)
    return levels
