"""Photos without a label over HTTP: real photos of waste, a real server, and one that is killed."""

import datetime
import hashlib
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.vision.network import Network
from tests.conftest import serving
from tests.photos import shared
from tests.web.conftest import Own
from tests.web.photographs import different
from tests.web.problems import assert_problem

LABELS = ("glass", "paper")
MOST = 40

Json = dict[str, Any]


@pytest.fixture(scope="module")
def marking(
    prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Own]:
    """A server that keeps photos of marked answers, with a model that answers."""
    data = tmp_path_factory.mktemp("marking")
    made = str(data_folder / "derived")
    most = str(MOST)
    with (
        serving(
            data, BLOMST_PREPARED=made, BLOMST_INBOX_DAYS="30", BLOMST_INBOX_IMAGES=most
        ) as url,
        httpx.Client(base_url=f"{url}/api/v1", timeout=60) as client,
    ):
        client.post("/models", json={"name": "Waste", "labels": list(LABELS)})
        for label in LABELS:
            files = [("images", (p.name, p.read_bytes())) for p in photos(label)[:30]]
            added = client.post("/models/waste/images", files=files, data={"label": label})
            assert added.status_code == 201
        train(client, "waste")
        yield Own(client, data)


def train(client: httpx.Client, model: str) -> None:
    run = client.post(f"/models/{model}/runs", json={"settings": {"epochs": 5}}).json()["run"]
    ends = time.monotonic() + 90
    while (told := client.get(f"/runs/{run}").json())["state"] in ("queued", "running"):
        assert time.monotonic() < ends, told
        time.sleep(0.2)
    assert told["state"] == "succeeded", told


def photos(label: str) -> list[Path]:
    return sorted((shared("trash") / label).iterdir())


def put(client: httpx.Client, *files: Path, **said: str) -> httpx.Response:
    sent = [("images", (file.name, file.read_bytes())) for file in files]
    return client.post("/models/waste/inbox", files=sent, data=said)


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def dataset(client: httpx.Client) -> dict[str, Json]:
    items = client.get("/models/waste/images?limit=200").json()["items"]
    return {one["sha256"]: one for one in items}


def test_photos_wait_in_an_order_and_are_learned_from(marking: Own) -> None:
    client, before = marking.client, dataset(marking.client)
    given = [*photos("glass")[40:46], *photos("paper")[40:46]]
    sent = put(client, *given)
    assert sent.status_code == 201
    assert {one["status"] for one in sent.json()["results"]} == {"added"}
    again = put(client, given[0])
    assert (again.status_code, again.json()["results"][0]["status"]) == (200, "already-there")
    assert dataset(client) == before  # kept apart
    queue = client.get("/models/waste/queue").json()
    assert queue["total"] == 12 and queue["version"] == 1
    margins = [one["guesses"][0]["score"] - one["guesses"][1]["score"] for one in queue["items"]]
    assert margins[0] == min(margins)
    first = queue["items"][0]["photo"]
    looked = client.get(f"/models/waste/inbox/{first['sha256']}").json()
    assert looked == first and looked["mark"] is None and looked["expires"] is None
    for picture in ("thumbnail", "content"):
        assert client.get(client.base_url.join(first[picture])).headers["content-type"] == (
            "image/jpeg"
        )
    address = f"/models/waste/inbox/{first['sha256']}"
    taught = client.post(f"{address}:teach", json={"label": "Glass"})
    assert taught.json()["image"]["split"] == "train"
    assert taught.json()["sentence"] == "It is glass now, among the photos to learn from."
    assert dataset(client)[first["sha256"]]["label"] == "glass"
    assert_problem(client.get(address), 404, "not-found")
    twice = client.post(f"{address}:teach", json={"label": "glass"}).json()
    assert (twice["status"], twice["sentence"]) == ("already-there", taught.json()["sentence"])
    assert client.post(f"{address}:restore").status_code == 200
    assert first["sha256"] not in dataset(client)
    assert client.get("/models/waste/queue").json()["total"] == 12
    assert client.delete(address).status_code == 204
    assert client.get("/models/waste/inbox").json()["unmarked"] == 11
    assert client.post(f"{address}:restore").status_code == 200


