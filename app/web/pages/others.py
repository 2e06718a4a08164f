"""Not these: photos that a model must refuse, as people give them, and whether it does."""

from typing import Any, NamedTuple

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import errors
from app.errors import Problem
from app.store.models import StoredModel
from app.store.others import OtherPhoto, StoredSet
from app.store.store import Store
from app.teaching import given, reading
from app.vision.decode import MEDIA_TYPES
from app.web import others, problems
from app.web.api.parameters import Lang, once
from app.web.bodies import receive_form
from app.web.forms import read_fields
from app.web.language import texts_of
from app.web.pages.models import named, see
from app.web.presence import while_connected
from app.web.problems import request_id
from app.web.rendering import render
from app.web.state import state_of
from app.web.storing import with_store

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])

_MOST_SHOWN = 60  # photos of each kind in a set

_REFUSALS = (errors.InvalidLabel, errors.InvalidText, errors.MissingImage, errors.TooManyParts)


class Known(NamedTuple):
    """Sets with their photos, and those that were removed."""

    model: StoredModel
    sets: list[tuple[StoredSet, list[OtherPhoto]]]
    removed: list[StoredSet]


@router.get("/models/{model}/others")
async def show_others(request: Request, model: str, query: Lang) -> Response:
    return await _page(request, model)


@router.post("/models/{model}/others")
async def give_others(request: Request, model: str, query: Lang) -> Response:
    """Photos into the set of this name, which is made where there is none."""
    await with_store(request, reading.check_teachable, model)
    state = state_of(request)
    most = state.settings.dataset_images
    try:
        async with receive_form(request, state, files=most, fields=("name",)) as form:
            if "name" not in form.fields:
                raise errors.MissingField(name="name")
            made, _ = await with_store(request, given.make, model, form.fields["name"])
            told, _ = await while_connected(
                request, others.add(request, model, made.set, form.uploads)
            )
    except (*_REFUSALS, errors.UnusableImage, errors.NoUsableImages) as problem:
        return await _page(request, model, problem=problem)
    refused = [one for one in told["results"] if "error" in one]
    if refused:
        return await _page(request, model, refused=refused)
    return see(f"/models/{model}/others#set-{made.set}")


@router.post("/models/{model}/others/{set}")
async def change_others(request: Request, model: str, set: str, query: Lang) -> Response:
    fields = await read_fields(request, ("images", "action"))
    action, chosen = fields.one("action"), fields.many("images")
    if action == "remove-set":
        await with_store(request, given.remove, model, set)
        return see(f"/models/{model}/others")
    if action == "restore":
        await with_store(request, given.restore, model, set)
    elif action != "take-out":
        raise errors.InvalidField(name="action")
    elif chosen:
        await with_store(request, given.take_out, model, set, chosen)
    return see(f"/models/{model}/others#set-{set}")


async def _page(
    request: Request,
    model: str,
    *,
    problem: Problem | None = None,
    refused: list[dict[str, Any]] | None = None,
) -> Response:
    known, t = await with_store(request, _read, model), texts_of(request)
    stored, told, held = known.model, None, {}
    if stored.live is not None:
        told, found = await others.examined(request, model, stored.live)
        held = {one.set.set: one for one in found}
    wholes = [others.of(one, photos, told, held.get(one.set), t) for one, photos in known.sets]
    every = others.others_json(told, [], t) if told else []
    context = {
        "model": {"model": model, "name": named(stored.names, t.language)},
        "live": stored.live,
        "sets": [_set(one) for one in wholes],
        "built_in": [one for one in every if one["from"] == others.BUILT_IN],
        "removed": [others.set_json(one) for one in known.removed],
        "names": {one.label: named(one.names, t.language) for one in stored.labels},
        "problem": problem and problems.document(problem, t, request_id(request)),
        "refused": refused or [],
        "accept": ",".join(MEDIA_TYPES),
        "most": state_of(request).settings.dataset_images,
    }
    status, here = (problem.status if problem else 200), f"/models/{model}/others"
    return render(request, "others.html", context, status, here)


def _set(whole: others.Whole) -> dict[str, Any]:
    """Those that got through are what to look at; the others come after them."""
    through = [one for one in whole.items if one["refused"] is False]
    rest = [one for one in whole.items if one["refused"] is not False]
    return {
        **others.set_json(whole.set),
        "held": whole.held,
        "through": through[:_MOST_SHOWN],
        "through_total": len(through),
        "rest": rest[:_MOST_SHOWN],
        "rest_total": len(rest),
    }


def _read(store: Store, model: str) -> Known:
    stored = reading.model_with_counts(store, model).model
    every = given.every(store, model, removed=True)
    living = [given.find(store, model, one.set) for one in every if one.removed is None]
    return Known(stored, living, [one for one in every if one.removed is not None])
