"""A small copy of a photo for showing: upright, re-encoded, and without what it said of itself."""

import io

from PIL import Image, ImageOps

from app.vision.decode import FORMATS

_SIDE = 960


def preview(content: bytes, side: int = _SIDE) -> bytes:
    """A JPEG of at most `side` pixels a side. For photos that `decode` has already accepted."""
    image = Image.open(io.BytesIO(content), formats=FORMATS)
    image.draft("RGB", (side, side))
    image.thumbnail((side, side))
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        layered = upright.convert("RGBA")
        upright = Image.new("RGB", layered.size, "white")
        upright.paste(layered, mask=layered.getchannel("A"))
    out = io.BytesIO()
    upright.convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()
