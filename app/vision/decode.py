"""The one door for image bytes: sniffed, measured by their header, and only then decoded.

What a format costs is estimated before the decoder runs, so that no file can take more memory than
the limits allow. Every way in which Pillow fails becomes one of the UnusableImage problems.
"""

import io
import logging
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app import errors
from app.vision import cost, pixels, structure
from app.vision.recipe import RECIPE, SIDE
from app.vision.structure import Structure

log = logging.getLogger(__name__)

# Pillow's warnings quote the file, so one hostile photo could fill the log with thousands.
warnings.filterwarnings("ignore", module=r"PIL\.")

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "image/avif")

Square = NDArray[np.uint8]


@dataclass(frozen=True)
class Limits:
    """Sides in pixels; `decode_mb` in 2**20 bytes, for everything but a baseline JPEG."""

    min_side: int = 8
    max_side: int = 16_384
    megapixels: int = 50
    decode_mb: int = 150
    scan_megapixels: int = 400  # scans x megapixels of a JPEG: about 4 s
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


def inspect(content: bytes, limits: Limits, box: Box | None = None) -> Photo:
    """Opens an image by its own bytes (names and declared types can lie) and checks its header.

    The cost is that of looking at `box`. Raises EmptyFile, UnsupportedImageType, UndecodableImage,
    TruncatedImage, ImageTooSmall, ImageTooManyPixels or ImageTooComplex.
    """
    if not content:
        raise errors.EmptyFile
    kind, made = sniff(content), Structure()
    if kind is None:
        raise errors.UnsupportedImageType
    if kind == "JPEG":
        made = structure.of_jpeg(content, limits.scans)
    elif kind == "PNG":
        size = structure.of_png(content)  # Pillow may fill whole frames on opening
        if all(size):
            _check_not_large(size, limits)
    try:
        with as_problems():
            image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise errors.ImageTooManyPixels(megapixels=limits.megapixels) from error
    _check_sides(image, limits)
    if not made.single_pass:  # each scan passes over the whole picture again
        work = made.scans * image.width * image.height / 1e6
        if made.scans > limits.scans or work > limits.scan_megapixels:
            raise errors.ImageTooComplex(scans=made.scans)
    with as_problems():
        cost_mb = cost.estimate_mb(image, content, made, _side(image, box))
    if not made.single_pass and cost_mb > limits.decode_mb:
        raise errors.ImageTooManyPixels(megapixels=limits.megapixels)
    return Photo(image, kind, cost_mb)


def look_at(photo: Photo, box: Box | None = None) -> View:
    """Decodes what is needed of a photo and cuts out the square for the network.

    The middle square without `box`. Raises InvalidParameter when the box lies outside the photo,
    TruncatedImage or UndecodableImage when the file turns out broken.
    """
    image, size = photo.image, photo.image.size
    _draft(image, box)
    with as_problems():
        image.load()
    turn = pixels.orientation(image)
    width, height = pixels.upright_size(size, turn)
    box = box or Box.middle(width, height)
    if not box.fits(width, height):
        raise errors.InvalidParameter(name="box")
    drawn = pixels.upright_size(image.size, turn)
    with as_problems():
        square = pixels.cut(image, pixels.unturn(box.pixels(*drawn), turn, *drawn), SIDE)
    return View(np.asarray(pixels.upright(square, turn)), width, height, box)


def upright_size(photo: Photo) -> tuple[int, int]:
    """Width and height of a photo that is opened, once it is turned; before any decoding."""
    return pixels.upright_size(photo.image.size, pixels.orientation(photo.image))


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


class as_problems:  # noqa: N801  (reads as a verb where it is used)
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
    _check_not_large(image.size, limits)


def _check_not_large(size: tuple[int, int], limits: Limits) -> None:
    if max(size) > limits.max_side or size[0] * size[1] > limits.megapixels * 1_000_000:
        raise errors.ImageTooManyPixels(megapixels=limits.megapixels)


def _side(image: Image.Image, box: Box | None) -> float:
    return (box.side if box else RECIPE.crop) * min(image.size)


def whole(photo: Photo, least: int) -> Image.Image:
    """The whole upright photo in RGB; a JPEG decoded as small as still has `least` pixels a side.

    Raises TruncatedImage or UndecodableImage when the file turns out broken.
    """
    image = loaded(photo, least)
    with as_problems():
        turn = pixels.orientation(image)
        return pixels.upright(pixels.over_white(pixels.to_colour(image)), turn)


def loaded(photo: Photo, least: int) -> Image.Image:
    """The photo's own image, decoded; a JPEG as small as still has `least` pixels a side. One that
    was decoded before stays as it is. Raises TruncatedImage or UndecodableImage."""
    image = photo.image
    if image.format in ("JPEG", "MPO"):
        image.draft("RGB", (least, least))
    with as_problems():
        image.load()
    return image


def _draft(image: Image.Image, box: Box | None) -> None:
    """Lets a JPEG decode at a half, a quarter or an eighth where that is more than enough."""
    if image.format in ("JPEG", "MPO"):
        by = cost.reduction(image.size, _side(image, box))
        image.draft("RGB", (image.width // by, image.height // by))
