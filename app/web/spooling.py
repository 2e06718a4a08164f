"""An archive out of a request body onto the disk, a piece at a time.

It may be larger than the memory, so never more than a piece of it is held; writing and hashing
happen in a thread, while the client waits to send more.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from python_multipart.multipart import parse_options_header

from app import errors
from app.durable import sync
from app.web.multipart import Part, Parts

FIELD = "archive"

_PIECE = 1_000_000
_RAW = (b"application/zip", b"application/x-zip-compressed")


@dataclass(frozen=True)
class Spooled:
    """A file on the disk that is now the caller's to move or remove. `filename` is what the sender
    calls it: for showing only, and empty where nothing was said."""

    path: Path
    size: int
    sha256: str
    filename: str


async def spool(request: Request, folder: Path, *, limit: int) -> Spooled:
    """Writes the body, or the one file of a form, into a new file in `folder`.

    It is whole and on the disk when this returns; whatever goes wrong, it is gone again. Raises
    NotAnArchive, MalformedMultipart, InvalidText, UnknownField, MissingField, TooManyParts,
    BodyTooLarge above `limit` bytes, InsufficientStorage, or ClientDisconnect.
    """
    incoming = _incoming(request, limit)
    loop = asyncio.get_running_loop()
    with _one_thread() as pen:  # whatever is asked of it happens in that order
        file = _File(folder)
        try:
            await loop.run_in_executor(pen, file.open)
            async for chunk in request.stream():
                incoming.feed(chunk)
                if len(incoming.waiting) >= _PIECE:
                    await loop.run_in_executor(pen, file.write, incoming.take())
            incoming.finish()
            await loop.run_in_executor(pen, file.write, incoming.take())
            await loop.run_in_executor(pen, file.close)
        except BaseException as error:
            await asyncio.shield(loop.run_in_executor(pen, file.discard))
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise errors.InsufficientStorage from error
            raise
    return Spooled(file.path, file.size, file.sha256.hexdigest(), incoming.filename)


@contextlib.contextmanager
def _one_thread() -> Iterator[ThreadPoolExecutor]:
    pen = ThreadPoolExecutor(1, "spool")
    try:
        yield pen
    finally:
        pen.shutdown(wait=False)


def _incoming(request: Request, limit: int) -> "_Body | _Form":
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind in _RAW:
        return _Body(limit)
    if kind == b"multipart/form-data":
        return _Form(options.get(b"boundary", b""), limit)
    raise errors.NotAnArchive


class _Body:
    """The whole body is the archive."""

    def __init__(self, limit: int) -> None:
        self.filename = ""
        self.waiting = bytearray()
        self._limit, self._size = limit, 0

    def feed(self, chunk: bytes | memoryview) -> None:
        self._size += len(chunk)
        if self._size > self._limit:
            raise errors.BodyTooLarge(self._limit)
        self.waiting += chunk

    def finish(self) -> None:
        """Nothing more comes."""

    def take(self) -> bytearray:
        """What waits to be written."""
        taken, self.waiting = self.waiting, bytearray()
        return taken


class _Form(Parts):
    """The archive is the one file of a form."""

    def __init__(self, boundary: bytes, limit: int) -> None:
        super().__init__(boundary)
        self._file = _Body(limit)
        self._found = False

    @property
    def filename(self) -> str:
        return self._file.filename

    @property
    def waiting(self) -> bytearray:
        return self._file.waiting

    def take(self) -> bytearray:
        return self._file.take()

    def finish(self) -> None:
        self.check_ended()
        if not self._found:
            raise errors.MissingField(name=FIELD)

    def part_is(self, part: Part) -> None:
        if part.name != FIELD:
            raise errors.UnknownField(name=part.name)
        if not part.filename:  # a text, or a form in which nothing was chosen
            raise errors.MissingField(name=FIELD)
        if self._found:
            raise errors.TooManyParts(limit=1)
        self._found = True
        self._file.filename = part.filename

    def part_goes_on(self, part: Part, data: memoryview) -> None:
        self._file.feed(data)


class _File:
    """All of it is called in one thread, never in the event loop's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handle = -1
        self.path = folder
        self.size = 0
        self.sha256 = hashlib.sha256()

    def open(self) -> None:
        self._handle, name = tempfile.mkstemp(dir=self._folder, prefix="archive-")
        self.path = Path(name)

    def write(self, piece: bytearray) -> None:
        self.sha256.update(piece)
        self.size += len(piece)
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(self._handle, rest) :]

    def close(self) -> None:
        os.fsync(self._handle)
        self._handle = _closed(self._handle)
        sync(self._folder)

    def discard(self) -> None:
        self._handle = _closed(self._handle)
        if self.path != self._folder:
            self.path.unlink(missing_ok=True)


def _closed(handle: int) -> int:
    if handle >= 0:
        with contextlib.suppress(OSError):  # a full disk may say so only now
            os.close(handle)
    return -1
