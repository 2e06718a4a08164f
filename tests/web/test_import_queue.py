"""An import as it goes on: followed, cancelled, waited for, and going on after a crash."""

import json
import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from app.vision.network import Network
from tests.conftest import serving
from tests.teaching.tiles import folder_of
from tests.teaching.zips import PHOTO, zipped
from tests.web.conftest import Own
from tests.web.importing import (
    OVER,
    big,
    done,
    finished,
    new_model,
    photos,
    post,
    report,
)
from tests.web.problems import assert_problem

GOOD = zipped({"roses/a.jpg": PHOTO})


@pytest.fixture
def client(own: Own) -> httpx.Client:
    return own.client


@pytest.fixture
def model(client: httpx.Client) -> str:
    return new_model(client)


def test_events_tell_how_far_it_is(client: httpx.Client, model: str) -> None:
    accepted = post(client, model, zipped(big()))
    events = []
    with client.stream("GET", f"/imports/{accepted.json()['import']}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            if line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
    assert [name for name, _ in events][-1] == "end"
    counts = [told["done"] for _, told in events]
    assert counts == sorted(counts) and counts[-1] == 70 and len(set(counts)) >= 3
    assert any(told["seconds_left"] is not None for name, told in events if name == "progress")
    assert events[-1][1] == client.get(f"/imports/{accepted.json()['import']}").json()


def test_cancelled_means_what_is_in_stays(client: httpx.Client, own: Own, model: str) -> None:
    files = big(200)
    running, waiting = post(client, model, zipped(files)), post(client, model, GOOD)
    number = running.json()["import"]
    while client.get(f"/imports/{number}").json()["done"] < 50:
        time.sleep(0.02)
    dropped = client.post(f"/imports/{waiting.json()['import']}:cancel").json()
    assert (dropped["state"], dropped["done"]) == ("cancelled", 0)
    began = time.monotonic()
    cancelled = client.post(f"/imports/{number}:cancel").json()
    assert time.monotonic() - began < 5
    assert cancelled["state"] == "cancelled" and 50 <= cancelled["done"] < 200
    assert len(photos(client, model)) == cancelled["added"] == cancelled["done"]
    assert_problem(client.post(f"/imports/{number}:cancel"), 409, "job-not-running")
    assert list((own.data / "imports").iterdir()) == []
    again = done(client, model, files)
    assert again["already_there"] == cancelled["added"]
    assert again["added"] + again["already_there"] == 200


def test_five_may_wait(client: httpx.Client, model: str) -> None:
    running = post(client, model, zipped(big(200)))
    waiting = [post(client, model, zipped({f"cats/{n}.jpg": PHOTO})) for n in range(5)]
    assert [answer.status_code for answer in waiting] == [202] * 5
    refused = post(client, model, GOOD)
    assert_problem(refused, 429, "import-queue-full")
    assert int(refused.headers["retry-after"]) > 0
    listed = client.get(f"/models/{model}/imports?limit=4").json()
    assert [item["import"] for item in listed["items"]] == [
        answer.json()["import"] for answer in reversed(waiting[1:])
    ]
    rest = client.get(f"/models/{model}/imports", params={"cursor": listed["next_cursor"]}).json()
    assert [i["import"] for i in rest["items"]] == [
        waiting[0].json()["import"], running.json()["import"]
    ]  # fmt: skip
    client.post(f"/imports/{running.json()['import']}:cancel")
    assert [finished(client, answer)["state"] for answer in waiting] == ["succeeded"] * 5


def test_sent_twice_with_one_key_is_one_import(client: httpx.Client, model: str) -> None:
    content = zipped(folder_of("cats", "chelsea", 2))
    key = {"Idempotency-Key": "once"}
    first, second = (post(client, model, content, headers=key) for _ in range(2))
    assert first.json() == second.json() and second.headers["idempotent-replayed"] == "true"
    assert_problem(post(client, model, GOOD, headers=key), 422, "idempotency-key-reused")
    assert len(client.get(f"/models/{model}/imports").json()["items"]) == 1
    finished(client, first)


def test_a_model_that_is_removed_takes_its_import_along(client: httpx.Client, model: str) -> None:
    accepted = post(client, model, zipped(big(200)))
    while client.get(f"/imports/{accepted.json()['import']}").json()["done"] < 50:
        time.sleep(0.02)
    assert client.delete(f"/models/{model}").status_code == 204
    assert finished(client, accepted)["state"] == "cancelled"


def test_a_server_that_is_killed_goes_on_where_it_was(
    data_folder: Path, prepared: Network, tmp_path: Path
) -> None:
    """F07."""
    files = big(240) | {"cups/bad.jpg": b"\xff\xd8\xffbad", "cups/.DS_Store": b"x"}
    beforehand = str(data_folder / "derived")
    number, seen = None, 0
    for kills in range(3):
        server = serving(tmp_path, BLOMST_PREPARED=beforehand)
        with server as url, httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client:
            if number is None:
                client.post("/models", json={"name": "Cups"})
                number = post(client, "cups", zipped(files)).json()["import"]
            told = client.get(f"/imports/{number}").json()
            assert told["done"] >= seen
            while kills < 2 and told["done"] < min(seen + 60, 230) and told["state"] not in OVER:
                told = client.get(f"/imports/{number}").json()
            if kills < 2:
                seen = told["done"]
                os.kill(server.process.pid, signal.SIGKILL)
                server.process.wait()
                continue
            deadline = time.monotonic() + 60
            while told["state"] not in OVER:
                assert time.monotonic() < deadline
                told = client.get(f"/imports/{number}").json()
            assert (told["state"], told["attempt"]) == ("succeeded", 3)
            assert (told["done"], told["total"], told["ignored"]) == (242, 242, 1)
            assert told["refused"] == 1 and told["added"] + told["set_aside"] == 240
            items = report(client, told)
            assert sorted(item["file"] for item in items) == sorted(files)
            kept = photos(client, "cups")
            assert len(kept) == 240 == len({photo["sha256"] for photo in kept})
    assert list((tmp_path / "imports").iterdir()) == []


def test_an_import_that_kills_the_server_is_given_up(
    data_folder: Path, prepared: Network, tmp_path: Path
) -> None:
    beforehand = str(data_folder / "derived")
    number = None
    for attempt in range(3):
        server = serving(tmp_path, BLOMST_PREPARED=beforehand)
        with server as url, httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client:
            if number is None:
                client.post("/models", json={"name": "Cups"})
                number = post(client, "cups", zipped(big(240))).json()["import"]
            while True:
                told = client.get(f"/imports/{number}").json()
                if told["state"] == "running" and told["attempt"] == attempt + 1:
                    break
                assert told["state"] not in OVER
            os.kill(server.process.pid, signal.SIGKILL)
            server.process.wait()
    server = serving(tmp_path, BLOMST_PREPARED=beforehand)
    with server as url, httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client:
        told = client.get(f"/imports/{number}").json()
    assert (told["state"], told["problem"]["code"]) == ("failed", "import-crashed")
    assert "3" in told["problem"]["detail"]
    assert list((tmp_path / "imports").iterdir()) == []
