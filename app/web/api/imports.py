"""Zips of photos, one folder a label: handed in, followed, cancelled, and reported on."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field
from sqlalchemy import Connection
from starlette.datastructures import URL
from starlette.responses import Response

from app import errors
from app.store import idempotency, imports, models
from app.store.imports import OVER, StoredImport
from app.store.store import Store
from app.teaching.imports import Imports
from app.teaching.models import teachable
from app.texts import Texts
from app.web.api.cursors import cursor_of, number_of
from app.web.api.documentation import ALWAYS, CHANGES, GUARDED, json_out, problem_responses
from app.web.api.import_shapes import (
    IMPORT_EXAMPLE,
    ITEM_EXAMPLE,
    UNUSABLE_ARCHIVES,
    ImportShape,
    ImportsShape,
    ReportShape,
    archive_in,
)
from app.web.api.parameters import Lang, LanguageQuery, once
from app.web.api.predict import ModelName, json_response
from app.web.events import Event, stream
from app.web.idempotency import Attempt, IdempotencyKey, attempt
from app.web.imports import import_json, item_json
from app.web.language import texts_of
from app.web.spooling import Spooled, spool
from app.web.state import imports_of, state_of
from app.web.storing import with_store

router = APIRouter(prefix="/api/v1", dependencies=[Depends(once())])

ImportNumber = Annotated[str, Path(alias="import", examples=["3"])]

_LONGEST_NUMBER = 18
_ASKED = (*ALWAYS, *GUARDED, errors.NotReady)


class ImportQuery(LanguageQuery):
    label: str | None = None


class PageQuery(LanguageQuery):
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = None


class ReportQuery(PageQuery):
    outcome: Literal["added", "already-there", "set-aside", "refused", "ignored"] | None = None


@router.post(
    "/models/{model}/imports",
    status_code=202,
    operation_id="start_import",
    responses={
        202: json_out(ImportShape, IMPORT_EXAMPLE),
        **problem_responses(
            *UNUSABLE_ARCHIVES,
            errors.ModelNotFound,
            errors.ModelNotTeachable,
            errors.InvalidLabel,
            errors.TooManyClasses,
            errors.RequestInProgress,
            errors.IdempotencyKeyReused,
            errors.ImportQueueFull,
            *CHANGES,
            *_ASKED,
        ),
    },
    openapi_extra=archive_in(),
)
async def start_import(
    request: Request,
    model: ModelName,
    query: Annotated[ImportQuery, Query()],
    key: IdempotencyKey = None,
) -> Response:
    queue, settings = imports_of(request), state_of(request).settings
    with attempt(request, state_of(request)) as once_only:
        if not await with_store(request, _is_known, once_only):
            await queue.admit(model)
        spooled = await spool(request, queue.folder, limit=settings.zip_bytes())
        return await _submit(request, queue, model, query.label, spooled, once_only)


async def _submit(
    request: Request,
    queue: Imports,
    model: str,
    label: str | None,
    spooled: Spooled,
    once_only: Attempt,
) -> Response:
    """The spooled archive is the queue's, or gone, when this returns."""
    t, archive = texts_of(request), spooled.path
    body = hashlib.sha256(f"{spooled.sha256} {label}".encode()).hexdigest()
    answers: list[Response] = []

    def answer(c: Connection, job: StoredImport) -> None:
        told = import_json(job, {}, None, t)
        place = f"/api/v1/imports/{job.number}"
        answers.append(once_only.answer(c, body, told, status=202, location=place))

    wanted = False
    try:
        earlier = await with_store(request, _earlier, once_only, body)
        wanted = earlier is None
    finally:
        if not wanted:
            await asyncio.to_thread(archive.unlink, missing_ok=True)
    if earlier:
        return earlier
    await queue.submit(model, archive, label, answer)
    return answers[0]


def _is_known(store: Store, once_only: Attempt) -> bool:
    """Whether there may be an answer to the same request before."""
    if once_only.key is None:
        return False
    with store.database.read() as c:
        return idempotency.find(c, once_only.route, once_only.key) is not None


def _earlier(store: Store, once_only: Attempt, body: str) -> Response | None:
    with store.database.read() as c:
        return once_only.earlier(c, body)


