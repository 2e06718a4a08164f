"""From photos sent over HTTP to a version that answers, with the trainer as it really is."""

import contextlib
import os
import signal
from pathlib import Path

import httpx
import pytest

from app.vision.network import Network
from tests.conftest import serving
from tests.photos import shared
from tests.web.following import events, trainers_of, until, until_gone

LABELS = ("glass", "metal")


@pytest.fixture
def data(prepared: Network, data_folder: Path, tmp_path: Path) -> Path:
    (tmp_path / "derived").mkdir()
    for file in (data_folder / "derived").iterdir():  # the network, without others' features
        if not file.name.startswith("features"):
            (tmp_path / "derived" / file.name).symlink_to(file.resolve())
    return tmp_path


def test_photos_become_a_model_that_answers_though_its_trainer_is_killed(data: Path) -> None:
    """F08."""
    photos = {label: sorted((shared("trash") / label).iterdir())[:26] for label in LABELS}
    with serving(data) as url, httpx.Client(base_url=url, timeout=60) as client:
        made = client.post("/api/v1/models", json={"name": "Waste", "labels": list(LABELS)})
        assert made.status_code == 201
        early = client.post("/api/v1/models/waste/runs")
        assert (early.status_code, early.json()["code"]) == (409, "dataset-too-small")
        for label, files in photos.items():
            parts = [("images", (file.name, file.read_bytes())) for file in files[1:]]
            sent = client.post("/api/v1/models/waste/images", data={"label": label}, files=parts)
            assert sent.status_code == 201, sent.text
        run = client.post("/api/v1/models/waste/runs", json={"settings": {"epochs": 15}}).json()
        until(client, run["run"], "running", seconds=30)
        kill_trainers(data)
        heard = events(client, run["run"])
        over = heard[-1]["data"]
        assert (heard[-1]["event"], over["state"]) == ("end", "succeeded"), over
        assert (over["attempt"], over["version"], over["went_live"]) == (2, 1, True)
        assert over["epoch"] == len(over["history"]) >= over["best_epoch"] >= 1
        assert over["sentence"]
        answers = {
            label: client.post(
                "/api/v1/models/waste:predict", files={"images": files[0].read_bytes()}
            ).json()["results"][0]["models"][0]
            for label, files in photos.items()
        }
        assert {answer["version"] for answer in answers.values()} == {1}
        named = {label: answer["predictions"][0]["label"] for label, answer in answers.items()}
        assert named == {label: label for label in LABELS}
        again = client.post("/api/v1/models/waste/runs", json={"settings": {"epochs": 15}})
        assert (again.status_code, again.json()["code"]) == (409, "nothing-changed")
    log = data / "runs" / "1"
    assert all({f.name for f in attempt.iterdir()} <= {"log.txt", "progress.jsonl"}
               for attempt in log.iterdir())  # fmt: skip


def kill_trainers(data: Path) -> None:
    found: list[int] = []
    while not found:
        found = trainers_of(data)
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until_gone(found)
