"""From a decoded image to upright RGB pixels: turned as the camera was held, cut, over white."""

import math

import numpy as np
from PIL import Image

_TAG = 0x0112
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


def orientation(image: Image.Image) -> int:
    """1 to 8 (EXIF 2.32, tag 274); broken EXIF counts as upright."""
    try:
        turn = image.getexif().get(_TAG, 1)
    except Exception:  # of a dozen kinds
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def upright_size(size: tuple[int, int], turn: int) -> tuple[int, int]:
    """Width and height once it is turned."""
    return size if turn < 5 else (size[1], size[0])


def upright(image: Image.Image, turn: int) -> Image.Image:
    """The image as it was seen through the camera."""
    return image.transpose(_TURNS[turn]) if turn in _TURNS else image


def unturn(
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


def cut(image: Image.Image, box: tuple[float, float, float, float], side: int) -> Image.Image:
    """The box as an RGB picture of side x side. Only the box is converted, not the whole photo."""
    if image.mode != "RGB" or "transparency" in image.info:
        image, box = _crop_around(image, box, side)
        image = to_colour(image)
    return over_white(image.resize((side, side), Image.Resampling.BICUBIC, box=box))


def over_white(image: Image.Image) -> Image.Image:
    """RGB of RGB or RGBA."""
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


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


def to_colour(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where something is transparent; of 16 bits the high byte."""
    if image.mode.startswith("I"):
        deep, transparent = np.asarray(image), image.info.get("transparency")
        grey = (deep >> 8).astype(np.uint8)
        if transparent is not None:
            grey[deep == transparent] = 255
        image = Image.fromarray(grey)
    if image.mode in _ALPHA or image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("RGB")
