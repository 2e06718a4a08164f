"""The shapes of answers, for the API's documentation. Answers are built as plain dicts."""

from typing import Any

from pydantic import BaseModel, Field


class BoxShape(BaseModel):
    x: float
    y: float
    side: float


class PredictionShape(BaseModel):
    label: str
    name: str
    score: float = Field(ge=0, le=1)
    heatmap: str | None = None


class VerdictShape(BaseModel):
    model: str
    name: str
    version: int
    predictions: list[PredictionShape]
    decision: str | None
    unknown: bool | None
    reason: str | None
    looks_like: PredictionShape | None


class ProblemShape(BaseModel):
    type: str
    title: str
    status: int
    detail: str
    advice: str
    instance: str
    code: str
    errors: list[dict[str, Any]] | None = None


class ResultShape(BaseModel):
    filename: str
    sha256: str | None = None
    width: int | None = None
    height: int | None = None
    models: list[VerdictShape] | None = None
    box: BoxShape | None = None
    timing_ms: float | None = None
    error: ProblemShape | None = None


class PredictShape(BaseModel):
    id: str
    results: list[ResultShape]


class ReadyShape(BaseModel):
    ready: bool
    phase: str


class LabelShape(BaseModel):
    label: str
    name: str
    aliases: list[str]


class ExamShape(BaseModel):
    right: int
    of: int
    low: float
    high: float


class ModelSummaryShape(BaseModel):
    model: str
    name: str
    version: int
    label_count: int
    can_say_unknown: bool
    exam: ExamShape | None


class ModelShape(ModelSummaryShape):
    labels: list[LabelShape]


class ModelsShape(BaseModel):
    items: list[ModelSummaryShape]
    next_cursor: str | None = None


PREDICT_EXAMPLE: dict[str, Any] = {
    "id": "5f0c8d1e2a3b4c5d",
    "results": [
        {
            "filename": "rose.jpg",
            "sha256": "9f2b6c0e7d4a18355c3e1f7a60b9d2c4e8f1a37b5d6c90e2f4a8b1c3d5e7f901",
            "width": 640,
            "height": 480,
            "models": [
                {
                    "model": "flowers",
                    "name": "Flowers",
                    "version": 1,
                    "predictions": [
                        {"label": "rose", "name": "rose", "score": 0.958},
                        {"label": "tulip", "name": "tulip", "score": 0.031},
                    ],
                    "decision": "rose",
                    "unknown": False,
                    "reason": None,
                    "looks_like": None,
                },
                {
                    "model": "imagenet",
                    "name": "ImageNet",
                    "version": 1,
                    "predictions": [
                        {"label": "vase", "name": "vase", "score": 0.412},
                        {"label": "flowerpot", "name": "flowerpot", "score": 0.107},
                    ],
                    "decision": "vase",
                    "unknown": None,
                    "reason": None,
                    "looks_like": None,
                },
            ],
            "box": {"x": 0.1719, "y": 0.0625, "side": 0.875},
            "timing_ms": 13.8,
        }
    ],
}
