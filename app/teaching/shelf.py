"""What came of looking a dataset over, kept for as long as the dataset stays as it was.

`derived/analyses/<model>/<kind>-<key>.json`: one of a kind and model at a time. It is shown as
something old until the next one takes its place.
"""

import contextlib
import hashlib
import json
import time
from pathlib import Path
from typing import Any, NamedTuple

from app.store.store import Store
from app.teaching import inventory
from app.teaching.inventory import State

FORMAT = 2
"""Raised when the same photos are told of in other words: what was kept before is of no use."""

_AGES = 24 * 3600.0  # seconds after which files are read again although no photo changed


class Found(NamedTuple):
    """`key` names what was found; `current` says whether the dataset still is what it was."""

    result: dict[str, Any]
    key: str
    current: bool


class _Read(NamedTuple):
    file: Path
    changed: float
    told: dict[str, Any]


class Shelf:
    """Reads and writes files; call it in threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._states: dict[str, State] = {}
        self._read: dict[tuple[str, str], _Read] = {}

    def find(self, model: str, kind: str) -> Found | None:
        """Raises ModelNotFound or ModelNotTeachable."""
        place, wanted = folder_of(self._store, model), _key(kind, self._state(model))
        others = place.glob(f"{kind}-*.json")
        for file in (place / f"{kind}-{wanted}.json", *others):
            told = self._told(model, kind, file)
            if told is not None:
                key = file.stem.removeprefix(f"{kind}-")
                young = time.time() - told["created"] < _AGES
                return Found(told["result"], key, key == wanted and young)
        return None

    def keep(self, model: str, kind: str, state: State, result: Path) -> None:
        """In place of what was found before; `result` is on the same disk, and moves."""
        told = {"created": time.time(), "result": json.loads(result.read_bytes())}
        place = folder_of(self._store, model)
        place.mkdir(parents=True, exist_ok=True)
        file = place / f"{kind}-{_key(kind, state)}.json"
        result.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        result.replace(file)
        for other in place.glob(f"{kind}-*.json"):
            if other != file:
                other.unlink(missing_ok=True)

    def _state(self, model: str) -> State:
        """Reads the photos' rows only when something was done to them."""
        known = self._states.get(model)
        if known is None or known.revision != inventory.revision(self._store, model):
            known = self._states[model] = inventory.state(self._store, model)
        return known

    def _told(self, model: str, kind: str, file: Path) -> dict[str, Any] | None:
        """None when it is not there, or cannot be read: then it is made again."""
        known = self._read.get((model, kind))
        with contextlib.suppress(OSError, ValueError):
            changed = file.stat().st_mtime
            if known is None or (known.file, known.changed) != (file, changed):
                told = json.loads(file.read_bytes())
                known = self._read[model, kind] = _Read(file, changed, told)
            return known.told
        return None


def folder_of(store: Store, model: str) -> Path:
    return store.folder.derived / "analyses" / model


def _key(kind: str, state: State) -> str:
    told = f"{FORMAT} {kind} {state.fingerprint}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]
