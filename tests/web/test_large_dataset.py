"""A hundred thousand photos: pages and counts stay quick, and memory stays flat."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from app.store import images, models
from app.store.folder import DataFolder
from app.store.kept import PLAIN, Row
from app.store.models import StoredLabel
from app.store.store import Store
from app.vision.network import Network
from app.vision.recipe import RECIPE
from app.vision.splits import bands
from tests.benchmarks.processes import memory_mb
from tests.conftest import serving
from tests.web.photographs import different

pytestmark = pytest.mark.slow

PHOTOS, LABELS = 100_000, 20
SPLITS = ("train",) * 14 + ("validation",) * 3 + ("test",) * 3


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def fill(data: Path) -> None:
    """Rows and features as if the photos had come, without their files."""
    folder = DataFolder(data)
    folder.open()
    store = Store.open(folder, RECIPE.id)
    random = np.random.default_rng(1)
    names = [f"kind-{at}" for at in range(LABELS)]
    with store.database.write() as c:
        models.create(
            c,
            "large",
            {"en": "Large", "nb": "Stor"},
            [StoredLabel(name, name, {"en": name, "nb": name}) for name in names],
        )
        for start in range(0, PHOTOS, 5000):
            images.insert(c, [made(random, at, names) for at in range(start, start + 5000)])
    for start in range(0, PHOTOS, 5000):
        rows = random.integers(0, 255, (5000, 1280), np.uint8)
        some = {f"{start + at:064x}": Row(rows[at], 0.01) for at in range(5000)}
        store.kept.put(PLAIN, some)
    store.close()
    folder.close()


def made(random: np.random.Generator, at: int, names: list[str]) -> dict[str, object]:
    hash_ = int(random.integers(0, 2**63))
    return {
        "model": "large", "sha256": f"{at:064x}", "label": names[at % LABELS],
        "split": SPLITS[at // LABELS % 20], "reason": None, "group": at, "hash": hash_,
        "bands": bands(hash_), "width": 640, "height": 480, "bytes": 80_000,
        "filename": f"{at}.jpg", "source": "import", "present": True,
    }  # fmt: skip


@pytest.fixture(scope="module")
def large(
    prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[httpx.Client, int]]:
    data = tmp_path_factory.mktemp("large")
    fill(data)
    server = serving(data, BLOMST_PREPARED=str(data_folder / "derived"))
    with server as url, httpx.Client(base_url=f"{url}/api/v1", timeout=60) as client:
        yield client, server.process.pid


ASKED = [
    "/models",
    "/models/large",
    "/models/large/labels",
    "/models/large/images?limit=200",
    "/models/large/images?label=kind-7&limit=200",
    "/models/large/images?split=test",
    "/models/large/images?label=kind-7&split=test",
    "/models/large/images?removed=true",
    f"/models/large/images/{77:064x}",
]


@pytest.mark.parametrize("path", ASKED)
def test_what_the_gallery_asks_for_is_quick(large: tuple[httpx.Client, int], path: str) -> None:
    client, _ = large
    client.get("/models")
    answer = client.get(path)
    assert answer.status_code == 200
    _say(f"{path}: {answer.elapsed.total_seconds() * 1000:.0f} ms")
    assert answer.elapsed.total_seconds() < 1


def test_every_page_is_as_quick_as_the_first_and_memory_is_flat(
    large: tuple[httpx.Client, int],
) -> None:
    client, process = large
    client.get("/models/large/images?limit=200")
    before, slowest, seen = memory_mb(process), 0.0, 0
    url = "/models/large/images?limit=200"
    while url:
        answer = client.get(url)
        seen += len(answer.json()["items"])
        slowest = max(slowest, answer.elapsed.total_seconds())
        url = answer.links.get("next", {}).get("url", "").removeprefix("/api/v1")
    assert seen == PHOTOS
    assert slowest < 1
    grown = memory_mb(process) - before
    _say(f"slowest page {slowest * 1000:.0f} ms, memory {before:.0f} MB, {grown:+.1f} MB")
    assert grown < 20


def test_changes_are_quick(large: tuple[httpx.Client, int]) -> None:
    client, _ = large
    some = [f"{at:064x}" for at in range(0, 20_000, 20)]

    def seconds(verb: str, **body: object) -> float:
        started = time.monotonic()
        answer = client.post(f"/models/large/images:{verb}", json=body)
        assert len(answer.json()["changed"]) == 1000, answer.text
        _say(f"{verb} of 1000: {(time.monotonic() - started) * 1000:.0f} ms")
        return time.monotonic() - started

    assert seconds("relabel", images=some, label="kind-1") < 5
    assert seconds("relabel", images=some, label="kind-0") < 5
    assert seconds("remove", images=some) < 5
    assert seconds("restore", images=some) < 5
    started = time.monotonic()
    added = client.post(
        "/models/large/images", files={"images": different(1)}, data={"label": "kind-3"}
    )
    _say(f"one more: {(time.monotonic() - started) * 1000:.0f} ms")
    assert added.status_code == 201
    assert time.monotonic() - started < 1