def test_the_queue_and_the_list_come_page_by_page(marking: Own) -> None:
    for path in ("queue", "inbox"):
        whole = [_name(one) for one in marking.client.get(f"/models/waste/{path}").json()["items"]]
        found: list[str] = []
        asked: dict[str, Any] = {"limit": 5}
        while True:
            answer = marking.client.get(f"/models/waste/{path}", params=asked)
            told = answer.json()
            found += [_name(one) for one in told["items"]]
            if told["next_cursor"] is None:
                break
            assert 'rel="next"' in answer.headers["link"]
            asked["cursor"] = told["next_cursor"]
        assert found == whole and len(whole) == 12
        foreign = {"cursor": asked["cursor"]}
        other = marking.client.get(f"/models/flowers/{path}", params=foreign)
        assert_problem(other, 422, "invalid-parameter")


def _name(one: Json) -> str:
    return str(one.get("photo", one)["sha256"])


def test_a_photo_of_the_exam_stays_sealed_and_that_is_told(marking: Own) -> None:
    sealed = next(one for one in dataset(marking.client).values() if one["split"] == "test")
    file = next(p for p in photos(sealed["label"]) if sha256(p) == sealed["sha256"])
    sent = put(marking.client, file)
    (result,) = sent.json()["results"]
    assert (sent.status_code, result["status"], result["photo"]) == (200, "in-dataset", None)
    assert "sealed photos of the exam" in result["sentence"]
    assert dataset(marking.client)[sealed["sha256"]] == sealed
    assert_problem(marking.client.get(f"/models/waste/inbox/{sealed['sha256']}"), 404, "not-found")


def test_marked_answers_are_kept_with_their_time_and_taught_with_one_press(marking: Own) -> None:
    client, file = marking.client, photos("glass")[50]
    said = put(client, file, verdict="wrong", version="1", answer="paper")
    (result,) = said.json()["results"]
    assert said.status_code == 201
    mark = result["photo"]["mark"]
    assert (mark["verdict"], mark["version"], mark["answer"]["label"]) == ("wrong", 1, "paper")
    kept_for = _seconds(result["photo"]["expires"]) - _seconds(result["photo"]["added"])
    assert kept_for == pytest.approx(30 * 24 * 3600, abs=2)
    listed = client.get("/models/waste/inbox?marked=true").json()
    assert [one["sha256"] for one in listed["items"]] == [sha256(file)]
    assert (listed["marked"], listed["days"], listed["most"]) == (1, 30, MOST)
    queued = client.get("/models/waste/queue").json()["items"]
    assert sha256(file) not in {one["photo"]["sha256"] for one in queued}
    page = client.base_url.join("/models/waste/next")
    assert "Marked wrong: version 1 said paper" in client.get(page).text
    form = {"photo": sha256(file), "part": "marked", "action": "suggested", "suggested": "glass"}
    sent = client.post(page, data=form)
    assert sent.headers["location"].endswith(f"?last={sha256(file)}#marked")
    assert "It is glass now" in client.get(client.base_url.join(sent.headers["location"])).text
    assert dataset(client)[sha256(file)]["split"] == "train"


def _seconds(moment: str) -> float:
    return datetime.datetime.fromisoformat(moment).timestamp()


BAD_MARKS = [
    ({"verdict": "right", "version": "1"}, "missing-field"),  # right, but what?
    ({"verdict": "wrong"}, "missing-field"),
    ({"version": "1"}, "missing-field"),
    ({"verdict": "maybe", "version": "1"}, "invalid-field"),
    ({"verdict": "wrong", "version": "one"}, "invalid-field"),
    ({"verdict": "wrong", "version": "-1"}, "invalid-field"),
    ({"verdict": "wrong", "version": "1" * 30}, "invalid-field"),
    ({"verdict": "wrong", "version": "7"}, "not-found"),
    ({"verdict": "wrong", "version": "1", "answer": "cow"}, "not-found"),
    ({"label": "glass"}, "unknown-field"),
]


@pytest.mark.parametrize(("said", "code"), BAD_MARKS)
def test_what_is_said_must_make_sense(marking: Own, said: dict[str, str], code: str) -> None:
    answer = put(marking.client, photos("glass")[60], **said)
    assert_problem(answer, 404 if code == "not-found" else 422, code)
    assert marking.client.get(f"/models/waste/inbox/{sha256(photos('glass')[60])}").is_error


