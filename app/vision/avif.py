"""How large the pictures inside an AVIF file are, read before its decoder runs.

The decoder believes the AV1 stream, not the box that tells an image's size: a file of a kilobyte
may say 100 x 100 pixels and hold 16,384 x 16,384. So the streams' own headers are read here (ISO
14496-12, HEIF, and 5.5 of the AV1 specification).
"""

import struct
from collections.abc import Iterator

_SEQUENCE_HEADER, _FRAME_HEADER, _FRAME = 1, 3, 6
_MOST = 1000  # boxes in a box, items, units in a stream
_MOST_EXTENTS = 32
_INDEX_BYTES = 1_000_000  # the tables of an animation with some 50,000 pictures
_REFERENCES = 9  # pictures a decoder keeps at one time: eight to refer to and the one it makes


def planes_bytes(content: bytes) -> int:
    """What all pictures take as decoded planes. Raises ValueError when the file is not AVIF."""
    planes, read = 0, 0
    try:
        for stream in _streams(content):
            planes += _stream_bytes(stream)
            read += len(stream)
            if read > 2 * len(content):
                raise ValueError("the streams of the AVIF file overlap")
    except (struct.error, IndexError) as error:
        raise ValueError("the boxes of the AVIF file are broken") from error
    return planes


def _streams(content: bytes) -> Iterator[bytes]:
    for kind, start, end in _boxes(content, 0, len(content)):
        if kind == b"meta":
            yield from _items(content, start + 4, end)
        elif kind == b"moov":
            if end - start > _INDEX_BYTES:
                raise ValueError("the index of the animation is too long")
            yield from _first_samples(content, start, end)


def _boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The kind of each box and where its content begins and ends."""
    for _ in range(_MOST):
        if end - start < 8:
            return
        size, kind = struct.unpack_from(">I4s", content, start)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, start + 8)
            head = 16
        stop = min(end, start + size) if size else end
        if stop < start + head:
            raise ValueError("a box is smaller than its own head")
        yield kind, start + head, stop
        start = stop
    raise ValueError("too many boxes")


def _items(content: bytes, start: int, end: int) -> Iterator[bytes]:
    """The AV1 streams of still pictures: the photo, its transparency, its tiles and thumbnails."""
    boxes = list(_boxes(content, start, end))
    found = {kind: (at, stop) for kind, at, stop in boxes}
    if not {b"iinf", b"iloc"} <= set(found) or len(found) < len(boxes):
        raise ValueError("the items are not listed once each")
    coded = _coded_items(content, *found[b"iinf"])
    inside = found.get(b"idat", (0, 0))[0]
    for item, places in _locations(content, found[b"iloc"][0], inside):
        if item not in coded:
            continue
        ends = [(at, at + length if length else len(content)) for at, length in places]
        if sum(stop - at for at, stop in ends) > len(content):
            raise ValueError("the extents of an item overlap")
        yield b"".join(content[at:stop] for at, stop in ends)


def _coded_items(content: bytes, start: int, end: int) -> set[int]:
    counted = 2 if content[start] == 0 else 4
    coded = set()
    for kind, at, _ in _boxes(content, start + 4 + counted, end):
        wide = content[at] >= 3
        item, _, what = struct.unpack_from(">IH4s" if wide else ">HH4s", content, at + 4)
        if kind == b"infe" and what == b"av01":
            coded.add(item)
    return coded


def _locations(
    content: bytes, start: int, inside: int
) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Each item with the offsets and lengths of its extents (ISO 14496-12, 8.11.3)."""
    version, sizes = content[start], content[start + 4 : start + 6]
    at = start + 6

    def number(size: int) -> int:
        nonlocal at
        at += size
        if at > len(content):
            raise ValueError("the item locations are cut short")
        return int.from_bytes(content[at - size : at], "big")

    def few(count: int, most: int) -> range:
        if count > most:
            raise ValueError("too many item locations")
        return range(count)

    wide = 4 if version == 2 else 2
    index_size = sizes[1] & 15 if version else 0
    for _ in few(number(wide), _MOST):
        item = number(wide)
        method = number(2) & 15 if version else 0
        number(2)
        base = number(sizes[1] >> 4) + (inside if method == 1 else 0)
        places = []
        for _ in few(number(2), _MOST_EXTENTS):
            number(index_size)
            places.append((base + number(sizes[0] >> 4), number(sizes[0] & 15)))
        yield item, places


