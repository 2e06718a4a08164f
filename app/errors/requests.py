"""Requests that say something wrong."""

from typing import ClassVar

from app.errors.problem import FieldError, Problem, shown_size


class MalformedRequest(Problem):
    status = 400
    code = "malformed-request"
    headers: ClassVar[dict[str, str]] = {"Connection": "close"}


class MalformedMultipart(Problem):
    status = 400
    code = "malformed-multipart"


class MalformedJson(Problem):
    status = 400
    code = "malformed-json"


class DuplicateKey(Problem):
    """A name stands twice in one JSON object; readers differ in which of them they believe."""

    status = 400
    code = "duplicate-key"


class MissingField(Problem):
    status = 422
    code = "missing-field"


class MissingImage(MissingField):
    """The same problem type with a sentence of its own."""

    text: ClassVar[str] = "missing-image"


class UnknownField(Problem):
    status = 422
    code = "unknown-field"


class DuplicateField(Problem):
    status = 422
    code = "duplicate-field"


class InvalidField(Problem):
    """A value of the wrong kind or outside its range; `why` is a key of its sentences."""

    status = 422
    code = "invalid-field"


class TooManyItems(Problem):
    status = 422
    code = "too-many-items"


class InvalidText(Problem):
    status = 422
    code = "invalid-text"


class InvalidLabel(Problem):
    """A name that no label or model can have; `why` is a key of its sentences."""

    status = 422
    code = "invalid-label"

    def __init__(self, why: str, *, errors: "list[FieldError] | None" = None) -> None:
        super().__init__(errors=errors, why=why)


class TooManyClasses(Problem):
    status = 422
    code = "too-many-classes"


class RequestTimeout(Problem):
    """The request did not arrive in time."""

    status = 408
    code = "request-timeout"
    headers: ClassVar[dict[str, str]] = {"Connection": "close"}


class BodyTooLarge(Problem):
    """The rest of the body is not read, so the connection cannot be used again."""

    status = 413
    code = "body-too-large"
    headers: ClassVar[dict[str, str]] = {"Connection": "close"}

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(limit=shown_size(limit_bytes))


class TooManyParts(Problem):
    status = 413
    code = "too-many-parts"
    headers: ClassVar[dict[str, str]] = {"Connection": "close"}


class FieldTooLarge(Problem):
    status = 413
    code = "field-too-large"
    headers: ClassVar[dict[str, str]] = {"Connection": "close"}


class UnsupportedMediaType(Problem):
    status = 415
    code = "unsupported-media-type"


class NotJson(UnsupportedMediaType):
    """The same problem type with a sentence of its own."""

    text: ClassVar[str] = "not-json"


class NotAnArchive(UnsupportedMediaType):
    """The same problem type with a sentence of its own."""

    text: ClassVar[str] = "not-an-archive"


class UnsupportedContentEncoding(Problem):
    status = 415
    code = "unsupported-content-encoding"
    headers: ClassVar[dict[str, str]] = {"Connection": "close"}


class InvalidParameter(Problem):
    status = 422
    code = "invalid-parameter"


class UnknownParameter(Problem):
    status = 422
    code = "unknown-parameter"


class DuplicateParameter(Problem):
    status = 422
    code = "duplicate-parameter"


class NotAcceptable(Problem):
    """A picture was asked for where none can be given."""

    status = 406
    code = "not-acceptable"
