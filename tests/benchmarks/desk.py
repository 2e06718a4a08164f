"""A server that is taught over HTTP, as its pages and commands do it."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.benchmarks.processes import children, cpu_seconds, peak_mb
from tests.conftest import serving

_LOOK, _LOOK_SELDOM = 0.05, 0.2  # seconds between two looks; at what takes all cores, the latter
_TRAINER = "app.teaching.trainer"
_OVER = ("succeeded", "failed", "cancelled")

Json = dict[str, Any]


class Unfinished(Exception):
    """Something came to another end than it should; what was measured means nothing."""


@dataclass(frozen=True)
class Trained:
    """From the click until the version was live; what the trainer's process used for it."""

    seconds: float
    memory_mb: float
    cpu: float
    version: int


class Desk:
    """One model of a server. `pid` is the server's process."""

    def __init__(self, url: str, pid: int, model: str) -> None:
        self.url, self.pid, self.model = url, pid, model
        self.http = httpx.Client(base_url=url, timeout=120)

    def make(self) -> None:
        _answer(self.http.post("/api/v1/models", json={"name": self.model}))

    def take_in(self, zipped: bytes) -> float:
        """The seconds from handing in a zip until all of it is in."""
        began = time.perf_counter()
        asked = self.http.post(
            f"/api/v1/models/{self.model}/imports",
            content=zipped, headers={"Content-Type": "application/zip"},
        )  # fmt: skip
        place = f"/api/v1/imports/{_answer(asked)['import']}"
        while (told := _answer(self.http.get(place)))["state"] not in _OVER:
            time.sleep(_LOOK_SELDOM)
        if told["state"] != "succeeded" or told["refused"]:
            raise Unfinished(f"the import: {told}")
        return time.perf_counter() - began

    def train(self) -> Trained:
        """With the settings that nobody touched."""
        began = time.perf_counter()
        run = self.start()
        memory = cpu = 0.0
        while (told := self.run(run))["state"] not in _OVER:
            for pid in children(self.pid, _TRAINER):
                with contextlib.suppress(OSError, LookupError):  # it has just ended
                    memory, cpu = max(memory, peak_mb(pid)), max(cpu, cpu_seconds(pid))
            time.sleep(_LOOK)
        if told["state"] != "succeeded" or not told["went_live"]:
            raise Unfinished(f"the training: {told}")
        return Trained(time.perf_counter() - began, memory, cpu, told["version"])

    def start(self, **settings: Any) -> int:
        """The number of a new run."""
        body = {"settings": settings, "force": True}
        asked = self.http.post(f"/api/v1/models/{self.model}/runs", json=body)
        return int(_answer(asked)["run"])

    def run(self, number: int) -> Json:
        return _answer(self.http.get(f"/api/v1/runs/{number}"))

    def cancel(self, run: int) -> None:
        _answer(self.http.post(f"/api/v1/runs/{run}:cancel"))

    def wait_for_learning(self, run: int) -> None:
        while (told := self.run(run))["state"] not in _OVER:
            if told["epoch"]:
                return
            time.sleep(_LOOK)
        raise Unfinished(f"the training: {told}")

    def accuracy(self, version: int) -> float:
        """The share of the exam that a version was right about."""
        told = _answer(self.http.get(f"/api/v1/models/{self.model}/versions/{version}"))
        return float(told["report"]["exam"]["accuracy"]["share"])

    def images(self, split: str) -> Iterator[Json]:
        query = {"split": split, "limit": "200"}
        while True:
            page = _answer(self.http.get(f"/api/v1/models/{self.model}/images", params=query))
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            query["cursor"] = page["next_cursor"]


@contextlib.contextmanager
def desk(data: Path, model: str) -> Iterator[Desk]:
    """At a server of this folder, which ends with the block."""
    server = serving(data)
    with server as url:
        one = Desk(url, server.process.pid, model)
        with one.http:
            yield one


def _answer(response: httpx.Response) -> Json:
    """Raises Unfinished for a refusal."""
    if response.is_error:
        raise Unfinished(response.text)
    told: Json = response.json()
    return told
