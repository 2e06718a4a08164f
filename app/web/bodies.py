"""Photos out of request bodies: multipart form files, or one photo as the whole body.

The parser is python-multipart's. Parts are collected in memory, so every limit acts while the body
arrives: on a photo, on the number of files and fields, and on all bodies held at one time.
"""

import contextlib
import io
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app import errors
from app.settings import Settings
from app.vision.decode import sniff
from app.web.showing import fit_to_show
from app.web.state import State

log = logging.getLogger(__name__)

FILE_FIELDS = ("images", "image", "file")

_MOST_FIELDS = 20
_FIELD_BYTES = 64_000
_AROUND_BYTES = 1_000_000  # all that is not content: headers, boundaries, before and after
_NAME_LENGTH = 255

# The parser logs a line for every body that is not a form; the caller is told, and that is enough.
logging.getLogger("python_multipart").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Upload:
    """One file as it came. `filename` is for showing only, and never a path."""

    filename: str
    content: bytes


@contextlib.asynccontextmanager
async def receive_photos(request: Request, state: State) -> AsyncIterator[list[Upload]]:
    """The photos of a request, counted against the memory for bodies until the block is left.

    Raises UnsupportedMediaType, MalformedMultipart, MissingField, UnknownField, BodyTooLarge,
    TooManyParts, FieldTooLarge, InvalidText, or Busy when too much is held already.
    """
    held = 0

    def hold(count: int) -> None:
        nonlocal held
        most = state.settings.waiting_mb * 1_000_000
        if state.held_bytes > held and state.held_bytes + count > most:
            raise errors.Busy
        held += count
        state.held_bytes += count

    try:
        yield await _read(request, state.settings, hold)
    finally:
        state.held_bytes -= held


async def _read(request: Request, settings: Settings, hold: Callable[[int], None]) -> list[Upload]:
    declared = request.headers.get("content-type", "")
    kind, options = parse_options_header(declared)
    if kind.startswith(b"image/"):
        return [_upload("", await _read_whole(request, settings, hold), kind)]
    if kind != b"multipart/form-data":
        raise errors.UnsupportedMediaType
    form = _Form(settings, options.get(b"boundary", b""))
    async for chunk in request.stream():
        hold(len(chunk))
        form.feed(chunk)
    return form.finish()


async def _read_whole(request: Request, settings: Settings, hold: Callable[[int], None]) -> bytes:
    limit = settings.image_bytes()
    if int(request.headers.get("content-length", "0")) > limit:
        raise _too_large(settings)
    body = io.BytesIO()
    async for chunk in request.stream():
        hold(len(chunk))
        if body.tell() + body.write(chunk) > limit:
            raise _too_large(settings)
    return body.getvalue()


def _upload(filename: str, content: bytes, declared: bytes) -> Upload:
    """What a file is, is told by its own bytes; that it was called something else is only noted."""
    found = sniff(content)
    if found and declared.startswith(b"image/") and declared != f"image/{found.lower()}".encode():
        log.warning("a %s file was sent as %s", found, fit_to_show(declared.decode("latin-1"))[:60])
    return Upload(filename, content)


def _too_large(settings: Settings) -> errors.BodyTooLarge:
    return errors.BodyTooLarge(settings.image_bytes())


class _Part:
    def __init__(self) -> None:
        self.disposition = b""
        self.declared = b""
        self.name = ""
        self.filename: str | None = None
        self.content = io.BytesIO()  # grows cheaper than a bytearray, and is handed over uncopied


class _Form:
    """Collects the parts as python-multipart finds them."""

    def __init__(self, settings: Settings, boundary: bytes) -> None:
        self._settings = settings
        self._files: list[Upload] = []
        self._fields: list[str] = []
        self._without_file = False
        self._parts, self._around = 0, 0
        self._part = _Part()
        self._header = (bytearray(), bytearray())
        self._ended = False
        if not boundary:
            raise errors.MalformedMultipart
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_finished,
                    "on_part_data": self._data,
                    "on_part_end": self._end,
                    "on_end": self._close,
                },
            )
        except FormParserError as error:
            raise errors.MalformedMultipart from error

    def feed(self, chunk: bytes) -> None:
        self._around += len(chunk)
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise errors.MalformedMultipart from error
        if self._around > _AROUND_BYTES:
            raise errors.BodyTooLarge(_AROUND_BYTES)

    def finish(self) -> list[Upload]:
        if not self._ended:
            raise errors.MalformedMultipart
        if self._fields:
            raise errors.UnknownField(name=self._fields[0])
        if self._without_file or not self._files:
            raise errors.MissingField(name="images")
        return self._files

    def _begin(self) -> None:
        self._part = _Part()
        self._parts += 1
        if self._parts > self._settings.images + _MOST_FIELDS:
            raise errors.TooManyParts(limit=self._settings.images)

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _header_end(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._part.disposition = bytes(value)
        elif name.lower() == b"content-type":
            self._part.declared = bytes(value)
        self._header = (bytearray(), bytearray())

    def _headers_finished(self) -> None:
        kind, options = parse_options_header(self._part.disposition)
        if kind != b"form-data" or b"name" not in options:
            raise errors.MalformedMultipart
        try:
            self._part.name = fit_to_show(options[b"name"].decode("utf-8"))
        except UnicodeDecodeError as error:
            raise errors.InvalidText from error
        if b"filename" in options:
            self._part.filename = shown_name(options[b"filename"])
            if len(self._files) >= self._settings.images:
                raise errors.TooManyParts(limit=self._settings.images)
        elif len(self._fields) >= _MOST_FIELDS:
            raise errors.TooManyParts(limit=_MOST_FIELDS)

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        size = part.content.tell() + part.content.write(memoryview(data)[start:end])
        self._around -= end - start
        if part.filename is None and size > _FIELD_BYTES:
            raise errors.FieldTooLarge(limit_kb=_FIELD_BYTES // 1000)
        if size > self._settings.image_bytes():
            raise _too_large(self._settings)

    def _end(self) -> None:
        part = self._part
        if part.name not in FILE_FIELDS:
            self._fields.append(part.name)
        elif part.filename is None:
            self._without_file = True
        elif part.filename or part.content.tell():  # neither: a form in which nothing was chosen
            self._files.append(_upload(part.filename, part.content.getvalue(), part.declared))

    def _close(self) -> None:
        self._ended = True


def shown_name(raw: bytes) -> str:
    """A file name fit to show: text, at most 255 characters, nothing that hides or reorders."""
    return fit_to_show(raw.decode("utf-8", "replace")[:_NAME_LENGTH])