@router.get(
    "/models/{model}/imports",
    operation_id="list_imports",
    responses={
        200: json_out(ImportsShape, {"items": [IMPORT_EXAMPLE], "next_cursor": None}),
        **problem_responses(errors.ModelNotFound, errors.ModelNotTeachable, *_ASKED),
    },
)
async def list_imports(
    request: Request, model: ModelName, query: Annotated[PageQuery, Query()]
) -> Response:
    queue, t = imports_of(request), texts_of(request)
    before = number_of(query.cursor, "imports", model)

    def read(store: Store) -> list[dict[str, Any]]:
        with store.database.read() as c:
            teachable(c, model)
            found = imports.page(c, model, before=before, limit=query.limit + 1)
            counts = imports.counts(c, [job.number for job in found])
        return [
            import_json(job, counts[job.number], queue.progress(job.number), t) for job in found
        ]

    found = await with_store(request, read)
    items = found[: query.limit]
    further = len(found) > len(items)
    return _page(
        request, items, cursor_of(items[-1]["import"], "imports", model) if further else None
    )


@router.get(
    "/imports/{import}",
    operation_id="show_import",
    responses={
        200: json_out(ImportShape, IMPORT_EXAMPLE),
        **problem_responses(errors.ImportNotFound, *_ASKED),
    },
)
async def show_import(request: Request, number: ImportNumber, query: Lang) -> Response:
    queue = imports_of(request)
    found = await queue.find(_number(number))
    return json_response(await _told(request, queue, found, texts_of(request)))


@router.post(
    "/imports/{import}:cancel",
    operation_id="cancel_import",
    responses={
        200: json_out(ImportShape, {**IMPORT_EXAMPLE, "state": "cancelled"}),
        **problem_responses(errors.ImportNotFound, errors.JobNotRunning, *CHANGES, *_ASKED),
    },
)
async def cancel_import(request: Request, number: ImportNumber, query: Lang) -> Response:
    queue = imports_of(request)
    found = await queue.cancel(_number(number))
    return json_response(await _told(request, queue, found, texts_of(request)))


@router.get(
    "/imports/{import}/report",
    operation_id="report_import",
    responses={
        200: json_out(ReportShape, {"items": [ITEM_EXAMPLE], "next_cursor": None}),
        **problem_responses(errors.ImportNotFound, *_ASKED),
    },
)
async def report_import(
    request: Request, number: ImportNumber, query: Annotated[ReportQuery, Query()]
) -> Response:
    found = await imports_of(request).find(_number(number))
    t, listing = texts_of(request), ("report", found.number, query.outcome)
    seen = number_of(query.cursor, *listing)

    def read(store: Store) -> tuple[list[dict[str, Any]], int | None]:
        with store.database.read() as c:
            labels = models.labels_of(c, found.model, removed=True)
            items = imports.report(
                c,
                found.number,
                outcome=query.outcome,
                after=-1 if seen is None else seen,
                limit=query.limit + 1,
            )
        names = {label.label: label.names for label in labels}
        shown = items[: query.limit]
        last = shown[-1].item if len(items) > len(shown) else None
        return [item_json(item, names, t) for item in shown], last

    items, last = await with_store(request, read)
    return _page(request, items, None if last is None else cursor_of(last, *listing))


@router.get(
    "/imports/{import}/events",
    operation_id="follow_import",
    responses={
        200: {"content": {"text/event-stream": {}}},
        **problem_responses(errors.ImportNotFound, *_ASKED),
    },
    response_class=Response,
)
async def follow_import(request: Request, number: ImportNumber, query: Lang) -> Response:
    queue = imports_of(request)
    found = await queue.find(_number(number))
    return stream(request, state_of(request), _news(request, queue, found, texts_of(request)))


async def _news(
    request: Request, queue: Imports, job: StoredImport, t: Texts
) -> AsyncGenerator[Event, None]:
    """Each event holds the whole import, so nothing is missed by whoever comes back. The last one
    is `end`."""
    told: dict[str, Any] = {}
    while True:
        news = queue.news
        job = await queue.find(job.number)
        now = await _told(request, queue, job, t)
        if job.state in OVER:
            yield Event("end", now, now["done"])
            return
        if now != told:
            told = now
            yield Event("progress", now, now["done"])
        await news.wait()


async def _told(request: Request, queue: Imports, job: StoredImport, t: Texts) -> dict[str, Any]:
    def read(store: Store) -> dict[str, int]:
        with store.database.read() as c:
            return imports.counts(c, [job.number])[job.number]

    progress = queue.progress(job.number)
    counts = {} if progress else await with_store(request, read)
    return import_json(job, counts, progress, t)


def _page(request: Request, items: list[dict[str, Any]], cursor: str | None) -> Response:
    response = json_response({"items": items, "next_cursor": cursor})
    if cursor:
        url = URL(scope=request.scope).include_query_params(cursor=cursor)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return response


def _number(given: str) -> int:
    """Raises ImportNotFound for what is no number of an import."""
    if not (given.isascii() and given.isdecimal()) or len(given) > _LONGEST_NUMBER:
        raise errors.ImportNotFound
    return int(given)
