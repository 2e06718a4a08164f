"""The photos that a version learned from, by how much a look is like them.

A version never changes, and neither does what is held of it: the features of its photos in 8 bits,
read when it is first asked and let go when others need the room. What is known of the nearest
photos themselves is read each time: they may have been removed since.
"""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from app import resources
from app.store import images, registry
from app.store.images import Image
from app.store.kept import PLAIN
from app.store.registry import VersionRow
from app.store.store import Store
from app.store.versions import VersionDamaged, read_version
from app.teaching.sealed import learned_from, read_then
from app.vision.engine import Floats
from app.vision.features import Bytes
from app.vision.neighbours import Neighbourhood
from app.vision.recipe import FEATURES

MOST = 50_000
"""Photos of a version that are looked through, those with the lowest hashes: as good as drawn by
lot, and always the same. They take 64 MB."""

HELD = 3 * MOST
"""Photos of all versions together whose features are held in memory."""

Asked = tuple[str, int]
"""A model and its version."""


class Near(NamedTuple):
    """`label` is the one it had when it was learned from, `likeness` the cosine. `image` is what is
    known of the photo today, None when it was removed."""

    label: str
    likeness: float
    image: Image | None


@dataclass(frozen=True, eq=False)
class _Learned:
    """`sha256` and `label` belong to the rows that `around` looks through."""

    around: Neighbourhood
    sha256: Sequence[str]
    label: Sequence[str]


class _Found(NamedTuple):
    sha256: str
    label: str
    likeness: float


class Nearby:
    """Reads files and waits for others who read them; call it in threads."""

    def __init__(self, store: Store, held: int = HELD) -> None:
        self._store, self._most = store, held
        self._held: OrderedDict[tuple[str, int, float], Future[_Learned]] = OrderedDict()
        self._changing = threading.Lock()

    def find(self, asked: Sequence[Asked], features: Floats) -> list[list[Near] | None]:
        """To one look (1280), the most alike first, for each version that is asked about. None for
        one that learned from no photos here."""
        with self._store.database.read() as c:
            rows = [registry.find(c, model, version) for model, version in asked]
        found = [self._nearest(row, features) if row else None for row in rows]
        with self._store.database.read() as c:
            return [
                None if near is None else _with_images(c, model, near)
                for (model, _), near in zip(asked, found, strict=True)
            ]

    def _nearest(self, row: VersionRow, features: Floats) -> list[_Found]:
        learned = self._learned(row)
        return [
            _Found(learned.sha256[one.at], learned.label[one.at], one.likeness)
            for one in learned.around.nearest(features)
        ]

    def _learned(self, row: VersionRow) -> _Learned:
        """Whoever comes first reads it, others wait for that."""
        key = (row.model, row.version, row.created)  # a name may be used again
        with self._changing:
            waiting = self._held.get(key)
            first = waiting is None
            if waiting is None:
                waiting = self._held[key] = Future()
            self._held.move_to_end(key)
        if first:
            try:
                waiting.set_result(_read(self._store, row))
            except BaseException as error:
                waiting.set_exception(error)
                with self._changing:
                    self._held.pop(key, None)
            self._make_room()
        return waiting.result()

    def _make_room(self) -> None:
        """What was asked about longest ago goes first; the newest stays, however large."""
        with self._changing:
            there = {
                key: len(one.result().sha256)
                for key, one in self._held.items()
                if one.done() and one.exception() is None
            }
            over = sum(there.values()) - self._most
            for key in list(there)[:-1]:
                if over <= 0:
                    break
                over -= there[key]
                del self._held[key]


def _with_images(c: Connection, model: str, found: Sequence[_Found]) -> list[Near]:
    there = images.find_many(c, model, [one.sha256 for one in found])
    near = []
    for one in found:
        image = there.get(one.sha256)
        gone = image is None or image.removed is not None
        near.append(Near(one.label, one.likeness, None if gone else image))
    return near


def _read(store: Store, row: VersionRow) -> _Learned:
    """Photos whose features were lost are left out."""
    then: dict[str, str] = {}
    folder = registry.folder_of(row, store.folder.versions, resources.folder("models"))
    with contextlib.suppress(VersionDamaged):
        stored = read_version(folder)
        refit = bool(stored.manifest["settings"].get("refit"))
        then = {
            sha256: one.label
            for sha256, one in read_then(folder, stored).items()
            if learned_from(one.split, refit=refit)
        }
    names = sorted(then)[:MOST]
    rows, there = _rows(store, names)
    known = [name for name, kept in zip(names, there.tolist(), strict=True) if kept]
    around = Neighbourhood.of(rows if there.all() else rows[there])
    return _Learned(around, known, [then[name] for name in known])


def _rows(store: Store, names: Sequence[str]) -> tuple[Bytes, NDArray[np.bool_]]:
    """Features in 8 bits, and of which photos there are any."""
    at = {name: number for number, name in enumerate(names)}
    rows = np.zeros((len(names), FEATURES), np.uint8)
    there = np.zeros(len(names), bool)
    for name, one in store.kept.stream(PLAIN, names):
        rows[at[name]] = one.row
        there[at[name]] = True
    return rows, there
