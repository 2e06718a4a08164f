"""Features of photos, kept so that no photo is looked at twice. They can all be made again.

A file of their own, `derived/features-<recipe>.db`, since they are worth less than what is beside
them: when it is damaged it is deleted, and what is missing is looked at again when it is needed.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

PLAIN = "plain"
"""The view of a photo that it is answered by: its middle square."""

_PORTION = 500  # SQLite takes so many parameters with room to spare

_TABLE = """
CREATE TABLE IF NOT EXISTS features (
    view TEXT NOT NULL, sha256 BLOB NOT NULL, scale REAL NOT NULL, row BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS features_sha256 ON features (view, sha256);
"""


class Row(NamedTuple):
    """Features of one view in 8 bits: 1280 bytes, and the scale that undoes it."""

    row: NDArray[np.uint8]
    scale: float


class Kept:
    """Features by view and SHA-256 (hexadecimal)."""

    def __init__(self, folder: Path, recipe: str) -> None:
        self._file = folder / f"features-{recipe}.db"
        self._writing = threading.Lock()
        self._threads = threading.local()
        try:
            self._connect().executescript(_TABLE)
        except sqlite3.DatabaseError as error:
            log.warning("the kept features cannot be read and are made again: %s", error)
            self.close()
            self._file.unlink(missing_ok=True)
            self._file.with_name(self._file.name + "-journal").unlink(missing_ok=True)
            self._connect().executescript(_TABLE)

    def put(self, view: str, rows: Mapping[str, Row]) -> None:
        """Keeps them; what is there already stays as it is."""
        values = [
            (view, bytes.fromhex(sha256), float(one.scale), one.row.tobytes())
            for sha256, one in rows.items()
        ]
        with self._writing, self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR IGNORE INTO features VALUES (?, ?, ?, ?)", values)

    def get(self, view: str, sha256s: Sequence[str]) -> dict[str, Row]:
        """Those of them that are kept."""
        return dict(self.stream(view, sha256s))

    def stream(self, view: str, sha256s: Iterable[str]) -> Iterator[tuple[str, Row]]:
        """The same a few hundred at a time, in no order."""
        connection, portion = self._connect(), []
        for sha256 in sha256s:
            portion.append(bytes.fromhex(sha256))
            if len(portion) == _PORTION:
                yield from _select(connection, view, portion)
                portion = []
        yield from _select(connection, view, portion)

    def forget(self, sha256s: Sequence[str]) -> None:
        """All views of photos that are gone."""
        with self._writing, self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            each = [(bytes.fromhex(sha256),) for sha256 in sha256s]
            connection.executemany("DELETE FROM features WHERE sha256 = ?", each)

    def close(self) -> None:
        """Of this thread; other threads' connections end with them."""
        with contextlib.suppress(AttributeError):
            self._threads.connection.close()
            del self._threads.connection

    def _connect(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if found is None:
            found = sqlite3.connect(self._file, timeout=5, isolation_level=None)
            found.execute("PRAGMA journal_mode=TRUNCATE")
            found.execute("PRAGMA synchronous=NORMAL")
            self._threads.connection = found
        return found


def _select(
    connection: sqlite3.Connection, view: str, portion: Sequence[bytes]
) -> Iterator[tuple[str, Row]]:
    marks = ",".join("?" * len(portion))
    asked = f"SELECT sha256, row, scale FROM features WHERE view = ? AND sha256 IN ({marks})"
    found: list[Any] = connection.execute(asked, (view, *portion)).fetchall()
    for sha256, row, scale in found:
        yield sha256.hex(), Row(np.frombuffer(row, np.uint8), scale)
