"""Zips for tests: well-formed ones, and ones that lie in a way no library would write."""

import io
import struct
import warnings
import zlib
from collections.abc import Iterable, Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from PIL import Image

CENTRAL, LOCAL = b"PK\1\2", b"PK\3\4"


def photo(shade: int = 90) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 16), (shade, 120, 60)).save(out, "JPEG")
    return out.getvalue()


PHOTO = photo()


def zipped(files: Iterable[tuple[str | ZipInfo, bytes]] | Mapping[str, bytes]) -> bytes:
    """A deflated zip; a name may come twice."""
    out = io.BytesIO()
    with warnings.catch_warnings(), ZipFile(out, "w", ZIP_DEFLATED) as made:
        warnings.simplefilter("ignore")  # of the same name twice
        for name, content in files.items() if isinstance(files, Mapping) else files:
            made.writestr(name, content)
    return out.getvalue()


def with_mode(name: str, mode: int) -> ZipInfo:
    """An entry of this Unix mode, kind of file included."""
    info = ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


def patched(content: bytes, signature: bytes, offset: int, value: bytes, at: int = 0) -> bytes:
    """The zip with a field of its `at`-th record of a kind overwritten."""
    record = -1
    for _ in range(at + 1):
        record = content.index(signature, record + 1)
    start = record + offset
    return content[:start] + value + content[start + len(value) :]


def declaring(content: bytes, size: int) -> bytes:
    """The zip with its first member saying that it unpacks to so many bytes."""
    lie = struct.pack("<L", size)
    return patched(patched(content, LOCAL, 22, lie), CENTRAL, 24, lie)


def renamed(content: bytes, old: bytes, new: bytes, *, utf8: bool) -> bytes:
    """The zip with a name in other bytes of the same length, said to be UTF-8 or not."""
    assert len(old) == len(new)
    content = content.replace(old, new)
    flags = struct.pack("<H", 0x800 if utf8 else 0)
    return patched(patched(content, LOCAL, 6, flags), CENTRAL, 8, flags)


def empties(count: int, declared: int | None = None) -> bytes:
    """A zip of empty files written record by record; `declared` is what its end says of them."""
    declared = count if declared is None else declared
    local = struct.pack("<4s5H3L2H", LOCAL, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"a"
    central = struct.pack("<4s6H3L5H2L", CENTRAL, 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    entries = b"".join(
        central[:42] + struct.pack("<L", number * len(local)) + b"a" for number in range(count)
    )
    start = count * len(local)
    end = start + len(entries)
    end_64 = struct.pack(
        "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, declared, declared, len(entries), start
    )
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    short = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return local * count + entries + end_64 + locator + short


def bomb(gigabytes: int, declared: int) -> bytes:
    """A photo with so many gigabytes of zeros behind it, that says it has `declared` bytes. What a
    full flush ends does not look back, so one packed megabyte can be repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(PHOTO) + packer.flush(zlib.Z_FULL_FLUSH)
    megabyte = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as made:
        made.writestr("roses/a.jpg", start + megabyte * (gigabytes * 1000) + packer.flush())
        (info,) = made.infolist()
        info.compress_type, info.file_size = ZIP_DEFLATED, declared
    return out.getvalue()


def quoting(count: int) -> bytes:
    """Files that share one kernel: each quotes the next one's header as a stored block, and goes
    on with what that one is."""
    plain = PHOTO + bytes(100_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(plain) + packer.flush()
    files: list[tuple[bytes, bytes, int]] = []  # from the last one to the first
    quote = b""
    for number in reversed(range(count)):
        plain, packed = quote[5:] + plain, quote + packed
        name = f"r/{number:04}.jpg".encode()
        sums = struct.pack("<3L", zlib.crc32(plain), len(packed), len(plain))
        head = struct.pack("<4s5H12s2H", LOCAL, 20, 0, 8, 0, 33, sums, len(name), 0) + name
        files.append((name, sums, len(head) + len(packed)))
        quote = struct.pack("<B2H", 0, len(head), len(head) ^ 0xFFFF) + head
    bodies = quote[5:] + packed
    entries = b"".join(
        struct.pack(
            "<4s6H12s5H2L", CENTRAL, 20, 20, 0, 8, 0, 33, sums, len(name), 0, 0, 0, 0, 0,
            len(bodies) - from_end,
        ) + name
        for name, sums, from_end in reversed(files)
    )  # fmt: skip
    end = (b"PK\5\6", 0, 0, count, count, len(entries), len(bodies), 0)
    return bodies + entries + struct.pack("<4s4H2LH", *end)
