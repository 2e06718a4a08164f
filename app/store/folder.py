"""The data folder: made when it is missing, and held by one server at a time."""

import contextlib
import os
import shutil
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class FolderError(Exception):
    """The data folder cannot be used; the message says why."""


class FolderInUse(FolderError):
    """Another server holds the folder; `address` is where it listens, "" when it did not say."""

    def __init__(self, path: Path, holder: str, address: str) -> None:
        super().__init__(f"{path} is in use by process {holder}")
        self.address = address


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
            for folder in self._all:
                folder.mkdir(parents=True, exist_ok=True)
            lock = (self.path / "LOCK").open("a+")
        except OSError as error:
            raise FolderError(f"cannot use {self.path}: {error.strerror}") from error
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.seek(0)
                holder, _, address = lock.read().strip().partition("\n")
                lock.close()
                raise FolderInUse(self.path, holder, address) from None
        self._lock = lock
        try:
            self._tell(str(os.getpid()))
            self._sweep()
        except OSError as error:
            with contextlib.suppress(OSError):  # what could not be written comes up once more
                self.close()
            raise FolderError(f"cannot write in {self.path}: {error.strerror}") from error

    def tell_address(self, url: str) -> None:
        """For whoever finds the folder in use and would rather ask its server."""
        self._tell(f"{os.getpid()}\n{url}")

    def close(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def derived(self) -> Path:
        """What can be made again: the converted network, features, small copies of photos."""
        return self.path / "derived"

    @property
    def temporary(self) -> Path:
        """What is being written, and what TMPDIR may name where nothing else can be written."""
        return self.path / "tmp"

    @property
    def database(self) -> Path:
        return self.path / "blomst.db"

    @property
    def objects(self) -> Path:
        """The photos' own bytes, by their hash."""
        return self.path / "objects"

    @property
    def versions(self) -> Path:
        """One folder for each version of each model."""
        return self.path / "versions"

    @property
    def runs(self) -> Path:
        """What trainings read and write."""
        return self.path / "runs"

    @property
    def imports(self) -> Path:
        """Archives that are not taken in yet."""
        return self.path / "imports"

    @property
    def _all(self) -> list[Path]:
        own = [self.temporary, self.objects, self.versions, self.runs, self.imports]
        return [self.derived, *own]

    def _tell(self, text: str) -> None:
        assert self._lock is not None
        self._lock.truncate(0)
        self._lock.write(text)
        self._lock.flush()

    def _sweep(self) -> None:
        """What a server that was killed had only begun to write is nobody's now."""
        for left in self.temporary.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
