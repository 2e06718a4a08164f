"""All models on one page, and the forms that make and remove them."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app import errors
from app.catalogue import IMAGENET
from app.store import images, models
from app.store.models import StoredModel
from app.store.store import Store
from app.teaching import models as teaching
from app.vision.classifier import Classifier
from app.web import problems
from app.web.api.parameters import Lang, once
from app.web.changes import bring_back, take_away
from app.web.figures import give_or_take
from app.web.forms import read_fields
from app.web.language import language_of, texts_of
from app.web.problems import request_id
from app.web.rendering import render
from app.web.state import state_of
from app.web.storing import with_store

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])

_REFUSALS = (errors.InvalidLabel, errors.InvalidText, errors.ModelExists, errors.TooManyClasses)


@router.get("/models")
async def list_models(request: Request, query: Lang) -> Response:
    return await _models_page(request)


@router.post("/models")
async def make_model(request: Request, query: Lang) -> Response:
    fields = await read_fields(request, ("name", "labels"))
    given = {"name": fields.one("name"), "labels": fields.one("labels", "")}
    labels = [part for part in given["labels"].split(",") if part.strip()]
    try:
        made = await with_store(request, teaching.make, given["name"], labels)
    except _REFUSALS as problem:
        return await _models_page(request, given=given, problem=problem)
    return see(f"/models/{made.model}")


@router.post("/models/{model}/remove")
async def remove_model(request: Request, model: str, query: Lang) -> Response:
    await read_fields(request, ())
    await take_away(request, model)
    return see("/models")


@router.post("/models/{model}/restore")
async def restore_model(request: Request, model: str, query: Lang) -> Response:
    await read_fields(request, ())
    await bring_back(request, model)
    return see(f"/models/{model}")


def see(address: str) -> Response:
    """After a form: the page that shows what it did, safe to load again."""
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


async def _models_page(
    request: Request,
    *,
    given: Mapping[str, str] | None = None,
    problem: errors.Problem | None = None,
) -> Response:
    known, removed = await with_store(request, _known)
    language = language_of(request)
    asking = state_of(request).asking
    live = {c.model: c for c in asking.catalogue} if asking else {}
    entries = [_entry(m, photos, live.get(m.model), language) for m, photos in known]
    if IMAGENET in live:
        entries.append(_fixed(live[IMAGENET], language))
    told = problem and problems.document(problem, texts_of(request), request_id(request))
    context = {
        "models": entries,
        "removed": [{"model": m.model, "name": named(m.names, language)} for m in removed],
        "given": given or {"name": "", "labels": ""},
        "problem": told,
    }
    return render(request, "models.html", context, status=problem.status if problem else 200)


def _known(store: Store) -> tuple[list[tuple[StoredModel, int]], list[StoredModel]]:
    with store.database.read() as c:
        every = models.all_models(c)
        photos = [sum(sum(s.values()) for s in images.counts(c, m.model).values()) for m in every]
        return list(zip(every, photos, strict=True)), models.all_models(c, removed=True)


def _entry(
    model: StoredModel, photos: int, live: Classifier | None, language: str
) -> dict[str, Any]:
    return {
        "model": model.model,
        "name": named(model.names, language),
        "label_count": len(model.labels),
        "photos": photos,
        "version": live.version if live else None,
        "exam": give_or_take(live.exam, language) if live and live.exam else None,
        "by": live.exam.get("by") if live and live.exam else None,
        "can_be_taught": True,
    }


def _fixed(imagenet: Classifier, language: str) -> dict[str, Any]:
    return {
        "model": imagenet.model,
        "name": imagenet.name(language),
        "label_count": len(imagenet.labels),
        "photos": None,
        "version": imagenet.version,
        "exam": None,
        "can_be_taught": False,
    }


def named(names: Mapping[str, str], language: str) -> str:
    return names.get(language) or names["en"]
