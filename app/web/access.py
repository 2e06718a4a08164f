"""Who may ask, decided before a byte of the body is read.

Pure ASGI, around everything: FastAPI's own dependencies run only after the body has arrived.
"""

import logging
import re
import secrets
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import errors
from app.errors import Problem
from app.settings import Settings
from app.web import problems
from app.web.rendering import wants_page
from app.web.state import State

log = logging.getLogger(__name__)

_JSON_LIMIT = 1_000_000
_SIGN_IN_LIMIT = 4_000

_MODEL = "/models/[^/]+"
_LIMITS: list[tuple[re.Pattern[str], Callable[[Settings], int]]] = [
    (re.compile("/sign-in"), lambda _: _SIGN_IN_LIMIT),  # open to all, so as little as will do
    (re.compile(f"/|.*predict|/api/v1{_MODEL}:(inside|occlude)"), Settings.request_bytes),
    (re.compile(f"(/api/v1)?{_MODEL}/imports"), Settings.zip_bytes),
    (re.compile(f"/api/v1{_MODEL}((/others/[^/]+)?/images|/inbox)"), Settings.request_bytes),
    (re.compile(f"{_MODEL}(/.*)?"), Settings.request_bytes),  # pages
]
"""The most bytes a body may have, by the first pattern that is the whole path; JSON elsewhere."""

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}


class Access:
    """Checks who asks, encoding and size; marks every answer with an id and safe headers."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        send = _marking(send, request_id, scope)
        try:
            limit = self._check(scope)
        except Problem as problem:
            response = _refuse(Request(scope), problem)
            await response(scope, receive, send)
            return
        if scope["method"] == "HEAD":  # the server drops the body of what GET would answer
            scope["state"]["head_only"] = True
            scope = {**scope, "method": "GET"}
        try:
            await self._app(scope, _limited(receive, limit), send)
        except Exception:
            log.exception("request %s failed", request_id)
            if "answered" in scope["state"]:
                raise  # half an answer: the server hangs up, so that nobody takes it for a whole
            response = problems.respond(Request(scope), errors.InternalError())
            await response(scope, receive, send)

    def _check(self, scope: Scope) -> int:
        """The most bytes the body may have. Raises what is wrong with the request's head."""
        self._state.callers.check(scope, self._state.keys)
        headers = Headers(scope=scope)
        if {"content-length", "transfer-encoding"} <= set(headers):
            raise errors.MalformedRequest  # a proxy before us may have believed the other one
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise errors.UnsupportedContentEncoding
        limit = self._limit(scope["path"])
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > limit:
            raise errors.BodyTooLarge(limit)
        return limit

    def _limit(self, path: str) -> int:
        for pattern, limit in _LIMITS:
            if pattern.fullmatch(path):
                return limit(self._state.settings)
        return _JSON_LIMIT


def _refuse(request: Request, problem: Problem) -> Response:
    """People without a key are shown where to give it; programs are told."""
    if isinstance(problem, errors.Unauthorized) and request.method == "GET" and wants_page(request):
        return RedirectResponse("/sign-in", 303, {"Cache-Control": "no-store"})
    return problems.respond(request, problem)


def _marking(send: Send, request_id: str, scope: Scope) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers["X-Request-Id"] = request_id
            scope["state"]["answered"] = True
            # A new version must not meet yesterday's scripts.
            if scope["path"].startswith("/static/"):
                headers["Cache-Control"] = "no-cache"
        await send(message)

    return marked


def _limited(receive: Receive, limit: int) -> Receive:
    """Counts what really arrives: a chunked body declares no length."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise errors.BodyTooLarge(limit)
        return message

    return counted
