"""Who may ask, and who may not."""

from typing import ClassVar

from app.errors.problem import Problem


class InvalidHost(Problem):
    status = 400
    code = "invalid-host"
    headers: ClassVar[dict[str, str]] = {"Connection": "close"}


class CsrfRejected(Problem):
    status = 403
    code = "csrf-rejected"
    headers: ClassVar[dict[str, str]] = {"Connection": "close"}


class Unauthorized(Problem):
    """No key, or a wrong one; which of them is not told."""

    status = 401
    code = "unauthorized"
    headers: ClassVar[dict[str, str]] = {
        "WWW-Authenticate": 'Bearer realm="blomst"',
        "Connection": "close",
    }


class RateLimited(Problem):
    """Too many wrong keys from one address."""

    status = 429
    code = "rate-limited"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "60", "Connection": "close"}
