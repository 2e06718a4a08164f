"""Problems as RFC 9457 documents, or as a page for people who came with a browser."""

import errno
import json
import logging
import sqlite3
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from app import errors
from app.errors import FieldError, Problem
from app.texts import Texts
from app.web.language import texts_of
from app.web.rendering import render, wants_page
from app.web.showing import fit_to_show

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


def sentence(problem: Problem, t: Texts) -> str:
    """What happened, without advice: for one line of many."""
    return _sentence(t, errors.name_of(problem), problem.params)


def document(problem: Problem, t: Texts, request_id: str) -> dict[str, Any]:
    """The problem in the reader's language. Nothing of the caller's input is echoed but names of
    parameters and fields, which are cut short."""
    text = errors.name_of(problem)
    told = {
        "type": f"/problems/{problem.code}",
        "title": t(f"problems.{text}.title"),
        "status": problem.status,
        "detail": _sentence(t, text, problem.params),
        "advice": t(f"problems.{text}.advice"),
        "instance": request_id,
        "code": problem.code,
    }
    if problem.errors:
        told["errors"] = [_field(e, t) for e in problem.errors]
    return told


_EXAMPLES: dict[str, Any] = {
    "name": "top_k", "limit": "15 MB", "limit_kb": 64, "count": 2, "scans": 900,
    "width": 4, "height": 4, "least": 8, "megapixels": 50, "why": "empty", "most": 1000,
    "version": 3, "backbone": "lite0-5c8e6e540606", "labels": 2, "missing": "rose (3)",
    "attempts": 3, "step": 2, "steps": 4, "room": 12,
}  # fmt: skip


def example(kind: type[Problem], t: Texts, request_id: str) -> dict[str, Any]:
    """A document of this kind as it is sent, for the API's documentation."""
    one = kind.__new__(kind)
    Problem.__init__(one, **_EXAMPLES)
    return document(one, t, request_id)


def _sentence(t: Texts, text: str, params: dict[str, Any]) -> str:
    shown = {k: _short(v) for k, v in params.items()}
    described = f"api.parameters.{params.get('name')}"
    shown["allowed"] = t(described) if t.has(described) else ""
    if params.get("name") == "":
        shown["name"] = t("api.body")
    if "why" in params:
        reason = f"problems.{text}.why.{params['why']}"
        shown["why"] = t(reason).format_map(shown) if t.has(reason) else ""
    return t(f"problems.{text}.detail").format_map(shown).strip()


def _short(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    value = fit_to_show(value)
    return value if len(value) <= 60 else value[:59] + "…"


def _field(error: FieldError, t: Texts) -> dict[str, str]:
    return {
        "pointer": str(_short(error.where)),
        "code": error.code,
        "detail": _sentence(t, error.code, error.params),
    }


def respond(request: Request, problem: Problem) -> Response:
    """A page where a person asked for one outside the API, else a problem document."""
    t = texts_of(request)
    told = document(problem, t, request_id(request))
    if wants_page(request):
        page = render(request, "error.html", {"problem": told}, status=problem.status)
        page.headers.update(problem.headers)
        return page
    return Response(
        json.dumps(told, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace"),
        problem.status,
        {**problem.headers, "Content-Language": t.language},
        MEDIA_TYPE,
    )


def request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))


def install(app: FastAPI) -> None:
    """One handler for each way in which things end up here; faults of ours end up in `Access`."""

    async def tell(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, Problem)
        return respond(request, problem)

    async def tell_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        response = respond(request, _from_http(error))
        response.headers.update(error.headers or {})
        return response

    async def tell_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return respond(request, _from_validation(error))

    async def tell_storage(request: Request, error: Exception) -> Response:
        problem = _from_storage(error)
        if problem is None:
            raise error
        log.error("request %s: %s", request_id(request), error)
        return respond(request, problem)

    async def nobody(request: Request, error: Exception) -> Response:
        return Response(status_code=499)  # the client has gone; nobody reads this

    app.add_exception_handler(Problem, tell)
    app.add_exception_handler(HTTPException, tell_http)
    app.add_exception_handler(RequestValidationError, tell_invalid)
    app.add_exception_handler(ClientDisconnect, nobody)
    for kind in (OSError, sqlite3.OperationalError, OperationalError):
        app.add_exception_handler(kind, tell_storage)


def _from_http(error: HTTPException) -> Problem:
    kinds: dict[int, type[Problem]] = {404: errors.NotFound, 405: errors.MethodNotAllowed}
    if error.status_code >= 500:
        return errors.InternalError()
    return kinds.get(error.status_code, errors.MalformedRequest)()


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}


def _from_storage(error: BaseException) -> Problem | None:
    """What the disk or the database did not let us do; None for what should not happen."""
    if isinstance(error, OperationalError):
        error = error.orig or error
    if isinstance(error, sqlite3.OperationalError):
        primary = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest tells of details
        if primary in _BUSY:
            return errors.Busy()
        return errors.InsufficientStorage() if primary in _FULL else None
    no_room = isinstance(error, OSError) and error.errno in _NO_ROOM
    return errors.InsufficientStorage() if no_room else None


def _from_validation(error: RequestValidationError) -> Problem:
    """Pydantic's findings; an unknown name is the more helpful thing to hear of first."""
    found = sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
    kinds: list[type[Problem]] = [
        errors.UnknownParameter if e["type"] == "extra_forbidden" else errors.InvalidParameter
        for e in found
    ]
    names = [str(e["loc"][1]) if len(e["loc"]) > 1 else "?" for e in found]
    told = [FieldError(n, k.code, name=_short(n)) for n, k in zip(names, kinds, strict=True)]
    return kinds[0](name=names[0], errors=told)
