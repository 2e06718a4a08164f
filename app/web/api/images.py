"""The photos of a model's dataset: listed, shown, given another label, removed and brought back."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field
from starlette.datastructures import URL
from starlette.responses import Response

from app import errors
from app.teaching import gallery, reading
from app.teaching.gallery import Change
from app.web.api import telling
from app.web.api.cursors import cursor_of, number_of
from app.web.api.documentation import (
    ALWAYS,
    CHANGES,
    GUARDED,
    JSON,
    json_in,
    json_out,
    problem_responses,
)
from app.web.api.models import TEACHABLE, Lang
from app.web.api.parameters import LanguageQuery, once
from app.web.api.predict import ModelName, json_response
from app.web.api.shapes import (
    CHANGED_EXAMPLE,
    IMAGE_EXAMPLE,
    ChangedShape,
    ImageShape,
    ImagesShape,
)
from app.web.json_bodies import Body, read_json
from app.web.storing import with_store

router = APIRouter(prefix="/api/v1/models/{model}/images", dependencies=[Depends(once())])

Sha256 = Annotated[str, Path(examples=[IMAGE_EXAMPLE["sha256"]])]

ASKED = (*TEACHABLE, *ALWAYS, *GUARDED, errors.NotReady)

_MOST_AT_ONCE = 1000

Named = Annotated[
    list[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]],
    Field(min_length=1, max_length=_MOST_AT_ONCE),
]


class ImagesQuery(LanguageQuery):
    label: str | None = None
    split: Literal["train", "validation", "test", "aside"] | None = None
    removed: Literal["true", "false"] = "false"
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = None


class Relabelling(Body):
    label: str


class BulkRelabelling(Body):
    images: Named
    label: str


class Bulk(Body):
    images: Named


@router.get(
    "",
    operation_id="list_images",
    responses={
        200: json_out(ImagesShape, {"items": [IMAGE_EXAMPLE], "next_cursor": None}),
        **problem_responses(errors.LabelNotFound, *ASKED),
    },
)
async def list_images(
    request: Request, model: ModelName, query: Annotated[ImagesQuery, Query()]
) -> Response:
    listing = (model, query.label, query.split, query.removed)
    found = await with_store(
        request,
        reading.photos,
        model,
        label=query.label,
        split=query.split,
        removed=query.removed == "true",
        before=number_of(query.cursor, *listing),
        limit=query.limit + 1,
    )
    items = found[: query.limit]
    more = cursor_of(items[-1].number, *listing) if len(found) > len(items) else None
    response = json_response({"items": [telling.image(i) for i in items], "next_cursor": more})
    if more:
        url = URL(scope=request.scope).include_query_params(cursor=more)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return response


@router.get(
    "/{sha256}",
    operation_id="show_image",
    responses={
        200: json_out(ImageShape, IMAGE_EXAMPLE),
        **problem_responses(errors.ImageNotFound, *ASKED),
    },
)
async def show_image(request: Request, model: ModelName, sha256: Sha256, query: Lang) -> Response:
    return await _told(request, model, sha256)


@router.patch(
    "/{sha256}",
    operation_id="relabel_image",
    responses={
        200: json_out(ImageShape, IMAGE_EXAMPLE),
        **problem_responses(*JSON, errors.ImageNotFound, errors.LabelNotFound, *ASKED, *CHANGES),
    },
    openapi_extra=json_in(Relabelling, {"label": "rose"}),
)
async def relabel_image(
    request: Request, model: ModelName, sha256: Sha256, query: Lang
) -> Response:
    asked = await read_json(request, Relabelling)
    await with_store(request, gallery.relabel, model, [sha256], asked.label)
    return await _told(request, model, sha256)


@router.delete(
    "/{sha256}",
    operation_id="remove_image",
    status_code=204,
    response_class=Response,
    responses=problem_responses(errors.ImageNotFound, *ASKED, *CHANGES),
)
async def remove_image(request: Request, model: ModelName, sha256: Sha256, query: Lang) -> Response:
    await with_store(request, gallery.remove, model, [sha256])
    return Response(status_code=204)


@router.post(
    "/{sha256}:restore",
    operation_id="restore_image",
    responses={
        200: json_out(ImageShape, IMAGE_EXAMPLE),
        **problem_responses(errors.ImageNotFound, errors.LabelNotFound, *ASKED, *CHANGES),
    },
)
async def restore_image(
    request: Request, model: ModelName, sha256: Sha256, query: Lang
) -> Response:
    await with_store(request, gallery.restore, model, [sha256])
    return await _told(request, model, sha256)


_BULK = {
    200: json_out(ChangedShape, CHANGED_EXAMPLE),
    **problem_responses(*JSON, errors.ImageNotFound, errors.LabelNotFound, *ASKED, *CHANGES),
}
_SOME = [IMAGE_EXAMPLE["sha256"]]


@router.post(
    ":relabel",
    operation_id="relabel_images",
    responses=_BULK,
    openapi_extra=json_in(BulkRelabelling, {"images": _SOME, "label": "rose"}),
)
async def relabel_images(request: Request, model: ModelName, query: Lang) -> Response:
    asked = await read_json(request, BulkRelabelling)
    return _changed(await with_store(request, gallery.relabel, model, asked.images, asked.label))


@router.post(
    ":remove",
    operation_id="remove_images",
    responses=_BULK,
    openapi_extra=json_in(Bulk, {"images": _SOME}),
)
async def remove_images(request: Request, model: ModelName, query: Lang) -> Response:
    asked = await read_json(request, Bulk)
    return _changed(await with_store(request, gallery.remove, model, asked.images))


@router.post(
    ":restore",
    operation_id="restore_images",
    responses=_BULK,
    openapi_extra=json_in(Bulk, {"images": _SOME}),
)
async def restore_images(request: Request, model: ModelName, query: Lang) -> Response:
    asked = await read_json(request, Bulk)
    return _changed(await with_store(request, gallery.restore, model, asked.images))


def _changed(changes: list[Change]) -> Response:
    return json_response({"changed": [vars(change) for change in changes]})


async def _told(request: Request, model: str, sha256: str) -> Response:
    return json_response(telling.image(await with_store(request, reading.photo, model, sha256)))
