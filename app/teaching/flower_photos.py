"""TensorFlow's archive of flower photos, fetched from its public address and known by its hash."""

import hashlib
import http.client
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

from app.settings import is_loopback

ADDRESS = "https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz"
SIZE = 228_813_984
SHA256 = "4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c"

_TIMEOUT = 30  # seconds in which the other side says nothing
_CHUNK = 1 << 18
_TOP = "flower_photos/"
_WANTED = re.compile(r"flower_photos/(LICENSE\.txt|\w+/\w+\.jpg)", re.ASCII)

Report = Callable[[int, int], None]


class FetchFailed(Exception):
    """The photos could not be had, and nothing is left of the attempt. `code` says in a word why:
    `offline`, `refused` (by the other side), `cut-short`, `changed` (not the archive that is
    known) or `disk`; `command.fetch` has a sentence for each."""

    def __init__(self, code: str, reason: object = "") -> None:
        super().__init__(f"{code}: {reason}" if reason else code)
        self.code = code


def fetch(
    into: Path, report: Report, address: str = ADDRESS, sha256: str = SHA256, size: int = SIZE
) -> Path:
    """A new folder in `into` with LICENSE.txt and a sub-folder of photos for each label. Whoever
    asked removes it. `report` hears of bytes: how many have come, of how many.

    Raises FetchFailed, and ValueError for an address that is neither https nor on this machine.
    """
    told = urlsplit(address)
    if told.scheme != "https" and not (told.scheme == "http" and is_loopback(told.hostname or "")):
        raise ValueError(f"photos are fetched by https, not from {address}")
    try:
        aside = Path(tempfile.mkdtemp(dir=into, prefix="flower_photos-"))
    except OSError as error:
        raise FetchFailed("disk", error) from error
    try:
        archive = aside / "archive.tgz"
        _download(address, archive, sha256, size, report)
        _unpack(archive, aside)
        archive.unlink()
    except OSError as error:  # what the network raises has another name by now
        shutil.rmtree(aside, ignore_errors=True)
        raise FetchFailed("disk", error) from error
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return aside


def _download(address: str, archive: Path, sha256: str, size: int, report: Report) -> None:
    digest, done = hashlib.sha256(), 0
    with _open(address) as answer, archive.open("xb") as out:
        while chunk := _read(answer):
            done += len(chunk)
            if done > size:
                raise FetchFailed("changed", "it is larger")
            digest.update(chunk)
            out.write(chunk)
            report(done, size)
    if done < size:
        raise FetchFailed("cut-short", f"{done} of {size} bytes")
    if digest.hexdigest() != sha256:
        raise FetchFailed("changed", "it has another hash")


class _NoRedirect(HTTPRedirectHandler):
    """The address answers by itself; another one could be without TLS."""

    def redirect_request(self, *_: object) -> None:
        return None


def _open(address: str) -> Any:
    try:
        return build_opener(_NoRedirect).open(address, timeout=_TIMEOUT)
    except HTTPError as error:
        error.close()
        raise FetchFailed("refused", error) from error
    except (OSError, http.client.HTTPException) as error:
        raise FetchFailed("offline", error) from error


def _read(answer: Any) -> bytes:
    try:
        return bytes(answer.read(_CHUNK))
    except (OSError, http.client.HTTPException) as error:
        raise FetchFailed("cut-short", error) from error


def _unpack(archive: Path, into: Path) -> None:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            tar.extractall(into, _wanted(tar), filter="data")
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise FetchFailed("changed", error) from error


def _wanted(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in tar:
        if member.isreg() and _WANTED.fullmatch(member.name):
            yield member.replace(name=member.name.removeprefix(_TOP), deep=False)
