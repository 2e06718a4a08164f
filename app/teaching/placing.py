"""What a path within a folder or a zip says of a file: whether it is worth looking at, and whose
label it bears."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from app.errors import Problem

# What systems and people leave beside photos. Anything else is tried, and listed when broken.
_NOT_PHOTOS = {
    ".txt", ".md", ".rst", ".rtf", ".csv", ".tsv", ".json", ".jsonl", ".yaml", ".yml", ".toml",
    ".xml", ".html", ".htm", ".css", ".js", ".py", ".ipynb", ".log", ".db", ".ini",
    ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".odt", ".ods",
}  # fmt: skip
_NOT_LABELS = {"__MACOSX"}


class LeftOut(NamedTuple):
    """A file that is not taken, and why. `name` is its path within the folder or zip, to show."""

    name: str
    problem: Problem


def is_hidden(name: str) -> bool:
    """Whether a file or folder is a system's own by its name."""
    return name.startswith(".") or name in _NOT_LABELS


def is_leaving(parts: Sequence[str]) -> bool:
    """Whether a file is no photo by its path alone: hidden, in a hidden folder, or a text."""
    return any(map(is_hidden, parts)) or PurePosixPath(parts[-1]).suffix.lower() in _NOT_PHOTOS


def label_folder(parts: Sequence[str]) -> str | None:
    """The last folder above a file, so that `flower_photos/roses/x.jpg` shows roses; None where
    the file lies in no folder."""
    return parts[-2] if len(parts) > 1 else None
