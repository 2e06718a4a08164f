"""A small copy of a photo for showing: upright, re-encoded, and without what it said of itself."""

import io

from app.vision import decode

_SIDE = 960


def preview(photo: decode.Photo, side: int = _SIDE) -> bytes:
    """A JPEG of at most `side` pixels a side. Raises as `decode.whole` does."""
    shown = decode.whole(photo, side)
    shown.thumbnail((side, side))
    shown.info = {}  # Pillow would write a comment along
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=85)
    return out.getvalue()
