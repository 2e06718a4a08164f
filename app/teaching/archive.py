"""A zip of photos, one folder a label, from people who may mean no good.

Everything that can be told from its directory is judged before anything is unpacked: a member is
unpacked only in memory, one at a time, and never further than the size it declares, and all that
they declare together is within the limit. So no total needs to be counted while reading.
"""

import copy
import hashlib
import posixpath
import re
import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app import errors
from app.errors import FieldError, Problem
from app.naming import clean_name
from app.settings import Settings
from app.teaching.placing import LeftOut, is_leaving, label_folder
from app.teaching.zipend import count_members
from app.vision.decode import sniff

_UTF8, _ENCRYPTED = 0x800, 0x1 | 0x40 | 0x2000
_HEADER_BYTES = 30
_NAME_LENGTH = 1024
_PEEK = 512

# Photos hardly shrink in a zip. Small files may: the ratio of a few kilobytes says nothing.
_RATIO, _RATIO_FROM = 100, 1_000_000

_DRIVE = re.compile("[A-Za-z]:")
_ARCHIVES = re.compile(r"\.(zip|zipx|jar|7z|rar|tar|tgz|gz|bz2|xz|lz4|zst|cab|iso)$", re.IGNORECASE)
_MAGIC = (
    b"PK\3\4", b"PK\5\6", b"PK\7\x08", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b\x08",
    b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd",
)  # fmt: skip


@dataclass(frozen=True)
class ArchiveLimits:
    archive_bytes: int = 500_000_000
    members: int = 10_000
    unpacked_bytes: int = 2_000_000_000
    image_bytes: int = 15_000_000

    @classmethod
    def of(cls, settings: Settings) -> "ArchiveLimits":
        return cls(
            settings.zip_bytes(),
            settings.zip_members,
            int(settings.zip_unpacked_mb * 1_000_000),
            settings.image_bytes(),
        )


@dataclass(frozen=True, eq=False)
class Member:
    """A file that begins like a photo. `name` is its path in the zip, to show; `label` is the clean
    name of its folder; `size` is in bytes, unpacked."""

    name: str
    label: str
    size: int
    info: ZipInfo


class Archive:
    """An inspected zip: its photos in the order of the directory, each readable at any time and
    from any thread, and what else is in it."""

    def __init__(self, zipped: ZipFile) -> None:
        self._zipped = zipped
        self.members: list[Member] = []
        self.ignored: list[str] = []
        self.refused: list[LeftOut] = []

    def read(self, member: Member) -> bytes:
        """The whole file. Raises ArchiveBomb when it is larger than it declares, InvalidArchive
        when it is smaller, damaged or not what the directory says."""
        with _as_invalid(member.name):
            content = self._unpack(member.info, member.size + 1)
        if len(content) < member.size or zlib.crc32(content) != member.info.CRC:
            raise _at(errors.InvalidArchive, member.name)
        return content

    def digests(self) -> Iterator[tuple[str, Member]]:
        """The SHA-256 of each photo with it. Whoever goes through all of them before keeping any
        knows that the whole archive is sound."""
        for member in self.members:
            yield hashlib.sha256(self.read(member)).hexdigest(), member

    def peek(self, info: ZipInfo) -> bytes:
        """The first bytes of a file, as many as tell what it is."""
        with _as_invalid(info.filename):
            return self._unpack(info, _PEEK)

    def _unpack(self, info: ZipInfo, count: int) -> bytes:
        """At most `count` bytes, and one byte beyond what the file declares at the furthest."""
        told = copy.copy(info)
        told.file_size += 1
        del told.CRC  # zipfile would hold it against a part too
        with self._zipped.open(told) as file:
            content = file.read(count)
        if len(content) > info.file_size:
            raise _at(errors.ArchiveBomb, info.filename)
        return content


def inspect(file: BinaryIO, limits: ArchiveLimits, label: str | None = None) -> Archive:
    """Judges a zip by its directory and the first bytes of its files. The file stays open for as
    long as the archive is read. With `label`, all photos bear it, whatever their folder.

    Raises ArchiveTooLarge, ArchiveTooManyMembers, ArchiveEncrypted, ArchiveUnsafeEntry,
    ArchiveUnsafePath, ArchiveBomb, ArchiveNested, InvalidLabel, UnusableFileName, NoImages, or
    InvalidArchive for what is no sound zip.
    """
    size = file.seek(0, 2)
    if size > limits.archive_bytes:
        raise errors.ArchiveTooLarge(limits.archive_bytes)
    count = count_members(file, limits.members)
    with _as_invalid():
        zipped = ZipFile(file)
    infos = zipped.infolist()
    if len(infos) != count:
        raise errors.InvalidArchive
    for info in infos:
        _check_entry(info)
    _check_places(infos, zipped.start_dir)
    if sum(info.file_size for info in infos) > limits.unpacked_bytes:
        raise errors.ArchiveBomb
    archive = Archive(zipped)
    if not sum([_sort(archive, info, limits, label) for info in infos]):
        raise errors.NoImages
    return archive


