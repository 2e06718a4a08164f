"""Trainings: a page for each, and the forms that start and cancel them and put versions live."""

import contextlib
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import errors
from app.store import models
from app.store.models import StoredModel
from app.store.runs import StoredRun
from app.store.store import Store
from app.vision.lesson import InvalidSetting, Settings
from app.web.api.parameters import Lang, once
from app.web.api.versions import put_live
from app.web.callers import name_of
from app.web.forms import Fields, read_fields
from app.web.language import texts_of
from app.web.pages.models import named, see
from app.web.pages.teach import SETTINGS, model_page
from app.web.rendering import render
from app.web.runs import invalid_setting, run_json
from app.web.state import runner_of
from app.web.storing import with_store

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])

_REFUSALS = (
    errors.InvalidField,
    errors.DatasetTooSmall,
    errors.NothingChanged,
    errors.TrainingQueueFull,
)


@router.post("/models/{model}/runs")
async def start(request: Request, model: str, query: Lang) -> Response:
    fields = await read_fields(request, (*SETTINGS, "force"))
    given = _given(fields)
    force = "force" in fields
    try:
        run = await _start(request, model, given, force)
    except _REFUSALS as problem:
        return await model_page(request, model, problem=problem, given={**given, "force": force})
    return see(f"/runs/{run.run}")


async def _start(request: Request, model: str, given: dict[str, Any], force: bool) -> StoredRun:
    try:
        settings = asdict(Settings.read(given))
    except InvalidSetting as refused:
        raise invalid_setting(refused) from refused
    return await runner_of(request).submit(model, settings, name_of(request), force=force)


def _given(fields: Fields) -> dict[str, Any]:
    """Numbers as people type them; what is no number is left for Settings to refuse."""
    found: dict[str, Any] = {"class_weights": "class_weights" in fields}
    for name in SETTINGS:
        if name in fields and name != "class_weights":
            found[name] = _typed(fields.one(name), getattr(Settings(), name))
    return found


def _typed(text: str, default: object) -> object:
    if isinstance(default, str):
        return text
    try:
        return int(text) if isinstance(default, int) else float(text.replace(",", "."))
    except ValueError:
        return text


@router.get("/runs/{run}")
async def show_run(request: Request, run: int, query: Lang) -> Response:
    runner = runner_of(request)
    found = await runner.find(run)
    t = texts_of(request)
    stored = await with_store(request, _model, found.model)
    context = {
        "model": {"model": found.model, "name": named(stored.names, t.language)},
        "run": run_json(found, runner.progress(found), t),
    }
    return render(request, "run.html", context)


@router.post("/runs/{run}/cancel")
async def cancel(request: Request, run: int, query: Lang) -> Response:
    await read_fields(request, ())
    with contextlib.suppress(errors.JobNotRunning):  # it was over before; the page says how
        await runner_of(request).cancel(run)
    return see(f"/runs/{run}")


@router.post("/models/{model}/live")
async def go_live(request: Request, model: str, query: Lang) -> Response:
    fields = await read_fields(request, ("version",))
    given = fields.one("version")
    if not given.isdecimal() or len(given) > 9:
        raise errors.InvalidField(name="version")
    try:
        await put_live(request, model, int(given))
    except (errors.ModelCorrupt, errors.ModelIncompatible) as problem:
        return await model_page(request, model, problem=problem)
    return see(f"/models/{model}#versions")


def _model(store: Store, model: str) -> StoredModel:
    with store.database.read() as c:
        found = models.find(c, model, removed=True)
        if found is None:
            raise errors.ModelNotFound
        return found
