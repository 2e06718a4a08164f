"""Trainings: asked for, followed, cancelled."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field
from sqlalchemy import Connection
from starlette.responses import Response

from app import errors
from app.store import runs
from app.store.runs import OVER, RUNNING, StoredRun
from app.store.store import Store
from app.teaching.models import teachable
from app.teaching.progress import Progress
from app.teaching.runner import Runner
from app.texts import Texts
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
from app.web.api.parameters import Lang, LanguageQuery, once
from app.web.api.predict import ModelName, json_response
from app.web.api.run_shapes import RUN_EXAMPLE, RunBody, RunShape, RunsShape
from app.web.callers import name_of
from app.web.events import Event, last_event_id, stream
from app.web.idempotency import Attempt, IdempotencyKey, attempt, fingerprint
from app.web.json_bodies import read_json
from app.web.language import texts_of
from app.web.runs import run_json
from app.web.state import runner_of, state_of
from app.web.storing import with_store

router = APIRouter(prefix="/api/v1", dependencies=[Depends(once())])

RunNumber = Annotated[str, Path(examples=["7"])]

_LONGEST_NUMBER = 18


class RunsQuery(LanguageQuery):
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = None


@router.post(
    "/models/{model}/runs",
    status_code=202,
    operation_id="start_run",
    responses={
        202: json_out(RunShape, RUN_EXAMPLE),
        **problem_responses(
            *JSON,
            errors.ModelNotFound,
            errors.ModelNotTeachable,
            errors.DatasetTooSmall,
            errors.NothingChanged,
            errors.RequestInProgress,
            errors.IdempotencyKeyReused,
            errors.TrainingQueueFull,
            *ALWAYS,
            *GUARDED,
            *CHANGES,
            errors.NotReady,
        ),
    },
    openapi_extra=json_in(RunBody, {"settings": {"epochs": 60}, "force": False}, required=False),
)
async def start_run(
    request: Request, model: ModelName, query: Lang, key: IdempotencyKey = None
) -> Response:
    runner = runner_of(request)
    with attempt(request, state_of(request)) as once_only:
        body = await read_json(request, RunBody, may_be_empty=True)
        given = fingerprint(body)
        earlier = await with_store(request, _earlier, once_only, given)
        if earlier:
            return earlier
        return await _submit(request, runner, model, body, once_only)


async def _submit(
    request: Request, runner: Runner, model: str, body: RunBody, once_only: Attempt
) -> Response:
    t = texts_of(request)
    answers: list[Response] = []

    def answer(c: Connection, run: StoredRun) -> None:
        told = run_json(run, Progress(), t)
        place = f"/api/v1/runs/{run.run}"
        answers.append(once_only.answer(c, fingerprint(body), told, status=202, location=place))

    settings = asdict(body.lesson())
    await runner.submit(model, settings, name_of(request), force=body.force, also=answer)
    return answers[0]


def _earlier(store: Store, once_only: Attempt, given: str) -> Response | None:
    with store.database.read() as c:
        return once_only.earlier(c, given)


@router.get(
    "/models/{model}/runs",
    operation_id="list_runs",
    responses={
        200: json_out(RunsShape, {"items": [RUN_EXAMPLE], "next_cursor": None}),
        **problem_responses(
            errors.ModelNotFound, errors.ModelNotTeachable, *ALWAYS, *GUARDED, errors.NotReady
        ),
    },
)
async def list_runs(
    request: Request, model: ModelName, query: Annotated[RunsQuery, Query()]
) -> Response:
    runner, t = runner_of(request), texts_of(request)
    before = number_of(query.cursor, "runs", model)

    def read(store: Store) -> list[dict[str, Any]]:
        with store.database.read() as c:
            teachable(c, model)
            found = runs.page(c, model, before=before, limit=query.limit + 1)
        return [run_json(run, runner.progress(run), t) for run in found]

    items = await with_store(request, read)
    goes_on = len(items) > query.limit
    items = items[: query.limit]
    cursor = cursor_of(items[-1]["run"], "runs", model) if goes_on else None
    response = json_response({"items": items, "next_cursor": cursor})
    if cursor:
        further = request.url.include_query_params(cursor=cursor)
        response.headers["Link"] = f'<{further.path}?{further.query}>; rel="next"'
    return response


@router.get(
    "/runs/{run}",
    operation_id="show_run",
    responses={
        200: json_out(RunShape, RUN_EXAMPLE),
        **problem_responses(errors.RunNotFound, *ALWAYS, *GUARDED, errors.NotReady),
    },
)
async def show_run(request: Request, run: RunNumber, query: Lang) -> Response:
    runner = runner_of(request)
    found = await runner.find(_number(run))
    return json_response(run_json(found, runner.progress(found), texts_of(request)))


@router.post(
    "/runs/{run}:cancel",
    operation_id="cancel_run",
    responses={
        200: json_out(RunShape),
        **problem_responses(
            errors.RunNotFound, errors.JobNotRunning, *ALWAYS, *GUARDED, *CHANGES, errors.NotReady
        ),
    },
)
async def cancel_run(request: Request, run: RunNumber, query: Lang) -> Response:
    runner = runner_of(request)
    found = await runner.cancel(_number(run))
    return json_response(run_json(found, runner.progress(found), texts_of(request)))


@router.get(
    "/runs/{run}/events",
    operation_id="follow_run",
    responses={
        200: {"content": {"text/event-stream": {}}},
        **problem_responses(errors.RunNotFound, *ALWAYS, *GUARDED, errors.NotReady),
    },
    response_class=Response,
)
async def follow_run(request: Request, run: RunNumber, query: Lang) -> Response:
    runner = runner_of(request)
    found = await runner.find(_number(run))
    news = _news(runner, found, last_event_id(request), texts_of(request))
    return stream(request, state_of(request), news)


async def _news(
    runner: Runner, run: StoredRun, seen: int | None, t: Texts
) -> AsyncGenerator[Event, None]:
    """First what was missed since the line `seen`, then whatever comes; the last event is `end`.

    Ids are lines of progress. Each event holds the whole run, so another attempt, which begins with
    its first line, needs no explanation.
    """
    told: object = None
    progress = runner.progress(run)
    if seen is not None and seen <= progress.line:
        for before in await asyncio.to_thread(runner.course, run):
            if seen < before.line <= progress.line:
                yield Event("progress", run_json(_going(run), before, t), before.line)
        told = (run.state, run.lease, progress)
    while run.state not in OVER:
        news = runner.news
        run = await runner.find(run.run)
        progress = runner.progress(run)
        if run.state not in OVER:
            if (run.state, run.lease, progress) != told:
                told = (run.state, run.lease, progress)
                yield Event("progress", run_json(run, progress, t), progress.line)
            await news.wait()
    progress = runner.progress(run)
    yield Event("end", run_json(run, progress, t), progress.line + 1)


def _going(run: StoredRun) -> StoredRun:
    """As it was while it went on."""
    return replace(
        run, state=RUNNING, version=None, went_live=None, waits_because=(), problem=None,
        finished=None,
    )  # fmt: skip


def _number(run: str) -> int:
    """Raises RunNotFound for what is no number of a run."""
    if not (run.isascii() and run.isdecimal()) or len(run) > _LONGEST_NUMBER:
        raise errors.RunNotFound
    return int(run)
