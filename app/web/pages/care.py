"""Photo care: a page to go through what wants a look, and its forms."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app import errors
from app.store.store import Store
from app.teaching import caring, gallery, reading
from app.teaching.analyses import Analysis
from app.teaching.caring import Care
from app.teaching.snapshot import LEAST_GROUPS
from app.web.analyses import progress_json
from app.web.api.cursors import cursor_of, number_of
from app.web.api.parameters import LanguageQuery, once
from app.web.care import care_json, names_of
from app.web.forms import Fields, read_fields
from app.web.language import texts_of
from app.web.pages.models import named, see
from app.web.rendering import render
from app.web.state import analyses_of
from app.web.storing import with_store

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])

_PAGE = 24
_MOST_SHOWN = 60  # lots of copies, and photos like no other
_FIELDS = ("images", "action", "label", "suggested", "all", "remove", "apart")


class CareQuery(LanguageQuery):
    cursor: str | None = None


Asked = Annotated[CareQuery, Query()]


@router.get("/models/{model}/care")
async def show_care(request: Request, model: str, query: Asked) -> Response:
    analysis, t = await analyses_of(request).ask(model, "care"), texts_of(request)
    stored = (await with_store(request, reading.model_with_counts, model)).model
    context: dict[str, Any] = {
        "model": {"model": model, "name": named(stored.names, t.language)},
        "working": progress_json(analysis, t),
        "failed": analysis.failed,
        "current": analysis.current,
        "care": None,
        "least": LEAST_GROUPS,
        "next": None,
        "most": _MOST_SHOWN,
    }
    if analysis.found:
        care = await with_store(request, caring.open_points, model, analysis.found.result)
        context |= _found(care, analysis, query, t)
    return render(request, "care.html", context)


def _found(care: Care, analysis: Analysis, query: CareQuery, t: Any) -> dict[str, Any]:
    assert analysis.found is not None
    listing = ("care", care.model.model, analysis.found.key)
    start = _start(query.cursor, listing)
    ahead = [one for one in care.doubts if one.place >= start]
    more = cursor_of(ahead[_PAGE].place, *listing) if len(ahead) > _PAGE else None
    return {
        "care": care_json(care, ahead[:_PAGE], t),
        "names": names_of(care, t.language),
        "next": more and f"/models/{care.model.model}/care?cursor={more}",
    }


def _start(cursor: str | None, listing: tuple[object, ...]) -> int:
    """Of what was found before there may be nothing left to go on with: then from the beginning."""
    try:
        return number_of(cursor, *listing) or 0
    except errors.InvalidParameter:
        return 0


@router.post("/models/{model}/care")
async def decide(request: Request, model: str, query: Asked) -> Response:
    fields = await read_fields(request, _FIELDS)
    part = await with_store(request, _decide, model, fields)
    return see(f"/models/{model}/care#{part}")


def _decide(store: Store, model: str, fields: Fields) -> str:
    """Does what a form says. Which part of the page to go on in."""
    chosen = fields.many("images")
    if "remove" in fields:
        gallery.remove(store, model, [fields.one("remove")])
        return "copies"
    if "apart" in fields:
        caring.tell_apart(store, model, chosen)
        return "copies"
    if "all" in fields:
        _call(store, model, chosen, fields.one("all"))
        return "copies"
    action = fields.one("action")
    if action not in ("keep", "suggested", "relabel", "remove", "keep-odd", "remove-odd", "lost"):
        raise errors.InvalidField(name="action")
    if not chosen:
        pass
    elif action in ("keep", "keep-odd"):
        caring.keep(store, model, chosen)
    elif action in ("suggested", "relabel"):
        word = fields.one("suggested" if action == "suggested" else "label", "")
        if word.strip():
            _call(store, model, chosen, word)
    else:
        gallery.remove(store, model, chosen)
    return {"keep-odd": "odd", "remove-odd": "odd", "lost": "unreadable"}.get(action, "doubts")


def _call(store: Store, model: str, sha256s: list[str], word: str) -> None:
    """Gives them this label; those that have it already have it for good now."""
    gallery.relabel(store, model, sha256s, word)
    caring.keep(store, model, sha256s)
