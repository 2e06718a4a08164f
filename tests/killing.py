"""A server that is killed and started again, and what must be true of it every time."""

import contextlib
import hashlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import serving
from tests.web.following import trainers_of, until_gone

MODEL = "things"

Json = dict[str, Any]


class Killed:
    """The server of a data folder, always at the same address, and what it has acknowledged so far:
    labels by SHA-256."""

    def __init__(self, data: Path, prepared: Path) -> None:
        self.data, self._prepared = data, prepared
        self.acknowledged: dict[str, str] = {}
        self._port = 0
        self.start()

    def start(self) -> None:
        prepared = str(self._prepared)
        self._server = serving(self.data, port=self._port, BLOMST_PREPARED=prepared)
        self.url = self._server.__enter__()
        self._port = int(self.url.rpartition(":")[2])
        self.client = httpx.Client(base_url=f"{self.url}/api/v1", timeout=60)

    def kill(self) -> None:
        """SIGKILL, and whoever trained for it is gone as well before it starts again."""
        self.client.close()
        left = trainers_of(self.data)
        self._server.process.kill()
        self._server.process.communicate()
        until_gone(left)

    def kill_and_start(self) -> None:
        self.kill()
        self.start()

    def kill_trainer(self) -> bool:
        """Whether there was one."""
        found = trainers_of(self.data)
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until_gone(found)
        return bool(found)

    def stop(self) -> None:
        self.client.close()
        self._server.__exit__()

    def get(self, path: str, **query: Any) -> Json:
        told: Json = self.client.get(path, params=query).raise_for_status().json()
        return told

    def add(self, label: str, photos: list[bytes]) -> None:
        """Remembers what was acknowledged. Raises httpx.HTTPError when the server goes."""
        files = [("images", (f"{at}.jpg", photo)) for at, photo in enumerate(photos)]
        answer = self.client.post(f"/models/{MODEL}/images", data={"label": label}, files=files)
        if answer.status_code in (200, 201):
            for photo in photos:
                self.acknowledged.setdefault(hashlib.sha256(photo).hexdigest(), label)

    def train(self, seed: int, epochs: int = 20) -> int:
        settings = {"epochs": epochs, "seed": seed}
        body = {"settings": settings, "force": True}
        answer = self.client.post(f"/models/{MODEL}/runs", json=body)
        assert answer.status_code == 202, answer.text
        return int(answer.json()["run"])

    def until(self, path: str, reached: Callable[[Json], bool], seconds: float = 120) -> Json:
        """What the address tells once that is so."""
        ends = time.monotonic() + seconds
        while True:
            told = self.get(path)
            if reached(told):
                return told
            if time.monotonic() > ends:
                pytest.fail(f"still {told}")
            time.sleep(0.01)

    def check(self, photo: bytes) -> None:
        """Nothing acknowledged is gone, nothing is half there, and one version answers."""
        kept = self.photos()
        assert {sha: kept.get(sha) for sha in self.acknowledged} == self.acknowledged
        for sha in list(kept)[-5:]:
            image = self.client.get(f"/models/{MODEL}/images/{sha}/thumbnail")
            assert image.status_code == 200
        objects = {file.name for file in (self.data / "objects").rglob("*") if file.is_file()}
        assert set(kept) <= objects
        versions = self.get(f"/models/{MODEL}/versions")["items"]
        live = [one["version"] for one in versions if one["live"]]
        if not versions:
            return
        assert len(live) == 1
        for one in versions:
            self.get(f"/models/{MODEL}/versions/{one['version']}")
        told = self.client.post(f"/models/{MODEL}:predict", files={"images": photo})
        assert told.status_code == 200, told.text
        assert told.json()["results"][0]["models"][0]["version"] == live[0]

    def photos(self) -> dict[str, str]:
        """Labels by SHA-256, as the server lists them."""
        found: dict[str, str] = {}
        query: dict[str, Any] = {"limit": 200}
        while True:
            page = self.get(f"/models/{MODEL}/images", **query)
            found |= {image["sha256"]: image["label"] for image in page["items"]}
            if page["next_cursor"] is None:
                return found
            query["cursor"] = page["next_cursor"]
