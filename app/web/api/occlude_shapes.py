"""The shape of an answer about covered parts."""

from typing import Any

from pydantic import BaseModel, Field

from app.vision.occlusion import Finding
from app.web.api.shapes import BoxShape, PredictionShape


class PartShape(BaseModel):
    score: float = Field(ge=0, le=1)
    places: list[tuple[int, int]] = Field(
        description="[row, column] of a 7 x 7 grid over the square that was looked at"
    )
    picture: str


class OcclusionShape(BaseModel):
    id: str
    filename: str
    model: str
    name: str
    version: int
    width: int
    height: int
    box: BoxShape
    prediction: PredictionShape
    hot: PartShape | None
    cold: PartShape | None
    finding: Finding | None
    says: str
    timing_ms: float


_JPEG = "data:image/jpeg;base64,/9j/4AAQ…"

OCCLUSION_EXAMPLE: dict[str, Any] = {
    "id": "5f0c8d1e2a3b4c5d",
    "filename": "rose.jpg",
    "model": "flowers",
    "name": "Flowers",
    "version": 1,
    "width": 640,
    "height": 480,
    "box": {"x": 0.1719, "y": 0.0625, "side": 0.875},
    "prediction": {
        "label": "rose",
        "name": "rose",
        "score": 0.958,
        "heatmap": "data:image/png;base64,iVBORw0KGgo…",
    },
    "hot": {"score": 0.412, "places": [[2, 3], [3, 3], [3, 4]], "picture": _JPEG},
    "cold": {"score": 0.961, "places": [[0, 0], [0, 6], [6, 0]], "picture": _JPEG},
    "finding": "leaned",
    "says": "The score for rose falls from 96% to 41% when the hot part is covered.",
    "timing_ms": 34.1,
}
