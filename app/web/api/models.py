"""Which models there are, and what each can tell apart."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app import errors
from app.vision.classifier import Classifier
from app.web.api.documentation import ALWAYS, GUARDED, problem_responses
from app.web.api.parameters import LanguageQuery, once
from app.web.api.predict import ModelName, json_response
from app.web.api.shapes import ModelShape, ModelsShape
from app.web.language import texts_of
from app.web.state import asking_of

router = APIRouter(prefix="/api/v1", dependencies=[Depends(once())])


@router.get(
    "/models",
    operation_id="list_models",
    responses={
        200: {"model": ModelsShape},
        **problem_responses(*ALWAYS, *GUARDED, errors.NotReady),
    },
)
async def list_models(request: Request, query: Annotated[LanguageQuery, Query()]) -> Response:
    language = texts_of(request).language
    items = [_summary(c, language) for c in asking_of(request).catalogue]
    return json_response({"items": items, "next_cursor": None})


@router.get(
    "/models/{model}",
    operation_id="show_model",
    responses={
        200: {"model": ModelShape},
        **problem_responses(errors.ModelNotFound, *ALWAYS, *GUARDED, errors.NotReady),
    },
)
async def show_model(
    request: Request, model: ModelName, query: Annotated[LanguageQuery, Query()]
) -> Response:
    classifier = asking_of(request).catalogue.find(model)
    if classifier is None:
        raise errors.ModelNotFound
    language = texts_of(request).language
    labels = [
        {"label": label.slug, "name": label.name(language), "aliases": list(label.aliases)}
        for label in classifier.labels
    ]
    return json_response({**_summary(classifier, language), "labels": labels})


def _exam(classifier: Classifier) -> dict[str, Any] | None:
    """How well it did on photos that it had never seen, with the 95 % interval."""
    if classifier.exam is None:
        return None
    return {key: classifier.exam[key] for key in ("right", "of", "low", "high")}


def _summary(classifier: Classifier, language: str) -> dict[str, Any]:
    return {
        "model": classifier.model,
        "name": classifier.name(language),
        "version": classifier.version,
        "label_count": len(classifier.labels),
        "can_say_unknown": classifier.reference is not None,
        "exam": _exam(classifier),
    }
