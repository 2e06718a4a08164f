"""What was written is on the disk before anyone is told so."""

import errno
import os
import sqlite3
from pathlib import Path

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}


def sync(path: Path) -> None:
    """fsync of a file's content, or of a folder's entries after a rename in it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def disk_is_full(error: BaseException) -> bool:
    """Whether this came of a disk that takes no more: full, read-only, or all of it used that this
    user may use. Said by the system or by SQLite, also through whatever wraps their errors."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _NO_ROOM:
            return True
        if isinstance(cause, sqlite3.Error):  # the lowest byte is the kind of error
            return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _FULL
        cause = cause.__cause__
    return False
