"""The one door for image bytes: sniffed, measured by their header, and only then decoded.

What a format costs is estimated before the decoder runs, so that no file can take more memory than
the limits allow. Every way in which Pillow fails becomes one of the UnusableImage problems.
"""

import io
import logging
import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app import errors
from app.vision.recipe import RECIPE, SIDE

log = logging.getLogger(__name__)

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "image/avif")

# A square decoded at twice the size it is needed in loses nothing that the resize would keep.
_DRAFT = 2 * SIDE
_ORIENTATION = 0x0112
_ALPHA = {"RGBA", "LA", "PA", "La", "RGBa"}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Square = NDArray[np.uint8]


@dataclass(frozen=True)
class Limits:
    """Sides in pixels; `decode_mb` in 2**20 bytes, for everything but a baseline JPEG."""

    min_side: int = 8
    max_side: int = 16_384
    megapixels: int = 50
    decode_mb: int = 150
    scan_megapixels: int = 400  # scans x megapixels of a progressive JPEG: about 4 s
    scans: int = 500
    large_mb: int = 32  # from here on one at a time


@dataclass(frozen=True)
class Box:
    """Where to look: x and y of the upper left corner as fractions of the photo's width and
    height, `side` as a fraction of its shorter side."""

    x: float
    y: float
    side: float

    @classmethod
    def middle(cls, width: int, height: int) -> "Box":
        short = min(width, height)
        side = RECIPE.crop
        return cls((1 - side * short / width) / 2, (1 - side * short / height) / 2, side)

    def fits(self, width: int, height: int) -> bool:
        short = min(width, height)
        over = 1e-3  # clients round
        return (
            0 < self.side <= 1 + over
            and min(self.x, self.y) >= -over
            and self.x * width + self.side * short <= width * (1 + over)
            and self.y * height + self.side * short <= height * (1 + over)
        )

    def pixels(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Left, top, right, bottom within the photo."""
        side = min(self.side, 1.0) * min(width, height)
        left = min(max(self.x * width, 0.0), width - side)
        top = min(max(self.y * height, 0.0), height - side)
        return left, top, left + side, top + side


@dataclass(frozen=True)
class Photo:
    """An opened file whose header was found acceptable; nothing is decoded yet."""

    image: Image.Image
    format: str
    cost_mb: float


@dataclass(frozen=True)
class View:
    """The square the network will see: uint8, 224 x 224 x 3, RGB; and where it lay."""

    square: Square
    width: int
    height: int
    box: Box


def inspect(content: bytes, limits: Limits) -> Photo:
    """Opens an image by its own bytes (names and declared types can lie) and checks its header.

    Raises EmptyFile, UnsupportedImageType, UndecodableImage, ImageTooSmall, ImageTooManyPixels or
    ImageTooComplex.
    """
    if not content:
        raise errors.EmptyFile
    if sniff(content) is None:
        raise errors.UnsupportedImageType(accepted="JPEG, PNG, WebP, AVIF")
    try:
        with _as_problems():
            image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise errors.ImageTooManyPixels(megapixels=limits.megapixels) from error
    _check_sides(image, limits)
    cost = _cost_mb(image, content)
    baseline = image.format in ("JPEG", "MPO") and not _progressive(image)
    if not baseline:
        _check_scans(image, content, limits)
        if cost > limits.decode_mb:
            raise errors.ImageTooManyPixels(megapixels=limits.megapixels)
    return Photo(image, "JPEG" if image.format == "MPO" else str(image.format), cost)


def look_at(photo: Photo, box: Box | None = None) -> View:
    """Decodes what is needed of a photo and cuts out the square for the network.

    The middle square without `box`. Raises InvalidParameter when the box lies outside the photo,
    TruncatedImage or UndecodableImage when the file turns out broken.
    """
    image, size = photo.image, photo.image.size
    _draft(image, box)
    with _as_problems():
        image.load()
    turn = _orientation(image)
    width, height = _upright(size, turn)
    box = box or Box.middle(width, height)
    if not box.fits(width, height):
        raise errors.InvalidParameter(name="box")
    drawn = _upright(image.size, turn)
    with _as_problems():
        square = _cut(image, _unturn(box.pixels(*drawn), turn, *drawn), SIDE)
    if turn in _TURNS:
        square = square.transpose(_TURNS[turn])
    return View(np.asarray(square), width, height, box)


def sniff(content: bytes) -> str | None:
    """The format by its first bytes, or None when it is not one of ours."""
    if content.startswith(b"\xff\xd8"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and {content[8:12], content[16:20]} & {b"avif", b"avis"}:
        return "AVIF"
    return None


class _as_problems:  # noqa: N801  (reads as a verb where it is used)
    """Turns whatever a decoder raises into a problem of ours; Pillow raises ten kinds and more."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: Any, _: Any) -> None:
        passed_on = (errors.Problem, Image.DecompressionBombError, MemoryError)
        if error is None or not isinstance(error, Exception) or isinstance(error, passed_on):
            return
        log.info("image refused: %s: %s", type(error).__name__, error)
        if "truncated" in str(error).lower():
            raise errors.TruncatedImage from error
        raise errors.UndecodableImage from error


def _check_sides(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    if min(width, height) < limits.min_side:
        raise errors.ImageTooSmall(least=limits.min_side, width=width, height=height)
    too_long = max(width, height) > limits.max_side
    if too_long or width * height > limits.megapixels * 1_000_000:
        raise errors.ImageTooManyPixels(megapixels=limits.megapixels)


def _progressive(image: Image.Image) -> bool:
    return bool(image.info.get("progressive"))


def _check_scans(image: Image.Image, content: bytes, limits: Limits) -> None:
    """Each scan of a progressive JPEG passes over the whole picture again."""
    if not _progressive(image):
        return
    scans = content.count(b"\xff\xda")
    work = scans * image.width * image.height / 1e6
    if scans > limits.scans or work > limits.scan_megapixels:
        raise errors.ImageTooComplex(scans=scans)


def _cost_mb(image: Image.Image, content: bytes) -> float:
    """Estimated peak of decoding, in 2**20 bytes; measured in tests/test_decode_memory.py."""
    pixels = image.width * image.height
    if image.format in ("JPEG", "MPO"):
        channels = len(image.getbands())
        # A draft divides each side by up to 8; what is left is decoded at 4 bytes a pixel.
        reduction = max(1, min(8, min(image.size) // 512)) ** 2
        each = 4 / reduction + (2 * channels if _progressive(image) else 0)
    elif image.format == "PNG":
        deep = image.mode.startswith("I")
        converted = image.mode in _ALPHA or image.mode in ("P", "1") or "transparency" in image.info
        each = (4 if deep or image.mode != "L" else 1) + (4 if deep or converted else 0)
    elif image.format == "WEBP":
        each = 16.0
    else:
        each = 12.0
    return (pixels * each + len(content)) / 2**20


def _draft(image: Image.Image, box: Box | None) -> None:
    """Lets a JPEG decode at a half, a quarter or an eighth where that is more than enough."""
    side = (box.side if box else RECIPE.crop) * min(image.size)
    if image.format in ("JPEG", "MPO") and side > _DRAFT:
        scale = _DRAFT / side
        image.draft("RGB", (math.ceil(image.width * scale), math.ceil(image.height * scale)))


def _orientation(image: Image.Image) -> int:
    """1 to 8 (EXIF 2.32, tag 274); broken EXIF counts as upright."""
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _upright(size: tuple[int, int], turn: int) -> tuple[int, int]:
    return size if turn < 5 else (size[1], size[0])


def _unturn(
    box: tuple[float, float, float, float], turn: int, width: int, height: int
) -> tuple[float, float, float, float]:
    """From the upright photo (width x height) to the pixels as they lie in the file."""
    left, top, right, bottom = box
    if turn == 2:
        return width - right, top, width - left, bottom
    if turn == 3:
        return width - right, height - bottom, width - left, height - top
    if turn == 4:
        return left, height - bottom, right, height - top
    if turn == 5:
        return top, left, bottom, right
    if turn == 6:
        return top, width - right, bottom, width - left
    if turn == 7:
        return height - bottom, width - right, height - top, width - left
    if turn == 8:
        return height - bottom, left, height - top, right
    return box


def _cut(image: Image.Image, box: tuple[float, float, float, float], side: int) -> Image.Image:
    """The box as an RGB picture of side x side. Only the box is converted, not the whole photo."""
    if image.mode != "RGB" or "transparency" in image.info:
        image, box = _crop_around(image, box, side)
        image = _to_colour(image)
    cut = image.resize((side, side), Image.Resampling.BICUBIC, box=box)
    if cut.mode == "RGBA":
        white = Image.new("RGB", cut.size, "white")
        white.paste(cut, mask=cut.getchannel("A"))
        return white
    return cut


def _crop_around(
    image: Image.Image, box: tuple[float, float, float, float], side: int
) -> tuple[Image.Image, tuple[float, float, float, float]]:
    """The box and the rim of pixels that the bicubic filter reaches for."""
    rim = math.ceil(2 * max(1.0, (box[2] - box[0]) / side))
    left, top = max(0, math.floor(box[0]) - rim), max(0, math.floor(box[1]) - rim)
    right = min(image.width, math.ceil(box[2]) + rim)
    bottom = min(image.height, math.ceil(box[3]) + rim)
    cropped = image.crop((left, top, right, bottom))
    return cropped, (box[0] - left, box[1] - top, box[2] - left, box[3] - top)


def _to_colour(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where something is transparent; of 16 bits the high byte."""
    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))
    if image.mode in _ALPHA or image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("RGB")
