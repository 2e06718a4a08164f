"""What was written is on the disk before anyone is told so."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """fsync of a file's content, or of a folder's entries after a rename in it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
