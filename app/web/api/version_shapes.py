"""The shapes of versions, for the API's documentation."""

from typing import Any

from pydantic import BaseModel

from app.web.api.shapes import ExamShape


class VersionExamShape(ExamShape):
    by: str


class VersionLabelShape(BaseModel):
    label: str
    name: str


class VersionShape(BaseModel):
    """`report` is there when one version is asked for."""

    version: int
    model: str
    created: str
    by: str | None
    run: int | None
    settings: dict[str, Any]
    seed: int
    labels: list[VersionLabelShape]
    data: dict[str, Any]
    exam: VersionExamShape | None
    live: bool
    waits_because: list[str]
    comparison: dict[str, Any] | None
    report: dict[str, Any] | None = None


class VersionsShape(BaseModel):
    items: list[VersionShape]
    next_cursor: str | None = None


VERSION_EXAMPLE: dict[str, Any] = {
    "version": 2,
    "model": "flowers",
    "created": "2026-11-25T10:05:12+00:00",
    "by": "this machine",
    "run": 7,
    "settings": {"epochs": 40, "learning_rate": 0.002, "augmentation": "none"},
    "seed": 1,
    "labels": [{"label": "rose", "name": "rose"}, {"label": "tulip", "name": "tulip"}],
    "data": {
        "fingerprint": "71c947adcf0cdbd389f62230af03d7bd58538d09ee5239c15b21cd030651f28e",
        "photos": 2980,
        "splits": {"train": 2086, "validation": 446, "test": 448, "aside": 0},
    },
    "exam": {"right": 424, "of": 448, "low": 0.921, "high": 0.964, "by": "exam"},
    "live": True,
    "waits_because": [],
    "comparison": None,
}
