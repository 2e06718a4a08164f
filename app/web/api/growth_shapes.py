"""The shapes of learning curves, for the API's documentation."""

from typing import Any, Literal

from pydantic import BaseModel

from app.web.api.care_shapes import WorkingShape

Why = Literal["few-photos", "poor-fit", "too-wide"]


class PointShape(BaseModel):
    share: float
    photos: float
    right: float
    low: float
    high: float
    draws: int
    least: float
    most: float


class TwiceShape(BaseModel):
    photos: int
    right: float | None
    low: float | None
    high: float | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    why: Why | None


class CurveShape(BaseModel):
    learned: int
    asked: int
    points: list[PointShape]
    twice: TwiceShape
    sentence: str


class LabelCurveShape(CurveShape):
    label: str
    name: str
    kind: Literal["none", "short", "gain", "full", "few", "untold"]


class NextShape(BaseModel):
    label: str
    name: str


class GrowthShape(BaseModel):
    model: str
    current: bool
    working: WorkingShape | None
    photos: int
    sentences: list[str]
    next: NextShape | None
    all: CurveShape | None
    labels: list[LabelCurveShape]


_POINTS: list[dict[str, Any]] = [
    {"share": 0.1, "photos": 41.0, "right": 0.871, "low": 0.81, "high": 0.92, "draws": 8,
     "least": 0.84, "most": 0.9},
    {"share": 1.0, "photos": 414.0, "right": 0.921, "low": 0.87, "high": 0.95, "draws": 1,
     "least": 0.921, "most": 0.921},
]  # fmt: skip

_TWICE: dict[str, Any] = {
    "photos": 828, "right": 0.94, "low": 0.9, "high": 0.97,
    "gain": 0.019, "gain_low": -0.01, "gain_high": 0.04, "why": None,
}  # fmt: skip

_CURVE: dict[str, Any] = {"learned": 414, "asked": 89, "points": _POINTS, "twice": _TWICE}

GROWTH_EXAMPLE: dict[str, Any] = {
    "model": "flowers",
    "current": True,
    "working": None,
    "photos": 2956,
    "sentences": ["Twice as many photos would bring most for tulip: about 2 points more."],
    "next": {"label": "tulip", "name": "tulip"},
    "all": {**_CURVE, "sentence": "Twice as many photos of everything: 92% would become 94%."},
    "labels": [
        {
            "label": "tulip",
            "name": "tulip",
            **_CURVE,
            "kind": "gain",
            "sentence": "About 2 points more (from 92% to 94%).",
        }
    ],
}
