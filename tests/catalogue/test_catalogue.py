"""Versions that answer: loaded with care, swapped whole, and what happens when one is damaged."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import catalogue, errors
from app.catalogue import Catalogue, Degraded
from app.store import models, registry
from app.store.database import Database
from app.store.folder import DataFolder
from app.store.models import StoredLabel
from app.store.store import Store
from app.store.versions import write_version
from app.teaching import shipped
from app.vision.engine import Seen
from app.vision.features import pack, quantise
from app.vision.network import Network
from app.vision.recipe import FEATURES, RECIPE
from tests.vision.made import clusters

EXAM = {"right": 3, "of": 4, "share": 0.75, "low": 0.3, "high": 0.95}


def network() -> Network:
    zeros = np.zeros((FEATURES, 1000), np.float32)
    return Network(b"", zeros, np.zeros(1000, np.float32), False)


def write(store: Store, number: int, *, reference: bytes | None = None, **changed: Any) -> None:
    """A version of two labels whose every answer is label number % 2."""
    features, _ = clusters(20, labels=2)
    manifest = {
        "model": "trees",
        "version": number,
        "backbone": RECIPE.id,
        "labels": [
            {"label": slug, "name": {"en": slug, "nb": slug}, "aliases": []}
            for slug in ("oak", "elm")
        ],
        "temperature": 1.0,
        "unknown": {"neighbours": 5, "cut": 0.5, "coverage": 0.95},
    }
    arrays = {
        "weights": np.zeros((FEATURES, 2), np.float32),
        "bias": np.eye(2, dtype=np.float32)[number % 2],
    }
    documents: dict[str, str | bytes] = {
        "report.json": json.dumps({"exam": {"accuracy": EXAM}}),
        "reference.safetensors": reference or pack(*quantise(features)),
    }
    folder = store.folder.versions / "trees" / str(number)
    write_version(folder, {**manifest, **changed}, arrays, documents)
    with store.database.write() as c:
        registry.insert(c, "trees", number, {}, run=number)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    folder = DataFolder(tmp_path)
    folder.open()
    made = Store.open(folder, RECIPE.id)
    labels = [StoredLabel(slug, slug, {"en": slug, "nb": slug}) for slug in ("oak", "elm")]
    with made.database.write() as c:
        models.create(c, "trees", {"en": "Trees", "nb": "Trær"}, labels)
        models.create(c, "waste", {"en": "Waste", "nb": "Avfall"}, ())
    yield made
    made.close()
    folder.close()


def go_live(store: Store, number: int) -> None:
    with store.database.write() as c:
        models.set_live(c, "trees", number)


def spoil(store: Store, number: int) -> None:
    file = store.folder.versions / "trees" / str(number) / "head.safetensors"
    file.write_bytes(file.read_bytes()[:-1])


def test_the_live_version_of_each_model_answers(store: Store) -> None:
    shipped.seed(store)
    write(store, 1)
    write(store, 2)
    go_live(store, 1)
    found = catalogue.load(store, network())
    assert [(c.model, c.version) for c in found] == [("flowers", 1), ("trees", 1), ("imagenet", 1)]
    trees = found.find("trees")
    assert trees is not None and trees.exam == {
        "right": 3, "of": 4, "low": 0.3, "high": 0.95, "by": "exam",
    }  # fmt: skip
    assert found.find("waste") is None and found.degraded == ()


def test_the_flowers_of_the_database_answer_as_those_that_came_along(store: Store) -> None:
    shipped.seed(store)
    one, other = (
        found.find("flowers")
        for found in (catalogue.load(store, network()), catalogue.load_shipped(network()))
    )
    assert one is not None and other is not None
    assert list(one.labels) == list(other.labels) and one.names == other.names
    seen = Seen(np.ones(FEATURES, np.float32), np.ones((7, 7, FEATURES), np.float32))
    assert one.answer(seen, 5, False).predictions == other.answer(seen, 5, False).predictions


def test_names_are_those_of_the_database_also_of_a_removed_label(store: Store) -> None:
    write(store, 1)
    with store.database.write() as c:
        models.rename_label(c, "trees", "oak", "eik", {"en": "great oak", "nb": "eik"})
        models.set_label_removed(c, "trees", "oak", True)
    loaded = catalogue.load_version(store, "trees", 1)
    assert [(label.slug, label.name("nb")) for label in loaded.labels] == [
        ("oak", "eik"), ("elm", "elm"),
    ]  # fmt: skip


def test_a_rename_reaches_the_classifier_that_answers(store: Store) -> None:
    write(store, 1)
    go_live(store, 1)
    found = catalogue.load(store, network())
    before = found.find("trees")
    with store.database.write() as c:
        models.rename(c, "trees", {"en": "My trees", "nb": "Mine trær"})
        models.rename_label(c, "trees", "elm", "alm", {"en": "elm", "nb": "alm"})
        stored = models.find(c, "trees")
    assert stored is not None
    found.rename(stored)
    after = found.find("trees")
    assert before is not None and after is not None
    assert after.name("nb") == "Mine trær" and after.labels[1].name("nb") == "alm"
    assert after.head is before.head and before.name("nb") == "Trær"


def test_a_swap_changes_one_model_and_who_reads_keeps_the_old_one(store: Store) -> None:
    write(store, 1)
    write(store, 2)
    go_live(store, 1)
    found = catalogue.load(store, network())
    reading = iter(found)
    first = next(reading)
    found.swap(catalogue.load_version(store, "trees", 2))
    assert (first.model, first.version) == ("trees", 1)
    assert [one.model for one in reading] == ["imagenet"]
    trees = found.find("trees")
    assert trees is not None and trees.version == 2
    found.forget("trees")
    assert found.find("trees") is None and found.find("imagenet") is found.imagenet


def test_a_version_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(errors.VersionNotFound):
        catalogue.load_version(store, "trees", 7)
    with pytest.raises(errors.ModelNotFound):
        catalogue.load_version(store, "stones", 1)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"backbone": "lite2-000000000000"}, errors.ModelIncompatible),
        ({"model": "stones"}, errors.ModelCorrupt),
        ({"version": 9}, errors.ModelCorrupt),
        ({"unknown": {"neighbours": 5, "cut": None, "coverage": 0.95}}, errors.ModelCorrupt),
        ({"unknown": {}}, errors.ModelCorrupt),
        ({"reference": b"no numbers"}, errors.ModelCorrupt),
        ({"reference": pack(np.zeros((0, FEATURES), np.uint8), np.zeros(0, np.float32))},
         errors.ModelCorrupt),
    ],
)  # fmt: skip
def test_what_cannot_answer_is_refused(
    store: Store, changed: dict[str, Any], problem: type[errors.Problem]
) -> None:
    write(store, 1, **changed)
    with pytest.raises(problem) as caught:
        catalogue.load_version(store, "trees", 1)
    assert caught.value.params["version"] == 1


def test_a_damaged_live_version_is_stood_in_for_by_the_newest_sound_one(store: Store) -> None:
    for number in range(1, 6):
        write(store, number)
    go_live(store, 4)
    spoil(store, 4)
    spoil(store, 3)
    found = catalogue.load(store, network())
    trees = found.find("trees")
    assert trees is not None and trees.version == 2
    assert list(found.degraded) == [Degraded("trees", 4, "model-corrupt", 2)]
    with store.database.read() as c:
        assert registry.live_number(c, "trees") == 4
    found.swap(catalogue.load_version(store, "trees", 5))
    assert not found.degraded


def test_a_model_with_no_sound_version_is_told_and_the_others_answer(store: Store) -> None:
    shipped.seed(store)
    write(store, 1)
    go_live(store, 1)
    spoil(store, 1)
    found = catalogue.load(store, network())
    assert found.find("trees") is None and found.find("flowers") is not None
    assert found.degraded == (Degraded("trees", 1, "model-corrupt", None),)


def test_another_process_may_read_beside_the_server(store: Store) -> None:
    write(store, 1)
    go_live(store, 1)
    reader = Database(store.folder.database, only_read=True)
    with store.database.write(), reader.read() as c:
        assert models.find(c, "trees") is not None
        with pytest.raises(Exception, match="readonly"):
            models.set_live(c, "trees", 3)
    reader.close()


def test_swapping_under_load_never_mixes_two_versions(store: Store) -> None:
    for number in (1, 2):
        write(store, number)
    versions = [catalogue.load_version(store, "trees", number) for number in (1, 2)]
    found = Catalogue([versions[0]], catalogue.load(store, network()).imagenet)
    seen = Seen(np.ones(FEATURES, np.float32), np.ones((7, 7, FEATURES), np.float32))
    stop = threading.Event()

    def swap() -> None:
        at = 0
        while not stop.is_set():
            at += 1
            found.swap(versions[at % 2])

    swapping = threading.Thread(target=swap)
    swapping.start()
    met = set()
    try:
        for _ in range(3000):
            classifier = found.find("trees")
            assert classifier is not None
            answer = classifier.answer(seen, 1, False)
            # Version n answers with label n % 2.
            assert answer.predictions[0].label.slug == ("oak", "elm")[classifier.version % 2]
            met.add(answer.classifier.version)
    finally:
        stop.set()
        swapping.join()
    assert met == {1, 2}
