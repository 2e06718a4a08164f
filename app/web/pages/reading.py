"""Pages to read: the API, and what can go wrong."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import errors
from app.errors import Problem
from app.texts import Texts
from app.web.api.documentation import describe
from app.web.api.parameters import Lang, once
from app.web.documentation import operations_of
from app.web.language import language_of, texts_of
from app.web.rendering import render
from app.web.state import state_of

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])


@router.get("/docs")
async def docs(request: Request, query: Lang) -> Response:
    described = describe(request.app, language_of(request))
    with_key = state_of(request).callers.asks_for_key(request.scope)
    base = str(request.base_url).rstrip("/")
    return render(request, "docs.html", {"operations": operations_of(described, base, with_key)})


@router.get("/problems")
async def problem_types(request: Request, query: Lang) -> Response:
    t = texts_of(request)
    every = [_explained(kind, t) for kind in errors.all_problems()]
    return render(request, "problems.html", {"problems": every})


@router.get("/problems/{code}")
async def problem_type(request: Request, code: str, query: Lang) -> Response:
    """The page that a problem document's `type` leads to."""
    for kind in errors.all_problems():
        if kind.code == code:
            return render(
                request, "problem_type.html", {"problem": _explained(kind, texts_of(request))}
            )
    raise errors.NotFound


def _explained(kind: type[Problem], t: Texts) -> dict[str, Any]:
    told = {key: t(f"problems.{kind.code}.{key}") for key in ("title", "meaning", "advice")}
    return {"code": kind.code, "status": kind.status, **told}
