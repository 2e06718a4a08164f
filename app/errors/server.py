"""What the server can do now."""

from typing import ClassVar

from app.errors.problem import Problem


class InsufficientStorage(Problem):
    """The disk is full; the rest of the body is not read."""

    status = 507
    code = "insufficient-storage"
    headers: ClassVar[dict[str, str]] = {"Connection": "close"}


class ObjectUnreadable(Problem):
    """A photo's own file is missing or damaged; its features, and all other photos, are not."""

    status = 503
    code = "object-unreadable"


class Busy(Problem):
    """The queue is full; asking again soon is right."""

    status = 503
    code = "busy"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "1"}


class NotReady(Problem):
    """The network is still being prepared, or the server is stopping."""

    status = 503
    code = "not-ready"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "3"}


class InsideNotReady(Problem):
    """The network's second file, with every stage's maps, is being made: once for each server."""

    status = 503
    code = "inside-not-ready"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "2"}


class RequestInProgress(Problem):
    """The first request with this Idempotency-Key is not answered yet."""

    status = 409
    code = "request-in-progress"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "1", "Connection": "close"}


class IdempotencyKeyReused(Problem):
    """The Idempotency-Key belongs to a request with another body."""

    status = 422
    code = "idempotency-key-reused"
