"""Which models there are, what each can tell apart, and making, naming and removing them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from app import errors
from app.catalogue import IMAGENET
from app.teaching import models, reading
from app.teaching.choosing import choose
from app.vision.calibration import COVERAGE
from app.web.api import telling
from app.web.api.documentation import (
    ALWAYS,
    CHANGES,
    GUARDED,
    JSON,
    json_in,
    json_out,
    problem_responses,
)
from app.web.api.parameters import LanguageQuery, once
from app.web.api.predict import ModelName, json_response
from app.web.api.shapes import MODEL_EXAMPLE, ModelShape, ModelsShape
from app.web.changes import bring_back, take_away
from app.web.json_bodies import Body, GivenName, read_json
from app.web.language import texts_of
from app.web.state import asking_of
from app.web.storing import with_store

router = APIRouter(prefix="/api/v1", dependencies=[Depends(once())])

Lang = Annotated[LanguageQuery, Query()]

NAMES = (errors.InvalidLabel, errors.TooManyClasses)
TEACHABLE = (errors.ModelNotFound, errors.ModelNotTeachable)

_MOST_NAMES = 10_000  # enough to be told that a thousand are too many


class NewModel(Body):
    name: GivenName
    labels: list[GivenName] = Field(default_factory=list, max_length=_MOST_NAMES)


class Renaming(Body):
    name: GivenName


class ModelChange(Body):
    """What is left out stays as it is."""

    name: GivenName = ""
    coverage: float = Field(COVERAGE, ge=0.5, le=0.999)
    threshold: float = Field(0.0, ge=0, le=0.99)


@router.get(
    "/models",
    operation_id="list_models",
    responses={
        200: {"model": ModelsShape},
        **problem_responses(*ALWAYS, *GUARDED, errors.NotReady),
    },
)
async def list_models(request: Request, query: Lang) -> Response:
    asking, language = asking_of(request), texts_of(request).language
    taught = [
        telling.model_summary(stored, asking.catalogue.find(stored.model), language)
        for stored in await with_store(request, reading.every_model)
    ]
    fixed = telling.fixed_summary(asking.catalogue.imagenet, language)
    return json_response({"items": [*taught, fixed], "next_cursor": None})


@router.post(
    "/models",
    operation_id="make_model",
    status_code=201,
    responses={
        201: json_out(ModelShape, MODEL_EXAMPLE),
        **problem_responses(
            *JSON, *NAMES, errors.ModelExists, *ALWAYS, *GUARDED, *CHANGES, errors.NotReady
        ),
    },
    openapi_extra=json_in(NewModel, {"name": "Waste", "labels": ["glass", "paper"]}),
)
async def make_model(request: Request, query: Lang) -> Response:
    asking_of(request)
    asked = await read_json(request, NewModel)
    labels = [telling.given_name(name) for name in asked.labels]
    made = await with_store(request, models.make, telling.given_name(asked.name), labels)
    told = await _told(request, made.model)
    return json_response(told, 201, Location=f"/api/v1/models/{made.model}")


@router.get(
    "/models/{model}",
    operation_id="show_model",
    responses={
        200: json_out(ModelShape, MODEL_EXAMPLE),
        **problem_responses(errors.ModelNotFound, *ALWAYS, *GUARDED, errors.NotReady),
    },
)
async def show_model(request: Request, model: ModelName, query: Lang) -> Response:
    return json_response(await _told(request, model))


@router.patch(
    "/models/{model}",
    operation_id="change_model",
    responses={
        200: json_out(ModelShape, MODEL_EXAMPLE),
        **problem_responses(
            *JSON,
            errors.InvalidLabel,
            errors.ModelCorrupt,
            *TEACHABLE,
            *ALWAYS,
            *GUARDED,
            *CHANGES,
            errors.NotReady,
        ),
    },
    openapi_extra=json_in(ModelChange, {"coverage": 0.98, "threshold": 0.6}),
)
async def change_model(request: Request, model: ModelName, query: Lang) -> Response:
    catalogue = asking_of(request).catalogue
    asked = await read_json(request, ModelChange)
    given = asked.model_fields_set
    if not given:
        raise errors.MissingField(name="name")
    if "name" in given:
        name = telling.given_name(asked.name)
        catalogue.rename(await with_store(request, models.rename, model, name))
    if given & {"coverage", "threshold"}:
        await with_store(
            request,
            choose,
            catalogue,
            model,
            coverage=asked.coverage if "coverage" in given else None,
            threshold=asked.threshold if "threshold" in given else None,
        )
    return json_response(await _told(request, model))


@router.delete(
    "/models/{model}",
    operation_id="remove_model",
    status_code=204,
    response_class=Response,
    responses=problem_responses(
        *TEACHABLE, errors.ModelShipped, *ALWAYS, *GUARDED, *CHANGES, errors.NotReady
    ),
)
async def remove_model(request: Request, model: ModelName, query: Lang) -> Response:
    asking_of(request)
    if model == IMAGENET:
        raise errors.ModelShipped
    await take_away(request, model)
    return Response(status_code=204)


@router.post(
    "/models/{model}:restore",
    operation_id="restore_model",
    responses={
        200: json_out(ModelShape, MODEL_EXAMPLE),
        **problem_responses(*TEACHABLE, *ALWAYS, *GUARDED, *CHANGES, errors.NotReady),
    },
)
async def restore_model(request: Request, model: ModelName, query: Lang) -> Response:
    asking_of(request)
    await bring_back(request, model)
    return json_response(await _told(request, model))


async def _told(request: Request, model: str) -> dict[str, Any]:
    asking, language = asking_of(request), texts_of(request).language
    if model == IMAGENET:
        fixed = asking.catalogue.imagenet
        labels = [telling.fixed_label(label, language) for label in fixed.labels]
        return {**telling.fixed_summary(fixed, language), "labels": labels}
    stored, counts = await with_store(request, reading.model_with_counts, model)
    labels = [telling.label(label, counts, language) for label in stored.labels]
    return {
        **telling.model_summary(stored, asking.catalogue.find(model), language),
        "labels": labels,
    }
