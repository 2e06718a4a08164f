import itertools
import json
from dataclasses import asdict

import numpy as np
import pytest

from app.vision import growth, ridge
from app.vision.features import Table
from app.vision.growth import Curve
from app.vision.head import Head
from tests.vision.made import clusters
from tests.vision.test_ridge import FLOWERS, made


@pytest.fixture(scope="module")
def flowers() -> Table:
    return Table.load(FLOWERS.read_bytes())


@pytest.fixture(scope="module")
def grown(flowers: Table) -> list[Curve]:
    return growth.curves(flowers.of("train"), flowers.of("validation"))


def test_flowers_get_better_with_more_photos_over_all_and_by_label(grown: list[Curve]) -> None:
    every, *each = grown
    assert [curve.label for curve in each] == ["daisy", "dandelion", "rose", "sunflower", "tulip"]
    assert every.label is None and every.asked == 443 == sum(curve.asked for curve in each)
    assert [point.share for point in every.points] == [0.1, 0.25, 0.5, 1.0]
    assert [point.photos for point in every.points] == pytest.approx(
        [0.1 * 2069, 0.25 * 2069, 0.5 * 2069, 2069], rel=0.02
    )
    rights = [point.right for point in every.points]
    assert rights == sorted(rights) and rights[-1] - rights[0] > 0.04
    for curve in grown:
        for point in curve.points:
            assert point.low <= point.right <= point.high
            assert point.least <= point.right <= point.most
    whole = sum(curve.points[-1].right * curve.asked for curve in each)
    assert whole == pytest.approx(every.points[-1].right * every.asked)


def test_the_last_point_is_what_all_training_photos_give(
    flowers: Table, grown: list[Curve]
) -> None:
    asked = flowers.of("validation")
    said = ridge.fit(flowers.of("train")).logits(asked.features()).argmax(axis=1)
    assert grown[0].points[-1].right == pytest.approx((said == asked.label).mean())


def test_what_is_promised_comes_true(flowers: Table) -> None:
    """Learned from half of the photos, asked what all of them would bring."""
    train, asked = flowers.of("train"), flowers.of("validation")
    said = ridge.fit(train).logits(asked.features()).argmax(axis=1)
    real = (said == asked.label).mean()
    kept = gained = 0
    for seed in range(5):
        half = train.take(growth._drawn(train, 0.5, np.random.default_rng(100 + seed)))
        curve = growth.curves(half, asked, seed)[0]
        ahead, now = curve.ahead, curve.points[-1].right
        assert ahead.low is not None and ahead.high is not None and ahead.right is not None
        assert ahead.gain_low is not None and ahead.gain_high is not None
        assert ahead.photos == pytest.approx(len(train), rel=0.02)
        assert ahead.gain == pytest.approx(ahead.right - now)
        kept += ahead.low <= real <= ahead.high
        gained += ahead.gain_low <= real - now <= ahead.gain_high
    assert kept == 5 and gained >= 4


def test_an_exact_power_law_is_extended_along_itself() -> None:
    sizes = np.array([10.0, 25.0, 50.0, 100.0])
    errors = np.array([0.9 * sizes**-0.4, 0.5 * sizes**-0.1])
    ahead, fitted = growth._extend(sizes, errors, 200.0)
    assert ahead == pytest.approx([0.9 * 200**-0.4, 0.5 * 200**-0.1])
    assert fitted == pytest.approx(errors)


def test_more_photos_never_promise_worse_answers() -> None:
    sizes = np.array([10.0, 25.0, 50.0, 100.0])
    (ahead,), _ = growth._extend(sizes, np.array([[0.1, 0.12, 0.15, 0.2]]), 200.0)
    assert ahead == pytest.approx(0.2)


def test_it_cannot_tell_from_few_photos() -> None:
    train, asked = made(each=30), made(each=6, seed=1)
    every, *each = growth.curves(train, asked)
    assert every.ahead == growth.Ahead(180, why="few-photos")
    assert all(curve.ahead.why == "few-photos" and curve.points for curve in each)


def _judged(wrong_of: tuple[int, int, int, int], asked: int) -> growth.Ahead:
    """Of two draws at each share, so many of `asked` photos answered wrong."""
    wrong = [np.zeros((2, asked)) for _ in wrong_of]
    for one, many in zip(wrong, wrong_of, strict=True):
        one[:, :many] = 1
    learned = [np.full((2, 1), many) for many in (10, 25, 50, 100)]
    measured = growth._Measured(wrong, learned)
    return growth._curve(None, measured, np.ones(asked, bool), 1).ahead


def test_it_cannot_tell_when_errors_follow_no_law() -> None:
    """Bad, good, bad again: no line goes through it."""
    told = _judged((30, 2, 30, 2), 100)
    assert told.why == "poor-fit" and told.right is None and told.gain is None


def test_it_cannot_tell_when_chance_is_all_there_is() -> None:
    assert _judged((14, 12, 11, 10), 24).why == "too-wide"
    assert _judged((140, 120, 110, 100), 240).why is None


def test_groups_are_drawn_whole_and_every_label_keeps_one() -> None:
    table = made(each=20)
    table.group[:] = table.group // 4
    kept = growth._drawn(table, 0.1, np.random.default_rng(1))
    for group in np.unique(table.group):
        assert len(set(kept[table.group == group].tolist())) == 1
    assert set(table.label[kept].tolist()) == {0, 1, 2}


def test_nothing_to_measure_gives_no_curve_and_json_holds_one(grown: list[Curve]) -> None:
    table = made(each=10)
    assert growth.curves(table, table.take(np.zeros(0, np.int64))) == []
    told = [asdict(curve) for curve in grown]
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_a_label_without_validation_photos_has_no_points() -> None:
    train, asked = made(each=30), made(each=30, seed=2)
    told = growth.curves(train, asked.take(asked.label != 2))
    assert told[3].asked == 0 and told[3].points == [] and told[3].ahead.why == "few-photos"


def test_the_queue_begins_with_the_least_certain_photo(flowers: Table) -> None:
    head, asked = ridge.fit(flowers.of("train")), flowers.of("validation").features()
    every = list(growth.queue(head, asked, 20))
    assert sorted(every) == list(range(len(asked)))
    chosen = every[:20]
    scores = np.sort(head.scores(asked), axis=1)
    margins = scores[:, -1] - scores[:, -2]
    assert chosen[0] == margins.argmin()
    assert len(set(chosen)) == 20
    assert margins[chosen].max() <= np.sort(margins)[99]


def test_photos_in_the_queue_differ_from_each_other() -> None:
    """Ten pictures of the same thing, all uncertain, and two others: the others come early."""
    rows, _ = clusters(1)
    same = np.repeat(rows[:1], 10, axis=0)
    features = np.concatenate([same, rows[1:]])
    flat = Head(np.zeros((1280, 2), np.float32), np.zeros(2, np.float32))
    assert set(itertools.islice(growth.queue(flat, features, 3), 3)) == {0, 10, 11}
    assert list(growth.queue(flat, features[:0], 5)) == []
