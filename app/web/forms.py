"""Small forms of the pages: fields as browsers send them, and nothing that is not asked for."""

from collections.abc import Collection
from urllib.parse import parse_qsl

from fastapi import Request
from python_multipart.multipart import parse_options_header

from app import errors

_MOST_FIELDS = 1100  # a gallery's page of photos, and what to do with them


class Fields:
    """What a form said. Each field once, except those that may be repeated."""

    def __init__(self, given: list[tuple[str, str]]) -> None:
        self._given = given

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self._given)

    def one(self, name: str, default: str | None = None) -> str:
        """Raises MissingField where there is no default, DuplicateField when it came twice."""
        found = self.many(name)
        if len(found) > 1:
            raise errors.DuplicateField(name=name)
        if not found and default is None:
            raise errors.MissingField(name=name)
        return found[0] if found else str(default)

    def many(self, name: str) -> list[str]:
        return [value for key, value in self._given if key == name]


async def read_fields(request: Request, known: Collection[str]) -> Fields:
    """An urlencoded form. Raises UnsupportedMediaType, MalformedRequest, InvalidText, and
    UnknownField for a field that is not among those known."""
    kind, _ = parse_options_header(request.headers.get("content-type", ""))
    if kind not in (b"application/x-www-form-urlencoded", b""):
        raise errors.UnsupportedMediaType
    try:
        text = (await request.body()).decode("ascii")
        given = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except UnicodeDecodeError as error:
        raise errors.InvalidText from error
    except ValueError as error:
        raise errors.MalformedRequest from error
    for name, _ in given:
        if name not in known:
            raise errors.UnknownField(name=name)
    return Fields(given)
