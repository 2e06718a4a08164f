"""Who speaks when several models were asked."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import Change, asked, changed_answers

pytestmark = pytest.mark.browser


def own(name: str, score: float, unknown: bool) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A model of one's own, made after the answer of another."""

    def made(imagenet: dict[str, Any]) -> dict[str, Any]:
        first = {"label": name, "name": f"a {name}", "score": score, "heatmap": None}
        other = {"label": "other", "name": "another", "score": 1 - score, "heatmap": None}
        like = imagenet["predictions"][0] if unknown else None
        told = {"model": name, "name": name.title(), "unknown": unknown, "looks_like": like}
        reason = "It is not like them." if unknown else None
        return {**imagenet, **told, "reason": reason, "predictions": [first, other]}

    return made


def answering(*models: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    def change(result: dict[str, Any]) -> None:
        imagenet = next(m for m in result["models"] if m["model"] == "imagenet")
        result["models"] = [*(model(imagenet) for model in models), imagenet]

    return change


def test_the_surest_of_those_that_know_it_speaks(home: Page, photos: dict[str, Path]) -> None:
    three = (own("flower", 0.99, True), own("bottle", 0.81, False), own("can", 0.93, False))
    changed_answers(home, answering(*three))
    answer = asked(home, photos["chelsea"])
    expect(answer.locator("[data-headline]")).to_have_text(re.compile(r"^\s*a can\s*$"))
    expect(answer.locator("[data-sure]")).to_have_text("Very sure: 93%")
    expect(answer.locator("[data-model-name]").first).to_have_text("Can")
    expect(home.locator(".thumb-name")).to_have_text("a can")


def test_a_long_name_without_blanks_stays_within_a_phone(
    home: Page, photos: dict[str, Path]
) -> None:
    home.set_viewport_size({"width": 360, "height": 740})
    changed_answers(home, answering(own("flower_" * 12, 0.9, True)))
    mark = asked(home, photos["chelsea"]).locator("[data-unknown-mark]").first
    expect(mark).to_have_text("unknown")
    assert (mark.bounding_box() or {"height": 99})["height"] < 30
    assert home.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_none_of_several_knows_is_said_for_all_of_them(
    home: Page, photos: dict[str, Path]
) -> None:
    changed_answers(home, answering(own("flower", 0.9, True), own("can", 0.9, True)))
    headline = asked(home, photos["chelsea"]).locator("[data-headline]")
    expect(headline).to_have_text(re.compile(r"Like nothing I was taught; looks like:\s+espresso"))
