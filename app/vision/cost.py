"""What decoding a photo will take, estimated before the decoder runs.

`tests/vision/test_decode_memory.py` holds these numbers against what the decoders really take.
"""

from PIL import Image

from app.vision import avif
from app.vision.recipe import SIDE
from app.vision.structure import Structure

_ENOUGH = 2 * SIDE  # decoded at twice the size it is needed in, a square loses nothing
_MOST_PIXELS = 25_000_000  # of a JPEG decoded for a small box
_AVIF_EXTRA = 1.15  # the decoder's own tables


def reduction(size: tuple[int, int], side: float) -> int:
    """By how much a JPEG's sides can be divided while decoding (1, 2, 4 or 8) to still show a
    square that is `side` pixels of it."""
    least = 1
    while size[0] * size[1] > _MOST_PIXELS * least**2:
        least *= 2
    most = least
    while most < 8 and side >= 2 * most * _ENOUGH:
        most *= 2
    return most


def estimate_mb(image: Image.Image, content: bytes, structure: Structure, side: float) -> float:
    """The peak in 2**20 bytes, whatever is cut out; of a JPEG a square of `side` pixels.

    Raises ValueError when an AVIF file does not hold together.
    """
    each, more = _decoded(image), float(len(content))
    if image.format in ("JPEG", "MPO"):
        each /= reduction(image.size, side) ** 2
        if not structure.single_pass:
            each += 2 * len(image.getbands())  # the coefficients of all scans
    elif image.format == "PNG":
        each += 4 if getattr(image, "is_animated", False) else 0  # what the next is drawn on
        more += 2**20 * (content.count(b"zTXt") + content.count(b"iTXt"))  # at most, unpacked
    elif image.format == "WEBP":
        # Two canvases of the decoder, the copy it hands over, the image; then what is cut out.
        each = max(16, 8 + each)
    else:
        each = max(len(image.getbands()) + 4, each) * _AVIF_EXTRA
        more += avif.planes_bytes(content) * _AVIF_EXTRA
    return (image.width * image.height * each + more) / 2**20


def _decoded(image: Image.Image) -> float:
    """Bytes a pixel: the image, what is cut out of it (perhaps all), and that converted."""
    if image.mode == "I;16":
        return 11
    own = 1 if image.mode in ("1", "L", "P") else 4
    if image.has_transparency_data:
        return own + max(own + 4, 8)
    return 4 if image.mode == "RGB" else own + own + 4
