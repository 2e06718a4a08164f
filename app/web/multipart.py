"""Forms with files, part by part as they arrive.

The parser is python-multipart's. What becomes of a part is for subclasses of `Parts` to say; here
is what every form has in common, and that whatever is not content stays small.
"""

import logging

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app import errors
from app.web.showing import fit_to_show

_AROUND_BYTES = 1_000_000  # all that is not content: headers, boundaries, before and after
_NAME_LENGTH = 255

# The parser logs a line for every body that is not a form; the caller is told, and that is enough.
logging.getLogger("python_multipart").setLevel(logging.ERROR)


class Part:
    """The head of a part. `filename` is None for what is not a file, and never a path."""

    def __init__(self) -> None:
        self.disposition = b""
        self.declared = b""
        self.name = ""
        self.filename: str | None = None


class Parts:
    """Walks through a form as python-multipart finds its parts.

    Raises MalformedMultipart, InvalidText for a name that is not UTF-8, and BodyTooLarge.
    """

    def __init__(self, boundary: bytes) -> None:
        self._around = 0
        self._part = Part()
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

    def check_ended(self) -> None:
        """Call it when nothing more comes: a form that was cut short is no form."""
        if not self._ended:
            raise errors.MalformedMultipart

    def part_begins(self) -> None:
        """Before its head is known."""

    def part_is(self, part: Part) -> None:
        """The head of a part has come."""

    def part_goes_on(self, part: Part, data: memoryview) -> None:
        """Some of its content; the bytes are good until this returns."""

    def part_ends(self, part: Part) -> None:
        """All of it has come."""

    def _begin(self) -> None:
        self._part = Part()
        self.part_begins()

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
        self.part_is(self._part)

    def _data(self, data: bytes, start: int, end: int) -> None:
        self.part_goes_on(self._part, memoryview(data)[start:end])
        self._around -= end - start

    def _end(self) -> None:
        self.part_ends(self._part)

    def _close(self) -> None:
        self._ended = True


def shown_name(raw: bytes) -> str:
    """A file name fit to show: text, at most 255 characters, nothing that hides or reorders."""
    return fit_to_show(raw.decode("utf-8", "replace")[:_NAME_LENGTH])
