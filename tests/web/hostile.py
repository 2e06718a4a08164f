"""Files that nobody's camera writes, made byte by byte."""

import io
import struct
import zlib
from collections.abc import Iterable

from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes, crc: int | None = None) -> bytes:
    """A PNG chunk, with its own checksum unless another is given."""
    crc = zlib.crc32(kind + content) if crc is None else crc
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)


def ihdr(width: int, height: int, depth: int = 8, colour: int = 0, crc: int | None = None) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0), crc)


def png(header: bytes, *chunks: bytes, pixels: bytes = b"\0\0") -> bytes:
    """A PNG of this header, then these chunks, then one IDAT with the pixels."""
    return b"".join(
        [PNG, header, *chunks, chunk(b"IDAT", zlib.compress(pixels)), chunk(b"IEND", b"")]
    )


def grey_png(width: int, height: int, *chunks: bytes, value: int = 255) -> bytes:
    """A PNG of one grey, row by row."""
    row = b"\0" + bytes([value]) * width
    return png(ihdr(width, height), *chunks, pixels=row * height)


def animation(frames: int, *, control: bool = True) -> bytes:
    """An APNG of 16 x 16 pixels; without `control` its pictures lack their headers."""
    pixels = zlib.compress(b"\0" + b"\x80" * 16 + (b"\0" + b"\x80" * 16) * 15)
    out, sequence = [PNG, ihdr(16, 16), chunk(b"acTL", struct.pack(">II", frames, 0))], 0
    for frame in range(frames):
        if control:
            timing = struct.pack(">IIIIIHHBB", sequence, 16, 16, 0, 0, 1, 10, 0, 0)
            out.append(chunk(b"fcTL", timing))
            sequence += 1
        if frame:
            out.append(chunk(b"fdAT", struct.pack(">I", sequence) + pixels))
            sequence += 1
        else:
            out.append(chunk(b"IDAT", pixels))
    return b"".join([*out, chunk(b"IEND", b"")])


def text_bomb(megabytes: int) -> bytes:
    """A compressed text that unpacks to so much."""
    return chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * megabytes * 2**20, 9))


def segment(marker: int, content: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def flat_jpeg(
    width: int, height: int, *, channels: int = 3, in_one_scan: bool = False, frame: int = 0xC0
) -> bytes:
    """A JPEG of one colour with two bits a block: tiny, however large its picture."""
    tables = [segment(0xDB, b"\0" + b"\x01" * 64)]
    tables += [segment(0xC4, kind + bytes([1] + [0] * 15) + b"\0") for kind in (b"\0", b"\x10")]
    each = b"".join(bytes([c + 1, 0x11, 0]) for c in range(channels))
    head = segment(frame, struct.pack(">BHHB", 8, height, width, channels) + each)
    blocks = -(-width // 8) * -(-height // 8)
    scans = [range(channels)] if in_one_scan else [[c] for c in range(channels)]
    body = b""
    for scan in scans:
        named = b"".join(bytes([c + 1, 0]) for c in scan)
        body += segment(0xDA, bytes([len(scan)]) + named + b"\0\x3f\0")
        body += bytes(-(-blocks * 2 * len(scan) // 8))
    return b"".join([b"\xff\xd8", *tables, head, body, b"\xff\xd9"])


def with_scans(progressive: bytes, scans: int) -> bytes:
    """A progressive JPEG whose last scan is repeated until there are so many."""
    last = progressive.rindex(b"\xff\xda")
    end = progressive.rindex(b"\xff\xd9")
    more = scans - progressive.count(b"\xff\xda")
    return progressive[:end] + progressive[last:end] * more + b"\xff\xd9"


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """A JPEG with more right after its first two bytes."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def exif(entries: Iterable[tuple[int, bytes]]) -> bytes:
    """EXIF of ASCII entries, as the content of a JPEG's APP1 segment."""
    listed = list(entries)
    at = 8 + 2 + 12 * len(listed) + 4
    table, values = struct.pack("<H", len(listed)), b""
    for tag, value in listed:
        table += struct.pack("<HHII", tag, 2, len(value), at + len(values))
        values += value
    return b"Exif\0\0" + b"II*\0" + struct.pack("<I", 8) + table + bytes(4) + values


def avif_that_lies(side: int, told: int) -> bytes:
    """An AVIF file that says `told` pixels a side and holds a picture of `side`."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), "green").save(out, "AVIF", speed=10)
    content = out.getvalue()
    at = content.index(b"ispe") + 8
    return content[:at] + struct.pack(">II", told, told) + content[at + 8 :]


def box(kind: bytes, content: bytes) -> bytes:
    """A box of an ISO file such as AVIF or HEIC."""
    return struct.pack(">I", len(content) + 8) + kind + content
