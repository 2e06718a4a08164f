"""The shapes of what wants a look, for the API's documentation."""

from typing import Any, Literal

from pydantic import BaseModel

from app.web.api.shapes import IMAGE_EXAMPLE, ImageShape


class WorkingShape(BaseModel):
    phase: str
    sentence: str
    done: int
    total: int


class WaitingShape(BaseModel):
    model: str
    current: bool
    working: WorkingShape


class CopiesShape(BaseModel):
    kind: Literal["exact", "near", "alike", "poorer"]
    cosine: float
    likely: bool
    trouble: Literal["two-labels", "two-splits"] | None
    images: list[ImageShape]


class FileShape(BaseModel):
    label: str
    file: str


class TwiceShape(BaseModel):
    image: ImageShape
    unsettled: bool
    came: list[FileShape]


class LeakShape(BaseModel):
    of: int
    copied: int
    with_copies: int
    without: int
    rest: int
    sentence: str


class ScoredShape(BaseModel):
    label: str
    name: str
    score: float


class DoubtShape(BaseModel):
    image: ImageShape
    label: ScoredShape
    suggested: ScoredShape


class DoubtsShape(BaseModel):
    judged: int
    total: int
    sure: int
    items: list[DoubtShape]
    next_cursor: str | None


class OddShape(BaseModel):
    image: ImageShape
    distance: float


class UnreadableShape(BaseModel):
    image: ImageShape
    problem: str
    sentence: str


class CareShape(BaseModel):
    model: str
    current: bool
    working: WorkingShape | None
    photos: int
    copies: list[CopiesShape]
    came_twice: list[TwiceShape]
    leak: LeakShape | None
    doubts: DoubtsShape
    odd: list[OddShape]
    unreadable: list[UnreadableShape]


class LookedAtShape(BaseModel):
    images: list[ImageShape]


WAITING_EXAMPLE: dict[str, Any] = {
    "model": "flowers",
    "current": False,
    "working": {"phase": "copies", "sentence": "Looking for copies…", "done": 0, "total": 0},
}

CARE_EXAMPLE: dict[str, Any] = {
    "model": "flowers",
    "current": True,
    "working": None,
    "photos": 2956,
    "copies": [],
    "came_twice": [],
    "leak": None,
    "doubts": {
        "judged": 2956,
        "total": 249,
        "sure": 57,
        "items": [
            {
                "image": IMAGE_EXAMPLE,
                "label": {"label": "rose", "name": "rose", "score": 0.0031},
                "suggested": {"label": "tulip", "name": "tulip", "score": 0.9812},
            }
        ],
        "next_cursor": None,
    },
    "odd": [],
    "unreadable": [],
}
