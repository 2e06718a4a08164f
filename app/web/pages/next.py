"""What to photograph next: learning curves, and photos that wait for a label with their forms."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app import errors
from app.store.inbox import Waiting
from app.teaching import inbox, queueing, reading
from app.teaching.analyses import Analysis
from app.teaching.queueing import Queued
from app.texts import Texts
from app.vision.decode import MEDIA_TYPES
from app.web.analyses import progress_json
from app.web.api.cursors import cursor_of, number_of
from app.web.api.parameters import LanguageQuery, once
from app.web.bodies import receive_form
from app.web.drawing import draw, lowest
from app.web.forms import Fields, read_fields
from app.web.growth import growth_json, percent, signed
from app.web.inbox import add, left_sentence, names_of, queued_json, teach
from app.web.language import texts_of
from app.web.pages.models import named, see
from app.web.presence import while_connected
from app.web.rendering import render
from app.web.state import analyses_of, asking_of, state_of
from app.web.storing import with_store

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])

_PAGE = queueing.PORTION
_CURVES = 24  # labels with a chart; the table has them all
_LARGE, _SMALL = (380, 230), (280, 170)


class NextQuery(LanguageQuery):
    cursor: str | None = None
    marked: str | None = None  # where the marked ones go on
    last: str | None = None  # the photo that just got its label, or was removed


Asked = Annotated[NextQuery, Query()]


@router.get("/models/{model}/next")
async def show_next(request: Request, model: str, query: Asked) -> Response:
    t, limits = texts_of(request), state_of(request).settings
    stored = (await with_store(request, reading.model_with_counts, model)).model
    analysis = await analyses_of(request).ask(model, "growth")
    names = names_of(stored, t)
    context = {
        "model": {"model": model, "name": named(stored.names, t.language)},
        "labels": names,
        **_curves(analysis, names, t),
        **await _waiting(request, model, query, names),
        "last": await _last(request, model, query.last, names, t),
        "days": limits.inbox_days,
        "limits": {"image_mb": limits.image_mb},
        "accept": ",".join(MEDIA_TYPES),
    }
    return render(request, "next.html", context)


def _curves(analysis: Analysis, names: dict[str, str], t: Texts) -> dict[str, Any]:
    told: dict[str, Any] = {
        "working": progress_json(analysis, t),
        "failed": analysis.failed,
        "growth": None,
        "percent": lambda share: percent(share, t),
        "signed": signed,
    }
    if analysis.found is None:
        return told
    growth = growth_json(analysis.found.result, names, t)
    shown = [one for one in growth["labels"] if one["points"]][:_CURVES]
    low = lowest(shown)
    return told | {
        "growth": growth,
        "whole": growth["all"] and draw(growth["all"], lowest([growth["all"]]), *_LARGE),
        "drawings": [(one, draw(one, low, *_SMALL)) for one in shown],
    }


async def _waiting(
    request: Request, model: str, query: NextQuery, names: dict[str, str]
) -> dict[str, Any]:
    classifier = asking_of(request).catalogue.find(model)

    def start_of(key: str) -> int:
        return _place(query.cursor, "queue", model, key) or 0

    queue = await with_store(request, queueing.queue, model, classifier, start_of, _PAGE)
    before = _place(query.marked, "marked", model)
    found, _ = await with_store(
        request, inbox.page, model, marked=True, before=before, limit=_PAGE + 1
    )
    marked = await with_store(request, queueing.guesses, found[:_PAGE], classifier)
    here = f"/models/{model}/next"
    more = None if queue.more is None else cursor_of(queue.more, "queue", model, queue.key)
    older = cursor_of(found[_PAGE - 1].number, "marked", model) if len(found) > _PAGE else None
    return {
        "answers": classifier is not None,
        "counts": queue.counts,
        "queue": _items(queue.items, names),
        "queue_next": more and f"{here}?cursor={more}",
        "marked": _items(marked, names),
        "marked_next": older and f"{here}?marked={older}",
    }


def _place(cursor: str | None, *listing: object) -> int | None:
    """What a cursor belonged to may be another list by now: then from the beginning."""
    try:
        return number_of(cursor, *listing)
    except errors.InvalidParameter:
        return None


def _items(found: Sequence[Queued], names: dict[str, str]) -> list[dict[str, Any]]:
    told = [queued_json(one, names) for one in found]
    return [
        {**item, "suggested": _suggested(one.waiting, item, names)}
        for one, item in zip(found, told, strict=True)
    ]


def _suggested(one: Waiting, item: dict[str, Any], names: dict[str, str]) -> str | None:
    """The label that is one press away: an answer that was right, else the best guess that was not
    called wrong."""
    mark, wrong = one.mark, None
    if mark is not None and mark.verdict == "right" and mark.answer in names:
        return mark.answer
    if mark is not None:
        wrong = mark.answer
    guesses = [guess["label"] for guess in item["guesses"]]
    return next((label for label in guesses if label != wrong), None)


async def _last(
    request: Request, model: str, sha256: str | None, names: dict[str, str], t: Texts
) -> dict[str, Any] | None:
    left = await with_store(request, inbox.left, model, sha256) if sha256 else None
    if left is None:
        return None
    one, image = left
    sentence = left_sentence(one.taught, image, names, t)
    return {"sha256": one.sha256, "filename": one.filename, "sentence": sentence}


@router.post("/models/{model}/next")
async def decide(request: Request, model: str, query: Asked) -> Response:
    """What the form of one photo says, and the way back."""
    fields = await read_fields(request, ("photo", "action", "label", "suggested", "part"))
    sha256, action = fields.one("photo"), fields.one("action")
    part = "marked" if fields.one("part", "") == "marked" else "waiting"
    if action == "restore":
        most = state_of(request).settings.inbox_images
        await with_store(request, inbox.restore, model, sha256, most)
        return see(f"/models/{model}/next#{part}")
    if action == "remove":
        await with_store(request, inbox.discard, model, sha256)
    elif action in ("suggested", "teach"):
        word = _word(fields, action)
        if not word:
            return see(f"/models/{model}/next#{part}")
        await teach(request, model, sha256, word)
    else:
        raise errors.InvalidField(name="action")
    return see(f"/models/{model}/next?last={sha256}#{part}")


def _word(fields: Fields, action: str) -> str:
    return fields.one("suggested" if action == "suggested" else "label", "").strip()


@router.post("/models/{model}/next/add")
async def add_photos(request: Request, model: str, query: Asked) -> Response:
    """Photos without a label. What became of them is told on a page of its own."""
    state, t = state_of(request), texts_of(request)
    stored = (await with_store(request, reading.model_with_counts, model)).model
    async with receive_form(request, state, files=state.settings.dataset_images) as form:
        told, _ = await while_connected(request, add(request, model, form.uploads, None))
    results = told["results"]
    context = {
        "model": {"model": model, "name": named(stored.names, t.language)},
        "added": sum(r.get("status") == "added" for r in results),
        "there": sum(r.get("status") == "already-there" for r in results),
        "known": [r for r in results if r.get("status") == "in-dataset"],
        "refused": [r for r in results if "error" in r],
    }
    return render(request, "next_added.html", context, here=f"/models/{model}/next")
