"""The model card of any version: what could not be counted is left out, in both languages."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.teaching import card, provenance
from app.teaching.card import Card, Origin
from app.teaching.folder import Known
from app.texts import LANGUAGES, Language

FLOWERS = Path(__file__).parents[2] / "models" / "flowers"
VERSION = FLOWERS / "versions" / "1"
NAMES = {"en": "Trees", "nb": "Trær"}
KEYS = ["knows", "well", "unknown", "data", "limits", "licence"]


def told() -> tuple[dict[str, Any], dict[str, Any]]:
    manifest = json.loads((VERSION / "manifest.json").read_text("utf-8"))
    return manifest, json.loads((VERSION / "report.json").read_text("utf-8"))


def written(
    language: Language,
    manifest: dict[str, Any],
    report: dict[str, Any],
    origin: Origin | None = None,
) -> Card:
    return card.write(language, manifest, report, NAMES, origin or Origin())


def nothing(of: int = 0) -> dict[str, Any]:
    return {"right": 0, "of": of, "share": None, "low": 0.0, "high": 1.0}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_beside_the_flowers_is_the_one_that_is_made_today(language: Language) -> None:
    manifest, report = told()
    known = Known.read(FLOWERS / "labels.toml")
    origin = provenance.of_known(known, report)
    made = card.markdown(card.write(language, manifest, report, known.name, origin))
    assert made == (VERSION / f"card.{language}.md").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_part_is_there_and_says_something(language: Language) -> None:
    made = written(language, *told())
    assert [section.key for section in made.sections] == KEYS
    assert all(one.title and (one.paragraphs or one.points) for one in made.sections)
    assert made.title.startswith(NAMES[language]) and "2026" in made.lead


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_an_exam_nothing_is_made_up(language: Language) -> None:
    manifest, report = told()
    exam = report["exam"]
    exam |= {"accuracy": nothing(), "labels": [], "photos": 0}
    exam["calibration"]["after"] = {"error": None, "by_chance": None, "surprise": None}
    exam["unknown"] |= {"answered": nothing(), "right_of_answered": nothing(), "others": {}}
    manifest["settings"]["refit"] = False
    made = card.markdown(written(language, manifest, report))
    for absent in ("None", "nan", " - ", "{", "\n\n\n", "80 %", "95 %", "|"):
        assert absent not in made, absent


@pytest.mark.parametrize(("language", "share"), [("en", "87.5 %"), ("nb", "87,5 %")])
def test_cross_validation_speaks_in_the_place_of_a_small_exam(
    language: Language, share: str
) -> None:
    manifest, report = told()
    report["exam"]["accuracy"] = {**nothing(6), "right": 5}
    report["cross_validation"] = {"right": 35, "of": 40, "share": 0.875, "low": 0.7, "high": 0.95}
    made = card.markdown(written(language, manifest, report))
    assert share in made and "35" in made and "419" not in made


def test_a_name_cannot_break_the_markdown() -> None:
    manifest, report = told()
    manifest["labels"][0]["name"]["en"] = "a|b *c* <img src=x> `d` _e_ f_g"
    made = written("en", manifest, report)
    assert made.sections[1].table[1][0] == "a|b *c* <img src=x> `d` _e_ f_g"
    (row,) = [line for line in card.markdown(made).split("\n") if line.startswith("| a")]
    assert row.startswith(r"| a\|b \*c\* \<img src=x> \`d\` \_e\_ f_g |")


def test_what_came_along_has_its_licence() -> None:
    _, report = told()
    flowers = provenance.origin_of("flowers", report, whole=True)
    parts = {one.part: one for one in flowers.parts}
    assert list(parts) == ["blomst", "network", "photos", "trash"]
    assert parts["photos"].licence == "CC BY 2.0" and parts["trash"].licence == "MIT"
    assert parts["network"].source.startswith("https://pypi.org/project/efficientnet_lite0")
    report["exam"]["unknown"]["others"] = {"flowers": report["exam"]["unknown"]["others"]["trash"]}
    own = provenance.origin_of("waste", report)
    assert [one.part for one in own.parts] == ["blomst", "network", "flowers"]
    assert own.about == {} and own.parts[-1].licence == "CC BY 2.0"


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_photos_than_came_along_are_said_to_be_more(language: Language) -> None:
    manifest, report = told()
    whole = provenance.origin_of("flowers", report, whole=True)
    (data,) = (one for one in written(language, manifest, report, whole).sections
               if one.key == "data")  # fmt: skip
    (more,) = (
        one
        for one in written(language, manifest, report, replace(whole, whole=False)).sections
        if one.key == "data"
    )
    assert len(more.paragraphs) == len(data.paragraphs) + 1
    assert set(data.paragraphs) < set(more.paragraphs)
