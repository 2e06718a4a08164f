"""Small copies of photos, for showing. They can all be made again, so nothing is synced."""

import contextlib
import os
import secrets
from pathlib import Path


class SmallCopies:
    """The folder `small/ab/<sha256>-<side>.jpg`; what is being written lies in `temporary`."""

    def __init__(self, folder: Path, temporary: Path) -> None:
        self._folder, self._temporary = folder / "small", temporary

    def read(self, sha256: str, side: int) -> bytes | None:
        """None when there is none that can be read."""
        try:
            return self._path(sha256, side).read_bytes() or None
        except OSError:
            return None

    def write(self, sha256: str, side: int, content: bytes) -> None:
        """A disk that takes no more is no reason to show nothing: then it is not kept."""
        aside = self._temporary / f"{secrets.token_hex(8)}.small"
        target = self._path(sha256, side)
        try:
            aside.write_bytes(content)
            target.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(target)
        except OSError:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)

    def remove(self, sha256: str) -> None:
        """In all sizes."""
        with contextlib.suppress(OSError):
            for file in os.scandir(self._folder / sha256[:2]):
                if file.name.startswith(sha256):
                    Path(file.path).unlink(missing_ok=True)

    def _path(self, sha256: str, side: int) -> Path:
        return self._folder / sha256[:2] / f"{sha256}-{side}.jpg"
