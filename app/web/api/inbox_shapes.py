"""The shapes of photos that wait for a label, for the API's documentation."""

from typing import Any, Literal

from pydantic import BaseModel

from app.web.api.care_shapes import ScoredShape
from app.web.api.shapes import IMAGE_EXAMPLE, ImageShape, ProblemShape


class AnswerShape(BaseModel):
    label: str
    name: str


class MarkShape(BaseModel):
    verdict: Literal["right", "wrong"]
    version: int
    answer: AnswerShape | None


class WaitingPhotoShape(BaseModel):
    sha256: str
    model: str
    filename: str
    width: int
    height: int
    bytes: int
    added: str
    expires: str | None
    mark: MarkShape | None
    thumbnail: str
    content: str


class PutShape(BaseModel):
    filename: str
    sha256: str | None = None
    status: Literal["added", "already-there", "in-dataset"] | None = None
    photo: WaitingPhotoShape | None = None
    image: ImageShape | None = None
    sentence: str | None = None
    error: ProblemShape | None = None


class PutAnswerShape(BaseModel):
    id: str
    results: list[PutShape]


class InboxShape(BaseModel):
    items: list[WaitingPhotoShape]
    next_cursor: str | None
    unmarked: int
    marked: int
    most: int
    days: int


class QueuedShape(BaseModel):
    photo: WaitingPhotoShape
    guesses: list[ScoredShape]
    unknown: bool | None


class QueueShape(BaseModel):
    model: str
    version: int | None
    total: int
    items: list[QueuedShape]
    next_cursor: str | None


class TaughtShape(BaseModel):
    status: Literal["added", "already-there"]
    image: ImageShape
    sentence: str


_HERE = f"/api/v1/models/flowers/inbox/{IMAGE_EXAMPLE['sha256']}"

WAITING_PHOTO_EXAMPLE: dict[str, Any] = {
    "sha256": IMAGE_EXAMPLE["sha256"],
    "model": "flowers",
    "filename": "garden.jpg",
    "width": 640,
    "height": 480,
    "bytes": 81234,
    "added": "2026-11-25T10:00:00+00:00",
    "expires": None,
    "mark": None,
    "thumbnail": f"{_HERE}/thumbnail",
    "content": f"{_HERE}/content",
}

PUT_EXAMPLE: dict[str, Any] = {
    "id": "5f0c8d1e2a3b4c5d",
    "results": [
        {
            "filename": "garden.jpg",
            "sha256": IMAGE_EXAMPLE["sha256"],
            "status": "added",
            "photo": WAITING_PHOTO_EXAMPLE,
            "image": None,
            "sentence": None,
        }
    ],
}

INBOX_EXAMPLE: dict[str, Any] = {
    "items": [WAITING_PHOTO_EXAMPLE],
    "next_cursor": None,
    "unmarked": 1,
    "marked": 0,
    "most": 2000,
    "days": 0,
}

QUEUE_EXAMPLE: dict[str, Any] = {
    "model": "flowers",
    "version": 1,
    "total": 1,
    "items": [
        {
            "photo": WAITING_PHOTO_EXAMPLE,
            "guesses": [
                {"label": "rose", "name": "rose", "score": 0.512},
                {"label": "tulip", "name": "tulip", "score": 0.471},
            ],
            "unknown": False,
        }
    ],
    "next_cursor": None,
}

TAUGHT_EXAMPLE: dict[str, Any] = {
    "status": "added",
    "image": {**IMAGE_EXAMPLE, "source": "teach"},
    "sentence": "It is rose now, among the photos to learn from.",
}
