"""Ten thousand photos: what is known of a version opens within a second of the server's time."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import numpy as np
import pytest

from app.store import images, models
from app.store.folder import DataFolder
from app.store.kept import PLAIN, Row
from app.store.models import StoredLabel
from app.store.store import Store
from app.vision.features import quantise
from app.vision.network import Network
from app.vision.recipe import RECIPE
from app.vision.splits import bands
from tests.benchmarks.processes import cpu_seconds
from tests.conftest import serving
from tests.teaching.tiles import tiles
from tests.web.test_care import looked_over

pytestmark = pytest.mark.slow

PHOTOS, LABELS = 10_000, 10
SPLITS = ("train",) * 14 + ("validation",) * 3 + ("test",) * 3
LIMIT = 1.0  # seconds


class Large(NamedTuple):
    """A client of the server, and the server's process."""

    client: httpx.Client
    pid: int

    def seconds(self, path: str) -> float:
        """What answering takes of the processor, whatever else the machine is doing."""
        before = cpu_seconds(self.pid)
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return cpu_seconds(self.pid) - before


def fill(data: Path) -> None:
    """Photos that came along in numbers only, each label around a place of its own: it can be
    learned, but not without mistakes."""
    folder = DataFolder(data)
    folder.open()
    store = Store.open(folder, RECIPE.id)
    random = np.random.default_rng(1)
    names = [f"kind-{at}" for at in range(LABELS)]
    labels = [StoredLabel(name, name, {"en": name, "nb": name}) for name in names]
    with store.database.write() as c:
        models.create(c, "large", {"en": "Large", "nb": "Stor"}, labels)
        images.insert(c, [made(random, at, names) for at in range(PHOTOS)])
    places = random.random((LABELS, 1280)).astype(np.float32)
    for start in range(0, PHOTOS, 1000):
        kinds = np.arange(start, start + 1000) % LABELS
        noise = random.gamma(0.3, 3.0, (1000, 1280)).astype(np.float32)
        rows, scales = quantise(places[kinds] + noise)
        some = {f"{start + at:064x}": Row(rows[at], float(scales[at])) for at in range(1000)}
        store.kept.put(PLAIN, some)
    store.close()
    folder.close()


def made(random: np.random.Generator, at: int, names: list[str]) -> dict[str, object]:
    hash_ = int(random.integers(0, 2**63))
    return {
        "model": "large", "sha256": f"{at:064x}", "label": names[at % LABELS],
        "split": SPLITS[at // LABELS % 20], "reason": None, "group": at, "hash": hash_,
        "bands": bands(hash_), "width": None, "height": None, "bytes": None,
        "filename": f"{at}.jpg", "source": "shipped", "present": False,
    }  # fmt: skip


@pytest.fixture(scope="module")
def large(
    prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Large]:
    """With two versions, a set of other things, and all of it looked over."""
    data = tmp_path_factory.mktemp("reports")
    fill(data)
    server = serving(data, BLOMST_PREPARED=str(data_folder / "derived"))
    with server as url, httpx.Client(base_url=url, timeout=120) as client:
        for epochs in (1, 4):
            train(client, epochs)
        others = "/api/v1/models/large/others"
        assert client.post(others, json={"name": "Cups"}).status_code == 201
        files = [("images", (f"{at}.jpg", tile)) for at, tile in enumerate(tiles("coffee", 20))]
        assert client.post(f"{others}/cups/images", files=files).status_code == 201
        with httpx.Client(base_url=f"{url}/api/v1", timeout=60) as api:
            looked_over(api, "large")
        yield Large(client, server.process.pid)


def train(client: httpx.Client, epochs: int) -> None:
    asked = {"settings": {"epochs": epochs}, "force": True}
    run = client.post("/api/v1/models/large/runs", json=asked).json()["run"]
    ends = time.monotonic() + 300
    while (told := client.get(f"/api/v1/runs/{run}").json())["state"] in ("queued", "running"):
        assert time.monotonic() < ends, told
        time.sleep(0.3)
    assert told["state"] == "succeeded", told


ASKED = [
    "/models/large",
    "/models/large/versions/2",
    "/models/large/versions/1",
    "/api/v1/models/large/versions/2",
    "/models/large/versions/2/answers?right=false",
    "/models/large/versions/2/answers?truth=kind-1&answer=kind-1",
    "/api/v1/models/large/versions/2/answers?truth=kind-1&answer=kind-2",
    "/models/large/compare?a=1&b=2",
    "/api/v1/models/large/comparison?a=1&b=2",
    "/models/large/care",
    "/api/v1/models/large/care",
    "/models/large/others",
    "/models/large/versions/2/card",
    "/api/v1/models/large/versions/2/card",
]


@pytest.mark.parametrize("path", ASKED)
def test_it_opens_within_a_second(large: Large, path: str) -> None:
    taken = [large.seconds(path) for _ in range(3)]
    say(f"{path}: {', '.join(f'{1000 * one:.0f}' for one in taken)} ms")
    assert max(taken) < LIMIT


def test_an_exam_that_has_changed_is_taken_anew_within_a_second(large: Large) -> None:
    sealed = large.client.get("/api/v1/models/large/images?split=test&limit=1").json()["items"][0]
    large.client.delete(f"/api/v1/models/large/images/{sealed['sha256']}")
    taken = large.seconds("/models/large/versions/2")
    say(f"examined anew: {1000 * taken:.0f} ms")
    assert taken < LIMIT


def say(line: str) -> None:
    sys.stderr.write(line + "\n")
