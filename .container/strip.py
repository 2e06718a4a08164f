"""Cuts off what no program reads from shared libraries: symbol tables for debuggers.

`strip` does the same, but it comes with no Python. The tables lie behind the last part that the
program header tells the loader to map, and only the section header, which the loader does not
read, points at them. TensorFlow's wheels carry 200 MB of them.

    python strip.py FOLDER
"""

import struct
import sys
from pathlib import Path


def spare(library: Path) -> tuple[int, int]:
    """How long a 64-bit little-endian ELF file must be, and how long it is; both 0 for others."""
    with library.open("rb") as file:
        head = file.read(64)
        if head[:6] != b"\x7fELF\x02\x01":
            return 0, 0
        (parts_at,) = struct.unpack_from("<Q", head, 32)
        size, count = struct.unpack_from("<HH", head, 54)
        file.seek(parts_at)
        ends = [parts_at + size * count]
        for _ in range(count):
            offset, _, _, length = struct.unpack_from("<QQQQ", file.read(size), 8)
            ends.append(offset + length)
    return max(ends), library.stat().st_size


def strip(library: Path, length: int) -> None:
    with library.open("r+b") as file:
        file.truncate(length)
        file.seek(40)
        file.write(bytes(8))  # no section header any more: its place …
        file.seek(58)
        file.write(bytes(6))  # … and its sizes


def main(folder: Path) -> None:
    saved = 0
    for library in sorted(folder.rglob("*.so*")):
        if library.is_symlink():
            continue
        needed, length = spare(library)
        if needed < length:
            strip(library, needed)
            saved += length - needed
    sys.stdout.write(f"{saved / 1e6:.0f} MB of symbol tables cut off in {folder}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
