"""What was written is on the disk before anyone is told so."""

import errno
import os
import sqlite3
from pathlib import Path


def sync(path: Path) -> None:
    """fsync of a file's content, or of a folder's entries after a rename in it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def disk_is_full(error: BaseException) -> bool:
    """Whether this came of a full disk, or of all room that this user may have being taken: said by
    the system, or by SQLite, also through whatever wraps their errors."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if isinstance(cause, sqlite3.Error):
            return getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        cause = cause.__cause__
    return False
