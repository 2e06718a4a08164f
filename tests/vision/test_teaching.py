"""From a folder of photos to a model on disk; the network is replaced by a mean of colours."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.store.versions import read_version
from app.teaching.at_hand import NotEnoughPhotos, OutNotEmpty, Taught, train_folder
from app.teaching.folder import FolderUnusable, Known, credits_of, scan
from app.teaching.looking import Looker
from app.vision.decode import Limits, Square
from app.vision.engine import Seen
from app.vision.features import Table
from app.vision.head import Head, Reference
from app.vision.lesson import Settings
from app.vision.recipe import FEATURES

COLOURS = {"roses": (200, 30, 60), "dandelion": (230, 200, 30)}
SETTINGS = Settings(
    epochs=4, batch_size=64, learning_rate=0.02, augmentation="mirrored", refit=True
)
KNOWN = Path(__file__).parents[2] / "models" / "flowers" / "labels.toml"


class Blurred:
    """In place of the network: the square in 21 x 20 patches is its features."""

    def look(self, square: Square) -> Seen:
        small = np.asarray(Image.fromarray(square).resize((21, 20)), np.float32).ravel() / 255
        features = np.resize(small, FEATURES).astype(np.float32)
        return Seen(features, np.broadcast_to(features, (7, 7, FEATURES)))


def looker() -> Looker:
    return Looker(Blurred(), Limits(), 2)


def paint(folder: Path, label: str, photos: int, seed: int = 0) -> None:
    """Waves of light in the label's colour, each photo other waves."""
    (folder / label).mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng([seed, *label.encode()])
    rows, columns = np.mgrid[0:48, 0:64]
    for number in range(photos):
        waves = sum(
            np.cos(draw.normal(0, 0.2) * rows + draw.normal(0, 0.2) * columns + draw.uniform(0, 6))
            for _ in range(4)
        )
        light = 0.75 + 0.06 * waves[..., None]
        pixels = np.clip(light * COLOURS.get(label, (90, 90, 90)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / label / f"{number}00_x.jpg", quality=92)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tidy")
    for label in COLOURS:
        paint(folder, label, 70)
    return folder


@pytest.fixture(scope="module")
def phases() -> list[str]:
    return []


@pytest.fixture(scope="module")
def taught(images: Path, phases: list[str], tmp_path_factory: pytest.TempPathFactory) -> Taught:
    return train_folder(
        images, tmp_path_factory.mktemp("out"), SETTINGS, looker(),
        known=Known.read(KNOWN), report=lambda phase, done, of: phases.append(phase),
    )  # fmt: skip


@pytest.fixture(scope="module")
def untidy(images: Path, tmp_path_factory: pytest.TempPathFactory) -> Taught:
    """Taught from the same photos with broken and doubtful ones among them."""
    folder = tmp_path_factory.mktemp("untidy") / "images"
    shutil.copytree(images, folder)
    whole = (folder / "roses" / "000_x.jpg").read_bytes()
    (folder / "roses" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "roses" / "empty.jpg").write_bytes(b"")
    (folder / "roses" / "film.mov").write_bytes(b"no photo at all")
    (folder / "roses" / "again.jpg").write_bytes(whole)
    (folder / "dandelion" / "rose.jpg").write_bytes((folder / "roses" / "100_x.jpg").read_bytes())
    paint(folder.parent, "stones", 6)
    others = {"stones": folder.parent / "stones"}
    return train_folder(folder, folder.parent / "out", SETTINGS, looker(), others=others)


def test_a_folder_becomes_a_model_that_answers(taught: Taught, phases: list[str]) -> None:
    stored = read_version(taught.folder)
    assert [one["label"] for one in stored.manifest["labels"]] == ["dandelion", "rose"]
    head = Head(stored.arrays["weights"], stored.arrays["bias"], stored.manifest["temperature"])
    table = Table.load((taught.folder.parents[1] / "features.safetensors").read_bytes())
    unknown = stored.manifest["unknown"]
    reference = Reference.of(table.of("train").features(), unknown["cut"], unknown["neighbours"])
    test = table.of("test")
    right = head.scores(test.features()).argmax(axis=1) == test.label
    assert right.sum() == taught.report["exam"]["accuracy"]["right"] == len(test)
    assert reference.distances(test.features()).max() < 1
    report = taught.report
    assert report["exam"]["rows"]["sha256"] == [one.tobytes().hex() for one in test.sha256]
    shown = report["answering"]["score"]["shown"]
    assert shown["of"] == len(test) and shown["right"][0] <= right.sum()
    assert report["answering"]["distance"]["chosen"]["of"] == table.count("validation")
    assert stored.manifest["data"]["fingerprint"] == table.fingerprint()
    assert list(dict.fromkeys(phases)) == ["looking", "looking-again", "learning", "examining"]


def test_what_is_written_names_no_place_on_this_machine(taught: Taught, images: Path) -> None:
    files = [path for path in taught.folder.parents[1].rglob("*") if path.is_file()]
    assert len(files) == 8
    for file in files:
        assert str(images.parent).encode() not in file.read_bytes(), file


def test_the_report_is_json_without_nan(taught: Taught) -> None:
    told: dict[str, Any] = json.loads((taught.folder / "report.json").read_text("utf-8"))
    assert told == json.loads(json.dumps(taught.report, allow_nan=False))


def test_the_same_folder_gives_the_same_splits_and_the_same_head(
    taught: Taught, images: Path, tmp_path: Path
) -> None:
    again = train_folder(images, tmp_path / "out", SETTINGS, looker(), known=Known.read(KNOWN))
    assert again.manifest["data"] == taught.manifest["data"]
    first, second = (read_version(one.folder).arrays["weights"] for one in (taught, again))
    assert np.array_equal(first, second)
    assert again.report == taught.report


def test_a_broken_photo_is_listed_and_stops_nothing(untidy: Taught) -> None:
    photos = untidy.report["photos"]
    assert photos["broken"] == [
        {"file": "roses/cut.jpg", "problem": "truncated-image"},
        {"file": "roses/empty.jpg", "problem": "empty-file"},
        {"file": "roses/film.mov", "problem": "unsupported-image-type"},
    ]
    assert photos["same_bytes"] == ["roses/again.jpg"]


def test_a_photo_under_two_labels_is_set_aside(untidy: Taught) -> None:
    (aside,) = untidy.report["photos"]["set_aside"]
    assert aside["reason"] == "two-labels"
    assert untidy.manifest["data"]["splits"]["aside"] == 1


def test_photos_of_other_things_enter_the_report(untidy: Taught) -> None:
    assert untidy.report["exam"]["unknown"]["others"]["stones"]["photos"] == 6
    assert "stones" in (untidy.folder / "card.nb.md").read_text("utf-8")


def test_an_earlier_result_is_never_written_over(images: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious").touch()
    with pytest.raises(OutNotEmpty):
        train_folder(images, tmp_path / "out", SETTINGS, looker())


@pytest.mark.parametrize("counts", [(24, 4), (24, 0)])
def test_too_little_to_learn_from_is_said_before_learning(
    tmp_path: Path, counts: tuple[int, int]
) -> None:
    for label, count in zip(COLOURS, counts, strict=True):
        paint(tmp_path / "images", label, count)
    with pytest.raises(NotEnoughPhotos) as caught:
        train_folder(tmp_path / "images", tmp_path / "out", SETTINGS, looker())
    assert caught.value.groups["roses"] == 24
    assert not (tmp_path / "out").exists()


def test_a_folder_without_photos_is_no_folder_to_learn_from(tmp_path: Path) -> None:
    (tmp_path / "roses").mkdir()
    (tmp_path / "roses" / "notes.txt").write_text("none yet")
    with pytest.raises(FolderUnusable):
        scan(tmp_path, None)


def test_hidden_files_text_files_and_macos_leavings_are_no_photos(tmp_path: Path) -> None:
    for name in (
        "rose/a.jpg", "rose/.hidden.jpg", "rose/notes.txt", "rose/.git/b.jpg", "rose/more/c.png",
        "__MACOSX/rose/a.jpg", ".cache/d.jpg", "LICENSE.txt", "rose/__MACOSX/e.jpg",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [p.name for p in scan(tmp_path, None).photos] == ["rose/a.jpg", "rose/more/c.png"]


def _labels(tmp_path: Path, folders: list[str]) -> tuple[str, list[str]]:
    for folder in folders:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.jpg").write_bytes(b"x")
    found = scan(tmp_path, Known.read(KNOWN))
    return found.known.model, [photo.label for photo in found.photos]


def test_folders_are_known_by_slug_alias_and_norwegian_name(tmp_path: Path) -> None:
    model, labels = _labels(tmp_path, ["Roses", "løvetann", "tulip "])
    assert model == "flowers" and sorted(labels) == ["dandelion", "rose", "tulip"]


def test_with_any_other_folder_the_folders_speak_for_themselves(tmp_path: Path) -> None:
    model, labels = _labels(tmp_path, ["roses", "Pine Tree"])
    assert model != "flowers" and sorted(labels) == ["pine-tree", "roses"]


def test_credits_are_read_both_ways_round(tmp_path: Path) -> None:
    (tmp_path / "LICENSE.txt").write_text(
        "All images are licensed\n\n"
        "daisy/1_n.jpg CC-BY by A - B, Artist - https://www.flickr.com/photos/ab/1/\n"
        "roses/2_n.jpg CC-BY https://www.flickr.com/photos/cd/ - by C  D\n",
        "utf-8",
    )
    assert credits_of(tmp_path) == {
        "daisy/1_n.jpg": ("A - B, Artist", "https://www.flickr.com/photos/ab/1/"),
        "roses/2_n.jpg": ("C D", "https://www.flickr.com/photos/cd/"),
    }
