"""From looks to the answers that people and programs read."""

import asyncio
import base64
import hashlib
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app import errors
from app.errors import FieldError, Problem
from app.texts import Texts
from app.vision.classifier import Answer, Classifier, Prediction
from app.vision.decode import Box, View
from app.vision.engine import Floats, Seen
from app.web import problems
from app.web.bodies import Upload
from app.web.reasons import hesitation_json, neighbours_json
from app.web.state import Asking


@dataclass(frozen=True)
class Question:
    """What is asked of every photo of a request, and whether the answer may show photos of
    datasets."""

    classifiers: Sequence[Classifier]
    top_k: int
    box: Box | None
    t: Texts
    heatmaps: bool = False
    neighbours: bool = False
    shows_photos: bool = False


async def answer(
    asking: Asking, uploads: Sequence[Upload], question: Question, request_id: str
) -> dict[str, Any]:
    """One result for each photo, in their order; a bad one among several has its own `error`.

    Raises the one photo's problem when there is but one, NoUsableImages when all of several are
    bad, and Busy when the queue is full.
    """
    with asking.lookout.pool.admit(len(uploads)):
        looks = [_look(asking, upload, question) for upload in uploads]
        # A photo alone needs no task of its own.
        results = [await looks[0]] if len(looks) == 1 else await asyncio.gather(*looks)
    unless_all_bad([r for r in results if isinstance(r, Problem)], len(results))
    told = [
        refusal(r, upload, question.t, request_id) if isinstance(r, Problem) else r
        for upload, r in zip(uploads, results, strict=True)
    ]
    return {"id": request_id, "results": told}


async def _look(asking: Asking, upload: Upload, question: Question) -> dict[str, Any] | Problem:
    started = time.perf_counter()

    def tell(view: View, seen: Seen) -> tuple[dict[str, Any], Floats, list[Answer]]:
        found = [c.answer(seen, question.top_k, question.heatmaps) for c in question.classifiers]
        told = {
            "filename": upload.filename,
            "sha256": hashlib.sha256(upload.content).hexdigest(),
            "width": view.width,
            "height": view.height,
            "models": [_verdict(asking, seen, one, question.t) for one in found],
            "box": box_json(view.box),
        }
        return told, seen.features, found

    try:
        told, features, found = await asking.lookout.look(upload.content, question.box, tell)
    except (errors.UnusableImage, errors.InvalidParameter) as problem:
        return problem
    if question.neighbours:
        await _add_neighbours(asking, told, features, found, question)
    return {**told, "timing_ms": round((time.perf_counter() - started) * 1000, 1)}


async def _add_neighbours(
    asking: Asking, told: dict[str, Any], features: Floats, found: Sequence[Answer],
    question: Question,
) -> None:  # fmt: skip
    asked = [(one.classifier.model, one.classifier.version) for one in found]
    nearest = await asyncio.to_thread(asking.nearby.find, asked, features)
    for verdict, answer_, near in zip(told["models"], found, nearest, strict=True):
        verdict |= neighbours_json(answer_, near, question.t, question.shows_photos)


def _verdict(asking: Asking, seen: Seen, found: Answer, t: Texts) -> dict[str, Any]:
    classifier, language = found.classifier, t.language
    return {
        "model": classifier.model,
        "name": classifier.name(language),
        "version": classifier.version,
        "predictions": [prediction_json(p, language) for p in found.predictions],
        "decision": found.decision.slug if found.decision else None,
        "unknown": found.unknown,
        **_why_undecided(asking, seen, found, t),
        "hesitated": hesitation_json(found),
    }


def _why_undecided(asking: Asking, seen: Seen, found: Answer, t: Texts) -> dict[str, Any]:
    """An unknown photo is told apart by what the thousand everyday things make of it."""
    if not found.unknown:
        return {"reason": _why_unsure(found, t) if found.unsure else None, "looks_like": None}
    (nearest,) = asking.catalogue.imagenet.answer(seen, 1, explain=False).predictions
    name = nearest.label.name(t.language)
    return {
        "reason": t("api.unknown.reason", model=found.classifier.name(t.language), name=name),
        "looks_like": prediction_json(nearest, t.language),
    }


def _why_unsure(found: Answer, t: Texts) -> str:
    best, least = found.predictions[0], 100 * found.classifier.threshold
    # A score just below the limit must not be rounded up to it.
    shares = {"score": math.floor(1000 * best.score) / 10, "least": round(least, 1)}
    told = {key: t.decimal(f"{share:g}") for key, share in shares.items()}
    return t("api.unsure.reason", name=best.label.name(t.language), **told)


def looked_at_json(classifier: Classifier, view: View, language: str) -> dict[str, Any]:
    """Which model looked, and at which square of a photo of what size."""
    return {
        "model": classifier.model,
        "name": classifier.name(language),
        "version": classifier.version,
        "width": view.width,
        "height": view.height,
        "box": box_json(view.box),
    }


def box_json(box: Box) -> dict[str, float]:
    """In shares of the photo, as a request gives it."""
    return {name: round(value, 4) for name, value in vars(box).items()}


def prediction_json(prediction: Prediction, language: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "label": prediction.label.slug,
        "name": prediction.label.name(language),
        "score": round(prediction.score, 6),
    }
    if prediction.heatmap is not None:
        told["heatmap"] = data_url(prediction.heatmap, "image/png")
    return told


def data_url(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def refusal(problem: Problem, upload: Upload, t: Texts, request_id: str) -> dict[str, Any]:
    return {"filename": upload.filename, "error": problems.document(problem, t, request_id)}


def unless_all_bad(bad: Sequence[Problem], photos: int) -> None:
    """Raises the one photo's problem when there is but one, NoUsableImages when all of several are
    bad."""
    if len(bad) < photos:
        return
    if photos == 1:
        raise bad[0]
    each = [FieldError(f"images/{i}", p.code, **p.params) for i, p in enumerate(bad)]
    raise errors.NoUsableImages(count=photos, errors=each)
