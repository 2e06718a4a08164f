"""What a zip or a folder of photos holds, read through once before anything of it is kept.

Photos are taken in the order of their SHA-256, so that the same photos come to lie in the same
splits whatever their files are called; and of the same bytes under two labels none came first.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from app import errors
from app.errors import Problem, UnusableArchive
from app.teaching.placing import LeftOut


class Entry(Protocol):
    """A file that may be a photo: its path to show, its label's name, and its bytes' number."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def size(self) -> int: ...


E = TypeVar("E", bound=Entry)


class Source(Protocol[E]):
    """Where photos come from. `ignored` are files that are none by their names; `refused` those
    that cannot be taken, as is known without reading them."""

    @property
    def members(self) -> Sequence[E]: ...

    @property
    def ignored(self) -> Sequence[str]: ...

    @property
    def refused(self) -> Sequence[LeftOut]: ...

    def read(self, member: E) -> bytes:
        """From any thread. Raises UnusableArchive when nothing more can be read, else OSError or
        another Problem for this file alone."""
        ...


@dataclass(frozen=True, eq=False)
class Survey(Generic[E]):
    """`digests` has a SHA-256 for each file that could be read; `refused` are all the others."""

    source: Source[E]
    digests: Sequence[tuple[str, E]]
    refused: Sequence[LeftOut]

    @property
    def total(self) -> int:
        """Files of whatever kind."""
        return len(self.digests) + len(self.refused) + len(self.source.ignored)

    @property
    def names(self) -> list[str]:
        """Of the labels, each once."""
        return sorted({entry.label for _, entry in self.digests})


@dataclass(frozen=True, eq=False)
class Lot(Generic[E]):
    """Files of the same bytes, and the slugs of their labels. `item` numbers the first of them;
    the others follow."""

    item: int
    sha256: str
    entries: Sequence[E]
    labels: Sequence[str]

    @property
    def size(self) -> int:
        return self.entries[0].size

    @property
    def torn(self) -> bool:
        """Whether it bears more than one label."""
        return len(set(self.labels)) > 1


def survey(
    source: Source[E], *, threads: int = 2, go_on: Callable[[], bool] = lambda: True
) -> Survey[E]:
    """Reads all of it. Raises UnusableArchive, and Interrupted as soon as `go_on` says no."""
    digests: list[tuple[str, E]] = []
    refused = list(source.refused)

    def digest(entry: E) -> str | Problem:
        if not go_on():
            raise Interrupted
        try:
            return hashlib.sha256(source.read(entry)).hexdigest()
        except UnusableArchive:
            raise
        except Problem as problem:
            return problem
        except OSError:
            return errors.FileUnreadable()

    with ThreadPoolExecutor(threads, "survey") as pool:
        try:
            for entry, found in zip(source.members, pool.map(digest, source.members), strict=True):
                if isinstance(found, Problem):
                    refused.append(LeftOut(entry.name, found))
                else:
                    digests.append((found, entry))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return Survey(source, digests, refused)


def lots(surveyed: Survey[E], slugs: Mapping[str, str]) -> list[Lot[E]]:
    """In the order of their SHA-256; `slugs` has each label's by its name."""
    by_sha256: dict[str, list[tuple[str, str, E]]] = defaultdict(list)
    for sha256, entry in surveyed.digests:
        by_sha256[sha256].append((slugs[entry.label], entry.name, entry))
    found, item = [], 0
    for sha256 in sorted(by_sha256):
        same = sorted(by_sha256[sha256], key=lambda each: each[:2])
        entries, labels = [each[2] for each in same], [each[0] for each in same]
        found.append(Lot(item, sha256, entries, labels))
        item += len(same)
    return found


class Interrupted(Exception):
    """It was told to stop."""
