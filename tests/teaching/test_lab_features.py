"""What the lab trains on is made from photos that ship as numbers, and only from those."""

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.teaching import lab_features
from app.teaching.lab_features import VIEWS, Eyes, PhotosMissing, make
from app.teaching.looking import Looker
from app.vision.decode import Limits, Square
from app.vision.engine import Engine, Floats, Seen
from app.vision.features import SPLITS, Table, digests, restore, unpack
from app.vision.recipe import FEATURES, RECIPE
from tests.photos import shared
from tests.vision.test_teaching import looker, paint

MODELS = Path(__file__).parents[2] / "models"


class Dark:
    """In place of an untrained network: what it sees is everywhere the same."""

    def look(self, square: Square) -> Seen:
        features = np.full(FEATURES, np.float32(square.mean() / 255))
        return Seen(features, np.broadcast_to(features, (7, 7, FEATURES)))


EYES = Eyes(looker(), Looker(Dark(), Limits(), 2))


def ship(folder: Path, files: list[Path], splits: str) -> Path:
    """A model's features as if these photos came along; a letter of `splits` for each: t to
    learn from, v to choose by, e for the exam, a for those set aside."""
    names = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    numbers = np.arange(len(files))
    labels = sorted({file.parent.name for file in files})
    table = Table(
        tuple(labels),
        np.zeros((len(files), FEATURES), np.uint8),
        np.zeros(len(files), np.float32),
        np.array([labels.index(file.parent.name) for file in files], np.int32),
        np.array(["tvea".index(split) for split in splits], np.uint8),
        numbers.astype(np.int32),
        numbers.astype(np.uint64),
        digests(names),
    )
    folder.mkdir()
    (folder / "features.safetensors").write_bytes(table.save())
    return folder


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    for label in ("roses", "dandelion"):
        paint(tmp_path / "photos", label, 5)
    return sorted((tmp_path / "photos").rglob("*.jpg"))


def test_shipped_photos_become_files_of_features_that_say_how_they_were_made(
    tmp_path: Path, photos: list[Path]
) -> None:
    shipped = ship(tmp_path / "flowers", photos, "tvtttattav")
    out = tmp_path / "lab"
    assert make(tmp_path / "photos", shipped, out, EYES) == 8
    manifest = json.loads((out / "flowers.json").read_text())
    assert (manifest["photos"], manifest["learned_from"]) == (8, 6)
    assert manifest["backbone"] == RECIPE.id and str(tmp_path) not in json.dumps(manifest)
    for told in (manifest["untrained"], *manifest["views"]):
        content = (out / told["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == told["sha256"]
    fresh = unpack((out / "untrained.safetensors").read_bytes())
    by_name = {hashlib.sha256(file.read_bytes()).digest(): file for file in photos}
    first = by_name[fresh["sha256"][0].tobytes()]
    brightness = float(restore(fresh["rows"], fresh["scales"])[0, 0])
    with Image.open(first) as photo:
        assert brightness == pytest.approx(np.asarray(photo).mean() / 255, abs=0.05)
    assert [told["look"] for told in manifest["views"]] == [view.name for view in VIEWS]
    again = unpack((out / manifest["views"][0]["file"]).read_bytes())
    assert len(again["rows"]) == 6
    assert np.array_equal(again["sha256"], fresh["sha256"][:6])


def test_none_of_the_exams_photos_is_taken_and_no_label_more_than_its_share(
    tmp_path: Path, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_features, "EACH", {"train": 2, "validation": 1})
    shipped = ship(tmp_path / "flowers", photos, "ettvvtttve")
    assert make(tmp_path / "photos", shipped, tmp_path / "lab", EYES) == 6
    taken = unpack((tmp_path / "lab" / "untrained.safetensors").read_bytes())["sha256"]
    table = Table.load((shipped / "features.safetensors").read_bytes())
    splits = {
        digest.tobytes(): split for digest, split in zip(table.sha256, table.split, strict=True)
    }
    assert [SPLITS[splits[one.tobytes()]] for one in taken] == ["train"] * 4 + ["validation"] * 2


def test_the_same_photos_give_the_same_files(tmp_path: Path, photos: list[Path]) -> None:
    shipped = ship(tmp_path / "flowers", photos, "tvtttattvv")
    for out in ("one", "two"):
        make(tmp_path / "photos", shipped, tmp_path / out, EYES)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_without_a_shipped_photo_nothing_is_made(tmp_path: Path, photos: list[Path]) -> None:
    shipped = ship(tmp_path / "flowers", photos[:4], "tttt")
    for file in photos[:4]:
        file.unlink()
    with pytest.raises(PhotosMissing):
        make(tmp_path / "photos", shipped, tmp_path / "lab", EYES)
    assert not (tmp_path / "lab").exists()


def test_a_photo_that_cannot_be_looked_at_stops_it(tmp_path: Path, photos: list[Path]) -> None:
    photos[0].write_bytes(photos[0].read_bytes()[:200])
    shipped = ship(tmp_path / "flowers", photos, "tttttttttt")
    with pytest.raises(PhotosMissing):
        make(tmp_path / "photos", shipped, tmp_path / "lab", EYES)


def shipped(name: str) -> tuple[list[str], Floats]:
    """SHA-256 and features of the first photos that ship with the lab."""
    found = unpack((MODELS / "lab" / f"{name}.safetensors").read_bytes())
    features = restore(found["rows"], found["scales"])
    return [digest.tobytes().hex() for digest in found["sha256"][:6]], features[:6]


def test_the_views_that_ship_are_those_of_the_network(engine: Engine) -> None:
    by_name = {
        hashlib.sha256(file.read_bytes()).hexdigest(): file
        for file in shared("flower_photos").rglob("*.jpg")
    }
    for number, view in enumerate(VIEWS):
        names, features = shipped(view.name)
        seen = Looker(engine, Limits(), 2).again(
            [by_name[name] for name in names], VIEWS, lambda done, of: None
        )
        for one, kept in zip(seen, features, strict=True):
            assert not isinstance(one, str)
            assert np.abs(one.features[number] - kept).max() < 0.02


@pytest.mark.slow  # builds and converts the network once more
def test_what_ships_of_the_untrained_network_is_made_again() -> None:
    by_name = {
        hashlib.sha256(file.read_bytes()).hexdigest(): file
        for file in shared("flower_photos").rglob("*.jpg")
    }
    names, features = shipped("untrained")
    fresh = lab_features.fresh_network()
    looks = Looker(Engine(fresh, 1), Limits(), 1)
    seen = looks.first([by_name[name] for name in names], lambda done, of: None)
    for one, kept in zip(seen, features, strict=True):
        assert not isinstance(one, str)
        assert np.abs(one.features - kept).max() < 0.05


def test_every_photo_of_the_lab_has_its_photographer_named() -> None:
    with (MODELS / "flowers" / "photos.tsv").open(encoding="utf-8", newline="") as file:
        credits = {line["sha256"]: line for line in csv.DictReader(file, delimiter="\t")}
    found = unpack((MODELS / "lab" / "untrained.safetensors").read_bytes())
    for digest in found["sha256"]:
        line = credits[digest.tobytes().hex()]
        assert line["page"].startswith("https://www.flickr.com/") and line["photographer"]
        assert line["split"] in ("train", "validation")
    assert sum(file.stat().st_size for file in (MODELS / "lab").iterdir()) < 3_000_000
