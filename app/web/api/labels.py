"""What a model tells apart: its labels, under names that people may change."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from app import errors
from app.catalogue import IMAGENET
from app.store.models import StoredLabel
from app.teaching import models, reading
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
from app.web.api.models import NAMES, TEACHABLE, Lang, Renaming
from app.web.api.parameters import once
from app.web.api.predict import ModelName, json_response
from app.web.api.shapes import LABEL_EXAMPLE, LabelShape, LabelsShape
from app.web.changes import show_names
from app.web.json_bodies import read_json
from app.web.language import texts_of
from app.web.state import asking_of
from app.web.storing import with_store

router = APIRouter(prefix="/api/v1/models/{model}/labels", dependencies=[Depends(once())])

LabelSlug = Annotated[str, Path(examples=["rose"])]

_CHANGED = (*TEACHABLE, *ALWAYS, *GUARDED, *CHANGES, errors.NotReady)


@router.get(
    "",
    operation_id="list_labels",
    responses={
        200: json_out(LabelsShape),
        **problem_responses(errors.ModelNotFound, *ALWAYS, *GUARDED, errors.NotReady),
    },
)
async def list_labels(request: Request, model: ModelName, query: Lang) -> Response:
    asking, language = asking_of(request), texts_of(request).language
    if model == IMAGENET:
        items = [telling.fixed_label(one, language) for one in asking.catalogue.imagenet.labels]
    else:
        stored, counts = await with_store(request, reading.model_with_counts, model)
        items = [telling.label(one, counts, language) for one in stored.labels]
    return json_response({"items": items, "next_cursor": None})


@router.post(
    "",
    operation_id="add_label",
    status_code=201,
    responses={
        200: json_out(LabelShape, LABEL_EXAMPLE),
        201: json_out(LabelShape, LABEL_EXAMPLE),
        **problem_responses(*JSON, *NAMES, *_CHANGED, errors.LabelExists),
    },
    openapi_extra=json_in(Renaming, {"name": {"en": "bluebell", "nb": "blåklokke"}}),
)
async def add_label(request: Request, model: ModelName, query: Lang) -> Response:
    asking_of(request)
    asked = await read_json(request, Renaming)
    name = telling.given_name(asked.name)
    label, new = await with_store(request, models.add_label, model, name)
    told = await _told(request, model, label)
    if not new:
        return json_response(told)
    return json_response(told, 201, Location=f"/api/v1/models/{model}/labels/{label.label}")


@router.get(
    "/{label}",
    operation_id="show_label",
    responses={
        200: json_out(LabelShape, LABEL_EXAMPLE),
        **problem_responses(errors.LabelNotFound, *TEACHABLE, *ALWAYS, *GUARDED, errors.NotReady),
    },
)
async def show_label(request: Request, model: ModelName, label: LabelSlug, query: Lang) -> Response:
    asking_of(request)
    return json_response(
        await _told(request, model, await with_store(request, reading.label, model, label))
    )


@router.patch(
    "/{label}",
    operation_id="rename_label",
    responses={
        200: json_out(LabelShape, LABEL_EXAMPLE),
        **problem_responses(
            *JSON, errors.InvalidLabel, errors.LabelNotFound, errors.LabelExists, *_CHANGED
        ),
    },
    openapi_extra=json_in(Renaming, {"name": {"en": "rose", "nb": "rose"}}),
)
async def rename_label(
    request: Request, model: ModelName, label: LabelSlug, query: Lang
) -> Response:
    asking_of(request)
    asked = await read_json(request, Renaming)
    name = telling.given_name(asked.name)
    renamed = await with_store(request, models.rename_label, model, label, name)
    await show_names(request, model)
    return json_response(await _told(request, model, renamed))


@router.delete(
    "/{label}",
    operation_id="remove_label",
    status_code=204,
    response_class=Response,
    responses=problem_responses(errors.LabelNotFound, *_CHANGED),
)
async def remove_label(
    request: Request, model: ModelName, label: LabelSlug, query: Lang
) -> Response:
    asking_of(request)
    await with_store(request, models.remove_label, model, label)
    return Response(status_code=204)


@router.post(
    "/{label}:restore",
    operation_id="restore_label",
    responses={
        200: json_out(LabelShape, LABEL_EXAMPLE),
        **problem_responses(
            errors.LabelNotFound, errors.LabelExists, errors.TooManyClasses, *_CHANGED
        ),
    },
)
async def restore_label(
    request: Request, model: ModelName, label: LabelSlug, query: Lang
) -> Response:
    asking_of(request)
    back = await with_store(request, models.restore_label, model, label)
    return json_response(await _told(request, model, back))


async def _told(request: Request, model: str, label: StoredLabel) -> dict[str, Any]:
    counts = (await with_store(request, reading.model_with_counts, model)).counts
    return telling.label(label, counts, texts_of(request).language)