def _first_samples(content: bytes, start: int, end: int, depth: int = 4) -> Iterator[bytes]:
    """The first picture of each track."""
    offset = 0
    for kind, at, stop in sorted(_boxes(content, start, end)):  # co64, stco, then stsz
        if kind in (b"trak", b"mdia", b"minf", b"stbl") and depth:
            yield from _first_samples(content, at, stop, depth - 1)
        elif kind in (b"stco", b"co64"):
            (offset,) = struct.unpack_from(">Q" if kind == b"co64" else ">I", content, at + 8)
        elif kind == b"stsz":
            every, count = struct.unpack_from(">II", content, at + 4)
            first = every or (struct.unpack_from(">I", content, at + 12)[0] if count else 0)
            yield content[offset : offset + first]


def _stream_bytes(stream: bytes) -> int:
    largest, frames, at = 0, 0, 0
    for _ in range(_MOST):
        if at >= len(stream):
            return largest * min(max(frames, 1), _REFERENCES)
        kind, at, end = _unit(stream, at)
        if kind == _SEQUENCE_HEADER:
            largest = max(largest, _picture_bytes(stream[at : min(end, at + 400)]))
        frames += kind in (_FRAME_HEADER, _FRAME)
        at = end
    raise ValueError("too many units in a stream")


def _unit(stream: bytes, at: int) -> tuple[int, int, int]:
    """Kind of an open bitstream unit, and where its content begins and ends."""
    head = stream[at]
    at += 2 if head & 4 else 1
    if not head & 2:
        return head >> 3 & 15, at, len(stream)
    size = 0
    for shift in range(0, 56, 7):
        size |= (stream[at] & 127) << shift
        at += 1
        if stream[at - 1] < 128:
            break
    return head >> 3 & 15, at, at + size


class _Bits:
    def __init__(self, content: bytes) -> None:
        self._left = len(content) * 8
        self._value = int.from_bytes(content, "big")

    def take(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("a sequence header is cut short")
        return self._value >> self._left & ((1 << count) - 1)


def _picture_bytes(header: bytes) -> int:
    """The planes of the largest picture that a sequence header allows."""
    bits = _Bits(header)
    profile = bits.take(3)
    bits.take(1)
    reduced = bits.take(1)  # a single picture: its size cannot be overridden later
    if reduced:
        bits.take(5)
    else:
        _skip_operating_points(bits)
    wide, high = bits.take(4) + 1, bits.take(4) + 1
    width, height = bits.take(wide) + 1, bits.take(high) + 1
    deep = 1
    if reduced:
        bits.take(6)
        deep = bits.take(1)
    else:
        width, height = 1 << wide, 1 << high
    samples = 1.5 if profile == 0 else 3
    return int(width * height * samples * (1 + deep))


def _skip_operating_points(bits: _Bits) -> None:
    model, delay = 0, 0
    if bits.take(1):  # timing
        bits.take(64)
        if bits.take(1):
            zeros = 0
            while not bits.take(1):
                zeros += 1
            bits.take(zeros)
        model = bits.take(1)
        if model:
            delay = bits.take(5) + 1
            bits.take(42)
    shown = bits.take(1)
    for _ in range(bits.take(5) + 1):
        bits.take(12)
        if bits.take(5) > 7:
            bits.take(1)
        if model and bits.take(1):
            bits.take(2 * delay + 1)
        if shown and bits.take(1):
            bits.take(4)
