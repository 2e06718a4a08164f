"""Zips and folders of photos that cannot be taken in."""

from typing import ClassVar

from app.errors.problem import Problem, shown_size


class UnusableArchive(Problem):
    """Nothing of the zip is used. Base of all that reading one refuses as a whole."""

    status = 422


class InvalidArchive(UnusableArchive):
    code = "invalid-archive"


class ArchiveTooLarge(UnusableArchive):
    status = 413
    code = "archive-too-large"
    headers: ClassVar[dict[str, str]] = {"Connection": "close"}

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(limit=shown_size(limit_bytes))


class ArchiveTooManyMembers(UnusableArchive):
    code = "archive-too-many-members"


class ArchiveEncrypted(UnusableArchive):
    code = "archive-encrypted"


class ArchiveNested(UnusableArchive):
    code = "archive-nested"


class ArchiveBomb(UnusableArchive):
    code = "archive-bomb"


class ArchiveUnsafePath(UnusableArchive):
    code = "archive-unsafe-path"


class ArchiveUnsafeEntry(UnusableArchive):
    """A link, a device or another thing that is neither file nor folder."""

    code = "archive-unsafe-entry"


class NoImages(UnusableArchive):
    code = "no-images"


class UnusableFileName(Problem):
    status = 422
    code = "unusable-file-name"


class NoLabelFolder(Problem):
    """A photo beside the folders, where none says what it shows."""

    status = 422
    code = "no-label-folder"


class LinkNotFollowed(Problem):
    status = 422
    code = "link-not-followed"


class FileUnreadable(Problem):
    status = 422
    code = "file-unreadable"
