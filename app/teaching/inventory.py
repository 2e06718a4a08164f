"""All photos of a model written down for an analysis, those that are set aside among them.

The folder then holds `task.json`, `numbers.safetensors` (a Table; a row of zeros with scale 0
stands for a photo that must be looked at) and `here.npy`: which of them are here as files.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from app.store import images, imports, models
from app.store.images import Placed
from app.store.store import Store
from app.teaching.models import teachable
from app.teaching.snapshot import NUMBERS, TASK, write_numbers

HERE = "here.npy"


class State(NamedTuple):
    """Of a model's dataset. `revision` grows with whatever is done to it; `fingerprint` tells
    whether anything is different then."""

    revision: int
    fingerprint: str


def revision(store: Store, model: str) -> int:
    """Raises ModelNotFound or ModelNotTeachable."""
    with store.database.read() as c:
        return teachable(c, model).revision


def state(store: Store, model: str) -> State:
    """Reads a line of each photo. Raises as `revision`."""
    with store.database.read() as c:
        found = teachable(c, model).revision
        return State(found, _fingerprint(images.stream(c, model)))


def write(store: Store, model: str, kind: str, folder: Path) -> State:
    """Of what is written down. Raises as `revision`."""
    with store.database.read() as c:
        found = teachable(c, model).revision
        known = [label.label for label in models.labels_of(c, model)]
        every = list(images.stream(c, model))
        twice = imports.came_twice(c, model)
    filled = {one.label for one in every}
    labels = [label for label in known if label in filled]
    write_numbers(store.kept, labels, every, folder / NUMBERS)
    np.save(folder / HERE, np.array([one.present for one in every], bool))
    task = {
        "kind": kind,
        "model": model,
        "objects": str(store.folder.objects.resolve()),
        "derived": str(store.folder.derived.resolve()),
        "twice": twice,
    }
    (folder / TASK).write_text(json.dumps(task), "utf-8")
    return State(found, _fingerprint(every))


def _fingerprint(every: Iterable[Placed]) -> str:
    lines = hashlib.sha256()
    for one in every:
        told = f"{one.sha256} {one.label} {one.split} {one.group} {one.present}\n"
        lines.update(told.encode())
    return lines.hexdigest()
