import numpy as np
import pytest

from app.vision.decode import Box
from app.vision.recipe import SIDE
from app.vision.views import AUGMENTATIONS, PLAIN, VIEWS, Look


def test_the_plain_middle_always_comes_first() -> None:
    assert set(VIEWS) == set(AUGMENTATIONS)
    for looks in VIEWS.values():
        assert looks[0] == PLAIN
        assert len(set(looks)) == len(looks)


@pytest.mark.parametrize("size", [(320, 240), (240, 320), (256, 256), (4000, 300)])
def test_the_plain_view_is_what_the_server_looks_at(size: tuple[int, int]) -> None:
    mine, theirs = PLAIN.box(*size), Box.middle(*size)
    assert mine.pixels(*size) == pytest.approx(theirs.pixels(*size))


@pytest.mark.parametrize("size", [(320, 240), (240, 320), (256, 256), (4000, 300), (8, 8)])
def test_every_view_lies_within_the_photo(size: tuple[int, int]) -> None:
    for look in VIEWS["strong"]:
        assert look.box(*size).fits(*size)


def test_mirrored_views_stand_beside_their_like() -> None:
    assert len(VIEWS["mirrored"]) == 2
    for looks in (VIEWS["mirrored"], VIEWS["strong"]):
        assert sum(look.mirrored for look in looks) * 2 == len(looks)


def test_mirroring_swaps_left_and_right() -> None:
    square = np.arange(SIDE * SIDE * 3, dtype=np.uint32).reshape(SIDE, SIDE, 3).astype(np.uint8)
    mirrored = Look(mirrored=True)
    assert np.array_equal(mirrored.turn(square)[:, 0], square[:, -1])
    assert np.array_equal(mirrored.turn(mirrored.turn(square)), square)
    assert PLAIN.turn(square) is square
