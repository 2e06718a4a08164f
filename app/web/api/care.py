"""Photo care: what in a dataset wants a look, and that someone has looked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.datastructures import URL
from starlette.responses import Response

from app import errors
from app.store.images import Image
from app.teaching import caring
from app.web.analyses import analysis_json
from app.web.api import telling
from app.web.api.care_shapes import (
    CARE_EXAMPLE,
    WAITING_EXAMPLE,
    CareShape,
    LookedAtShape,
    WaitingShape,
)
from app.web.api.cursors import cursor_of, number_of
from app.web.api.documentation import CHANGES, JSON, json_in, json_out, problem_responses
from app.web.api.images import ASKED, Bulk
from app.web.api.models import Lang
from app.web.api.parameters import LanguageQuery, once
from app.web.api.predict import ModelName, json_response
from app.web.api.shapes import IMAGE_EXAMPLE
from app.web.care import care_json
from app.web.json_bodies import Body, read_json
from app.web.language import texts_of
from app.web.state import analyses_of
from app.web.storing import with_store

router = APIRouter(prefix="/api/v1/models/{model}", dependencies=[Depends(once())])


class Alike(Body):
    """Photos of one lot: each is told apart from each."""

    images: Annotated[
        list[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]], Field(min_length=2, max_length=100)
    ]


class CareQuery(LanguageQuery):
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = None


@router.get(
    "/care",
    operation_id="show_care",
    responses={
        200: json_out(CareShape, CARE_EXAMPLE),
        202: json_out(WaitingShape, WAITING_EXAMPLE),
        **problem_responses(errors.AnalysisFailed, *ASKED),
    },
)
async def show_care(
    request: Request, model: ModelName, query: Annotated[CareQuery, Query()]
) -> Response:
    """What was found before is told while a changed dataset is looked over anew."""
    analysis, t = await analyses_of(request).ask(model, "care"), texts_of(request)
    told = analysis_json(model, analysis, t)
    if analysis.found is None:
        return json_response(told, 202, Retry_After="1")
    found = analysis.found
    listing = ("care", model, found.key)
    start = number_of(query.cursor, *listing) or 0
    care = await with_store(request, caring.open_points, model, found.result)
    ahead = [one for one in care.doubts if one.place >= start]
    doubts = ahead[: query.limit]
    told |= care_json(care, doubts, t)
    more = cursor_of(ahead[query.limit].place, *listing) if len(ahead) > len(doubts) else None
    told["doubts"]["next_cursor"] = more
    response = json_response(told)
    if more:
        url = URL(scope=request.scope).include_query_params(cursor=more)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return response


_LOOKED_AT = {
    200: json_out(LookedAtShape, {"images": [IMAGE_EXAMPLE]}),
    **problem_responses(*JSON, errors.ImageNotFound, *ASKED, *CHANGES),
}
_SOME = {"images": [IMAGE_EXAMPLE["sha256"]]}


@router.post(
    "/care:keep",
    operation_id="keep_images",
    responses=_LOOKED_AT,
    openapi_extra=json_in(Bulk, _SOME),
)
async def keep_images(request: Request, model: ModelName, query: Lang) -> Response:
    asked = await read_json(request, Bulk)
    return _looked_at(await with_store(request, caring.keep, model, asked.images))


@router.post(
    "/care:apart",
    operation_id="tell_images_apart",
    responses=_LOOKED_AT,
    openapi_extra=json_in(Alike, {"images": [IMAGE_EXAMPLE["sha256"], "a" * 64]}),
)
async def tell_images_apart(request: Request, model: ModelName, query: Lang) -> Response:
    asked = await read_json(request, Alike)
    return _looked_at(await with_store(request, caring.tell_apart, model, asked.images))


@router.post(
    "/care:reconsider",
    operation_id="reconsider_images",
    responses=_LOOKED_AT,
    openapi_extra=json_in(Bulk, _SOME),
)
async def reconsider_images(request: Request, model: ModelName, query: Lang) -> Response:
    asked = await read_json(request, Bulk)
    return _looked_at(await with_store(request, caring.reconsider, model, asked.images))


def _looked_at(found: list[Image]) -> Response:
    return json_response({"images": [telling.image(one) for one in found]})
