"""What ships: the flowers' features, labels, credits and version 1."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.store.versions import StoredVersion, read_version
from app.vision import exam, statistics
from app.vision.decode import Limits, inspect, look_at
from app.vision.engine import Engine
from app.vision.features import SPLITS, Table, digests
from app.vision.head import Head, Reference
from app.vision.lesson import Settings
from app.vision.recipe import RECIPE
from tests.photos import encode, packaged, shared

FLOWERS = Path(__file__).parents[2] / "models" / "flowers"


@pytest.fixture(scope="module")
def version() -> StoredVersion:
    return read_version(FLOWERS / "versions" / "1")


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((FLOWERS / "versions/1/report.json").read_text("utf-8"))
    return told


@pytest.fixture(scope="module")
def table() -> Table:
    return Table.load((FLOWERS / "features.safetensors").read_bytes())


@pytest.fixture(scope="module")
def head(version: StoredVersion) -> Head:
    arrays = version.arrays
    return Head(arrays["weights"], arrays["bias"], version.manifest["temperature"])


@pytest.fixture(scope="module")
def reference(version: StoredVersion, table: Table) -> Reference:
    unknown = version.manifest["unknown"]
    return Reference.of(table.of("train").features(), unknown["cut"], unknown["neighbours"])


def test_version_and_features_belong_together(version: StoredVersion, table: Table) -> None:
    data = version.manifest["data"]
    assert version.manifest["backbone"] == RECIPE.id
    assert data["fingerprint"] == table.fingerprint()
    assert data["splits"] == {split: table.count(split) for split in SPLITS}
    assert tuple(label["label"] for label in version.manifest["labels"]) == table.labels
    assert table.labels == ("daisy", "dandelion", "rose", "sunflower", "tulip")
    Settings.read(version.manifest["settings"])


def test_the_exam_can_be_taken_again_from_the_kept_features(
    head: Head, reference: Reference, table: Table, report: dict[str, Any]
) -> None:
    test = table.of("test")
    again = exam.take(
        head, reference, exam.Questions(test.features(), test.label, table.labels, {})
    )
    for part in ("photos", "accuracy", "labels", "confusion"):
        assert again[part] == report["exam"][part], part


def test_the_exam_went_well_enough_to_ship(report: dict[str, Any]) -> None:
    told = report["exam"]
    assert told["accuracy"]["share"] >= 0.93
    assert told["calibration"]["after"]["error"] <= told["calibration"]["after"]["by_chance"]
    assert set(told["unknown"]["others"]) == {"imagenet_sample", "trash"}
    assert all(other["auroc"] >= 0.99 for other in told["unknown"]["others"].values())


def test_the_cut_answers_ninety_five_of_a_hundred_validation_photos(
    reference: Reference, table: Table
) -> None:
    distances = reference.distances(table.of("validation").features())
    assert 0.95 <= (distances <= reference.cut + 1e-6).mean() < 0.96


def test_no_group_lies_in_two_splits(table: Table) -> None:
    kept = table.of("train", "validation", "test")
    homes = {(int(g), int(s)) for g, s in zip(kept.group, kept.split, strict=True)}
    assert len(homes) == len({group for group, _ in homes})


def test_every_photographer_is_credited_with_a_page(table: Table) -> None:
    with (FLOWERS / "photos.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert np.array_equal(digests([row["sha256"] for row in rows]), table.sha256)
    for row in rows:
        assert row["photographer"] and row["flickr_id"].isdigit()
        assert row["page"].startswith("https://www.flickr.com/photos/")


def test_both_cards_name_data_licence_and_result(report: dict[str, Any]) -> None:
    right = str(report["exam"]["accuracy"]["right"])
    for language in ("en", "nb"):
        card = (FLOWERS / "versions" / "1" / f"card.{language}.md").read_text("utf-8")
        for told in ("CC BY 2.0", "flower_photos", "photos.tsv", right):
            assert told in card


def test_nothing_that_ships_names_a_folder_of_the_machine_it_was_made_on() -> None:
    for file in FLOWERS.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for place in (b"/root/", b"/tmp/", b"/home/", b"/Users/"):
                assert place not in content, file


def test_a_cat_and_a_cup_of_coffee_are_no_flowers_it_knows(
    engine: Engine, reference: Reference
) -> None:
    for name in ("chelsea", "coffee", "rocket", "camera"):
        view = look_at(inspect(encode(packaged(name)), Limits()))
        assert reference.distance(engine.look(view.square).features) > reference.cut, name


def test_a_photo_of_the_exam_is_known_by_its_file(engine: Engine, head: Head, table: Table) -> None:
    """Every 12th photo of the exam, looked at anew, is answered as in the report."""
    folder = shared("flower_photos")
    with (FLOWERS / "photos.tsv").open(encoding="utf-8", newline="") as file:
        names = [row["file"] for row in csv.DictReader(file, delimiter="\t")]
    chosen = np.flatnonzero(table.split == SPLITS.index("test"))[::12]
    kept = head.scores(table.features()[chosen])
    for at, expected in zip(chosen, kept, strict=True):
        view = look_at(inspect((folder / names[at]).read_bytes(), Limits()))
        scores = head.scores(engine.look(view.square).features)
        assert statistics.surprise(scores[None], expected.argmax(keepdims=True)) < np.inf
        assert np.abs(scores - expected).max() < 0.05
