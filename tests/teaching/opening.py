"""Zips are opened as they arrive, or refused with what is wrong with them."""

import io

import pytest

from app import errors
from app.errors import Problem
from app.teaching.archive import Archive, ArchiveLimits, inspect
from app.texts import texts
from app.web.problems import document
from tests.teaching.zips import (
    PHOTO,
    photo,
    zipped,
)

GOOD = zipped({"roses/a.jpg": PHOTO, "tulips/b.jpg": photo(200)})


def opened(content: bytes, label: str | None = None, **limits: int) -> Archive:
    return inspect(io.BytesIO(content), ArchiveLimits(**limits), label)


def refused(content: bytes, **limits: int) -> Problem:
    """What is wrong with the zip, found by its directory or by reading all of it."""
    with pytest.raises((errors.UnusableArchive, errors.InvalidLabel)) as caught:
        for _ in opened(content, None, **limits).digests():
            pass
    problem: Problem = caught.value
    assert problem.status == (413 if problem.code == "archive-too-large" else 422)
    told = document(problem, texts("nb"), "id")
    assert told["detail"]
    return problem
