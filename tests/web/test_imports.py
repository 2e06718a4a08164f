"""Zips over HTTP, taken in photo by photo: what becomes of each file."""

import httpx
import numpy as np
import pytest

from tests.photos import encode, packaged
from tests.teaching.tiles import folder_of, tiles
from tests.teaching.zips import renamed, zipped
from tests.web.conftest import Own
from tests.web.importing import (
    done,
    finished,
    labels,
    new_model,
    outcomes,
    photos,
    post,
    report,
)
from tests.web.problems import assert_problem


@pytest.fixture
def client(own: Own) -> httpx.Client:
    return own.client


@pytest.fixture
def model(client: httpx.Client) -> str:
    return new_model(client)


def test_a_zip_of_folders_becomes_labelled_photos(client: httpx.Client, model: str) -> None:
    files = folder_of("Cats", "chelsea", 8) | folder_of("Coffee cups", "coffee", 8)
    accepted = post(client, model, zipped(files))
    first = accepted.json()
    assert accepted.headers["location"] == f"/api/v1/imports/{first['import']}"
    assert (first["state"], first["total"], first["model"]) == ("queued", 16, model)
    told = finished(client, accepted)
    counts = {name: told[name] for name in ("done", "total", "added", "refused", "ignored")}
    assert counts == {"done": 16, "total": 16, "added": 16, "refused": 0, "ignored": 0}
    assert told["state"] == "succeeded" and told["problem"] is None and told["finished"]
    assert labels(client, model) == {"cats": 8, "coffee-cups": 8}
    kept = photos(client, model)
    assert {photo["source"] for photo in kept} == {"import"}
    assert {photo["filename"] for photo in kept} == {f"{n:02}.jpg" for n in range(8)}
    splits = [photo["split"] for photo in kept if photo["label"] == "cats"]
    assert {"train", "validation", "test"} == set(splits)
    assert set(outcomes(client, told).values()) == {"added"}
    listed = client.get(f"/models/{model}/imports").json()["items"]
    assert listed == [told]


def test_the_same_zip_twice_adds_nothing(client: httpx.Client, model: str) -> None:
    files = folder_of("cats", "chelsea", 6)
    assert done(client, model, files)["added"] == 6
    again = done(client, model, files)
    assert (again["added"], again["already_there"]) == (0, 6)
    assert {item["reason"] for item in report(client, again)} == {None}
    assert labels(client, model) == {"cats": 6}


