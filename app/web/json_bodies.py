"""The one door for JSON: strict text in, a checked shape out.

RFC 8259 leaves open what a reader does with names that stand twice, with NaN, and with numbers and
depths beyond its own; whatever two readers could understand differently is refused here.
"""

import json
import math
import re
from collections import Counter
from typing import Annotated, Any, NoReturn, Self, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Discriminator, Tag, ValidationError, model_validator
from pydantic_core import ErrorDetails
from python_multipart.multipart import parse_options_header

from app import errors
from app.errors import FieldError, Problem
from app.web.bodies import holding
from app.web.state import state_of

_MOST_DIGITS = 300  # of a number: all that a float can hold
_MOST_MEMBERS = 1000  # of an object
_MOST_TOLD = 20  # errors in one answer

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Body(BaseModel):
    """Base of all shapes. Give every list a `max_length`: it is heeded before its items."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Names(Body):
    """A name in each language; one of them is enough."""

    en: str | None = None
    nb: str | None = None

    @model_validator(mode="after")
    def _is_a_name(self) -> Self:
        if self.en is None and self.nb is None:
            raise ValueError("no name at all")
        return self


GivenName = Annotated[
    Annotated[str, Tag("text")] | Annotated[Names, Tag("names")],
    Discriminator(lambda value: "names" if isinstance(value, dict | Names) else "text"),
]
"""A name as people give it: one for all languages, or one for each."""

Shape = TypeVar("Shape", bound=Body)


async def read_json(request: Request, shape: type[Shape], *, may_be_empty: bool = False) -> Shape:
    """The request's body as `shape`; with `may_be_empty` no body at all is `{}`.

    Raises NotJson, MalformedJson, DuplicateKey, InvalidText, UnknownField, TooManyItems,
    InvalidField, MissingField, BodyTooLarge, or Busy when too much is held already.
    """
    declared = request.headers.get("content-type", "")
    if declared or not may_be_empty:
        _check_kind(declared)
    with holding(state_of(request)) as hold:
        chunks = []
        async for chunk in request.stream():
            hold(len(chunk))
            chunks.append(chunk)
        content = b"".join(chunks)
        if not content and may_be_empty:
            return checked({}, shape)
        if not declared:
            raise errors.NotJson
        return checked(parsed(content), shape)


def _check_kind(declared: str) -> None:
    kind, options = parse_options_header(declared)
    charset = options.pop(b"charset", b"utf-8").lower()
    if kind != b"application/json" or options or charset not in (b"utf-8", b"utf8"):
        raise errors.NotJson


def parsed(content: bytes) -> Any:
    """Plain values. Raises NotJson for UTF-16 and UTF-32, MalformedJson, DuplicateKey, InvalidText,
    and TooManyItems for an object larger than any shape."""
    if json.detect_encoding(content).startswith(("utf-16", "utf-32")):
        raise errors.NotJson
    try:
        text = content.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse,
            parse_float=_number,
            parse_int=_whole_number,
        )
        if _SURROGATE.search(text):
            _check_text(value)
    except (ValueError, RecursionError) as error:
        raise errors.MalformedJson from error
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > _MOST_MEMBERS:
        raise errors.TooManyItems(name="", most=_MOST_MEMBERS)
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise errors.DuplicateKey(name=twice)
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("a number beyond all floats")
    return value


def _whole_number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError("a number of too many digits")
    return int(digits)


def _check_text(value: Any) -> None:
    """Surrogates come in pairs, which are one sign, or they are no text."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise errors.InvalidText from error


def checked(value: Any, shape: type[Shape]) -> Shape:
    """The value as a shape. Raises the most helpful of its problems, with all of them under
    `errors`: a name that is not known first, then too many, then a wrong value, then none."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    told = [_finding(e["type"], _place(e, value), e.get("ctx", {})) for e in found]
    told.sort(key=lambda finding: _WEIGHT.index(finding[0]))
    kind, _, params = told[0]
    each = [FieldError(where, k.code, **p) for k, where, p in told[:_MOST_TOLD]]
    raise kind(errors=each, **params)


_WEIGHT = [errors.UnknownField, errors.TooManyItems, errors.InvalidField, errors.MissingField]

_KINDS: dict[str, type[Problem]] = {
    "extra_forbidden": errors.UnknownField,
    "too_long": errors.TooManyItems,
    "missing": errors.MissingField,
}

_WHY = {
    "string_type": "text",
    "int_type": "whole-number",
    "float_type": "number",
    "bool_type": "yes-or-no",
    "list_type": "list",
    "dict_type": "object",
    "model_type": "object",
    "literal_error": "choice",
    "greater_than_equal": "at-least",
    "greater_than": "above",
    "less_than_equal": "at-most",
    "less_than": "below",
    "string_too_short": "too-short",
    "string_too_long": "too-long",
    "too_short": "too-few",
}
"""Pydantic's kinds of error, and our sentences."""


def _finding(
    kind: str, place: list[str], context: dict[str, Any]
) -> tuple[type[Problem], str, dict[str, Any]]:
    """Of one error: the problem it is, a JSON pointer (RFC 6901), and what fills the sentence."""
    bounds = {
        "least": _bound(context, "ge", "gt", "min_length"),
        "most": _bound(context, "le", "lt", "max_length"),
        "choices": context.get("expected", "").replace("'", "").replace(" or ", ", "),
    }
    why = _WHY.get(kind, "other")
    if why in ("too-short", "too-few") and bounds["least"] == "1":
        why = "empty"
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in place)
    params = {"name": ".".join(place), "why": why, **bounds}
    return _KINDS.get(kind, errors.InvalidField), pointer, params


def _bound(context: dict[str, Any], *names: str) -> str:
    found = next((context[name] for name in names if name in context), None)
    return f"{found:g}" if isinstance(found, float) else str(found)


def _place(error: ErrorDetails, value: Any) -> list[str]:
    """Where in the body; pydantic also names the branches that it took, which nobody sent."""
    place = []
    for at, part in enumerate(error["loc"]):
        absent = error["type"] == "missing" and at == len(error["loc"]) - 1
        if isinstance(value, dict) and (part in value or absent):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part] if part < len(value) else None
        else:
            continue
        place.append(str(part))
    return place
