"""Zips from people who may mean no good: each is judged by what it holds, quickly and in little
memory, and a good one is read whole."""

import hashlib
import io
import stat
import struct
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZIP_STORED, ZipFile

import numpy as np
import pytest

from app import errors
from app.settings import Settings
from app.teaching.archive import ArchiveLimits
from tests.teaching.opening import GOOD, opened, refused
from tests.teaching.zips import (
    CENTRAL,
    PHOTO,
    bomb,
    declaring,
    empties,
    patched,
    photo,
    quoting,
    renamed,
    with_mode,
    zipped,
)


@contextmanager
def within(seconds: float, megabytes: float) -> Iterator[None]:
    tracemalloc.start()
    began = time.process_time()
    try:
        yield
        took, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert took < seconds
    assert peak < megabytes * 2**20


def test_a_zip_of_folders_is_read_whole() -> None:
    archive = opened(GOOD)
    assert [(m.name, m.label, m.size) for m in archive.members] == [
        ("roses/a.jpg", "roses", len(PHOTO)),
        ("tulips/b.jpg", "tulips", len(photo(200))),
    ]
    assert archive.read(archive.members[1]) == photo(200)
    assert archive.read(archive.members[0]) == archive.read(archive.members[0]) == PHOTO
    assert [digest for digest, _ in archive.digests()] == [
        hashlib.sha256(one).hexdigest() for one in (PHOTO, photo(200))
    ]
    assert not archive.refused and not archive.ignored


def test_the_last_folder_above_a_photo_is_its_label() -> None:
    names = ["flower_photos/roses/x.jpg", "./a/b/pine tree/x.jpg", "old\\tulips\\x.jpg"]
    archive = opened(zipped([("flower_photos/", b""), *((name, PHOTO) for name in names)]))
    assert [m.label for m in archive.members] == ["roses", "pine tree", "tulips"]


def test_a_photo_without_a_folder_is_refused_unless_a_label_is_given() -> None:
    content = zipped({"x.jpg": PHOTO, "roses/y.jpg": PHOTO})
    ((name, problem),) = opened(content).refused
    assert (name, problem.code) == ("x.jpg", "no-label-folder")
    assert [m.label for m in opened(content, "tulip").members] == ["tulip", "tulip"]


def test_limits_are_those_of_the_settings() -> None:
    settings = Settings(zip_mb=3, zip_members=4, zip_unpacked_mb=5, image_mb=1.5)
    assert ArchiveLimits.of(settings) == ArchiveLimits(3_000_000, 4, 5_000_000, 1_500_000)
    assert ArchiveLimits.of(Settings()) == ArchiveLimits()


# Z01


@pytest.mark.parametrize("content", [b"", b"hello", PHOTO, b"PK\5\6" + bytes(18), GOOD[:-1]])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    assert refused(content).code == "invalid-archive"


# Z02


def test_a_zip_in_a_zip_is_not_opened_whatever_its_name() -> None:
    inner = zipped({"roses/a.jpg": PHOTO})
    assert refused(zipped({"lib 0.zip": inner})).code == "archive-nested"
    assert refused(zipped({"roses/a.jpg": PHOTO, "roses/b.jpg": inner})).code == "archive-nested"
    assert refused(zipped({"roses/b.tar.gz": b"x"})).code == "archive-nested"
    tar = b"name" + bytes(253) + b"ustar" + bytes(250)
    assert refused(zipped({"roses/b.jpg": tar})).code == "archive-nested"


# Z03


def test_a_bomb_that_says_so_is_never_lit() -> None:
    content = bomb(10, declared=10**10)
    assert len(content) < 12_000_000
    with within(1, 8):
        assert refused(content).code == "archive-bomb"


def test_a_bomb_that_says_it_is_small_stops_at_what_it_says() -> None:
    content = bomb(10, declared=14_000_000)
    with within(1, 64):
        assert refused(content).code == "archive-bomb"


def test_photos_do_not_shrink_a_hundredfold() -> None:
    assert refused(zipped({"roses/a.jpg": PHOTO + bytes(2_000_000)})).code == "archive-bomb"


def test_what_all_say_together_is_limited() -> None:
    assert refused(GOOD, unpacked_bytes=2 * len(PHOTO) - 1).code == "archive-bomb"


# Z04


def test_files_that_share_their_bytes_are_a_bomb() -> None:
    bomb = quoting(250)
    with ZipFile(io.BytesIO(bomb)) as made:
        assert sum(info.file_size for info in made.infolist()) > 300 * len(bomb)
    with within(1, 8):
        assert refused(bomb).code == "archive-bomb"


# Z05


@pytest.mark.parametrize("size", [0, 1, 500, len(PHOTO) - 1])
def test_a_file_larger_than_it_says_is_a_bomb(size: int) -> None:
    assert refused(declaring(GOOD, size)).code == "archive-bomb"


def test_a_file_smaller_than_it_says_is_not_sound() -> None:
    assert refused(declaring(GOOD, len(PHOTO) + 1)).code == "invalid-archive"


# Z06


