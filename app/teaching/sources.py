"""A folder of photos as something to import, as an archive is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app import errors
from app.teaching.placing import LeftOut
from app.teaching.walking import walk


@dataclass(frozen=True)
class PhotoFile:
    """`name` is the path within the folder, to show; `label` the clean name of the label; `size` in
    bytes."""

    path: Path
    name: str
    label: str
    size: int


class FolderSource:
    """What lay in a folder when it was walked. `limit` is the most bytes of one photo."""

    def __init__(self, folder: Path, *, limit: int, label: str | None = None) -> None:
        """Raises InvalidLabel or InvalidText for `label`, OSError when there is no such folder."""
        found = walk(folder, label)
        refused = list(found.refused)
        members = []
        for photo in found.photos:
            try:
                size = photo.path.stat().st_size
            except OSError:
                refused.append(LeftOut(photo.name, errors.FileUnreadable()))
                continue
            if size > limit:
                refused.append(LeftOut(photo.name, errors.BodyTooLarge(limit)))
            else:
                members.append(PhotoFile(photo.path, photo.name, photo.label, size))
        self.members: Sequence[PhotoFile] = members
        self.ignored: Sequence[str] = found.ignored
        self.refused: Sequence[LeftOut] = refused

    def read(self, member: PhotoFile) -> bytes:
        """Raises OSError."""
        return member.path.read_bytes()