def test_marks_are_refused_where_nobody_allowed_them(own: Own) -> None:
    own.client.post("/models", json={"name": "Waste", "labels": list(LABELS)})
    marked = put(own.client, photos("glass")[0], verdict="wrong", version="1")
    assert_problem(marked, 409, "inbox-off")
    assert put(own.client, photos("glass")[0]).status_code == 201
    home = own.client.get(own.client.base_url.join("/")).text
    assert "data-marks" not in home and "unless you mark" not in home


def test_the_first_page_says_what_a_mark_does(marking: Own) -> None:
    home = marking.client.get(marking.client.base_url.join("/")).text
    assert "kept on this server for 30 days" in home
    assert "not kept, unless you mark their answer" in home


def test_more_than_there_is_room_for_are_refused_as_a_whole(marking: Own) -> None:
    client = marking.client
    there = client.get("/models/waste/inbox").json()
    room = MOST - there["unmarked"] - there["marked"]
    files = [("images", (f"{at}.jpg", different(at))) for at in range(room + 1)]
    refused = client.post("/models/waste/inbox", files=files)
    assert_problem(refused, 409, "inbox-full", seconds=10)
    assert f"room for {room} more" in refused.json()["detail"]
    assert client.get("/models/waste/inbox").json()["unmarked"] == there["unmarked"]


def test_the_page_without_scripts_says_what_became_of_each_photo(marking: Own) -> None:
    client = marking.client
    page = client.base_url.join("/models/waste/next")
    sealed = next(one for one in dataset(client).values() if one["split"] == "test")
    file = next(p for p in photos(sealed["label"]) if sha256(p) == sealed["sha256"])
    new = photos("paper")[70]
    files = [
        ("images", (name, content))
        for name, content in (
            ("new.jpg", new.read_bytes()),
            ("sealed.jpg", file.read_bytes()),
            ("broken.jpg", b"\xff\xd8\xff broken"),
        )
    ]
    told = client.post(f"{page}/add", files=files).text
    assert "One photo waits for its label" in told
    assert re.search(r"sealed\.jpg</strong>: This photo is one of the sealed", told)
    assert "broken.jpg" in told
    shown = client.get(page)
    assert shown.status_code == 200 and f'data-photo="{sha256(new)}"' in shown.text
    removed = client.post(page, data={"photo": sha256(new), "action": "remove"})
    told = client.get(client.base_url.join(removed.headers["location"])).text
    assert "Removed. It can be brought back for a day." in told
    client.post(page, data={"photo": sha256(new), "action": "restore"})
    assert client.get(f"/models/waste/inbox/{sha256(new)}").status_code == 200


def test_only_models_that_can_be_taught_have_photos_that_wait(marking: Own) -> None:
    for path in ("inbox", "queue", "growth"):
        assert_problem(marking.client.get(f"/models/imagenet/{path}"), 409, "model-not-teachable")
        assert_problem(marking.client.get(f"/models/nothing/{path}"), 404, "not-found")


def test_a_photo_whose_file_was_damaged_is_told(marking: Own) -> None:
    file = photos("glass")[80]
    put(marking.client, file)
    kept = marking.data / "objects" / sha256(file)[:2] / sha256(file)
    kept.write_bytes(b"damaged")
    address = f"/models/waste/inbox/{sha256(file)}"
    answer = marking.client.post(f"{address}:teach", json={"label": "glass"})
    assert_problem(answer, 503, "object-unreadable")
    assert marking.client.delete(address).status_code == 204


def test_what_has_expired_is_shown_to_nobody(marking: Own) -> None:
    """Also before it is swept."""
    file = photos("paper")[90]
    put(marking.client, file, verdict="right", version="1", answer="paper")
    address = f"/models/waste/inbox/{sha256(file)}"
    assert marking.client.get(address).status_code == 200
    with sqlite3.connect(marking.data / "blomst.db") as beside:
        beside.execute(
            "UPDATE inbox SET expires = ? WHERE sha256 = ?", (time.time() - 1, sha256(file))
        )
    beside.close()
    assert_problem(marking.client.get(address), 404, "not-found")
    assert_problem(marking.client.get(f"{address}/thumbnail"), 404, "not-found")
    assert_problem(
        marking.client.post(f"{address}:teach", json={"label": "paper"}), 404, "not-found"
    )
    assert put(marking.client, file).json()["results"][0]["status"] == "added"
