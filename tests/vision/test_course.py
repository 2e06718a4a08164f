import json
import math
import string
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import pytest

from app.texts import LANGUAGES, texts
from app.vision.course import Code, Course, Epoch, read_course

ROOT = Path(__file__).parents[2]


def epochs(losses: list[float], validation: list[float] | None = None) -> list[Epoch]:
    if validation is None:
        return [Epoch(loss, 0.9, None, None) for loss in losses]
    return [Epoch(loss, 0.9, v, 0.9) for loss, v in zip(losses, validation, strict=True)]


def falling(count: int, to: float = 0.1) -> list[float]:
    return [to + math.exp(-n / 2) for n in range(count)]


def test_validation_that_rises_while_training_falls_is_overfitting() -> None:
    validation = [0.8, 0.5, 0.4, 0.36, 0.35, 0.37, 0.4, 0.43, 0.47]
    assert read_course(epochs(falling(9), validation), 5) == Course("overfit", {"epoch": 6})


def test_a_rise_within_the_noise_of_the_curve_is_no_overfitting() -> None:
    jagged = [0.5, 0.42, 0.48, 0.4, 0.46, 0.41, 0.45, 0.44]
    assert read_course(epochs(falling(8), jagged), 4).code == "settled"
    flat = [0.8, 0.5, 0.4, 0.36, 0.35, 0.353, 0.354, 0.356, 0.356]
    assert read_course(epochs(falling(9), flat), 5) == Course("settled", {"epoch": 5})


def test_validation_that_rises_with_training_is_no_overfitting() -> None:
    losses = [0.8, 0.5, 0.4, 0.36, 0.35, 0.36, 0.37, 0.38]
    assert read_course(epochs(losses, losses), 5).code == "settled"


def test_a_second_half_that_was_worth_it_is_still_improving() -> None:
    validation = [0.6, 0.5, 0.45, 0.42, 0.4, 0.39]
    course = read_course(epochs(falling(6), validation), 6)
    assert course == Course("still-improving", {"percent": 13})


def test_a_second_half_that_changed_little_has_settled() -> None:
    validation = [0.6, 0.5, 0.4, 0.33, 0.33, 0.329, 0.328, 0.328]
    assert read_course(epochs(falling(8), validation), 8) == Course("settled", {"epoch": 8})


@pytest.mark.parametrize(
    ("losses", "at"),
    [
        ([0.4, 0.3, 0.5, 0.3], 3),
        ([5.3, 5.2, 5.5, 5.0, 1.0, 0.1], 3),
        ([0.01, 0.005, 0.07], 3),
        ([0.9, math.nan, math.nan], 2),
        ([math.inf, 1.0], 1),
    ],
)
def test_a_loss_that_jumps_comes_of_too_large_steps(losses: list[float], at: int) -> None:
    expected = Course("learning-rate-too-high", {"epoch": at})
    assert read_course(epochs(losses), len(losses)) == expected
    assert read_course(epochs(losses, losses), len(losses)) == expected


@pytest.mark.parametrize("losses", [[0.3, 0.298, 0.347, 0.33], [0.01, 0.005, 0.02]])
def test_small_rises_are_no_jumps(losses: list[float]) -> None:
    assert read_course(epochs(losses), len(losses)).code == "too-few-to-tell"


def test_without_validation_nothing_is_said_of_new_photos() -> None:
    assert read_course(epochs(falling(30)), 30) == Course("too-few-to-tell", {})


def test_one_epoch_has_no_course() -> None:
    assert read_course(epochs([0.5], [0.5]), 1) == Course("too-short", {})


def test_the_flowers_that_ship_were_stopped_when_they_began_to_overfit() -> None:
    report = ROOT / "models" / "flowers" / "versions" / "1" / "report.json"
    told = json.loads(report.read_text("utf-8"))["training"]
    course = read_course([Epoch(**figures) for figures in told["history"]], told["best_epoch"])
    assert course == Course("overfit", {"epoch": told["best_epoch"] + 1})


def test_every_code_has_its_sentence_in_both_languages() -> None:
    numbers = {"overfit": {"epoch"}, "learning-rate-too-high": {"epoch"}, "settled": {"epoch"}}
    numbers["still-improving"] = {"percent"}
    for language in LANGUAGES:
        for code in get_args(Code):
            sentence = texts(language)(f"runs.course.{code}")
            gaps = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
            assert gaps <= numbers.get(code, set()), code
    assert texts("en")("runs.course.overfit", epoch=12) == (
        "From epoch 12 on it got better on training photos and worse on new ones: "
        "it began to overfit."
    )


def test_json_holds_a_course() -> None:
    told = asdict(read_course(epochs(falling(6), falling(6)), 6))
    assert json.loads(json.dumps(told, allow_nan=False)) == told
