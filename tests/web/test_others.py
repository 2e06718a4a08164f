"""Photos that a model must refuse, over HTTP: given by the set, and never learned from."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.photos import encode, packaged
from tests.teaching.tiles import tiles
from tests.web.conftest import Own
from tests.web.photographs import different
from tests.web.problems import assert_problem

HERE = "/models/flowers/others"
FLOWER = encode(packaged("flower"), quality=90)


@pytest.fixture
def client(own: Own) -> Iterator[httpx.Client]:
    yield own.client


def make(client: httpx.Client, name: str, photos: list[bytes]) -> str:
    """The address of a set of these photos."""
    made = client.post(HERE, json={"name": name})
    assert made.status_code == 201, made.text
    there = f"{HERE}/{made.json()['set']}"
    assert made.headers["location"] == f"/api/v1{there}"
    assert add(client, there, photos).status_code == 201
    return there


def add(client: httpx.Client, there: str, photos: list[bytes]) -> httpx.Response:
    files = [("images", (f"{at}.jpg", photo)) for at, photo in enumerate(photos)]
    return client.post(f"{there}/images", files=files)


def told_of(client: httpx.Client, name: str) -> dict[str, Any]:
    """What the report says of the set of this name."""
    unknown = client.get("/models/flowers/versions/1").json()["report"]["unknown"]
    found = {one["name"]: dict(one) for one in unknown["others"]}
    return found.get(name, {})


def test_a_set_is_held_against_the_version_and_the_report_says_so(client: httpx.Client) -> None:
    before = client.get("/models/flowers").json()
    there = make(client, "Cups and a rose", [*tiles("coffee", 12), FLOWER])
    whole = client.get(there).json()
    assert (whole["photos"], whole["held"]["version"]) == (13, 1)
    refused = whole["held"]["refused"]
    assert refused["of"] == 13 and 11 <= refused["right"] <= 12
    assert 0.85 < whole["held"]["auroc"] < 1
    nearest = whole["items"][0]
    assert (nearest["answer"], nearest["refused"]) == ("rose", False)
    distances = [one["distance"] for one in whole["items"]]
    assert distances == sorted(distances)
    assert sum(one["refused"] for one in whole["items"]) == refused["right"]
    said = told_of(client, "Cups and a rose")
    assert said["from"] == "given" and said["refused"] == refused
    assert said["sentence"].startswith(f"{refused['right']} of 13 photos are")
    assert client.get("/models/flowers").json() == before
    names = [one["sha256"] for one in whole["items"]]
    assert client.get(f"/models/flowers/images/{names[0]}").status_code == 404


def test_which_of_the_sets_that_came_along_was_used_and_why(client: httpx.Client) -> None:
    waste, flowers = told_of(client, "Waste"), told_of(client, "Flowers")
    assert waste["used"] and waste["alike"] < 0.1 * waste["of"] and waste["auroc"] > 0.99
    assert not flowers["used"] and flowers["alike"] > 0.9 * flowers["of"]
    assert flowers["auroc"] is None and flowers["refused"] is None
    assert "Not used" in flowers["sentence"] and "show the same things" in flowers["sentence"]
    then = told_of(client, "Everyday things")
    assert then["from"] == "training" and then["refused"]["right"] == 99


def test_a_tighter_cut_refuses_more_at_once(client: httpx.Client) -> None:
    make(client, "Only a rose", [FLOWER])
    assert told_of(client, "Only a rose")["refused"]["right"] == 0
    client.patch("/models/flowers", json={"coverage": 0.5})
    assert told_of(client, "Only a rose")["refused"]["right"] == 1
    client.patch("/models/flowers", json={"coverage": 0.95})


def test_photos_come_once_and_can_be_taken_out(client: httpx.Client) -> None:
    photos = [different(at) for at in range(70, 74)]
    there = make(client, "Noise", photos[:3])
    again = add(client, there, photos)
    assert [one["status"] for one in again.json()["results"]] == ["already-there"] * 3 + ["added"]
    assert add(client, there, photos).status_code == 200
    one = client.get(there).json()["items"][0]
    picture = client.get(one["thumbnail"].removeprefix("/api/v1"))
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    gone = f"{there}/images/{one['sha256']}"
    assert client.delete(gone).status_code == 204
    assert_problem(client.delete(gone), 404, "not-found")
    assert client.get(f"{gone}/thumbnail").status_code == 404
    assert client.get(there).json()["photos"] == 3
    assert add(client, there, photos).status_code == 201
    assert client.get(there).json()["photos"] == 4


def test_a_set_goes_page_by_page(client: httpx.Client) -> None:
    there = make(client, "Many", [different(at) for at in range(80, 87)])
    found: list[str] = []
    asked = {"limit": "3"}
    while True:
        page = client.get(there, params=asked).json()
        found += [one["sha256"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert len(found) == len(set(found)) == 7
    assert client.get(f"{HERE}/noise", params=asked).status_code == 422


def test_a_removed_set_comes_back_whole(client: httpx.Client) -> None:
    there = make(client, "Gone for a while", [different(90)])
    assert client.delete(there).status_code == 204
    assert_problem(client.get(there), 404, "not-found")
    assert told_of(client, "Gone for a while") == {}
    assert "Gone for a while" not in [one["name"] for one in client.get(HERE).json()["items"]]
    other = client.post(HERE, json={"name": "gone for a While"})
    assert other.status_code == 201 and other.json()["set"] == "gone-for-a-while-2"
    assert client.post(f"{there}:restore").json()["photos"] == 1
    assert told_of(client, "Gone for a while")["photos"] == 1


def test_one_name_is_one_set(client: httpx.Client) -> None:
    first = client.post(HERE, json={"name": "Empty Tables"}).json()
    again = client.post(HERE, json={"name": " empty tables "})
    assert (again.status_code, again.json()) == (200, first)
    assert told_of(client, "Empty Tables")["sentence"] == "No photo could be asked about."


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\u202eb"])
def test_what_is_no_name_is_refused(client: httpx.Client, name: str) -> None:
    assert_problem(client.post(HERE, json={"name": name}), 422, "invalid-label")


def test_bad_photos_are_refused_one_by_one(client: httpx.Client) -> None:
    there = make(client, "Half broken", [different(95)])
    answer = add(client, there, [b"no photo", different(96)])
    assert answer.status_code == 201
    bad, good = answer.json()["results"]
    assert bad["error"]["code"] == "unsupported-image-type" and good["status"] == "added"
    assert_problem(add(client, there, [b"no photo"]), 415, "unsupported-image-type")
    assert_problem(client.post(f"{there}/images", files={"images": b""}), 422, "empty-file")
    assert client.get(there).json()["photos"] == 2
    assert add(client, f"{HERE}/nowhere", [different(95)]).status_code == 404
    assert client.post("/models/imagenet/others", json={"name": "x"}).status_code == 409


def test_a_photo_that_is_taught_is_not_asked_about(client: httpx.Client) -> None:
    rose = different(97)
    there = make(client, "Taught too", [rose, different(98)])
    sent = client.post("/models/flowers/images", files={"images": rose}, data={"label": "rose"})
    sha256 = sent.json()["results"][0]["sha256"]
    whole = client.get(there).json()
    assert (whole["held"]["photos"], whole["held"]["in_dataset"]) == (1, 1)
    assert {one["sha256"] for one in whole["items"] if one["refused"] is None} == {sha256}
    client.delete(f"/models/flowers/images/{sha256}")
    assert client.get(there).json()["held"]["photos"] == 2


def test_lost_features_are_made_again(own: Own) -> None:
    there = make(own.client, "Lost and found", [different(99), FLOWER])
    first = own.client.get(there).json()
    (file,) = (own.data / "derived").glob("features-*.db")
    with sqlite3.connect(file) as features:
        for one in first["items"]:
            name = bytes.fromhex(one["sha256"])
            gone = features.execute("DELETE FROM features WHERE sha256 = ?", (name,)).rowcount
            assert gone == 1
    features.close()
    assert own.client.get(there).json() == first
    lost = first["items"][0]["sha256"]
    with sqlite3.connect(file) as features:
        features.execute("DELETE FROM features WHERE sha256 = ?", (bytes.fromhex(lost),))
    features.close()
    (own.data / "objects" / lost[:2] / lost).unlink()
    told = own.client.get(there).json()["held"]
    assert (told["photos"], told["unreadable"]) == (1, 1)


def test_without_a_version_photos_wait_for_one(client: httpx.Client) -> None:
    made = client.post("/models", json={"name": "Nothing yet", "labels": ["one", "two"]}).json()
    there = f"/models/{made['model']}/others"
    client.post(there, json={"name": "Noise"})
    assert add(client, f"{there}/noise", [different(60)]).status_code == 201
    whole = client.get(f"{there}/noise").json()
    assert whole["held"] is None and whole["items"][0]["answer"] is None
    page = httpx.get(str(client.base_url).replace("/api/v1/", f"/models/{made['model']}/others"))
    assert page.status_code == 200 and "There is no version yet" in page.text


def test_the_page_says_what_is_wrong_with_a_form(client: httpx.Client) -> None:
    page = str(client.base_url).replace("/api/v1/", "/models/flowers/others")
    photo = [("images", ("a.jpg", different(61)))]
    nameless = httpx.post(page, data={"name": " "}, files=photo)
    assert nameless.status_code == 422 and 'role="alert"' in nameless.text
    empty = httpx.post(page, data={"name": "Some"}, files=[("images", ("", b""))])
    assert empty.status_code == 422 and 'role="alert"' in empty.text
    both = httpx.post(
        page, data={"name": "Some"}, files=[*photo, ("images", ("b.jpg", b"no photo"))]
    )
    assert both.status_code == 200 and "b.jpg" in both.text and "Some" in both.text
    sent = httpx.post(page, data={"name": "Some"}, files=photo)
    assert (sent.status_code, sent.headers["location"]) == (
        303, "/models/flowers/others#set-some",
    )  # fmt: skip
