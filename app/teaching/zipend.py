"""The end of a zip, looked at before the standard library reads the directory it tells of.

`zipfile` believes what the end record says and parses all of it, a million members too, and goes
on when there is something before the first header. An ending that could be read in two ways is
refused.
"""

import struct
from typing import BinaryIO

from app.errors import ArchiveTooManyMembers, InvalidArchive

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_ENTRY = b"PK\1\2"

_COMMENT = 0xFFFF
_ENTRY_BYTES = 1024
"""What a member may take up in the directory, on average: names, times and owners need less."""


def count_members(file: BinaryIO, most: int) -> int:
    """How many members the directory holds, which is whole and lies right before the end.

    Raises ArchiveTooManyMembers before anything in proportion to their number is done, else
    InvalidArchive.
    """
    size = file.seek(0, 2)
    start = max(0, size - _COMMENT - _END.size - _LOCATOR.size - _END_64.size)
    file.seek(start)
    tail = file.read(size - start)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        raise InvalidArchive
    _, _, _, here, count, length, offset, comment = _END.unpack_from(tail, at)
    if at + _END.size + comment != len(tail):
        raise InvalidArchive
    end = start + at
    if tail[max(0, at - _LOCATOR.size) : at].startswith(b"PK\6\7"):
        here, count, length, offset, end = _end_64(tail, at, end)
    if count > most or length > most * _ENTRY_BYTES:
        raise ArchiveTooManyMembers(limit=most)
    if here != count or not count or offset + length != end:
        raise InvalidArchive
    file.seek(offset)
    if file.read(length).count(_ENTRY) > most:
        raise ArchiveTooManyMembers(limit=most)
    return int(count)


def _end_64(tail: bytes, at: int, end: int) -> tuple[int, int, int, int, int]:
    """The same numbers from the records that large archives have right before the end."""
    at -= _LOCATOR.size + _END_64.size
    end -= _LOCATOR.size + _END_64.size
    if at < 0 or not tail.startswith(b"PK\6\6", at):
        raise InvalidArchive
    *_, here, count, length, offset = _END_64.unpack_from(tail, at)
    _, _, where, _ = _LOCATOR.unpack_from(tail, at + _END_64.size)
    if where != end:
        raise InvalidArchive
    return here, count, length, offset, end
