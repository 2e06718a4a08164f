import csv
import json
from dataclasses import asdict

import numpy as np
import pytest

from app.store.versions import read_version
from app.vision import occlusion
from app.vision.decode import Limits, Square, inspect, look_at
from app.vision.engine import Engine, Floats, Seen
from app.vision.head import Head
from app.vision.occlusion import Occlusion
from app.vision.recipe import FEATURES, MAP_SIDE, SIDE
from tests.photos import shared
from tests.vision.test_ridge import FLOWERS

CELL = SIDE // MAP_SIDE


def look(square: Square) -> Seen:
    """A network that sees only how red each place is, and in how much of it."""
    red = square[..., 0].reshape(MAP_SIDE, CELL, MAP_SIDE, CELL).mean(axis=(1, 3)) / 255
    feature_map = np.zeros((MAP_SIDE, MAP_SIDE, FEATURES), np.float32)
    feature_map[..., 0] = red
    return Seen(feature_map.mean(axis=(0, 1)), feature_map)


def head(weight: float = 200.0) -> Head:
    weights: Floats = np.zeros((FEATURES, 2), np.float32)
    weights[0, 1] = weight
    return Head(weights, np.array([0, -5], np.float32))


def occlude(square: Square) -> Occlusion | None:
    return occlusion.occlude(square, look(square), 1, head(), look)


def spotted() -> Square:
    square = np.zeros((SIDE, SIDE, 3), np.uint8)
    square[2 * CELL : 4 * CELL, 3 * CELL : 5 * CELL, 0] = 255
    return square


def test_covering_what_it_leaned_on_takes_the_answer_away() -> None:
    found = occlude(spotted())
    assert found is not None
    assert sorted(found.hot) == [(2, 3), (2, 4), (3, 3), (3, 4)]
    assert len(found.cold) == 4 and not set(found.cold) & set(found.hot)
    assert found.score > 0.99 and found.cold_score > 0.99 and found.hot_score < found.score
    assert found.fall == found.cold_score - found.hot_score > 0
    assert found.finding == "leaned"


def test_what_is_covered_has_the_mean_colour_and_the_rest_stays() -> None:
    square = spotted()
    hidden = occlusion.covered(square, [(2, 3)])
    mean = round(255 * 4 / MAP_SIDE**2)
    assert (hidden[2 * CELL : 3 * CELL, 3 * CELL : 4 * CELL] == (mean, 0, 0)).all()
    changed = (hidden != square).any(axis=2)
    assert changed.sum() == CELL * CELL
    assert (square == spotted()).all()


def test_a_third_of_the_square_is_covered_at_most() -> None:
    square = np.full((SIDE, SIDE, 3), 200, np.uint8)
    square[:CELL] = 0
    found = occlude(square)
    assert found is not None and len(found.hot) == len(found.cold) == 16


@pytest.mark.parametrize("level", [0, 255])
def test_where_nothing_or_everything_speaks_there_is_no_hot_part(level: int) -> None:
    square = np.full((SIDE, SIDE, 3), level, np.uint8)
    assert occlude(square) is None


def test_json_holds_it() -> None:
    found = occlude(spotted())
    assert found is not None
    told = json.loads(json.dumps(asdict(found), allow_nan=False))
    assert told["hot_score"] == found.hot_score and len(told["hot"]) == 4


def test_flowers_lose_more_without_the_hot_part_than_without_a_cold_one(engine: Engine) -> None:
    folder, stored = shared("flower_photos"), read_version(FLOWERS.parent / "versions" / "1")
    arrays = stored.arrays
    shipped = Head(arrays["weights"], arrays["bias"], stored.manifest["temperature"])
    labels = [label["label"] for label in stored.manifest["labels"]]
    with (FLOWERS.parent / "photos.tsv").open(encoding="utf-8", newline="") as file:
        tests = [row for row in csv.DictReader(file, delimiter="\t") if row["split"] == "test"]
    falls = []
    for row in tests[::12]:
        square = look_at(inspect((folder / row["file"]).read_bytes(), Limits())).square
        label = labels.index(row["label"])
        found = occlusion.occlude(square, engine.look(square), label, shipped, engine.look)
        if found is not None:
            falls.append((found.score - found.hot_score, found.score - found.cold_score))
    hot, cold = np.array(falls).T
    assert len(falls) > 30 and hot.mean() > 0.08 and abs(cold.mean()) < 0.04
    assert (hot > cold).mean() > 0.7


@pytest.mark.parametrize(
    ("score", "hot", "cold", "finding"),
    [
        (0.9, 0.4, 0.88, "leaned"),
        (0.9, 0.4, 0.98, "leaned"),
        (0.9, 0.4, 0.5, "all-over"),
        (0.9, 0.85, 0.3, "elsewhere"),
        (0.9, 0.97, 0.9, "elsewhere"),
        (0.04, 0.01, 0.04, "leaned"),
    ],
)
def test_what_was_found_is_told_by_how_much_of_the_score_was_lost(
    score: float, hot: float, cold: float, finding: str
) -> None:
    assert Occlusion(score, hot, cold, [], []).finding == finding
