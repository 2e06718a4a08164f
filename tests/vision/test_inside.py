"""What every stage of the network makes of a photo, and when the file for it is made."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app import errors
from app.vision import inside, network, patterns
from app.vision.decode import Limits, Square, inspect, look_at
from app.vision.engine import Engine, EngineError
from app.vision.inside import Eyes, Inside, Map, strongest
from app.vision.network import Network, PreparationError
from app.vision.stages import shapes


@pytest.fixture(scope="session")
def eyes(data_folder: Path) -> Eyes:
    return Eyes(network.prepare(data_folder / "derived", "inside").content)


@pytest.fixture
def square(cat: bytes) -> Square:
    return look_at(inspect(cat, Limits())).square


def test_every_stage_has_the_shape_that_is_told_of_it(eyes: Eyes, square: Square) -> None:
    stages = eyes.look(square)
    assert list(stages) == ["stem", *(f"stage_{n}" for n in range(1, 8)), "feature_map"]
    assert {stage: maps.shape for stage, maps in stages.items()} == shapes()


def test_both_files_see_the_same(eyes: Eyes, engine: Engine, square: Square) -> None:
    last = eyes.look(square)["feature_map"]
    np.testing.assert_allclose(last, engine.look(square).feature_map, atol=1e-3)


def test_the_first_patterns_make_the_first_maps(eyes: Eyes, square: Square) -> None:
    """Sums written out by hand, over the pixels as they are: what lies outside the photo counts
    as the mean that the network subtracts."""
    kernel, bias = patterns.first()
    assert kernel.shape == (3, 3, 3, 32) and bias.shape == (32,)
    padded = np.pad(square.astype(np.float32), ((0, 1), (0, 1), (0, 0)), constant_values=127)
    found = np.zeros((112, 112, 32), np.float32)
    for row in range(3):
        for column in range(3):
            found += padded[row : row + 223 : 2, column : column + 223 : 2] @ kernel[row, column]
    np.testing.assert_allclose(np.clip(found + bias, 0, 6), eyes.look(square)["stem"], atol=2e-3)


def test_the_strongest_maps_are_those_that_vary_most() -> None:
    maps = np.zeros((4, 4, 5), np.float32)
    maps[..., 0] = 100  # the same everywhere
    maps[1, 2, 3] = 8
    maps[..., 4] = np.arange(16).reshape(4, 4) / 100
    found = strongest(maps, 2)
    assert [one.channel for one in found] == [3, 4]
    assert found[0].peak == (1, 2)
    assert found[0].strength == pytest.approx(maps[..., 3].std())


def test_a_map_is_shown_from_its_lowest_to_its_highest() -> None:
    values = np.array([[-2, 0], [2, 6]], np.float32)
    np.testing.assert_allclose(Map(0, values, 1.0).scaled(), [[0, 0.25], [0.5, 1]])
    assert not Map(0, np.full((2, 2), 3, np.float32), 0.0).scaled().any()


def test_the_serving_file_is_not_taken_for_the_second(prepared: Network) -> None:
    with pytest.raises(EngineError):
        Eyes(prepared.content)


def prepared_by(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[Callable[[str], None]], Network]
) -> None:
    monkeypatch.setattr(
        network, "prepare", lambda folder, kind, report, *, beforehand=None: make(report)
    )
    monkeypatch.setattr(inside, "_PATIENCE", 0.05)
    monkeypatch.setattr(inside, "Eyes", lambda content: content)


def test_who_asks_first_is_told_how_far_the_file_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    go_on, made = threading.Event(), Network(b"eyes", np.zeros(1), np.zeros(1), made_now=True)
    begun = []

    def make(report: Callable[[str], None]) -> Network:
        begun.append(True)
        report("converting")
        assert go_on.wait(20)
        return made

    async def ask() -> None:
        place = Inside(tmp_path)
        for _ in range(2):
            with pytest.raises(errors.InsideNotReady) as refused:
                await place.open()
            assert refused.value.params == {"step": 3, "steps": 4}
        go_on.set()
        for _ in range(400):
            try:
                assert await place.open() == b"eyes"  # type: ignore[comparison-overlap]
                return
            except errors.InsideNotReady:
                continue
        pytest.fail("it was never ready")

    prepared_by(monkeypatch, make)
    asyncio.run(ask())
    assert begun == [True]


def test_a_failure_is_told_and_the_next_who_asks_begins_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outcomes: list[Network | None] = [None, Network(b"eyes", np.zeros(1), np.zeros(1), True)]

    def make(report: Callable[[str], None]) -> Network:
        made = outcomes.pop(0)
        if made is None:
            raise PreparationError("no room")
        return made

    async def ask() -> None:
        place = Inside(tmp_path)
        with pytest.raises(PreparationError):
            await place.open()
        assert await place.open() == b"eyes"  # type: ignore[comparison-overlap]

    prepared_by(monkeypatch, make)
    monkeypatch.setattr(inside, "_PATIENCE", 10)
    asyncio.run(ask())