@pytest.mark.parametrize(
    "name",
    [
        "../../x.jpg", "/etc/x", "C:\\x", "..\\x", "a/../../x", "c:/roses/x.jpg", "\\x.jpg",
        "\\\\server\\roses\\x.jpg", "..", "../", "a/../b/x.jpg", "roses/..",
    ],
)  # fmt: skip
def test_a_path_that_leads_out_is_refused(name: str) -> None:
    assert refused(zipped([("roses/a.jpg", PHOTO), (name, PHOTO)])).code == "archive-unsafe-path"


def test_a_name_that_ends_early_is_refused() -> None:
    content = renamed(GOOD, b"roses/a.jpg", b"roses/a\0jpg", utf8=False)
    assert refused(content).code == "archive-unsafe-path"


# Z07


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFDIR,
             0o130000]
)  # fmt: skip
def test_an_entry_that_is_no_file_is_refused(kind: int) -> None:
    content = zipped([("roses/a.jpg", PHOTO), (with_mode("roses/b.jpg", kind | 0o777), b"/etc")])
    assert refused(content).code == "archive-unsafe-entry"


# Z08


@pytest.mark.parametrize(
    ("count", "declared"),
    [(10_001, 10_001), (1_000_000, 1_000_000), (1_000_000, 5), (200_000, 5)],
)
def test_too_many_members_are_counted_before_they_are_read(count: int, declared: int) -> None:
    content = empties(count, declared)
    with within(1, 16):
        problem = refused(content)
    assert problem.code == "archive-too-many-members" and problem.params == {"limit": 10_000}


def test_as_many_members_as_are_allowed_are_judged_in_time() -> None:
    files = {f"roses/{number}.jpg": PHOTO for number in range(9_999)} | {"roses/bad.jpg": b"bad"}
    content = zipped(files)
    began = time.process_time()
    archive = opened(content)
    assert time.process_time() - began < 1
    assert len(archive.members) == 9_999
    assert [(name, p.code) for name, p in archive.refused] == [
        ("roses/bad.jpg", "unsupported-image-type")
    ]


# Z09


@pytest.mark.parametrize("flag", [0x1, 0x40, 0x2000])
def test_an_encrypted_file_is_refused(flag: int) -> None:
    content = patched(GOOD, CENTRAL, 8, struct.pack("<H", flag))
    assert refused(content).code == "archive-encrypted"


# Z10


@pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA, 9, 93, 99])
def test_an_unknown_method_is_refused(method: int) -> None:
    content = patched(GOOD, CENTRAL, 10, struct.pack("<H", method))
    assert refused(content).code == "invalid-archive"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (6, struct.pack("<H", 99)),  # a version nobody knows
        (16, b"\1\2\3\4"),  # CRC
        (20, struct.pack("<L", 5)),  # packed size
        (20, struct.pack("<L", 2**31)),
        (42, struct.pack("<L", 7)),  # where it begins
        (42, struct.pack("<L", 2**31)),
        (24, b"\xff\xff\xff\xff"),  # a size that no zip64 field tells
    ],
)
def test_a_directory_that_does_not_fit_its_files_is_refused(field: int, value: bytes) -> None:
    assert refused(patched(GOOD, CENTRAL, field, value)).code in ("invalid-archive", "archive-bomb")


def test_a_bad_crc_is_found() -> None:
    at = GOOD.index(CENTRAL) + 16
    broken = GOOD[:at] + b"\1\2\3\4" + GOOD[at + 4 :]
    assert refused(broken).code == "invalid-archive"
    stored = io.BytesIO()
    with ZipFile(stored, "w", ZIP_STORED) as made:
        made.writestr("roses/a.jpg", PHOTO)
    flipped = stored.getvalue().replace(PHOTO, PHOTO[:-9] + b"x" + PHOTO[-8:])
    assert refused(flipped).code == "invalid-archive"


@pytest.mark.parametrize("field", [4, 24, 32, 40, 48])
@pytest.mark.parametrize("value", [0, 1, 2**40, 2**64 - 1])
def test_zip64_that_lies_is_refused(field: int, value: int) -> None:
    content = empties(3)
    assert refused(content).code == "no-images"
    if field == 4:  # of the locator: where the record begins
        lie = patched(content, b"PK\6\7", 8, struct.pack("<Q", value))
    else:
        lie = patched(content, b"PK\6\6", field, struct.pack("<Q", value))
    assert refused(lie).code in ("invalid-archive", "archive-too-many-members")


def test_a_directory_that_was_cut_is_refused_wherever_the_cut_is() -> None:
    start = GOOD.index(CENTRAL)
    for cut in range(start, len(GOOD)):
        assert refused(GOOD[:cut]).code == "invalid-archive"
        assert refused(GOOD[:start] + GOOD[cut + 1 :]).code == "invalid-archive"


def test_any_one_byte_changed_gives_a_problem_or_photos_and_nothing_else() -> None:
    draw = np.random.default_rng(4)
    content = zipped({"roses/a.jpg": PHOTO})
    for at in range(len(content)):
        mutated = bytearray(content)
        mutated[at] ^= int(draw.integers(1, 256))
        try:
            for _ in opened(bytes(mutated)).digests():
                pass
        except (errors.UnusableArchive, errors.InvalidLabel, errors.UnusableFileName):
            pass
