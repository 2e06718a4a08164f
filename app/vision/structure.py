"""What a file is made of, read by its markers and chunks before a decoder sees them.

Pillow walks over markers, chunks and filling byte by byte: 15 MB of them took it 20 seconds and
260 MB. And a JPEG's scans decide what decoding takes.
"""

import re
import struct
from dataclasses import dataclass

from app import errors

_SEGMENTS = 5000
_FILLING = 65_536
_CHUNKS = 50_000  # an animation of 5,000 pictures has 10,000

# Any marker but escaped bytes and restarts; the last byte of a run of filling begins it.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_START_OF_SCAN, _END = 0xDA, 0xD9
_BARE = {0x01, 0xD8, _END}
_NO_FRAMES = {0xC4, 0xC8, 0xCC}  # in the range of the frame headers, but tables
_SEQUENTIAL = {0xC0, 0xC1, 0xC9}


@dataclass(frozen=True)
class Structure:
    """Scans of a JPEG; with a `single_pass` over the picture it can be decoded small."""

    scans: int = 0
    single_pass: bool = False


def of_jpeg(content: bytes, most_scans: int) -> Structure:
    """Counts scans as libjpeg meets them, up to one more than `most_scans`.

    Raises UndecodableImage for a header that is mostly filling.
    """
    at, filling, segments, scans = 2, 0, 0, 0
    frame, channels = 0, 0
    while scans <= most_scans and (found := _MARKER.search(content, at)):
        marker = content[found.start() + 1]
        if not scans:
            filling += found.start() - at
        segments += 1
        if filling > _FILLING or segments > _SEGMENTS:
            raise errors.UndecodableImage
        at = found.end()
        if marker == _END and scans:
            break
        if marker in _BARE:
            continue
        body = content[at + 2 : at + 8]
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAMES and len(body) > 5:
            frame, channels = marker, body[5]
        if marker == _START_OF_SCAN and body:
            if not scans and frame in _SEQUENTIAL and body[0] == channels:
                return Structure(1, single_pass=True)
            scans += 1
        at += max(2, int.from_bytes(content[at : at + 2], "big"))
    return Structure(scans)


def of_png(content: bytes) -> tuple[int, int]:
    """Width and height. Raises UndecodableImage for countless chunks or a second header."""
    at, size = 8, (0, 0)
    for _ in range(_CHUNKS):
        if at + 12 > len(content):
            return size
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind == b"IEND":
            return size
        if kind == b"IHDR" and len(content) >= 24:
            if at > 8:
                raise errors.UndecodableImage
            size = struct.unpack_from(">II", content, 16)
        at += 12 + length
    raise errors.UndecodableImage
