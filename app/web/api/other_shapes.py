"""The shapes of photos of other things, for the API's documentation."""

from typing import Any, Literal

from pydantic import BaseModel

from app.web.api.shapes import IMAGE_EXAMPLE, ProblemShape


class ShareShape(BaseModel):
    right: int
    of: int
    share: float | None
    low: float
    high: float


class SetShape(BaseModel):
    set: str
    name: str
    photos: int
    created: str
    removed: str | None


class SetsShape(BaseModel):
    items: list[SetShape]
    next_cursor: str | None


class StrangerShape(BaseModel):
    """`answer`, `score`, `distance` and `refused` are those of the live version, null where there
    is none, or where the photo is in the dataset too."""

    sha256: str
    filename: str
    added: str
    answer: str | None
    score: float | None
    distance: float | None
    refused: bool | None
    thumbnail: str


class HeldShape(BaseModel):
    """How the live version does on the set; `in_dataset` and `unreadable` were not asked."""

    version: int
    photos: int
    auroc: float | None
    refused: ShareShape
    in_dataset: int
    unreadable: int
    sentence: str


class WholeSetShape(SetShape):
    held: HeldShape | None
    items: list[StrangerShape]
    next_cursor: str | None


class StrangerAddedShape(BaseModel):
    filename: str
    sha256: str | None = None
    status: Literal["added", "already-there"] | None = None
    thumbnail: str | None = None
    error: ProblemShape | None = None


class StrangersAddedShape(BaseModel):
    id: str
    results: list[StrangerAddedShape]


_THUMBNAIL = (
    f"/api/v1/models/flowers/others/street-signs/images/{IMAGE_EXAMPLE['sha256']}/thumbnail"
)

SET_EXAMPLE: dict[str, Any] = {
    "set": "street-signs",
    "name": "Street signs",
    "photos": 50,
    "created": "2026-11-25T10:00:00+00:00",
    "removed": None,
}

WHOLE_SET_EXAMPLE: dict[str, Any] = {
    **SET_EXAMPLE,
    "held": {
        "version": 2,
        "photos": 50,
        "auroc": 0.9934,
        "refused": {"right": 49, "of": 50, "share": 0.98, "low": 0.895, "high": 0.9965},
        "in_dataset": 0,
        "unreadable": 0,
        "sentence": "49 of 50 photos are refused; in 99.3% of all pairs the strange "
        "photo lies further off than one of the exam.",
    },
    "items": [
        {
            "sha256": IMAGE_EXAMPLE["sha256"],
            "filename": "stop.jpg",
            "added": "2026-11-25T10:00:00+00:00",
            "answer": "tulip",
            "score": 0.6612,
            "distance": 0.4731,
            "refused": False,
            "thumbnail": _THUMBNAIL,
        }
    ],
    "next_cursor": None,
}

ADDED_EXAMPLE: dict[str, Any] = {
    "id": "5f0c8d1e2a3b4c5d",
    "results": [
        {
            "filename": "stop.jpg",
            "sha256": IMAGE_EXAMPLE["sha256"],
            "status": "added",
            "thumbnail": _THUMBNAIL,
        }
    ],
}
