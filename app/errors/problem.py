"""What all kinds of problems have in common."""

from typing import Any, ClassVar


class Problem(Exception):
    """Something the caller should know, told as an RFC 9457 problem document."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, *, errors: "list[FieldError] | None" = None, **params: Any) -> None:
        super().__init__(self.code)
        self.params = params
        self.errors = errors or []


class FieldError:
    """One thing wrong in one place: a query parameter, a form field or a file."""

    def __init__(self, where: str, code: str, **params: Any) -> None:
        self.where, self.code, self.params = where, code, params


class InternalError(Problem):
    """A fault of ours. The log has the cause; the caller gets the request's id."""


def shown_size(count: int) -> str:
    """A number of bytes as people read it."""
    kilobytes = count / 1000
    return f"{kilobytes / 1000:g} MB" if kilobytes >= 1000 else f"{kilobytes:g} kB"
