"""A zip of photos on the disk, opened, judged and read through, ready to be taken in."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from app.teaching.archive import ArchiveLimits, Member, inspect
from app.teaching.survey import Survey, survey


class Opened(NamedTuple):
    """The file must be closed when nothing more is read of it."""

    file: BinaryIO
    survey: Survey[Member]


def open_archive(
    archive: Path,
    limits: ArchiveLimits,
    label: str | None,
    go_on: Callable[[], bool] = lambda: True,
) -> Opened:
    """With `label`, a clean name, all its photos bear it.

    Raises OSError, what `archive.inspect` raises, and Interrupted as soon as `go_on` says no.
    """
    file = archive.open("rb")
    try:
        return Opened(file, survey(inspect(file, limits, label), go_on=go_on))
    except BaseException:
        file.close()
        raise
