"""A small copy of a photo for showing: upright, re-encoded, and without what it said of itself."""

import io

from PIL import Image

from app.vision import decode
from app.vision.decode import Square

_SIDE = 960
_QUALITY = 85


def preview(photo: decode.Photo, side: int = _SIDE) -> bytes:
    """A JPEG of at most `side` pixels a side. Raises as `decode.whole` does."""
    shown = decode.whole(photo, side)
    shown.thumbnail((side, side))
    shown.info = {}  # Pillow would write a comment along
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def of_square(square: Square) -> bytes:
    """A JPEG of what the network sees, 224 x 224 pixels."""
    out = io.BytesIO()
    Image.fromarray(square, "RGB").save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
