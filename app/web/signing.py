"""Signing in and out: a key for a session, which the browser keeps in a cookie out of reach."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from app import errors
from app.store.keys import SESSION_SECONDS
from app.web import problems
from app.web.api.parameters import LanguageQuery, once
from app.web.callers import SESSION_COOKIE
from app.web.language import texts_of
from app.web.problems import request_id
from app.web.rendering import render
from app.web.state import state_of

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])

Lang = Annotated[LanguageQuery, Query()]


@router.get("/sign-in")
async def sign_in_page(request: Request, query: Lang) -> Response:
    """The printed link carries the key behind #, which browsers keep to themselves."""
    if not state_of(request).callers.asks_for_key(request.scope):
        return _onward()
    return render(request, "sign_in.html", {"problem": None})


@router.post("/sign-in")
async def sign_in(request: Request, query: Lang) -> Response:
    state = state_of(request)
    if state.keys is None:
        raise errors.NotReady
    try:
        key = state.callers.try_key(request.scope, await _given_key(request), state.keys)
    except (errors.Unauthorized, errors.RateLimited) as problem:
        told = problems.document(problem, texts_of(request), request_id(request))
        return render(request, "sign_in.html", {"problem": told}, status=problem.status)
    response = _onward()
    response.set_cookie(
        SESSION_COOKIE,
        state.keys.open_session(key),
        SESSION_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/sign-out")
async def sign_out(request: Request, query: Lang) -> Response:
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return response


async def _given_key(request: Request) -> bytes:
    """Raises MalformedRequest for anything but a small form."""
    try:
        form = parse_qs((await request.body()).decode("ascii"), max_num_fields=5)
    except ValueError as error:
        raise errors.MalformedRequest from error
    return form.get("key", [""])[0].strip().encode("utf-8", "replace")


def _onward() -> RedirectResponse:
    return RedirectResponse("/", 303, {"Cache-Control": "no-store"})
