"""Photos in, answers out."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from app import errors
from app.teaching.reading import has_model
from app.vision.classifier import Classifier
from app.web.answers import Question, answer
from app.web.api.documentation import photos_in, predict_responses
from app.web.api.parameters import PredictManyQuery, PredictQuery, once
from app.web.bodies import Upload, receive_photos
from app.web.callers import may_see_datasets
from app.web.language import texts_of
from app.web.presence import while_connected
from app.web.problems import request_id
from app.web.state import Asking, asking_of, state_of
from app.web.storing import with_store

router = APIRouter(prefix="/api/v1")

ModelName = Annotated[str, Path(examples=["flowers"])]


@router.post(
    "/models/{model}:predict",
    operation_id="predict_with_model",
    responses=predict_responses(),
    openapi_extra=photos_in(),
    dependencies=[Depends(once())],
)
async def predict_with_model(
    request: Request, model: ModelName, query: Annotated[PredictQuery, Query()]
) -> Response:
    return await answer_with(request, await chosen(request, [model]), query)


@router.post(
    "/predict",
    operation_id="predict",
    responses=predict_responses(),
    openapi_extra=photos_in(),
    dependencies=[Depends(once("model"))],
)
async def predict(request: Request, query: Annotated[PredictManyQuery, Query()]) -> Response:
    return await answer_with(request, await chosen(request, query.model), query)


async def answer_with(
    request: Request, classifiers: Sequence[Classifier], query: PredictQuery
) -> Response:
    """What these classifiers make of the request's photos, as JSON or as a picture."""
    asking = asking_of(request)
    picture = _wants_picture(request)
    if picture and len(classifiers) != 1:
        raise errors.NotAcceptable
    question = Question(
        classifiers,
        query.top_k,
        query.parsed_box(),
        texts_of(request),
        heatmaps=query.wants("heatmap"),
        neighbours=query.wants("neighbours"),
        shows_photos=may_see_datasets(request),
    )
    if asking.lookout.pool.full:
        raise errors.Busy
    async with receive_photos(request, state_of(request)) as uploads:
        if picture:
            return await _picture(request, asking, uploads, question)
        work = answer(asking, uploads, question, request_id(request))
        return json_response(await while_connected(request, work))


async def chosen(request: Request, models: Sequence[str]) -> list[Classifier]:
    """The classifiers of these names, each once; all there are when none is named."""
    asking = asking_of(request)
    if not models:
        return list(asking.catalogue)
    found = {model: asking.catalogue.find(model) for model in models}
    for model, classifier in found.items():
        if classifier is None:
            there = await with_store(request, has_model, model)
            raise errors.ModelUntaught if there else errors.ModelNotFound
    return [classifier for classifier in found.values() if classifier]


def place_of(classifier: Classifier, label: str) -> int:
    """Where it stands among the labels, by its slug. Raises LabelNotFound."""
    for at, one in enumerate(classifier.labels):
        if one.slug == label:
            return at
    raise errors.LabelNotFound(name=label)


def _wants_picture(request: Request) -> bool:
    accepted = [part.split(";")[0].strip() for part in request.headers.get("accept", "").split(",")]
    return "image/png" in accepted and "application/json" not in accepted


async def _picture(
    request: Request, asking: Asking, uploads: Sequence[Upload], question: Question
) -> Response:
    """The heat map of the best label, as a PNG of the square that was looked at."""
    if len(uploads) != 1:
        raise errors.NotAcceptable

    async def look() -> bytes:
        (classifier,) = question.classifiers
        with asking.lookout.pool.admit(1):
            (best,) = await asking.lookout.look(
                uploads[0].content,
                question.box,
                lambda view, seen: classifier.answer(seen, 1, explain=True).predictions,
            )
        return best.heatmap or b""

    return Response(await while_connected(request, look()), media_type="image/png")


def json_response(told: Any, status: int = 200, **headers: str) -> Response:
    """JSON without NaN, and with letters as they are."""
    content = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = content.encode("utf-8", "replace")
    return Response(body, status, named, media_type="application/json")
