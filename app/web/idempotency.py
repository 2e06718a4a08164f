"""A request that is sent twice, for want of an answer, is done once.

The sender gives it a key of its own in the header Idempotency-Key. The answer is kept for a day
under the route and that key, and told again to whoever sends the same body.
"""

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Header, Request
from pydantic import BaseModel
from sqlalchemy import Connection
from starlette.responses import Response

from app import errors
from app.store import idempotency
from app.store.idempotency import Answered
from app.web.state import State

HEADER = "Idempotency-Key"

IdempotencyKey = Annotated[str | None, Header(alias=HEADER)]
"""For routes to declare, so that the documentation has it; `attempt` reads the header itself."""

_KEY = re.compile("[!-~]{1,255}")


@dataclass(frozen=True)
class Attempt:
    """One try of a request. Without a key nothing is looked up and nothing kept."""

    route: str
    key: str | None

    def earlier(self, connection: Connection, body_sha256: str) -> Response | None:
        """The answer to the same request before. Raises IdempotencyKeyReused for another body."""
        if self.key is None:
            return None
        found = idempotency.find(connection, self.route, self.key)
        if found is None:
            return None
        if found.body_sha256 != body_sha256:
            raise errors.IdempotencyKeyReused
        response = _respond(found)
        response.headers["Idempotent-Replayed"] = "true"
        return response

    def answer(
        self,
        connection: Connection,
        body_sha256: str,
        told: Mapping[str, Any],
        *,
        status: int,
        location: str | None = None,
    ) -> Response:
        """The answer as it is sent, kept in the transaction that did what was asked."""
        body = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        answered = Answered(body_sha256, status, body, location)
        if self.key is not None:
            idempotency.keep(connection, self.route, self.key, answered)
        return _respond(answered)


@contextlib.contextmanager
def attempt(request: Request, state: State) -> Iterator[Attempt]:
    """Enter it before the body is read, and leave it with the answer in hand.

    Raises InvalidParameter for what cannot be a key, RequestInProgress while another request with
    the same key is in the block.
    """
    key = _key_of(request)
    found = Attempt(f"{request.method} {request.url.path}", key)
    if key is None:
        yield found
        return
    mark = (found.route, key)
    if mark in state.in_flight:
        raise errors.RequestInProgress
    state.in_flight.add(mark)
    try:
        yield found
    finally:
        state.in_flight.discard(mark)


def fingerprint(body: BaseModel) -> str:
    """The SHA-256 of what a JSON body means, however it was spaced and ordered."""
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()


def _key_of(request: Request) -> str | None:
    given = request.headers.getlist(HEADER)
    if not given:
        return None
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        raise errors.InvalidParameter(name=HEADER)
    return given[0]


def _respond(answered: Answered) -> Response:
    headers = {"Location": answered.location} if answered.location else None
    content = answered.body.encode("utf-8", "replace")
    return Response(content, answered.status, headers, "application/json")
