"""Photos out of request bodies: multipart form files, or one photo as the whole body.

Parts are collected in memory, so every limit acts while the body arrives: on a photo, on the number
of files and fields, and on all bodies held at one time.
"""

import contextlib
import io
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from dataclasses import dataclass, field

from fastapi import Request
from python_multipart.multipart import parse_options_header

from app import errors
from app.settings import Settings
from app.vision.decode import sniff
from app.web.multipart import Part, Parts
from app.web.showing import fit_to_show
from app.web.state import State

log = logging.getLogger(__name__)

FILE_FIELDS = ("images", "image", "file")

_MOST_FIELDS = 20
_FIELD_BYTES = 64_000

Hold = Callable[[int], None]


@dataclass(frozen=True)
class Upload:
    """One file as it came. `filename` is for showing only, and never a path."""

    filename: str
    content: bytes


@dataclass(frozen=True)
class Form:
    """What a form held: at least one file, and its text fields by name."""

    uploads: list[Upload]
    fields: dict[str, str] = field(default_factory=dict)


@contextlib.asynccontextmanager
async def receive_photos(request: Request, state: State) -> AsyncIterator[list[Upload]]:
    """The photos of a prediction. Raises as `receive_form` does."""
    async with receive_form(request, state, files=state.settings.images) as form:
        yield form.uploads


@contextlib.asynccontextmanager
async def receive_form(
    request: Request, state: State, *, files: int, fields: Collection[str] = ()
) -> AsyncIterator[Form]:
    """A request's photos, `files` at most, and of these text fields each that was sent.

    Counted against the memory for bodies until the block is left. A photo that is the whole body
    brings no fields. Raises UnsupportedMediaType, MalformedMultipart, MissingField, UnknownField,
    DuplicateField, InvalidField, BodyTooLarge, TooManyParts, FieldTooLarge, InvalidText, or Busy
    when too much is held already.
    """
    with holding(state) as hold:
        yield await _read(request, state.settings, hold, files, fields)


@contextlib.contextmanager
def holding(state: State) -> Iterator[Hold]:
    """A count of bytes in memory, given back when the block is left. It raises Busy where they
    would be too much with all other bodies; a body alone always fits."""
    held = 0

    def hold(count: int) -> None:
        nonlocal held
        most = state.settings.waiting_mb * 1_000_000
        if state.held_bytes > held and state.held_bytes + count > most:
            raise errors.Busy
        held += count
        state.held_bytes += count

    try:
        yield hold
    finally:
        state.held_bytes -= held


async def _read(
    request: Request, settings: Settings, hold: Hold, files: int, fields: Collection[str]
) -> Form:
    declared = request.headers.get("content-type", "")
    kind, options = parse_options_header(declared)
    if kind.startswith(b"image/"):
        return Form([_upload("", await _read_whole(request, settings, hold), kind)])
    if kind != b"multipart/form-data":
        raise errors.UnsupportedMediaType
    parts = _Collecting(options.get(b"boundary", b""), settings, files, fields)
    async for chunk in request.stream():
        hold(len(chunk))
        parts.feed(chunk)
    return parts.finish()


async def _read_whole(request: Request, settings: Settings, hold: Hold) -> bytes:
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


class _Collecting(Parts):
    """Keeps files and fields; the rest is refused by name once all is there."""

    def __init__(
        self, boundary: bytes, settings: Settings, files: int, fields: Collection[str]
    ) -> None:
        super().__init__(boundary)
        self._settings = settings
        self._most_files = files
        self._wanted = fields
        self._files: list[Upload] = []
        self._fields: dict[str, bytes] = {}
        self._unknown: list[str] = []
        self._parts, self._texts = 0, 0
        self._without_file = False
        self._content = io.BytesIO()

    def finish(self) -> Form:
        self.check_ended()
        if self._unknown:
            raise errors.UnknownField(name=self._unknown[0])
        if self._without_file or not self._files:
            raise errors.MissingImage(name="images")
        try:
            fields = {name: content.decode("utf-8") for name, content in self._fields.items()}
        except UnicodeDecodeError as error:
            raise errors.InvalidText from error
        return Form(self._files, fields)

    def part_begins(self) -> None:
        self._content = io.BytesIO()  # grows cheaper than a bytearray, is handed over uncopied
        self._parts += 1
        if self._parts > self._most_files + _MOST_FIELDS:
            raise errors.TooManyParts(limit=self._most_files)

    def part_is(self, part: Part) -> None:
        if part.filename is not None:
            if len(self._files) >= self._most_files:
                raise errors.TooManyParts(limit=self._most_files)
        elif self._texts >= _MOST_FIELDS:
            raise errors.TooManyParts(limit=_MOST_FIELDS)

    def part_goes_on(self, part: Part, data: memoryview) -> None:
        size = self._content.tell() + self._content.write(data)
        if part.filename is None and size > _FIELD_BYTES:
            raise errors.FieldTooLarge(limit_kb=_FIELD_BYTES // 1000)
        if size > self._settings.image_bytes():
            raise _too_large(self._settings)

    def part_ends(self, part: Part) -> None:
        if part.name in self._wanted:
            self._keep_field(part)
        elif part.name not in FILE_FIELDS:
            self._unknown.append(part.name)
            self._texts += 1
        elif part.filename is None:
            self._without_file = True
        elif part.filename or self._content.tell():  # neither: a form in which nothing was chosen
            self._files.append(_upload(part.filename, self._content.getvalue(), part.declared))

    def _keep_field(self, part: Part) -> None:
        if part.filename is not None:
            raise errors.InvalidField(name=part.name, why="text")
        if part.name in self._fields:
            raise errors.DuplicateField(name=part.name)
        self._fields[part.name] = self._content.getvalue()
        self._texts += 1
