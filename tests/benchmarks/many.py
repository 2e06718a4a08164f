"""What pages take of a dataset as large as nobody uploads by hand.

Its photos were made up: rows in the database, features in their file, and nothing in `objects`.
"""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from app.store import images
from app.store.folder import DataFolder
from app.store.kept import PLAIN
from app.store.kept import Row as Features
from app.store.store import Store
from app.teaching import models
from app.vision.recipe import FEATURES, RECIPE
from app.vision.splits import bands
from app.web.api.cursors import cursor_of
from tests.benchmarks.desk import Desk, desk
from tests.benchmarks.processes import forget_peak, memory_mb, peak_mb
from tests.benchmarks.report import Row

_MODEL = "made"
_LABELS = 10
_AT_ONCE = 5000
_SPLITS = ("train",) * 14 + ("validation",) * 3 + ("test",) * 3


def measure(data: Path, count: int, times: int) -> list[Row]:
    fill(data, count)
    with desk(data, _MODEL) as one:
        pages = _pages(count)
        for address in pages.values():  # templates are read once
            one.http.get(address).raise_for_status()
        forget_peak(one.pid)
        before = memory_mb(one.pid)
        taken = {
            name: [_seconds(one, address) for _ in range(times)] for name, address in pages.items()
        }
        started = [_start(one) for _ in range(times)]
        growth = peak_mb(one.pid) - before
    with_photos = f"with {count:,} photos"
    return [
        *(
            Row(f"many_{name}", f"{_SAYS[name]} {with_photos}", taken[name], " s", 1)
            for name in pages
        ),
        Row("many_start", f"starting a training {with_photos}", started, " s", 1),
        Row("many_memory", f"what the server's memory grew by {with_photos}", [growth], " MB", 100),
    ]


_SAYS = {
    "first": "first page of the gallery",
    "late": "late page of the gallery",
    "list": "late page of the list",
    "counts": "counts of all labels",
    "model": "page of the model",
}


def _pages(count: int) -> dict[str, str]:
    late = count // 50
    page = cursor_of(late, "photos", _MODEL, None, None, False)
    listed = cursor_of(late, _MODEL, None, None, "false")
    return {
        "first": f"/models/{_MODEL}/photos",
        "late": f"/models/{_MODEL}/photos?cursor={page}",
        "list": f"/api/v1/models/{_MODEL}/images?limit=200&cursor={listed}",
        "counts": f"/api/v1/models/{_MODEL}",
        "model": f"/models/{_MODEL}",
    }


def _seconds(one: Desk, address: str) -> float:
    began = time.perf_counter()
    one.http.get(address).raise_for_status()
    return time.perf_counter() - began


def _start(one: Desk) -> float:
    """Until it is accepted. What it learns from is written down afterwards, and waited for too."""
    began = time.perf_counter()
    run = one.start()
    taken = time.perf_counter() - began
    one.wait_for_learning(run)
    one.cancel(run)
    return taken


def fill(data: Path, count: int) -> None:
    """Into a folder that no server holds."""
    folder = DataFolder(data)
    folder.open()
    store = Store.open(folder, RECIPE.id)
    try:
        models.make(store, _MODEL, [f"label {at}" for at in range(_LABELS)])
        chance = np.random.default_rng(1)
        middles = chance.integers(0, 200, (_LABELS, FEATURES))
        for start in range(0, count, _AT_ONCE):
            numbers = range(start, min(count, start + _AT_ONCE))
            with store.database.write() as c:
                images.insert(c, list(_photos(numbers, chance)))
            store.kept.put(PLAIN, _features(numbers, middles, chance))
    finally:
        store.close()
        folder.close()


def _photos(numbers: range, chance: np.random.Generator) -> Iterator[dict[str, Any]]:
    hashes = chance.integers(0, 1 << 64, len(numbers), np.uint64)
    for number, hash_ in zip(numbers, hashes.tolist(), strict=True):
        yield {
            "model": _MODEL,
            "sha256": _sha256(number),
            "label": f"label-{number % _LABELS}",
            "split": _SPLITS[number // _LABELS % len(_SPLITS)],
            "reason": None,
            "group": number,
            "hash": hash_,
            "bands": bands(hash_),
            "width": 320,
            "height": 240,
            "bytes": 30_000,
            "filename": f"{number}.jpg",
            "source": "upload",
            "present": True,
        }


def _features(numbers: range, middles: Any, chance: np.random.Generator) -> dict[str, Features]:
    noise = chance.integers(0, 56, (len(numbers), FEATURES))
    rows = (middles[np.array(numbers) % _LABELS] + noise).astype(np.uint8)
    return {_sha256(number): Features(row, 0.02) for number, row in zip(numbers, rows, strict=True)}


def _sha256(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()
