"""Which files of a zip are photos, under which labels, and what a bad one costs."""

import io
import unicodedata
from zipfile import ZipFile

import numpy as np
import pytest

from app import errors
from tests.teaching.opening import GOOD, opened, refused
from tests.teaching.zips import (
    PHOTO,
    photo,
    renamed,
    zipped,
)

# Z11


def test_the_same_name_twice_or_in_other_letters_keeps_both() -> None:
    names = ["roses/a.jpg", "roses/a.jpg", "roses/A.jpg"]
    names += [unicodedata.normalize(form, "roses/é.jpg") for form in ("NFC", "NFD")]
    archive = opened(zipped([(name, photo(shade)) for shade, name in enumerate(names)]))
    assert [m.name for m in archive.members] == names
    assert [archive.read(m) for m in archive.members] == [photo(shade) for shade in range(5)]


# Z12


def test_a_name_nobody_can_read_costs_only_that_file() -> None:
    content = renamed(GOOD, b"roses/a.jpg", b"roses/\x9b.jpg", utf8=False)  # ø in code page 850
    archive = opened(content)
    assert [(name, p.code) for name, p in archive.refused] == [
        ("roses/\ufffd.jpg", "unusable-file-name")
    ]
    assert [m.label for m in archive.members] == ["tulips"]
    long = opened(zipped({"roses/" + "x" * 4096 + ".jpg": PHOTO, "roses/b.jpg": PHOTO}))
    assert [p.code for _, p in long.refused] == ["unusable-file-name"]
    assert [m.name for m in long.members] == ["roses/b.jpg"]


def test_utf8_that_does_not_say_so_is_understood() -> None:
    content = renamed(GOOD, b"roses/a.jpg", "rosé/a.jpg".encode(), utf8=False)
    assert [m.label for m in opened(content).members] == ["rosé", "tulips"]


def test_what_says_it_is_utf8_and_is_not_is_refused() -> None:
    with pytest.raises(errors.UnusableFileName):
        opened(renamed(GOOD, b"roses/a.jpg", b"roses/\xff.jpg", utf8=True))


# Z13


def test_what_systems_leave_behind_is_ignored_and_listed() -> None:
    left = [
        "__MACOSX/roses/._a.jpg", "roses/.DS_Store", "roses/Thumbs.db", "README.txt",
        "roses/.ipynb_checkpoints/a-checkpoint.jpg", "labels.csv", "__MACOSX/inner.zip",
        "roses/notes.docx",
    ]  # fmt: skip
    files = [("roses/", b""), *((name, b"PK\3\4") for name in left), ("roses/a.jpg", PHOTO)]
    archive = opened(zipped(files))
    assert archive.ignored == left
    assert [m.name for m in archive.members] == ["roses/a.jpg"]
    assert not archive.refused


# Z14


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("photos/../a.jpg", "dots"),
        ("photos//a.jpg", "empty"),
        ("photos/ /a.jpg", "empty"),
        ("x" * 300 + "/a.jpg", "too-long"),
        ("<script>/a.jpg", "markup"),
        ("ro\nse/a.jpg", "unseen"),
        ("ro\u202ese/a.jpg", "unseen"),
    ],
)
def test_a_folder_that_can_name_no_label_is_refused(name: str, why: str) -> None:
    problem = refused(zipped({"roses/b.jpg": PHOTO, name: PHOTO}))
    assert problem.code == "invalid-label" and problem.params == {"why": why}
    assert problem.errors[0].where == name


# Z15 is the import's; what it needs is here


def test_a_broken_photo_stops_no_other() -> None:
    files = {"roses/a.jpg": PHOTO, "roses/empty.jpg": b"", "roses/film.mov": b"x", "roses/b": PHOTO}
    archive = opened(zipped(files))
    assert [m.name for m in archive.members] == ["roses/a.jpg", "roses/b"]
    assert {name: p.code for name, p in archive.refused} == {
        "roses/empty.jpg": "empty-file",
        "roses/film.mov": "unsupported-image-type",
    }


def test_a_photo_over_the_limit_is_refused_and_the_rest_is_not() -> None:
    large = PHOTO + np.random.default_rng(1).bytes(5_000)
    archive = opened(zipped({"roses/a.jpg": large, "roses/b.jpg": PHOTO}), image_bytes=5_000)
    assert [(name, p.code) for name, p in archive.refused] == [("roses/a.jpg", "body-too-large")]
    assert [m.name for m in archive.members] == ["roses/b.jpg"]


def test_a_zip_over_the_limit_is_refused() -> None:
    assert refused(GOOD, archive_bytes=len(GOOD) - 1).code == "archive-too-large"


# Z16


@pytest.mark.parametrize("moved", [False, True])
def test_something_before_the_first_header_is_refused(moved: bool) -> None:
    """Also when all offsets count it in, as those of a self-extracting zip do."""
    if moved:
        out = io.BytesIO(b"MZ" * 50)
        out.seek(100)
        with ZipFile(out, "w") as made:
            made.writestr("roses/a.jpg", PHOTO)
        content = out.getvalue()
    else:
        content = PHOTO + GOOD
    assert refused(content).code == "invalid-archive"


# Z17


def test_models_and_tables_are_no_photos() -> None:
    arrays = io.BytesIO()
    np.savez(arrays, weights=np.ones(4), bias=np.zeros(2))
    assert refused(arrays.getvalue()).code == "no-images"
    keras = zipped({"metadata.json": b"{}", "config.json": b"{}", "model.weights.h5": b"\x89HDF"})
    assert refused(keras).code == "no-images"
    assert refused(zipped([("roses/", b""), ("README.txt", b"x")])).code == "no-images"
    assert refused(zipped({"roses/a.heic": b"\0\0\0\x18ftypheic"})).code == "no-images"
