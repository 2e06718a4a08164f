"""All photos below a folder that somebody names, whatever else lies there."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app import errors
from app.errors import Problem
from app.naming import clean_name
from app.teaching.placing import LeftOut, is_hidden, is_leaving, label_folder


@dataclass(frozen=True)
class Found:
    """A file that may be a photo. `name` is its path within the folder, with slashes, to show;
    `label` is the clean name of the folder it lies in."""

    path: Path
    name: str
    label: str


@dataclass
class Walk:
    """What was found, each list in the order of names. A folder that is ignored or refused stands
    for all that is in it, its name with a slash at the end."""

    photos: list[Found] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    refused: list[LeftOut] = field(default_factory=list)


def walk(folder: Path, label: str | None = None) -> Walk:
    """Looks through a folder with one sub-folder a label, at any depth. With `label`, all photos
    bear it, also those that lie in no sub-folder.

    Links to files within the folder are followed, others are not. What cannot be read is refused
    and stops nothing; only `folder` itself raises OSError.
    """
    root = folder.resolve(strict=True)
    found = Walk()
    pending = _inside(root, ())
    while pending:
        parts = pending.pop()
        try:
            kind = _kind(root, parts)
            folder_here = stat.S_ISDIR(kind)
            if folder_here and not is_hidden(parts[-1]):
                pending += _inside(root, parts)
            elif stat.S_ISREG(kind) and not is_leaving(parts):
                bears = label or _label_of(parts)
                found.photos.append(Found(root.joinpath(*parts), _shown(parts), bears))
            else:
                found.ignored.append(_shown(parts) + "/" * folder_here)
        except OSError:
            found.refused.append(LeftOut(_shown(parts), errors.FileUnreadable()))
        except Problem as problem:
            found.refused.append(LeftOut(_shown(parts), problem))
    return found


def _inside(root: Path, parts: tuple[str, ...]) -> list[tuple[str, ...]]:
    """What lies in a folder, the first name last, as it is taken from the end."""
    names = (path.name for path in root.joinpath(*parts).iterdir())
    return [(*parts, name) for name in sorted(names, reverse=True)]


def _kind(root: Path, parts: Sequence[str]) -> int:
    """The mode of a file or folder, or of the file that a link within the folder leads to. Raises
    LinkNotFollowed for links to folders, which could lead in circles, and to all other places."""
    path = root.joinpath(*parts)
    kind = path.lstat().st_mode
    if stat.S_ISLNK(kind):
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind) or not path.resolve().is_relative_to(root):
            raise errors.LinkNotFollowed
    return kind


def _label_of(parts: Sequence[str]) -> str:
    folder = label_folder(parts)
    if folder is None:
        raise errors.NoLabelFolder
    return clean_name(folder)


def _shown(parts: Sequence[str]) -> str:
    """File names are bytes, and not always text."""
    return os.fsencode("/".join(parts)).decode("utf-8", "replace")
