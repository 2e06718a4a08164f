"""Photos that wait for a label: given without one or kept with a mark, in an order worth labelling
in, and learned from."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.datastructures import URL
from starlette.responses import Response

from app import errors
from app.store.inbox import Waiting
from app.teaching import inbox, queueing, reading
from app.texts import Texts
from app.web import inbox as telling_inbox
from app.web.api import telling
from app.web.api.cursors import cursor_of, number_of
from app.web.api.documentation import (
    CHANGES,
    JSON,
    UNUSABLE_PHOTOS,
    Responses,
    json_in,
    json_out,
    photos_in,
    problem_responses,
)
from app.web.api.images import ASKED, Sha256
from app.web.api.inbox_shapes import (
    INBOX_EXAMPLE,
    PUT_EXAMPLE,
    QUEUE_EXAMPLE,
    TAUGHT_EXAMPLE,
    WAITING_PHOTO_EXAMPLE,
    InboxShape,
    PutAnswerShape,
    QueueShape,
    TaughtShape,
    WaitingPhotoShape,
)
from app.web.api.models import Lang
from app.web.api.parameters import LanguageQuery, once
from app.web.api.photos import CONTENT_SIDE, THUMBNAIL_SIDE, shown
from app.web.api.predict import ModelName, json_response
from app.web.bodies import receive_form
from app.web.inbox import left_sentence, names_of, queued_json, waiting_json
from app.web.json_bodies import Body, read_json
from app.web.language import texts_of
from app.web.presence import while_connected
from app.web.state import asking_of, state_of
from app.web.storing import with_store

router = APIRouter(prefix="/api/v1/models/{model}", dependencies=[Depends(once())])


class PutQuery(LanguageQuery):
    verdict: str | None = None
    version: str | None = None
    answer: str | None = None


class InboxQuery(LanguageQuery):
    marked: Literal["true", "false"] | None = None
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = None


class QueueQuery(LanguageQuery):
    limit: int = Field(queueing.PORTION, ge=1, le=200)
    cursor: str | None = None


class Teaching(Body):
    label: str


_ONE: Responses = {200: json_out(WaitingPhotoShape, WAITING_PHOTO_EXAMPLE)}
_JPEG = {
    200: {"content": {"image/jpeg": {}}},
    **problem_responses(errors.WaitingNotFound, errors.ObjectUnreadable, *ASKED),
}


@router.get(
    "/inbox",
    operation_id="list_inbox",
    responses={200: json_out(InboxShape, INBOX_EXAMPLE), **problem_responses(*ASKED)},
)
async def list_inbox(
    request: Request, model: ModelName, query: Annotated[InboxQuery, Query()]
) -> Response:
    listing = ("inbox", model, query.marked)
    found, counts = await with_store(
        request,
        inbox.page,
        model,
        marked=None if query.marked is None else query.marked == "true",
        before=number_of(query.cursor, *listing),
        limit=query.limit + 1,
    )
    names, items = await _names(request, model), found[: query.limit]
    more = cursor_of(items[-1].number, *listing) if len(found) > len(items) else None
    limits = state_of(request).settings
    told = {
        "items": [waiting_json(one, names) for one in items],
        "next_cursor": more,
        **counts._asdict(),
        "most": limits.inbox_images,
        "days": limits.inbox_days,
    }
    return _page(request, told, more)


@router.post(
    "/inbox",
    operation_id="put_into_inbox",
    status_code=201,
    responses={
        200: json_out(PutAnswerShape),
        201: json_out(PutAnswerShape, PUT_EXAMPLE),
        **problem_responses(
            *UNUSABLE_PHOTOS,
            errors.DuplicateField,
            errors.InvalidField,
            errors.InvalidText,
            errors.InboxOff,
            errors.InboxFull,
            errors.VersionNotFound,
            errors.LabelNotFound,
            *ASKED,
            *CHANGES,
        ),
    },
    openapi_extra=photos_in(
        50,
        verdict={"type": "string", "enum": ["right", "wrong"]},
        version={"type": "string", "pattern": "^[0-9]{1,9}$"},
        answer={"type": "string"},
    ),
)
async def put_into_inbox(
    request: Request, model: ModelName, query: Annotated[PutQuery, Query()]
) -> Response:
    """Fields may stand in the form or, for a photo that is the whole body, in the address."""
    asking_of(request)
    await with_store(request, reading.check_teachable, model)  # before any of the body is read
    state, fields = state_of(request), telling_inbox.FIELDS
    async with receive_form(
        request, state, files=state.settings.dataset_images, fields=fields
    ) as form:
        asked = query.model_dump(include=set(fields), exclude_none=True)
        for name in asked.keys() & form.fields.keys():
            raise errors.DuplicateField(name=name)
        mark = telling_inbox.mark_of({**asked, **form.fields}, state.settings.inbox_days)
        work = telling_inbox.add(request, model, form.uploads, mark)
        told, new = await while_connected(request, work)
    return json_response(told, 201 if new else 200)


@router.get(
    "/queue",
    operation_id="show_queue",
    responses={200: json_out(QueueShape, QUEUE_EXAMPLE), **problem_responses(*ASKED)},
)
async def show_queue(
    request: Request, model: ModelName, query: Annotated[QueueQuery, Query()]
) -> Response:
    """A cursor leads on as long as no photo comes and no other version answers."""
    classifier = asking_of(request).catalogue.find(model)

    def start_of(key: str) -> int:
        return number_of(query.cursor, "queue", model, key) or 0

    found = await with_store(request, queueing.queue, model, classifier, start_of, query.limit)
    names = await _names(request, model)
    more = None if found.more is None else cursor_of(found.more, "queue", model, found.key)
    told = {
        "model": model,
        "version": classifier.version if classifier else None,
        "total": found.counts.unmarked,
        "items": [queued_json(one, names) for one in found.items],
        "next_cursor": more,
    }
    return _page(request, told, more)


@router.get(
    "/inbox/{sha256}",
    operation_id="show_waiting",
    responses={**_ONE, **problem_responses(errors.WaitingNotFound, *ASKED)},
)
async def show_waiting(request: Request, model: ModelName, sha256: Sha256, query: Lang) -> Response:
    found = await with_store(request, inbox.waiting, model, sha256)
    return await _one(request, found)


@router.delete(
    "/inbox/{sha256}",
    operation_id="discard_waiting",
    status_code=204,
    response_class=Response,
    responses=problem_responses(errors.WaitingNotFound, *ASKED, *CHANGES),
)
async def discard_waiting(
    request: Request, model: ModelName, sha256: Sha256, query: Lang
) -> Response:
    await with_store(request, inbox.discard, model, sha256)
    return Response(status_code=204)


@router.post(
    "/inbox/{sha256}:teach",
    operation_id="teach_waiting",
    responses={
        200: json_out(TaughtShape, TAUGHT_EXAMPLE),
        **problem_responses(
            *JSON,
            errors.WaitingNotFound,
            errors.LabelNotFound,
            errors.ObjectUnreadable,
            *ASKED,
            *CHANGES,
        ),
    },
    openapi_extra=json_in(Teaching, {"label": "rose"}),
)
async def teach_waiting(
    request: Request, model: ModelName, sha256: Sha256, query: Lang
) -> Response:
    asked, t = await read_json(request, Teaching), texts_of(request)
    taken = await telling_inbox.teach(request, model, sha256, asked.label)
    names, left = await _names(request, model), await with_store(request, inbox.left, model, sha256)
    taught = left is not None and left[0].taught
    told = {"status": taken.status, "image": telling.image(taken.image)}
    return json_response({**told, "sentence": left_sentence(taught, taken.image, names, t)})


@router.post(
    "/inbox/{sha256}:restore",
    operation_id="restore_waiting",
    responses={
        **_ONE,
        **problem_responses(errors.WaitingNotFound, errors.InboxFull, *ASKED, *CHANGES),
    },
)
async def restore_waiting(
    request: Request, model: ModelName, sha256: Sha256, query: Lang
) -> Response:
    most = state_of(request).settings.inbox_images
    return await _one(request, await with_store(request, inbox.restore, model, sha256, most))


@router.get(
    "/inbox/{sha256}/content",
    operation_id="show_waiting_photo",
    response_class=Response,
    responses=_JPEG,
)
async def show_waiting_photo(
    request: Request, model: ModelName, sha256: Sha256, query: Lang
) -> Response:
    await with_store(request, inbox.waiting, model, sha256)
    return await shown(request, sha256, CONTENT_SIDE)


@router.get(
    "/inbox/{sha256}/thumbnail",
    operation_id="show_waiting_thumbnail",
    response_class=Response,
    responses=_JPEG,
)
async def show_waiting_thumbnail(
    request: Request, model: ModelName, sha256: Sha256, query: Lang
) -> Response:
    await with_store(request, inbox.waiting, model, sha256)
    return await shown(request, sha256, THUMBNAIL_SIDE)


async def _names(request: Request, model: str) -> dict[str, str]:
    t: Texts = texts_of(request)
    return names_of((await with_store(request, reading.model_with_counts, model)).model, t)


async def _one(request: Request, found: Waiting) -> Response:
    return json_response(waiting_json(found, await _names(request, found.model)))


def _page(request: Request, told: Mapping[str, object], more: str | None) -> Response:
    response = json_response(told)
    if more:
        url = URL(scope=request.scope).include_query_params(cursor=more)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return response
