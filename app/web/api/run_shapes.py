"""The shapes of trainings: what may be asked of one, and what is told of it."""

from dataclasses import fields
from typing import Any

from pydantic import BaseModel, Field, create_model

from app.vision.lesson import RANGES, Settings
from app.vision.views import Augmentation
from app.web.api.shapes import ProblemShape
from app.web.json_bodies import Body
from app.web.runs import SETTINGS


def _settings_shape() -> type[Body]:
    """A field for each setting of a lesson, with its range and its default."""
    found: dict[str, Any] = {}
    for field in fields(Settings):
        least, most = RANGES.get(field.name, (None, None))
        kind = Augmentation if field.name == "augmentation" else type(field.default)
        found[field.name] = (kind, Field(field.default, ge=least, le=most))
    chosen = {name: found[name] for name in SETTINGS}
    return create_model("LessonShape", __base__=Body, **chosen)


LessonShape = _settings_shape()


class RunBody(Body):
    """What a training is asked to do; all of it may be left out."""

    settings: LessonShape = Field(default_factory=LessonShape)  # type: ignore[valid-type]
    force: bool = False

    def lesson(self) -> Settings:
        return Settings(**self.settings.model_dump())  # type: ignore[attr-defined]


class PointShape(BaseModel):
    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None


class RunShape(BaseModel):
    run: int
    model: str
    state: str
    phase: str | None
    done: int
    total: int
    epoch: int
    epochs: int
    history: list[PointShape]
    best_epoch: int | None
    stopped_early: bool | None
    sentence: str | None
    seconds_left: float | None
    settings: dict[str, Any]
    created: str
    started: str | None
    finished: str | None
    attempt: int
    version: int | None
    went_live: bool | None
    waits_because: list[str]
    problem: ProblemShape | None


class RunsShape(BaseModel):
    items: list[RunShape]
    next_cursor: str | None = None


RUN_EXAMPLE: dict[str, Any] = {
    "run": 7,
    "model": "flowers",
    "state": "running",
    "phase": "learning",
    "done": 2,
    "total": 40,
    "epoch": 2,
    "epochs": 40,
    "history": [
        {
            "loss": 0.6134,
            "accuracy": 0.8072,
            "validation_loss": 0.3541,
            "validation_accuracy": 0.8986,
        },
        {
            "loss": 0.3127,
            "accuracy": 0.9105,
            "validation_loss": 0.2719,
            "validation_accuracy": 0.9167,
        },
    ],
    "best_epoch": 2,
    "stopped_early": None,
    "sentence": None,
    "seconds_left": 6.4,
    "settings": {name: getattr(Settings(), name) for name in SETTINGS},
    "created": "2026-11-25T10:00:00+00:00",
    "started": "2026-11-25T10:00:00+00:00",
    "finished": None,
    "attempt": 1,
    "version": None,
    "went_live": None,
    "waits_because": [],
    "problem": None,
}
