"""What a run learns from, written down at its beginning: later changes are for later runs.

The folder of an attempt then holds `task.json`, `numbers.safetensors` (a Table of every photo that
counts) and for each further view of the augmentation `view-<k>.safetensors`: features of the photos
at the table's indices `at`. A row of zeros with scale 0 stands for a photo that must be looked at.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection

from app import errors
from app.durable import sync
from app.store import images, kept, models
from app.store.images import Placed
from app.store.kept import Kept
from app.store.models import StoredLabel, StoredModel
from app.store.store import Store
from app.vision import streaming
from app.vision.features import SPLITS, digests
from app.vision.lesson import Settings
from app.vision.recipe import FEATURES
from app.vision.streaming import Portion
from app.vision.views import VIEWS

LEAST_LABELS, LEAST_GROUPS = 2, 5

TASK, NUMBERS = "task.json", "numbers.safetensors"

_PORTION = 500
_TOLD = 20  # labels that a refusal names


class Snapshot(NamedTuple):
    """`fingerprint` is that of Table, `photos` how many there are."""

    fingerprint: str
    photos: int


def view_file(number: int) -> str:
    return f"view-{number}.safetensors"


def check_enough(store: Store, model: str) -> None:
    """Raises DatasetTooSmall unless there is enough to learn, to choose and to examine by."""
    with store.database.read() as c:
        learnable(c, model)


def fingerprint(store: Store, model: str) -> str:
    """Of what a run that began now would learn from. Raises DatasetTooSmall."""
    with store.database.read() as c:
        labels = {label.label for label in learnable(c, model)}
        return _fingerprint(one for one in images.stream(c, model) if _counts(one, labels))


def write(store: Store, model: str, settings: Settings, folder: Path) -> Snapshot:
    """Writes down all that a trainer must know. Raises DatasetTooSmall, or ModelNotFound."""
    with store.database.read() as c:
        stored = models.find(c, model)
        if stored is None:
            raise errors.ModelNotFound
        labels = learnable(c, model)
        slugs = [label.label for label in labels]
        every = list(images.stream(c, model))
    placed = [one for one in every if _counts(one, set(slugs))]
    aside = sum(one.split == "aside" for one in every)
    write_numbers(store.kept, slugs, placed, folder / NUMBERS)
    _write_views(store.kept, settings, placed, folder)
    task = _task(store, stored, labels, settings) | {"aside": aside}
    (folder / TASK).write_text(json.dumps(task, ensure_ascii=False), "utf-8")
    sync(folder)
    return Snapshot(_fingerprint(placed), len(placed))


def learnable(c: Connection, model: str) -> list[StoredLabel]:
    """The labels that have photos. Raises DatasetTooSmall when they are too few, or when one of
    them has too few groups; a label without any photo is left for later."""
    groups = images.groups(c, model)
    labels = models.labels_of(c, model)
    filled = [label for label in labels if groups.get(label.label)]
    short = {
        label.label: groups.get(label.label, 0)
        for label in (filled if len(filled) >= LEAST_LABELS else labels)
        if groups.get(label.label, 0) < LEAST_GROUPS
    }
    if len(filled) < LEAST_LABELS or short:
        raise too_small(short)
    return filled


def too_small(groups: Mapping[str, int]) -> errors.DatasetTooSmall:
    """By the labels with too few groups, and how many each has."""
    told = ", ".join(f"{label} ({count})" for label, count in list(groups.items())[:_TOLD])
    return errors.DatasetTooSmall(labels=LEAST_LABELS, least=LEAST_GROUPS, missing=told or "-")


def _counts(one: Placed, labels: set[str]) -> bool:
    return one.split != "aside" and one.label in labels


def _fingerprint(placed: Iterable[Placed]) -> str:
    """As Table.fingerprint, whose lines these are, in the order in which they come."""
    lines = hashlib.sha256()
    for one in placed:
        lines.update(f"{one.sha256} {one.label} {one.split}\n".encode())
    return lines.hexdigest()


def _task(
    store: Store, stored: StoredModel, labels: Sequence[StoredLabel], settings: Settings
) -> dict[str, Any]:
    return {
        "model": stored.model,
        "names": dict(stored.names),
        "labels": [
            {"label": one.label, "name": dict(one.names), "aliases": list(one.aliases)}
            for one in labels
        ],
        "settings": asdict(settings),
        "created": time.time(),
        "objects": str(store.folder.objects.resolve()),
        "derived": str(store.folder.derived.resolve()),
    }


def write_numbers(kept_: Kept, labels: list[str], placed: Sequence[Placed], file: Path) -> None:
    """A Table of these photos, in their order."""
    at = {label: number for number, label in enumerate(labels)}
    columns: dict[str, streaming.Column] = {
        "label": np.array([at[one.label] for one in placed], np.int32),
        "split": np.array([SPLITS.index(one.split) for one in placed], np.uint8),
        "group": np.array([one.group for one in placed], np.int32),
        "hash": np.array([one.hash for one in placed], np.uint64),
        "sha256": digests([one.sha256 for one in placed]),
    }
    portions = _portions(kept_, kept.PLAIN, [one.sha256 for one in placed])
    streaming.write(file, portions, columns, {"labels": json.dumps(labels)})


def _write_views(kept_: Kept, settings: Settings, placed: Sequence[Placed], folder: Path) -> None:
    """Of photos that are here themselves; the others have no further view."""
    learned = {"train", "validation"} if settings.refit else {"train"}
    at = [n for n, one in enumerate(placed) if one.present and one.split in learned]
    names = [placed[n].sha256 for n in at]
    for number, look in enumerate(VIEWS[settings.augmentation][1:], 1):
        columns: dict[str, streaming.Column] = {"at": np.array(at, np.int32)}
        streaming.write(folder / view_file(number), _portions(kept_, look.name, names), columns, {})


def _portions(kept_: Kept, view: str, sha256s: Sequence[str]) -> Iterator[Portion]:
    for start in range(0, len(sha256s), _PORTION):
        names = sha256s[start : start + _PORTION]
        rows = np.zeros((len(names), FEATURES), np.uint8)
        scales = np.zeros(len(names), np.float32)
        found = kept_.get(view, names)
        for at, name in enumerate(names):
            if name in found:
                rows[at], scales[at] = found[name]
        yield Portion(rows, scales)
