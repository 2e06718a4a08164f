"""A store in a folder of its own, and photos that were seen without a network."""

import hashlib
from pathlib import Path

import numpy as np

from app.store import images
from app.store.folder import DataFolder
from app.store.images import Image
from app.store.store import Store
from app.teaching.intake import Newcomer, Source, Taken, keep
from app.vision.arrival import Sight

MODEL = "pets"


def open_store(folder: Path) -> Store:
    data = DataFolder(folder)
    data.open()
    return Store.open(data, "test")


def newcomer(number: int, label: str = "cat", *, copy: int = 0) -> Newcomer:
    """Photos of one number are near-copies of each other."""
    random = np.random.default_rng(number)
    bits = int(random.integers(0, 2**63)) ^ copy  # few bits for small copies
    features = random.random(1280, dtype=np.float32)
    content = f"photo {number} copy {copy}".encode()
    sight = Sight(hashlib.sha256(content).hexdigest(), bits, features, (640, 480))
    return Newcomer(content, f"{number}.jpg", label, sight)


def take(store: Store, *newcomers: Newcomer, source: Source = "upload") -> list[Taken]:
    return keep(store, MODEL, newcomers, source=source)


def row(store: Store, one: Newcomer) -> Image:
    with store.database.read() as c:
        found = images.find(c, MODEL, one.sight.sha256)
    assert found is not None
    return found


def take_into(store: Store, split: str, start: int, label: str = "cat") -> Newcomer:
    """The first newcomer from this number on that goes to this split."""
    for number in range(start, start + 60):
        one = newcomer(number, label)
        if take(store, one)[0].image.split == split:
            return one
    raise AssertionError(f"none went to {split}")
