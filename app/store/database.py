"""The database file: opened with care, one writer at a time, many readers.

SQLite through SQLAlchemy Core. A commit is on the disk when it returns (synchronous=FULL). Writers
begin with BEGIN IMMEDIATE: two transactions that read first and write later would fail each other.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from app.store import schema

_BUSY_MS = 5000

# Since 3.51.3 and not in 3.52.0, which was withdrawn: before, a reset of the write-ahead log could
# lose pages (sqlite.org/wal.html, "The WAL-Reset Bug").
_WAL_SINCE, _WAL_BAD = (3, 51, 3), (3, 52, 0)


class DatabaseDamaged(Exception):
    """The file is not a sound database of ours; nothing was changed in it. The message says why."""


class Database:
    """`blomst.db` of one data folder, held by one process; others may read beside it."""

    def __init__(self, file: Path, *, only_read: bool = False) -> None:
        """Makes the file when it is missing, unless it is only read. Raises DatabaseDamaged."""
        self.file = file
        self._writing = threading.Lock()  # quicker than SQLite's own waiting, which sleeps
        self._engine = create_engine(
            "sqlite://",
            creator=lambda: _connect(file, only_read),
            poolclass=QueuePool,
            pool_size=8,
            max_overflow=8,
        )
        event.listen(self._engine, "connect", _prepare_to_read if only_read else _prepare)
        event.listen(self._engine, "begin", _begin)
        self._writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        try:
            self._look_into() if only_read else self._open()
        except (DatabaseError, sqlite3.DatabaseError) as error:
            self.close()
            raise DatabaseDamaged(f"{file} cannot be used: {error.__cause__ or error}") from error
        except DatabaseDamaged:
            self.close()
            raise

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view of the data. Keep it short: it holds up whoever wants to commit."""
        with self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """All of the block or nothing, on the disk when the block is left."""
        with self._writing, self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()

    def _open(self) -> None:
        with self.write() as connection:
            (found,) = connection.exec_driver_sql("PRAGMA quick_check(1)").first() or ("",)
            if found != "ok":
                raise DatabaseDamaged(f"{self.file} is damaged: {found}")
            (version,) = connection.exec_driver_sql("PRAGMA user_version").first() or (0,)
            if version not in (0, schema.VERSION):
                raise DatabaseDamaged(f"{self.file} was made by another Blomst (tables {version})")
            schema.METADATA.create_all(connection)  # also tables that came with a later Blomst
            if not version:
                connection.exec_driver_sql(f"PRAGMA user_version={schema.VERSION}")

    def _look_into(self) -> None:
        with self.read() as connection:
            (version,) = connection.exec_driver_sql("PRAGMA user_version").first() or (0,)
        if version != schema.VERSION:
            raise DatabaseDamaged(f"{self.file} was made by another Blomst (tables {version})")


def _connect(file: Path, only_read: bool) -> sqlite3.Connection:
    mode = "ro" if only_read else "rwc"
    return sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_MS / 1000,
        check_same_thread=False,
    )


def _prepare_to_read(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}").close()


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event says BEGIN
    journal = _journal()
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    (got,) = cursor.execute(f"PRAGMA journal_mode={journal}").fetchone()
    if got.upper() != journal:
        raise DatabaseDamaged(f"the journal could not be set to {journal}")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _journal() -> str:
    version = sqlite3.sqlite_version_info
    return "WAL" if version >= _WAL_SINCE and version != _WAL_BAD else "TRUNCATE"


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
