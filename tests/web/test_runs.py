"""Trainings over HTTP, on a real server whose trainer only pretends."""

import contextlib
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.store.folder import DataFolder, FolderInUse
from app.vision.network import Network
from tests.conftest import serving
from tests.teaching.tiles import tiles
from tests.web.following import RUNS, events, start, trainers_of, until, until_gone
from tests.web.pretending_server import CRASHES, DEAF, QUICK, SLOW, command
from tests.web.problems import assert_problem


@pytest.fixture
def data(prepared: Network, data_folder: Path, tmp_path: Path) -> Path:
    (tmp_path / "derived").symlink_to((data_folder / "derived").resolve())
    return tmp_path


@pytest.fixture
def client(data: Path) -> Iterator[httpx.Client]:
    with serving(data, command=command(data)) as url, httpx.Client(base_url=url) as asking:
        yield asking
        for run in asking.get(RUNS).json()["items"]:
            if run["state"] in ("queued", "running"):
                asking.post(f"/api/v1/runs/{run['run']}:cancel")


def test_a_training_is_asked_for_and_told_of_until_its_version(client: httpx.Client) -> None:
    first = client.post(RUNS)  # no body at all: every setting has its default
    assert first.status_code == 202
    told = first.json()
    assert (told["state"], told["model"], told["attempt"], told["version"]) == (
        "queued", "flowers", 0, None,
    )  # fmt: skip
    assert told["settings"]["epochs"] == told["epochs"] == 40
    assert "refit" not in told["settings"]
    over = until(client, told["run"], "succeeded")
    assert (over["version"], over["went_live"], over["problem"]) == (1, True, None)
    assert (over["phase"], over["seconds_left"], over["stopped_early"]) == (None, None, False)
    assert [point["loss"] for point in over["history"]] == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
    assert over["created"] <= over["started"] <= over["finished"]
    assert over["sentence"].startswith("It was still getting better")
    spoken = client.get(f"/api/v1/runs/{over['run']}?lang=nb").json()["sentence"]
    assert spoken.startswith("Den ble fortsatt bedre")
    again = client.post(RUNS)
    assert_problem(again, 409, "nothing-changed")
    assert "Version 1" in again.json()["detail"]
    assert client.post(RUNS, json={"force": True}).status_code == 202
    assert client.post(RUNS, json={"settings": {"l2": 0.1}}).status_code == 202


@pytest.mark.parametrize(
    ("body", "code", "field", "said"),
    [
        ({"settings": {"epochs": 0}}, "invalid-field", "/settings/epochs", "minst 1"),
        ({"settings": {"epochs": 1.5}}, "invalid-field", "/settings/epochs", "heltall"),
        ({"settings": {"dropout": 0.95}}, "invalid-field", "/settings/dropout", "høyst 0.9"),
        (
            {"settings": {"augmentation": "mild"}},
            "invalid-field",
            "/settings/augmentation",
            "strong",
        ),
        ({"settings": {"class_weights": 1}}, "invalid-field", "/settings/class_weights", "true"),
        ({"settings": {"momentum": 1}}, "unknown-field", "/settings/momentum", "momentum"),
        ({"epochs": 3}, "unknown-field", "/epochs", "epochs"),
        ({"force": "yes"}, "invalid-field", "/force", "true"),
    ],
)
def test_a_wrong_setting_is_named_with_the_reason(
    client: httpx.Client, body: dict[str, Any], code: str, field: str, said: str
) -> None:
    answer = client.post(f"{RUNS}?lang=nb", json=body)
    assert_problem(answer, 422, code)
    assert answer.json()["errors"][0]["pointer"] == field
    assert said in answer.json()["errors"][0]["detail"]
    assert client.get(RUNS).json()["items"] == []


