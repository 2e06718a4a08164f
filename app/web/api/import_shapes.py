"""The shapes of imports: what may be handed in, and what is told of it."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from app import errors
from app.web.api.shapes import IMAGE_EXAMPLE, ProblemShape

UNUSABLE_ARCHIVES = (
    errors.NotAnArchive,
    errors.MalformedMultipart,
    errors.MissingField,
    errors.UnknownField,
    errors.TooManyParts,
    errors.InvalidText,
    errors.BodyTooLarge,
    errors.ArchiveTooLarge,
    errors.InvalidArchive,
    errors.ArchiveTooManyMembers,
    errors.ArchiveEncrypted,
    errors.ArchiveNested,
    errors.ArchiveBomb,
    errors.ArchiveUnsafePath,
    errors.ArchiveUnsafeEntry,
    errors.UnusableFileName,
    errors.NoImages,
    errors.UnsupportedContentEncoding,
)
"""Whatever can be wrong with a zip on its way in."""


class ImportShape(BaseModel):
    number: int = Field(alias="import")
    model: str
    state: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    done: int
    total: int
    added: int
    already_there: int
    set_aside: int
    refused: int
    ignored: int
    seconds_left: int | None
    attempt: int
    created: str
    finished: str | None
    problem: ProblemShape | None


class ImportsShape(BaseModel):
    items: list[ImportShape]
    next_cursor: str | None = None


class ItemShape(BaseModel):
    file: str
    outcome: Literal["added", "already-there", "set-aside", "refused", "ignored"]
    label: str | None
    sha256: str | None
    reason: str | None
    code: str | None


class ReportShape(BaseModel):
    items: list[ItemShape]
    next_cursor: str | None = None


IMPORT_EXAMPLE: dict[str, Any] = {
    "import": 3,
    "model": "flowers",
    "state": "running",
    "done": 650,
    "total": 3000,
    "added": 640,
    "already_there": 6,
    "set_aside": 1,
    "refused": 2,
    "ignored": 1,
    "seconds_left": 14,
    "attempt": 1,
    "created": "2026-11-25T10:00:00+00:00",
    "finished": None,
    "problem": None,
}

ITEM_EXAMPLE: dict[str, Any] = {
    "file": "roses/rose.jpg",
    "outcome": "already-there",
    "label": "rose",
    "sha256": IMAGE_EXAMPLE["sha256"],
    "reason": "It is there already, as tulip.",
    "code": "other-label",
}


def archive_in() -> dict[str, Any]:
    """The request body of an import: the zip as it is, or as the one file of a form."""
    zipped = {"type": "string", "format": "binary"}
    form = {"type": "object", "required": ["archive"], "properties": {"archive": zipped}}
    content = {"application/zip": {"schema": zipped}, "multipart/form-data": {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}
