import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app import errors
from app.vision import likeness
from app.vision.arrival import meet
from app.vision.decode import Limits, inspect, look_at, whole
from tests.photos import encode, packaged, shared

Pixels = NDArray[np.uint8]


def _alone(content: bytes) -> int:
    """The hash of a photo that was decoded for it alone."""
    small = whole(inspect(content, Limits()), 256).resize((32, 32), Image.Resampling.BICUBIC)
    return likeness.perceptual_hash(np.asarray(small.convert("L")))


def _turned(pixels: Pixels, turn: int, kind: str) -> bytes:
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x0112] = turn
    Image.fromarray(pixels).save(out, kind, exif=exif)
    return out.getvalue()


def _see_through() -> Pixels:
    alpha = np.indices((300, 451)).sum(axis=0) % 256
    return np.dstack([packaged("chelsea"), alpha.astype(np.uint8)])


@pytest.mark.parametrize("size", [(300, 200), (640, 480), (2400, 1600), (4000, 3000)])
def test_the_square_is_the_one_that_is_looked_at_alone(size: tuple[int, int]) -> None:
    content = encode(np.asarray(Image.fromarray(packaged("coffee")).resize(size)))
    met, alone = meet(inspect(content, Limits())), look_at(inspect(content, Limits()))
    assert np.array_equal(met.view.square, alone.square)
    assert (met.view.width, met.view.height, met.view.box) == (*size, alone.box)


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_hash_of_a_small_photo_is_that_of_the_whole_upright_photo(turn: int, kind: str) -> None:
    content = _turned(packaged("chelsea"), turn, kind)
    assert meet(inspect(content, Limits())).hash == _alone(content)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_grey_or_see_through_is_hashed_as_it_is_shown(kind: str) -> None:
    for pixels in (packaged("camera")[..., 0], _see_through()):
        content = encode(pixels, kind)
        assert meet(inspect(content, Limits())).hash == _alone(content)


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket", "flower"])
@pytest.mark.parametrize("size", [(1030, 1030), (2400, 1600), (3000, 4000)])
def test_the_hash_of_a_large_photo_stays_near(name: str, size: tuple[int, int]) -> None:
    content = encode(np.asarray(Image.fromarray(packaged(name)).resize(size)))
    met = meet(inspect(content, Limits()))
    assert likeness.distance(met.hash, _alone(content)) <= likeness.NEAR_BITS


def test_flowers_keep_their_hashes() -> None:
    for file in sorted(shared("flower_photos").glob("*/*.jpg"))[::40]:
        content = file.read_bytes()
        assert meet(inspect(content, Limits())).hash == _alone(content), file.name


def test_a_broken_photo_is_a_problem_of_ours() -> None:
    content = encode(packaged("coffee"))
    with pytest.raises(errors.TruncatedImage):
        meet(inspect(content[: len(content) // 2], Limits()))