def test_one_runs_and_five_wait_and_more_are_told_to_come_back(client: httpx.Client) -> None:
    """P09."""
    made = [start(client, SLOW)["run"] for _ in range(6)]
    full = client.post(RUNS, json={"force": True})
    assert_problem(full, 429, "training-queue-full")
    assert int(full.headers["Retry-After"]) > 0
    states = [until(client, run, "queued", "running")["state"] for run in made[1:]]
    assert states == ["queued"] * 5
    until(client, made[0], "running", epoch=1)
    listed = client.get(RUNS, params={"limit": 4})
    assert [run["run"] for run in listed.json()["items"]] == made[:1:-1]
    assert listed.links["next"]["url"].startswith(RUNS)
    rest = client.get(listed.links["next"]["url"]).json()
    assert ([run["run"] for run in rest["items"]], rest["next_cursor"]) == (made[1::-1], None)
    for run in reversed(made):
        assert client.post(f"/api/v1/runs/{run}:cancel").json()["state"] == "cancelled"


def test_a_training_is_cancelled_within_five_seconds(client: httpx.Client) -> None:
    """P10."""
    run = start(client, DEAF)["run"]
    until(client, run, "running", epoch=1)
    started = time.monotonic()
    answer = client.post(f"/api/v1/runs/{run}:cancel", timeout=10)
    assert time.monotonic() - started < 5
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert answer.json()["sentence"] is None  # curves that broke off say little
    assert_problem(client.post(f"/api/v1/runs/{run}:cancel"), 409, "job-not-running")


@pytest.mark.parametrize("number", ["99", "0", "-1", "1.0", "x", "9" * 30, "\u0661"])
def test_a_training_that_is_not_there_is_not_found(client: httpx.Client, number: str) -> None:
    for method, path in (("GET", ""), ("GET", "/events"), ("POST", ":cancel")):
        answer = client.request(method, f"/api/v1/runs/{number}{path}")
        assert_problem(answer, 404, "not-found")


def test_models_that_are_not_there_or_learn_nothing_say_so(client: httpx.Client) -> None:
    for method in ("GET", "POST"):
        unknown = client.request(method, "/api/v1/models/trees/runs")
        assert_problem(unknown, 404, "not-found")
        fixed = client.request(method, "/api/v1/models/imagenet/runs")
        assert_problem(fixed, 409, "model-not-teachable")


def test_too_little_to_learn_from_is_told(client: httpx.Client) -> None:
    """L08."""
    assert client.post("/api/v1/models", json={"name": "Trees", "labels": ["oak"]}).is_success
    answer = client.post("/api/v1/models/trees/runs")
    assert_problem(answer, 409, "dataset-too-small")
    assert "oak" in answer.json()["detail"]


def test_the_same_request_twice_is_one_training(client: httpx.Client) -> None:
    """P06."""
    key = {"Idempotency-Key": "one"}
    first = client.post(RUNS, json={"settings": {"seed": SLOW, "epochs": 40}}, headers=key)
    again = client.post(RUNS, content=b'{"settings": {"epochs":40, "seed": 2}}',
                        headers={**key, "Content-Type": "application/json"})  # fmt: skip
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.content == again.content
    assert first.headers["Location"] == again.headers["Location"]
    assert len(client.get(RUNS).json()["items"]) == 1
    other = client.post(RUNS, json={"settings": {"seed": QUICK}}, headers=key)
    assert_problem(other, 422, "idempotency-key-reused")


def test_the_same_request_while_it_is_being_sent_is_told_to_wait(client: httpx.Client) -> None:
    """P07."""
    key = {"Idempotency-Key": "one"}
    heard: list[httpx.Response] = []

    def slowly() -> Iterator[bytes]:
        yield b'{"settings": '
        heard.append(client.post(RUNS, json={"settings": {"seed": QUICK}}, headers=key))
        yield b'{"seed": 1}}'

    whole = {**key, "Content-Type": "application/json"}
    first = httpx.post(client.base_url.join(RUNS), content=slowly(), headers=whole)
    assert first.status_code == 202
    assert_problem(heard[0], 409, "request-in-progress")
    again = client.post(RUNS, json={"settings": {"seed": QUICK}}, headers=key)
    assert again.json() == first.json()


def test_events_bring_every_epoch_and_end(client: httpx.Client) -> None:
    run = start(client, QUICK)["run"]
    heard = events(client, run)
    assert [event["event"] for event in heard] == ["progress"] * (len(heard) - 1) + ["end"]
    assert heard[-1]["data"]["state"] == "succeeded"
    assert len(heard[-1]["data"]["history"]) == 5
    ids = [event["id"] for event in heard]
    assert ids == sorted(ids) and ids[-1] == 9  # eight lines of progress, and the end


