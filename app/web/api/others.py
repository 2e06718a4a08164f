"""Photos of other things, by the set: given, looked at and never learned from, to see whether a
model refuses them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from app import errors
from app.teaching import given
from app.web import others
from app.web.api.cursors import cursor_of, number_of
from app.web.api.documentation import (
    CHANGES,
    JSON,
    UNUSABLE_PHOTOS,
    json_in,
    json_out,
    photos_in,
    problem_responses,
)
from app.web.api.images import ASKED, Sha256
from app.web.api.models import Lang
from app.web.api.other_shapes import (
    ADDED_EXAMPLE,
    SET_EXAMPLE,
    WHOLE_SET_EXAMPLE,
    SetShape,
    SetsShape,
    StrangersAddedShape,
    WholeSetShape,
)
from app.web.api.parameters import LanguageQuery, once
from app.web.api.photos import THUMBNAIL_SIDE, shown
from app.web.api.predict import ModelName, json_response
from app.web.bodies import receive_form
from app.web.json_bodies import Body, read_json
from app.web.presence import while_connected
from app.web.state import asking_of, state_of
from app.web.storing import with_store

router = APIRouter(prefix="/api/v1/models/{model}/others", dependencies=[Depends(once())])

SetName = Annotated[str, Path(examples=["street-signs"])]


class NewSet(Body):
    name: str


class SetQuery(LanguageQuery):
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = None


@router.get(
    "",
    operation_id="list_others",
    responses={
        200: json_out(SetsShape, {"items": [SET_EXAMPLE], "next_cursor": None}),
        **problem_responses(*ASKED),
    },
)
async def list_others(request: Request, model: ModelName, query: Lang) -> Response:
    sets = await with_store(request, given.every, model)
    return json_response({"items": [others.set_json(one) for one in sets], "next_cursor": None})


@router.post(
    "",
    operation_id="make_others",
    status_code=201,
    responses={
        200: json_out(SetShape, SET_EXAMPLE),
        201: json_out(SetShape, {**SET_EXAMPLE, "photos": 0}),
        **problem_responses(*JSON, errors.InvalidLabel, *ASKED, *CHANGES),
    },
    openapi_extra=json_in(NewSet, {"name": "Street signs"}),
)
async def make_others(request: Request, model: ModelName, query: Lang) -> Response:
    asked = await read_json(request, NewSet)
    made, new = await with_store(request, given.make, model, asked.name)
    if not new:
        return json_response(others.set_json(made))
    here = f"/api/v1/models/{model}/others/{made.set}"
    return json_response(others.set_json(made), 201, Location=here)


@router.get(
    "/{set}",
    operation_id="show_others",
    responses={
        200: json_out(WholeSetShape, WHOLE_SET_EXAMPLE),
        **problem_responses(errors.SetNotFound, errors.ModelCorrupt, *ASKED),
    },
)
async def show_others(
    request: Request, model: ModelName, set: SetName, query: Annotated[SetQuery, Query()]
) -> Response:
    """The photos most like what was taught first; without a live version in the order they came."""
    listing = ("others", model, set)
    start = number_of(query.cursor, *listing) or 0
    told = await others.whole(request, model, set)
    part = told.items[start : start + query.limit]
    over = start + len(part)
    more = cursor_of(over, *listing) if over < len(told.items) else None
    whole: dict[str, Any] = {**others.set_json(told.set), "held": told.held}
    return json_response({**whole, "items": part, "next_cursor": more})


@router.delete(
    "/{set}",
    operation_id="remove_others",
    status_code=204,
    response_class=Response,
    responses=problem_responses(errors.SetNotFound, *ASKED, *CHANGES),
)
async def remove_others(request: Request, model: ModelName, set: SetName, query: Lang) -> Response:
    await with_store(request, given.remove, model, set)
    return Response(status_code=204)


@router.post(
    "/{set}:restore",
    operation_id="restore_others",
    responses={
        200: json_out(SetShape, SET_EXAMPLE),
        **problem_responses(errors.SetNotFound, *ASKED, *CHANGES),
    },
)
async def restore_others(request: Request, model: ModelName, set: SetName, query: Lang) -> Response:
    return json_response(others.set_json(await with_store(request, given.restore, model, set)))


@router.post(
    "/{set}/images",
    operation_id="add_others",
    status_code=201,
    responses={
        200: json_out(StrangersAddedShape),
        201: json_out(StrangersAddedShape, ADDED_EXAMPLE),
        **problem_responses(
            *UNUSABLE_PHOTOS, errors.InvalidText, errors.SetNotFound, *ASKED, *CHANGES
        ),
    },
    openapi_extra=photos_in(50),
)
async def add_others(request: Request, model: ModelName, set: SetName, query: Lang) -> Response:
    asking_of(request)
    await with_store(request, given.find, model, set)  # before any of the body is read
    state = state_of(request)
    async with receive_form(request, state, files=state.settings.dataset_images) as form:
        told, new = await while_connected(request, others.add(request, model, set, form.uploads))
    return json_response(told, 201 if new else 200)


@router.delete(
    "/{set}/images/{sha256}",
    operation_id="remove_other",
    status_code=204,
    response_class=Response,
    responses=problem_responses(errors.SetNotFound, errors.ImageNotFound, *ASKED, *CHANGES),
)
async def remove_other(
    request: Request, model: ModelName, set: SetName, sha256: Sha256, query: Lang
) -> Response:
    await with_store(request, given.take_out, model, set, [sha256])
    return Response(status_code=204)


@router.get(
    "/{set}/images/{sha256}/thumbnail",
    operation_id="show_other",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}},
        **problem_responses(
            errors.SetNotFound, errors.ImageNotFound, errors.ObjectUnreadable, *ASKED
        ),
    },
)
async def show_other(
    request: Request, model: ModelName, set: SetName, sha256: Sha256, query: Lang
) -> Response:
    await with_store(request, given.check_in, model, set, sha256)
    return await shown(request, sha256, THUMBNAIL_SIDE)
