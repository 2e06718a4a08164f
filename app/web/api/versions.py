"""What came of trainings: versions, which of them answers, and asking any of them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from app import errors
from app.catalogue import IMAGENET, load_version
from app.store import registry
from app.store.models import StoredModel
from app.store.registry import VersionRow
from app.store.store import Store
from app.teaching.live import go_live
from app.teaching.models import teachable
from app.web.api.documentation import (
    ALWAYS,
    CHANGES,
    GUARDED,
    JSON,
    json_in,
    json_out,
    photos_in,
    predict_responses,
    problem_responses,
)
from app.web.api.models import TEACHABLE, Lang
from app.web.api.parameters import PredictQuery, once
from app.web.api.predict import ModelName, answer_with, json_response
from app.web.api.version_shapes import VERSION_EXAMPLE, VersionShape, VersionsShape
from app.web.json_bodies import Body, read_json
from app.web.language import texts_of
from app.web.others import examined
from app.web.reports import report_json
from app.web.state import asking_of
from app.web.storing import with_store
from app.web.versions import version_json

router = APIRouter(prefix="/api/v1/models/{model}", dependencies=[Depends(once())])

VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1, examples=[1])]

_ASKED = (*TEACHABLE, *ALWAYS, *GUARDED, errors.NotReady)


class Live(Body):
    version: int


@router.get(
    "/versions",
    operation_id="list_versions",
    responses={
        200: json_out(VersionsShape, {"items": [VERSION_EXAMPLE], "next_cursor": None}),
        **problem_responses(*_ASKED),
    },
)
async def list_versions(request: Request, model: ModelName, query: Lang) -> Response:
    stored, rows = await with_store(request, _versions, model)
    t = texts_of(request)
    items = [version_json(row, stored.live, t) for row in rows]
    return json_response({"items": items, "next_cursor": None})


@router.get(
    "/versions/{version}",
    operation_id="show_version",
    responses={
        200: json_out(VersionShape, VERSION_EXAMPLE),
        **problem_responses(errors.VersionNotFound, errors.ModelCorrupt, *_ASKED),
    },
)
async def show_version(
    request: Request, model: ModelName, version: VersionNumber, query: Lang
) -> Response:
    """With its whole report, in which `exam` is that on today's sealed photos; the version's own
    `exam` is the one at the end of its training."""
    t = texts_of(request)
    told, sets = await examined(request, model, version)
    shown = version_json(told.row, told.model.live, t)
    return json_response({**shown, "report": report_json(told, sets, t)})


@router.put(
    "/live",
    operation_id="go_live",
    responses={
        200: json_out(VersionShape, VERSION_EXAMPLE),
        **problem_responses(
            *JSON,
            errors.VersionNotFound,
            errors.ModelCorrupt,
            errors.ModelIncompatible,
            *_ASKED,
            *CHANGES,
        ),
    },
    openapi_extra=json_in(Live, {"version": 1}),
)
async def set_live(request: Request, model: ModelName, query: Lang) -> Response:
    asking_of(request)
    asked = await read_json(request, Live)
    return json_response(await put_live(request, model, asked.version))


@router.post(
    "/versions/{version}:predict",
    operation_id="predict_with_version",
    responses=predict_responses(),
    openapi_extra=photos_in(),
)
async def predict_with_version(
    request: Request,
    model: ModelName,
    version: VersionNumber,
    query: Annotated[PredictQuery, Query()],
) -> Response:
    """Also one that is not live, to try it before it is."""
    catalogue = asking_of(request).catalogue
    live = catalogue.find(model)
    if live is None or live.version != version:
        if model == IMAGENET:
            raise errors.VersionNotFound(version=version)
        live = await with_store(request, load_version, model, version)
    return await answer_with(request, [live], query)


async def put_live(request: Request, model: str, version: int) -> dict[str, Any]:
    """The version as it is told then."""
    _, row = await with_store(request, _version, model, version)
    await with_store(request, go_live, asking_of(request).catalogue, model, version)
    return version_json(row, version, texts_of(request))


def _versions(store: Store, model: str) -> tuple[StoredModel, list[VersionRow]]:
    with store.database.read() as c:
        return teachable(c, model), registry.versions_of(c, model)


def _version(store: Store, model: str, version: int) -> tuple[StoredModel, VersionRow]:
    """Raises VersionNotFound, ModelNotFound or ModelNotTeachable."""
    with store.database.read() as c:
        stored, row = teachable(c, model), registry.find(c, model, version)
        if row is None:
            raise errors.VersionNotFound(version=version)
        return stored, row
