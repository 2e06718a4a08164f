"""The shapes of answers, for the API's documentation. Answers are built as plain dicts."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from app.web.api.reason_shapes import CreditShape, HesitationShape, NeighbourShape


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
    hesitated: HesitationShape | None
    neighbours: list[NeighbourShape] | None = None
    because: str | None = None


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


class NamesShape(BaseModel):
    en: str
    nb: str


class LabelCountsShape(BaseModel):
    total: int
    train: int
    validation: int
    test: int
    aside: int


class LabelShape(BaseModel):
    label: str
    name: str
    names: NamesShape
    aliases: list[str]
    images: LabelCountsShape | None


class LabelsShape(BaseModel):
    items: list[LabelShape]
    next_cursor: str | None = None


class ExamShape(BaseModel):
    right: int
    of: int
    low: float
    high: float


class ModelSummaryShape(BaseModel):
    model: str
    name: str
    names: NamesShape
    version: int | None
    label_count: int
    can_say_unknown: bool
    can_be_taught: bool
    coverage: float | None
    threshold: float
    exam: ExamShape | None


class ModelShape(ModelSummaryShape):
    labels: list[LabelShape]


class ModelsShape(BaseModel):
    items: list[ModelSummaryShape]
    next_cursor: str | None = None


class ImageShape(BaseModel):
    sha256: str
    model: str
    label: str
    split: Literal["train", "validation", "test", "aside"]
    reason: Literal["two-labels", "two-splits", "near-exam"] | None
    group: int
    filename: str
    width: int | None
    height: int | None
    bytes: int | None
    source: Literal["upload", "import", "camera", "teach", "shipped"]
    has_photo: bool
    added: str
    removed: str | None
    credit: CreditShape | None
    thumbnail: str | None
    content: str | None


class ImagesShape(BaseModel):
    items: list[ImageShape]
    next_cursor: str | None


class KeptShape(BaseModel):
    filename: str
    sha256: str | None = None
    status: Literal["added", "already-there"] | None = None
    image: ImageShape | None = None
    error: ProblemShape | None = None


class AddedShape(BaseModel):
    id: str
    results: list[KeptShape]


class ChangeShape(BaseModel):
    sha256: str
    label_before: str
    label: str


class ChangedShape(BaseModel):
    changed: list[ChangeShape]


LABEL_EXAMPLE: dict[str, Any] = {
    "label": "rose",
    "name": "rose",
    "names": {"en": "rose", "nb": "rose"},
    "aliases": ["roses"],
    "images": {"total": 497, "train": 348, "validation": 75, "test": 74, "aside": 0},
}

MODEL_EXAMPLE: dict[str, Any] = {
    "model": "flowers",
    "name": "Flowers",
    "names": {"en": "Flowers", "nb": "Blomster"},
    "version": 1,
    "label_count": 5,
    "can_say_unknown": True,
    "can_be_taught": True,
    "coverage": 0.95,
    "threshold": 0.0,
    "exam": {"right": 419, "of": 444, "low": 0.9182, "high": 0.9616},
    "labels": [LABEL_EXAMPLE],
}

IMAGE_EXAMPLE: dict[str, Any] = {
    "sha256": "9f2b6c0e7d4a18355c3e1f7a60b9d2c4e8f1a37b5d6c90e2f4a8b1c3d5e7f901",
    "model": "flowers",
    "label": "rose",
    "split": "train",
    "reason": None,
    "group": 2959,
    "filename": "rose.jpg",
    "width": 640,
    "height": 480,
    "bytes": 81234,
    "source": "upload",
    "has_photo": True,
    "added": "2026-11-25T10:00:00+00:00",
    "removed": None,
    "credit": None,
    "thumbnail": "/api/v1/models/flowers/images/9f2b6c0e7d4a18355c3e1f7a60b9d2c4"
    "e8f1a37b5d6c90e2f4a8b1c3d5e7f901/thumbnail",
    "content": "/api/v1/models/flowers/images/9f2b6c0e7d4a18355c3e1f7a60b9d2c4"
    "e8f1a37b5d6c90e2f4a8b1c3d5e7f901/content",
}

ADDED_EXAMPLE: dict[str, Any] = {
    "id": "5f0c8d1e2a3b4c5d",
    "results": [
        {
            "filename": "rose.jpg",
            "sha256": IMAGE_EXAMPLE["sha256"],
            "status": "added",
            "image": IMAGE_EXAMPLE,
        }
    ],
}

CHANGED_EXAMPLE: dict[str, Any] = {
    "changed": [{"sha256": IMAGE_EXAMPLE["sha256"], "label_before": "tulip", "label": "rose"}]
}

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
                    "hesitated": {
                        "first": "rose",
                        "second": "tulip",
                        "margin": 0.927,
                        "close": False,
                    },
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
                    "hesitated": {
                        "first": "vase",
                        "second": "flowerpot",
                        "margin": 0.305,
                        "close": False,
                    },
                },
            ],
            "box": {"x": 0.1719, "y": 0.0625, "side": 0.875},
            "timing_ms": 13.8,
        }
    ],
}
