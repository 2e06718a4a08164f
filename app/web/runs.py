"""Trainings as callers see them, told in one place for the API, its events and the pages."""

import time
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from app import errors
from app.errors import FieldError, Problem
from app.store.runs import RUNNING, SUCCEEDED, StoredRun
from app.teaching.judging import why_it_waits
from app.teaching.progress import Progress
from app.texts import Texts
from app.vision.course import Epoch, best_epoch, read_course
from app.vision.lesson import InvalidSetting, Settings
from app.web import problems

SETTINGS = tuple(field.name for field in fields(Settings) if field.name != "refit")
"""`refit` is for teaching what ships: with it the curves say nothing of the head that answers."""


_SEEN_EARLY = ("learning-rate-too-high", "overfit")


def invalid_setting(refused: InvalidSetting) -> Problem:
    """What is wrong with a setting, by name and in the reader's language."""
    kind = errors.UnknownField if refused.why == "unknown" else errors.InvalidField
    params = {"name": refused.name, "why": refused.why, **refused.bounds}
    return kind(errors=[FieldError(f"/{refused.name}", kind.code, **params)], **params)


def run_json(run: StoredRun, progress: Progress, t: Texts) -> dict[str, Any]:
    running = run.state == RUNNING
    return {
        "run": run.run,
        "model": run.model,
        "state": run.state,
        "phase": progress.phase if running else None,
        "done": progress.done,
        "total": progress.total,
        "epoch": progress.epoch,
        "epochs": progress.epochs or run.settings["epochs"],
        "history": [dict(point) for point in progress.history],
        "best_epoch": progress.best_epoch,
        "stopped_early": progress.epoch < progress.epochs if run.state == SUCCEEDED else None,
        "sentence": _sentence(progress, _learned(run, progress), t),
        "seconds_left": _seconds_left(run, progress) if running else None,
        "settings": {name: run.settings[name] for name in SETTINGS},
        "created": moment(run.created),
        "started": moment(run.started),
        "finished": moment(run.finished),
        "attempt": run.attempt,
        "version": run.version,
        "went_live": run.went_live,
        "waits_because": why_it_waits(run.waits_because, t),
        "problem": _problem(run, t),
    }


def _learned(run: StoredRun, progress: Progress) -> bool:
    """Whether its curves went as far as they were to go."""
    after = run.state == RUNNING and progress.phase in ("examining", "going-live")
    return run.state == SUCCEEDED or after


def _sentence(progress: Progress, learned: bool, t: Texts) -> str | None:
    """What the curves say; of those that grow or broke off, only what will not be taken back."""
    if not progress.history:
        return None
    history = [Epoch(**point) for point in progress.history]
    course = read_course(history, progress.best_epoch or best_epoch(history))
    if not learned and course.code not in _SEEN_EARLY:
        return None
    return t(f"runs.course.{course.code}", **course.params)


def moment(seconds: float | None) -> str | None:
    """A time in UTC, to the second."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _seconds_left(run: StoredRun, progress: Progress) -> float | None:
    left = progress.seconds_left(run.settings["epochs"], time.monotonic())
    return None if left is None else round(left, 1)


def _problem(run: StoredRun, t: Texts) -> dict[str, Any] | None:
    if run.problem is None:
        return None
    problem = errors.written_down(run.problem["code"], run.problem["params"])
    return problems.document(problem, t, f"runs/{run.run}")
