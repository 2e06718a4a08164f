"""The data folder: made when it is missing, and held by one server at a time."""

import contextlib
import os
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class FolderError(Exception):
    """The data folder cannot be used; the message says why."""


class FolderInUse(FolderError):
    """Another server holds the folder."""


class DataFolder:
    """Holds the lock of a data folder from `open` to `close`.

    The kernel frees an flock when its process ends, however it ends, so no stale lock can stay.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None

    def open(self) -> None:
        """Raises FolderInUse when another process holds it, FolderError when it is unusable."""
        try:
            self.derived.mkdir(parents=True, exist_ok=True)
            self.temporary.mkdir(exist_ok=True)
            lock = (self.path / "LOCK").open("a+")
        except OSError as error:
            raise FolderError(f"cannot use {self.path}: {error.strerror}") from error
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.seek(0)
                holder = lock.read().strip()
                lock.close()
                raise FolderInUse(f"{self.path} is in use by process {holder}") from None
        self._lock = lock
        try:
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
        except OSError as error:
            with contextlib.suppress(OSError):  # what could not be written comes up once more
                self.close()
            raise FolderError(f"cannot write in {self.path}: {error.strerror}") from error

    def close(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def derived(self) -> Path:
        """What can be made again: the converted network."""
        return self.path / "derived"

    @property
    def temporary(self) -> Path:
        """What TMPDIR may name where nothing else can be written."""
        return self.path / "tmp"