def test_who_comes_back_is_told_first_what_was_missed(client: httpx.Client) -> None:
    run = start(client, SLOW)["run"]
    until(client, run, "running", epoch=5)
    missed = events(client, run, last=4, most=4)
    assert [event["id"] for event in missed][:3] == [5, 6, 7]
    assert [event["data"]["epoch"] for event in missed][:3] == [3, 4, 5]
    assert len(missed[0]["data"]["history"]) == 3
    (newest,) = events(client, run, most=1)
    assert newest["id"] >= missed[2]["id"]
    client.post(f"/api/v1/runs/{run}:cancel")
    (*before, end) = events(client, run, last=5)
    assert [event["id"] for event in before] == list(range(6, end["id"]))
    assert {event["data"]["state"] for event in before} == {"running"}
    assert (end["event"], end["data"]["state"]) == ("end", "cancelled")
    assert [event["event"] for event in events(client, run)] == ["end"]


def test_a_killed_server_takes_the_training_up_again(data: Path) -> None:
    """F09, T6: it runs again within ten seconds, and no trainer of before is left."""
    first = serving(data, command=command(data))
    with contextlib.ExitStack() as stack:
        url = first.__enter__()
        stack.callback(first.process.wait)
        with httpx.Client(base_url=url) as client:
            run = start(client, DEAF)["run"]
            until(client, run, "running", epoch=3)
        trainers = trainers_of(data)
        assert len(trainers) == 1
        first.process.send_signal(signal.SIGKILL)
        first.process.communicate()
    until_gone(trainers)
    started = time.monotonic()
    with serving(data, command=command(data)) as url, httpx.Client(base_url=url) as client:
        again = until(client, run, "running", epoch=1)
        assert time.monotonic() - started < 10
        assert again["attempt"] == 2
        assert len(trainers_of(data)) == 1


def test_a_stopped_server_leaves_no_trainer_and_counts_no_attempt(data: Path) -> None:
    """F13."""
    with serving(data, command=command(data)) as url, httpx.Client(base_url=url) as client:
        run = start(client, SLOW)["run"]
        until(client, run, "running", epoch=3)
        trainers = trainers_of(data)
    until_gone(trainers, seconds=0.1)
    with serving(data, command=command(data)) as url, httpx.Client(base_url=url) as client:
        assert until(client, run, "running", epoch=1)["attempt"] == 1


def test_a_trainer_that_is_killed_never_takes_the_server_with_it(client: httpx.Client) -> None:
    """F08, T7."""
    over = until(client, start(client, CRASHES)["run"], "failed")
    assert over["attempt"] == 3
    assert over["problem"]["code"] == "crashed"
    assert "3 times" in over["problem"]["detail"]
    assert client.get("/readyz").json()["ready"]
    until(client, start(client, QUICK)["run"], "succeeded")


def test_a_removed_model_is_trained_no_further(client: httpx.Client) -> None:
    client.post("/api/v1/models", json={"name": "Things", "labels": ["cat", "cup"]})
    for label, name in (("cat", "chelsea"), ("cup", "coffee")):
        files = [("images", (f"{n}.jpg", tile)) for n, tile in enumerate(tiles(name, 8))]
        sent = client.post("/api/v1/models/things/images", data={"label": label}, files=files)
        assert sent.status_code == 201, sent.text
    things = "/api/v1/models/things"
    made = [client.post(f"{things}/runs", json={"settings": {"seed": SLOW}}) for _ in range(2)]
    first, second = (answer.json()["run"] for answer in made)
    until(client, first, "running", epoch=1)
    flowers = start(client, QUICK)["run"]
    assert client.delete(things).status_code == 204
    for run in (first, second):
        assert client.get(f"/api/v1/runs/{run}").json()["state"] == "cancelled"
    until(client, flowers, "succeeded")
    assert_problem(client.post(f"{things}/runs"), 404, "not-found")


def test_the_folder_in_use_says_where_its_server_is(client: httpx.Client, data: Path) -> None:
    with pytest.raises(FolderInUse) as refused:
        DataFolder(data).open()
    assert refused.value.address == str(client.base_url).rstrip("/")
