"""Photos as files named by their SHA-256: written aside, synced, renamed, and never changed.

A file without a row in the database is nobody's and is swept after a day; the other way round must
never be, so files come first and rows second.
"""

import contextlib
import errno
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.durable import sync

_DAY = 24 * 3600


@dataclass(frozen=True)
class Staged:
    """A file that is on the disk but not in its place yet."""

    sha256: str
    path: Path


class Objects:
    """The folder `objects/ab/<sha256>`; what is not in its place yet lies in `temporary`."""

    def __init__(self, folder: Path, temporary: Path) -> None:
        self._folder, self._temporary = folder, temporary
        self._sweeping = threading.Lock()

    def path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def holds(self, sha256: str, content: bytes) -> bool:
        """Whether it is there, whole; then it is no stray for another day."""
        target = self.path(sha256)
        with self._sweeping, contextlib.suppress(OSError):
            if target.read_bytes() == content:  # a damaged one is to be written anew
                os.utime(target)
                return True
        return False

    def read(self, sha256: str) -> bytes:
        """Raises FileNotFoundError or another OSError when it cannot be read."""
        return self.path(sha256).read_bytes()

    def checked(self, sha256: str) -> bytes:
        """The same; OSError also when the file is not what its name says."""
        content = self.read(sha256)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise OSError(errno.EIO, "the file is not what was kept")
        return content

    def sound(self, sha256: str) -> bool:
        """Whether the file still is what its name says."""
        try:
            self.checked(sha256)
        except OSError:
            return False
        return True

    def stage(self, sha256: str, content: bytes) -> Staged | None:
        """Writes and syncs the content aside; None when it is in its place already."""
        if self.holds(sha256, content):
            return None
        aside = self._temporary / f"{secrets.token_hex(8)}.photo"
        try:
            with aside.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        return Staged(sha256, aside)

    def publish(self, staged: Sequence[Staged]) -> None:
        """Puts them in their places. On return they are there even after a power failure."""
        folders = set()
        for one in staged:
            target = self.path(one.sha256)
            if not target.parent.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                folders.add(target.parent.parent)
            one.path.rename(target)
            folders.add(target.parent)
        for folder in folders:
            sync(folder)

    def drop(self, staged: Sequence[Staged]) -> None:
        """Takes back what was staged and will not be published."""
        for one in staged:
            with contextlib.suppress(OSError):
                one.path.unlink(missing_ok=True)

    def remove_stray(self, sha256: str) -> bool:
        """Unless it is younger than a day, or there is none."""
        with self._sweeping, contextlib.suppress(OSError):
            if _is_old(self.path(sha256)):
                self.path(sha256).unlink()
                return True
        return False

    def strays(self) -> Iterator[str]:
        """Names of files older than a day, for asking whether anyone still knows them."""
        for folder in sorted(self._folder.glob("??")):
            for file in folder.iterdir():
                with contextlib.suppress(OSError):
                    if _is_old(file):
                        yield file.name


def _is_old(file: Path) -> bool:
    return file.stat().st_mtime < time.time() - _DAY
