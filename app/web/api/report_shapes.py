"""The shapes of answers to sealed photos and of comparisons, for the API's documentation."""

from typing import Any, Literal

from pydantic import BaseModel

from app.web.api.reason_shapes import CreditShape
from app.web.api.shapes import IMAGE_EXAMPLE


class _PhotoShape(BaseModel):
    sha256: str
    truth: str
    filename: str | None
    split: str | None
    thumbnail: str | None
    credit: CreditShape | None


class AnsweredShape(_PhotoShape):
    answer: str
    score: float | None
    distance: float | None


class AnswersShape(BaseModel):
    items: list[AnsweredShape]
    total: int
    next_cursor: str | None


class SaidShape(BaseModel):
    label: str
    score: float | None
    heatmap: str | None


class DifferingShape(_PhotoShape):
    a: SaidShape
    b: SaidShape


class ComparisonShape(BaseModel):
    a: int
    b: int
    by: Literal["exam", "cross-validation"]
    of: int
    a_right: int
    b_right: int
    only_a: int
    only_b: int
    p: float
    left_out: list[str]
    better: int | None
    verdict: str
    differing: int
    photos: list[DifferingShape]
    next_cursor: str | None


_PHOTO: dict[str, Any] = {
    "filename": "rose.jpg",
    "split": "test",
    "thumbnail": IMAGE_EXAMPLE["thumbnail"],
    "credit": None,
}


def _map(version: int, label: str) -> str:
    here = f"/api/v1/models/flowers/versions/{version}/images/{IMAGE_EXAMPLE['sha256']}"
    return f"{here}/heatmap?label={label}"


ANSWERS_EXAMPLE: dict[str, Any] = {
    "items": [
        {
            "sha256": IMAGE_EXAMPLE["sha256"],
            "truth": "rose",
            "answer": "tulip",
            "score": 0.9312,
            "distance": 0.3177,
            **_PHOTO,
        }
    ],
    "total": 1,
    "next_cursor": None,
}

COMPARISON_EXAMPLE: dict[str, Any] = {
    "a": 1,
    "b": 2,
    "by": "exam",
    "of": 441,
    "a_right": 416,
    "b_right": 419,
    "only_a": 5,
    "only_b": 8,
    "p": 0.5811,
    "left_out": [],
    "better": 2,
    "verdict": "Version 2 named 3 more right of 441: that could be luck (p = 0.58).",
    "differing": 1,
    "photos": [
        {
            "sha256": IMAGE_EXAMPLE["sha256"],
            "truth": "rose",
            "a": {"label": "tulip", "score": 0.5204, "heatmap": _map(1, "tulip")},
            "b": {"label": "rose", "score": 0.8119, "heatmap": _map(2, "rose")},
            **_PHOTO,
        }
    ],
    "next_cursor": None,
}
