"""A zip on its way into a model: how far it is, what came of it, and the forms without scripts."""

import contextlib
from typing import NamedTuple

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import errors
from app.store import imports, models
from app.store.imports import Item, StoredImport
from app.store.models import StoredModel
from app.store.store import Store
from app.web.api.parameters import Lang, once
from app.web.forms import read_fields
from app.web.imports import import_json, item_json
from app.web.language import texts_of
from app.web.pages.models import named, see
from app.web.pages.teach import model_page
from app.web.rendering import render
from app.web.spooling import spool
from app.web.state import imports_of, state_of
from app.web.storing import with_store

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])

LISTED = ("refused", "set-aside", "ignored")
"""What became of a file where people ask why."""

_MOST = 200  # files of a list; who is refused more has one reason for all of them
_PLAIN = (errors.ModelNotFound, errors.ModelNotTeachable)  # no page of the model to tell it on


class Known(NamedTuple):
    """All that the page shows, read in one go."""

    model: StoredModel
    names: dict[str, dict[str, str]]
    counts: dict[str, int]
    lists: dict[str, list[Item]]


@router.post("/models/{model}/imports")
async def start(request: Request, model: str, query: Lang) -> Response:
    """The form without scripts. What is wrong with a zip is told beside the form."""
    queue, settings = imports_of(request), state_of(request).settings
    try:
        await queue.admit(model)
        spooled = await spool(request, queue.folder, limit=settings.zip_bytes())
        job = await queue.submit(model, spooled.path)
    except _PLAIN:
        raise
    except errors.Problem as problem:
        return await model_page(request, model, problem=problem)
    return see(f"/imports/{job.number}")


@router.get("/imports/{number}")
async def show(request: Request, number: int, query: Lang) -> Response:
    queue, t = imports_of(request), texts_of(request)
    job = await queue.find(number)
    known = await with_store(request, _read, job)
    told = import_json(job, known.counts, queue.progress(number), t)
    context = {
        "model": {"model": job.model, "name": named(known.model.names, t.language)},
        "job": told,
        "lists": [
            {
                "kind": outcome.replace("-", "_"),
                "all": told[outcome.replace("-", "_")],
                "items": [item_json(item, known.names, t) for item in items],
            }
            for outcome, items in known.lists.items()
            if items
        ],
    }
    return render(request, "import.html", context)


@router.post("/imports/{number}/cancel")
async def cancel(request: Request, number: int, query: Lang) -> Response:
    await read_fields(request, ())
    with contextlib.suppress(errors.JobNotRunning):  # it was over before; the page says how
        await imports_of(request).cancel(number)
    return see(f"/imports/{number}")


def _read(store: Store, job: StoredImport) -> Known:
    with store.database.read() as c:
        model = models.find(c, job.model, removed=True)
        if model is None:
            raise errors.ModelNotFound
        labels = models.labels_of(c, job.model, removed=True)
        lists = {
            outcome: imports.report(c, job.number, outcome=outcome, limit=_MOST)
            for outcome in LISTED
        }
        names = {label.label: dict(label.names) for label in labels}
        return Known(model, names, imports.counts(c, [job.number])[job.number], lists)
