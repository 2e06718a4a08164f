import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from app.store.versions import read_version
from app.vision import decode, exam, others
from app.vision.engine import Engine, Floats
from app.vision.features import Table, TableDamaged
from app.vision.head import Head, Reference
from app.vision.others import OtherSet
from app.vision.recipe import RECIPE
from tests.photos import shared
from tests.vision.made import clusters
from tests.vision.test_ridge import FLOWERS

MODELS = FLOWERS.parents[1]


@pytest.fixture(scope="module")
def sets() -> list[OtherSet]:
    return others.read(MODELS, RECIPE.id)


@pytest.fixture(scope="module")
def flowers() -> Table:
    return Table.load(FLOWERS.read_bytes())


def look_at(files: list[Path], engine: Engine) -> Floats:
    looked = (
        decode.look_at(decode.inspect(file.read_bytes(), decode.Limits())).square for file in files
    )
    return np.stack([engine.look(square).features for square in looked])


def test_two_sets_come_along_and_are_small(sets: list[OtherSet]) -> None:
    assert [(one.name, one.features.shape) for one in sets] == [
        ("trash", (750, 1280)), ("flowers", (750, 1280)),
    ]  # fmt: skip
    folder = MODELS / "others"
    assert sum(file.stat().st_size for file in folder.iterdir()) < 1_000_000
    told = json.loads((folder / "trash.json").read_text("utf-8"))
    assert told["licence"] == "MIT" and "TrashNet" in told["source"] and told["made"]


def test_flowers_are_held_against_waste_and_not_against_flowers(
    sets: list[OtherSet], flowers: Table
) -> None:
    validation = flowers.of("validation").features()
    choices = {one.name: one for one in others.choose(validation, sets)}
    assert choices["trash"].used and choices["trash"].alike <= 0.01 * len(validation)
    assert not choices["flowers"].used and choices["flowers"].alike > 0.9 * len(validation)
    assert list(others.used(list(choices.values()), sets)) == ["trash"]


def test_a_single_kind_of_flower_is_still_about_flowers(
    sets: list[OtherSet], flowers: Table
) -> None:
    tulips = flowers.take(flowers.label == flowers.labels.index("tulip")).features()
    assert {one.name: one.used for one in others.choose(tulips, sets)} == {
        "trash": True, "flowers": False,
    }  # fmt: skip


def test_waste_is_held_against_flowers(sets: list[OtherSet], engine: Engine) -> None:
    files = sorted(shared("trash").rglob("*.jpg"))[::40]
    choices = others.choose(look_at(files, engine), sets)
    assert {one.name: one.used for one in choices} == {"trash": False, "flowers": True}


def test_what_is_about_neither_is_held_against_both(sets: list[OtherSet], engine: Engine) -> None:
    files = sorted(shared("imagenet_sample").iterdir())
    assert all(one.used for one in others.choose(look_at(files, engine), sets))


def test_without_photos_of_its_own_nothing_is_used(sets: list[OtherSet]) -> None:
    choices = others.choose(np.zeros((0, 1280), np.float32), sets)
    assert [(one.of, one.used) for one in choices] == [(0, False), (0, False)]


def test_a_set_knows_its_own_and_the_border_is_one_in_ten() -> None:
    features, truth = clusters(60)
    mine = OtherSet("ash", features[truth == 0])
    far = features[truth == 1]
    near = clusters(20, seed=4)[0][:20]
    for alike, is_used in ((5, True), (6, False)):
        own = np.concatenate([near[:alike], far[: 60 - alike]])
        (choice,) = others.choose(own, [mine])
        assert (choice.alike, choice.of, choice.used) == (alike, 60, is_used)


def test_a_set_seen_by_another_network_is_left_out(sets: list[OtherSet]) -> None:
    assert [one.name for one in others.read(MODELS, "another")] == []


def test_a_set_that_was_changed_is_refused(tmp_path: Path) -> None:
    shutil.copytree(MODELS / "others", tmp_path / "others")
    file = tmp_path / "others" / "trash.safetensors"
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(content)
    with pytest.raises(TableDamaged, match="trash"):
        others.read(tmp_path, RECIPE.id)


def test_flowers_tell_waste_and_everyday_things_from_flowers(
    sets: list[OtherSet], flowers: Table, engine: Engine
) -> None:
    stored = read_version(FLOWERS.parent / "versions" / "1")
    arrays, unknown = stored.arrays, stored.manifest["unknown"]
    head = Head(arrays["weights"], arrays["bias"], stored.manifest["temperature"])
    known = flowers.of("train").features()
    reference = Reference.of(known, unknown["cut"], unknown["neighbours"])
    asked = {"trash": sets[0].features}
    asked["imagenet"] = look_at(sorted(shared("imagenet_sample").iterdir()), engine)
    test = flowers.of("test")
    questions = exam.Questions(test.features(), test.label, flowers.labels, asked)
    told = exam.take(head, reference, questions)["unknown"]["others"]
    for name in asked:
        assert told[name]["auroc"] >= 0.99 and told[name]["refused"]["share"] >= 0.97, name
