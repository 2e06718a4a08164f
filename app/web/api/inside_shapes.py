"""The shape of a look inside the network."""

from typing import Any

from pydantic import BaseModel, Field

from app.web.api.shapes import BoxShape, PredictionShape


class MapShape(BaseModel):
    channel: int
    low: float
    high: float
    strength: float
    peak: tuple[int, int]
    png: str


class StageShape(BaseModel):
    stage: str
    shape: tuple[int, int, int]
    maps: list[MapShape]


class PartShape(BaseModel):
    channel: int
    feature: float
    weight: float
    added: float
    png: str


class SumShape(BaseModel):
    label: str
    bias: float
    total: float
    parts: list[PartShape]


class InsideShape(BaseModel):
    id: str
    filename: str
    model: str
    name: str
    version: int
    width: int
    height: int
    box: BoxShape
    stages: list[StageShape]
    predictions: list[PredictionShape]
    unknown: bool | None
    sum: SumShape = Field(description="total = bias + the sum of feature x weight of all channels")
    timing_ms: float


_PNG = "data:image/png;base64,iVBORw0KGgo…"

INSIDE_EXAMPLE: dict[str, Any] = {
    "id": "5f0c8d1e2a3b4c5d",
    "filename": "rose.jpg",
    "model": "flowers",
    "name": "Flowers",
    "version": 1,
    "width": 640,
    "height": 480,
    "box": {"x": 0.1719, "y": 0.0625, "side": 0.875},
    "stages": [
        {
            "stage": "stem",
            "shape": [112, 112, 32],
            "maps": [
                {
                    "channel": 7,
                    "low": 0.0,
                    "high": 6.0,
                    "strength": 1.91,
                    "peak": [40, 61],
                    "png": _PNG,
                }
            ],
        }
    ],
    "predictions": [{"label": "rose", "name": "rose", "score": 0.958, "heatmap": _PNG}],
    "unknown": False,
    "sum": {
        "label": "rose",
        "bias": 0.031,
        "total": 4.82,
        "parts": [{"channel": 812, "feature": 1.37, "weight": 0.42, "added": 0.575, "png": _PNG}],
    },
    "timing_ms": 84.2,
}