def _check_entry(info: ZipInfo) -> None:
    """What no entry may be, whether it is looked at later or not."""
    name = info.orig_filename
    if info.flag_bits & _ENCRYPTED:
        raise _at(errors.ArchiveEncrypted, name)
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise _at(errors.InvalidArchive, name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR if info.is_dir() else 0):
        raise _at(errors.ArchiveUnsafeEntry, name)
    if info.file_size > max(_RATIO_FROM, _RATIO * info.compress_size):
        raise _at(errors.ArchiveBomb, name)


def _check_places(infos: Sequence[ZipInfo], end: int) -> None:
    """The first header begins the file, and no byte belongs to two files: what overlaps could be
    unpacked over and over. A header is at least as long as counted here."""
    behind = 0
    for at, info in enumerate(sorted(infos, key=lambda info: info.header_offset)):
        if info.header_offset < behind:
            raise _at(errors.ArchiveBomb, info.orig_filename)
        if at == 0 and info.header_offset != 0:
            raise errors.InvalidArchive
        length = _HEADER_BYTES + len(info.orig_filename) + info.compress_size
        behind = info.header_offset + length
    if behind > end:
        raise errors.InvalidArchive


def _sort(archive: Archive, info: ZipInfo, limits: ArchiveLimits, label: str | None) -> bool:
    """Puts a file where it belongs in the archive; True when it begins like a photo."""
    name = _name_of(info)
    parts = _parts_of(name)
    if not parts[-1]:
        return False  # a folder
    if is_leaving(parts):
        archive.ignored.append(name)
        return False
    bears = label or _label_of(name, parts)
    start = archive.peek(info)
    if _ARCHIVES.search(parts[-1]) or start.startswith(_MAGIC) or start[257:262] == b"ustar":
        raise _at(errors.ArchiveNested, name)
    problem = _fault(name, info, start, limits)
    if problem:
        archive.refused.append(LeftOut(name, problem))
    elif bears is None:
        archive.refused.append(LeftOut(name, errors.NoLabelFolder()))
    else:
        archive.members.append(Member(name, bears, info.file_size, info))
    return sniff(start) is not None


def _fault(name: str, info: ZipInfo, start: bytes, limits: ArchiveLimits) -> Problem | None:
    """Why this one file is not taken, which keeps no other from it."""
    if not start:
        return errors.EmptyFile()
    if sniff(start) is None:
        return errors.UnsupportedImageType()
    if info.file_size > limits.image_bytes:
        return errors.BodyTooLarge(limits.image_bytes)
    if "\ufffd" in name or len(name) > _NAME_LENGTH:
        return errors.UnusableFileName()
    return None


def _name_of(info: ZipInfo) -> str:
    """Old programs write UTF-8 without saying so; what is neither cannot be known, and gets U+FFFD
    where it is not text."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    return info.orig_filename.encode("cp437").decode("utf-8", "replace")


def _parts_of(name: str) -> list[str]:
    """The path in parts, the last one empty for a folder. A backslash parts as a slash does."""
    parts = name.replace("\\", "/").split("/")
    if not parts[0] or "\0" in name or _DRIVE.match(name):
        raise _at(errors.ArchiveUnsafePath, name)
    if ".." in parts:
        leads_out = posixpath.normpath("/".join(parts)).startswith("..")
        if leads_out or parts[-2:-1] != [".."]:
            raise _at(errors.ArchiveUnsafePath, name)
        raise _bad_label(name, "dots")
    return [part for part in parts if part != "."] or [""]


def _label_of(name: str, parts: Sequence[str]) -> str | None:
    folder = label_folder(parts)
    if folder is None:
        return None
    try:
        label = clean_name(folder)
    except errors.InvalidLabel as problem:
        raise _bad_label(name, problem.params["why"]) from problem
    if "<" in label or ">" in label:
        raise _bad_label(name, "markup")
    return label


def _bad_label(name: str, why: str) -> Problem:
    where = FieldError(name, errors.InvalidLabel.code, why=why)
    return errors.InvalidLabel(why, errors=[where])


def _at(kind: type[Problem], name: str) -> Problem:
    return kind(errors=[FieldError(name, kind.code)] if name else [])


class _as_invalid:  # noqa: N801  (reads as a verb where it is used)
    """Turns whatever zipfile raises into InvalidArchive; it raises more kinds than it says."""

    def __init__(self, name: str = "") -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: Any, _: Any) -> None:
        if isinstance(error, UnicodeDecodeError):
            raise errors.UnusableFileName from error
        known = (
            BadZipFile, NotImplementedError, EOFError, ValueError, OverflowError, zlib.error,
            struct.error,
        )  # fmt: skip
        if isinstance(error, known):
            raise _at(errors.InvalidArchive, self._name) from error
