"""The model card of any version: what could not be counted is left out, in both languages."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.teaching import card
from app.texts import LANGUAGES, Language

VERSION = Path(__file__).parents[2] / "models" / "flowers" / "versions" / "1"
NAMES = {"en": "Trees", "nb": "Trær"}


def told() -> tuple[dict[str, Any], dict[str, Any]]:
    manifest = json.loads((VERSION / "manifest.json").read_text("utf-8"))
    return manifest, json.loads((VERSION / "report.json").read_text("utf-8"))


def nothing(of: int = 0) -> dict[str, Any]:
    return {"right": 0, "of": of, "share": None, "low": 0.0, "high": 1.0}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_flowers_card_says_what_it_said(language: Language) -> None:
    manifest, report = told()
    written = card.write(language, manifest, report, {"en": "Flowers", "nb": "Blomster"}, "")
    shipped = (VERSION / f"card.{language}.md").read_text("utf-8").split("\n")
    for line in written.split("\n"):
        assert line in shipped or line.rstrip() in [one.rstrip() for one in shipped], line


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_an_exam_nothing_is_made_up(language: Language) -> None:
    manifest, report = told()
    exam = report["exam"]
    exam |= {"accuracy": nothing(), "labels": [], "photos": 0}
    exam["calibration"]["after"] = {"error": None, "by_chance": None, "surprise": None}
    exam["unknown"] |= {"answered": nothing(), "right_of_answered": nothing(), "others": {}}
    manifest["settings"]["refit"] = False
    written = card.write(language, manifest, report, NAMES, "")
    assert NAMES[language] in written
    for absent in ("None", "nan", " - ", "{", "\n\n\n", "80 %", "95 %"):
        assert absent not in written, absent


@pytest.mark.parametrize(("language", "share"), [("en", "87.5 %"), ("nb", "87,5 %")])
def test_cross_validation_speaks_in_the_place_of_a_small_exam(
    language: Language, share: str
) -> None:
    manifest, report = told()
    report["exam"]["accuracy"] = {**nothing(6), "right": 5}
    report["cross_validation"] = {"right": 35, "of": 40, "share": 0.875, "low": 0.7, "high": 0.95}
    written = card.write(language, manifest, report, NAMES, "")
    assert share in written and "35" in written and "419" not in written


def test_a_name_cannot_break_the_table() -> None:
    manifest, report = told()
    manifest["labels"][0]["name"]["en"] = "a|b"
    assert "| a\\|b |" in card.write("en", manifest, report, NAMES, "")