def test_a_broken_photo_stops_no_other(client: httpx.Client, model: str) -> None:
    """Z15."""
    good = folder_of("cats", "chelsea", 12)
    whole = encode(packaged("coffee"))
    bad = {
        "cats/cut.jpg": whole[: len(whole) // 2],
        "cats/empty.jpg": b"",
        "cats/tiny.png": encode(np.zeros((4, 4, 3), np.uint8), "PNG"),
        "cats/film.mov": b"not a photo",
        "loose.jpg": tiles("coffee", 1)[0],
    }
    told = done(client, model, {**bad, **good}, headers={"Accept-Language": "nb"})
    assert (told["added"], told["refused"], told["state"]) == (12, 5, "succeeded")
    refused = {item["file"]: item for item in report(client, told, outcome="refused", lang="en")}
    assert {file: item["code"] for file, item in refused.items()} == {
        "cats/cut.jpg": "truncated-image",
        "cats/empty.jpg": "empty-file",
        "cats/tiny.png": "image-too-small",
        "cats/film.mov": "unsupported-image-type",
        "loose.jpg": "no-label-folder",
    }
    assert "4" in refused["cats/tiny.png"]["reason"] and "8" in refused["cats/tiny.png"]["reason"]
    norwegian = {i["file"]: i["reason"] for i in report(client, told, outcome="refused", lang="nb")}
    for file, item in refused.items():
        assert item["reason"] and norwegian[file] and norwegian[file] != item["reason"]
    again = done(client, model, {**bad, **good})
    assert (again["added"], again["already_there"], again["refused"]) == (0, 12, 5)


def test_what_lies_beside_photos_is_ignored_and_listed(client: httpx.Client, model: str) -> None:
    """Z13."""
    beside = {
        "__MACOSX/cats/._00.jpg": b"x", "cats/.DS_Store": b"x", "cats/Thumbs.db": b"x",
        "README.txt": b"x", "cats/.ipynb_checkpoints/00.jpg": tiles("coffee", 1)[0],
    }  # fmt: skip
    told = done(client, model, {**folder_of("cats", "chelsea", 3), **beside})
    assert (told["added"], told["ignored"], told["total"]) == (3, 5, 8)
    ignored = report(client, told, outcome="ignored")
    assert {item["file"] for item in ignored} == set(beside)
    assert labels(client, model) == {"cats": 3}


def test_the_same_name_twice_keeps_both(client: httpx.Client, model: str) -> None:
    """Z11: photos are known by their bytes, whatever files are called."""
    one, two, three, four = tiles("chelsea", 4)
    names = ["cats/a.jpg", "cats/a.jpg", "cats/A.JPG", "cats/a\u030a.jpg"]
    told = done(client, model, list(zip(names, (one, two, three, four), strict=True)))
    assert told["added"] == 4
    assert len(photos(client, model)) == 4


def test_a_name_nobody_can_read_costs_only_that_file(client: httpx.Client, model: str) -> None:
    """Z12."""
    content = zipped({"cats/a.jpg": tiles("chelsea", 2)[0], "cats/b.jpg": tiles("chelsea", 2)[1]})
    told = finished(
        client, post(client, model, renamed(content, b"a.jpg", b"\xff.jpg", utf8=False))
    )
    assert (told["added"], told["refused"]) == (1, 1)
    (refused,) = report(client, told, outcome="refused")
    assert (refused["file"], refused["code"]) == ("cats/\ufffd.jpg", "unusable-file-name")


def test_a_folder_by_any_name_of_a_label_is_that_label(client: httpx.Client, model: str) -> None:
    made = client.post(f"/models/{model}/labels", json={"name": {"en": "cat", "nb": "katt"}})
    assert made.status_code == 201
    one, two, three = tiles("chelsea", 3)
    told = done(client, model, {"CAT/1.jpg": one, "Katt/2.jpg": two, "x/cat/3.jpg": three})
    assert told["added"] == 3
    assert labels(client, model) == {"cat": 3}


def test_flowers_know_the_folders_of_tensorflow(client: httpx.Client) -> None:
    before = labels(client, "flowers")
    told = done(client, "flowers", {"roses/1.jpg": encode(packaged("rocket"))})
    after = labels(client, "flowers")
    assert (
        set(after) == set(before)
        and after["rose"] == before["rose"] + told["added"] == 1 + before["rose"]
    )


def test_one_label_for_a_zip_without_folders(client: httpx.Client, model: str) -> None:
    one, two = tiles("chelsea", 2)
    told = done(client, model, {"1.jpg": one, "x/2.jpg": two}, params={"label": " My  cat "})
    assert told["added"] == 2
    assert labels(client, model) == {"my-cat": 2}
    refused = post(client, model, zipped({"1.jpg": one}), params={"label": "\u200b"})
    assert_problem(refused, 422, "invalid-label")


def test_the_same_photo_under_two_labels_is_set_aside(client: httpx.Client, model: str) -> None:
    cat, cup = tiles("chelsea", 1)[0], tiles("coffee", 1)[0]
    told = done(client, model, {"cats/1.jpg": cat, "dogs/1.jpg": cat, "cups/1.jpg": cup})
    assert (told["added"], told["set_aside"]) == (1, 2)
    aside = report(client, told, outcome="set-aside")
    assert {(i["file"], i["label"], i["code"]) for i in aside} == {
        ("cats/1.jpg", "cats", "two-labels"),
        ("dogs/1.jpg", "dogs", "two-labels"),
    }
    assert all(item["reason"] for item in aside)
    kept = {photo["split"]: photo for photo in photos(client, model)}
    assert kept["aside"]["reason"] == "two-labels" and len(kept) == 2


def test_what_is_there_under_another_label_is_told_by_its_name(
    client: httpx.Client, model: str
) -> None:
    client.post(f"/models/{model}/labels", json={"name": {"en": "cat", "nb": "katt"}})
    cat = tiles("chelsea", 1)[0]
    done(client, model, {"cat/1.jpg": cat})
    told = done(client, model, {"dog/1.jpg": cat, "cat/2.jpg": cat})
    assert (told["added"], told["already_there"]) == (0, 2)
    reasons = {i["file"]: i["reason"] for i in report(client, told, lang="nb")}
    assert "katt" in reasons["dog/1.jpg"] and reasons["cat/2.jpg"] is None
    assert [photo["label"] for photo in photos(client, model)] == ["cat"]


def test_a_form_with_the_archive_does_as_well(client: httpx.Client, model: str) -> None:
    content = zipped(folder_of("cats", "chelsea", 2))
    accepted = client.post(f"/models/{model}/imports", files={"archive": ("cats.zip", content)})
    assert finished(client, accepted)["added"] == 2
