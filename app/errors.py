"""The ways things go wrong, each with its status and code.

A Problem carries no sentence: `app/texts/*/problems.toml` has a title, a detail and advice for each
code in each language, and `params` fills the gaps in them.
"""

from collections.abc import Mapping
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


# Image bytes


class UnusableImage(Problem):
    """The bytes cannot be looked at. Base of all that the decoder refuses."""

    status = 422


class EmptyFile(UnusableImage):
    code = "empty-file"


class UnsupportedImageType(UnusableImage):
    status = 415
    code = "unsupported-image-type"


class UndecodableImage(UnusableImage):
    code = "undecodable-image"


class TruncatedImage(UnusableImage):
    code = "truncated-image"


class ImageTooSmall(UnusableImage):
    code = "image-too-small"


class ImageTooManyPixels(UnusableImage):
    code = "image-too-many-pixels"


class ImageTooComplex(UnusableImage):
    code = "image-too-complex"


class NoUsableImages(Problem):
    """Several images came and none could be looked at; `errors` says why, one by one."""

    status = 422
    code = "no-usable-images"


# Zips and folders of photos


class UnusableArchive(Problem):
    """Nothing of the zip is used. Base of all that reading one refuses as a whole."""

    status = 422


class InvalidArchive(UnusableArchive):
    code = "invalid-archive"


class ArchiveTooLarge(UnusableArchive):
    status = 413
    code = "archive-too-large"
    headers: ClassVar[dict[str, str]] = {"Connection": "close"}

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(limit=_size(limit_bytes))


class ArchiveTooManyMembers(UnusableArchive):
    code = "archive-too-many-members"


class ArchiveEncrypted(UnusableArchive):
    code = "archive-encrypted"


class ArchiveNested(UnusableArchive):
    code = "archive-nested"


class ArchiveBomb(UnusableArchive):
    code = "archive-bomb"


class ArchiveUnsafePath(UnusableArchive):
    code = "archive-unsafe-path"


class ArchiveUnsafeEntry(UnusableArchive):
    """A link, a device or another thing that is neither file nor folder."""

    code = "archive-unsafe-entry"


class NoImages(UnusableArchive):
    code = "no-images"


class UnusableFileName(Problem):
    status = 422
    code = "unusable-file-name"


class NoLabelFolder(Problem):
    """A photo beside the folders, where none says what it shows."""

    status = 422
    code = "no-label-folder"


class LinkNotFollowed(Problem):
    status = 422
    code = "link-not-followed"


class FileUnreadable(Problem):
    status = 422
    code = "file-unreadable"


# The request


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
        super().__init__(limit=_size(limit_bytes))


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


# Who may ask


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


# What is asked for


class NotFound(Problem):
    status = 404
    code = "not-found"


class MethodNotAllowed(Problem):
    status = 405
    code = "method-not-allowed"


class ModelNotFound(NotFound):
    """The same problem type with a sentence of its own."""

    text: ClassVar[str] = "model-not-found"


class LabelNotFound(NotFound):
    text: ClassVar[str] = "label-not-found"


class ImageNotFound(NotFound):
    text: ClassVar[str] = "image-not-found"


class RunNotFound(NotFound):
    text: ClassVar[str] = "run-not-found"


class ImportNotFound(NotFound):
    text: ClassVar[str] = "import-not-found"


class VersionNotFound(NotFound):
    text: ClassVar[str] = "version-not-found"


class PhotoAbsent(Problem):
    """The features of the photo are here, the photo itself is not."""

    status = 404
    code = "photo-absent"


# What the state of things does not allow


class ModelNotTeachable(Problem):
    """`imagenet` is the network's own last layer."""

    status = 409
    code = "model-not-teachable"


class ModelUntaught(Problem):
    """The model has no live version to answer with."""

    status = 409
    code = "model-untaught"


class ModelExists(Problem):
    """Perhaps among those that were removed."""

    status = 409
    code = "model-exists"


class ModelShipped(Problem):
    """What came along with the install cannot be removed."""

    status = 409
    code = "model-shipped"


class LabelExists(Problem):
    status = 409
    code = "label-exists"


class ModelCorrupt(Problem):
    """A version's files are not as they were written."""

    status = 409
    code = "model-corrupt"


class ModelIncompatible(Problem):
    """A version that was taught with another network than the one that answers."""

    status = 409
    code = "model-incompatible"


class DatasetTooSmall(Problem):
    """`missing` names the labels with too few groups of photos, and how many each has."""

    status = 409
    code = "dataset-too-small"


class NothingChanged(Problem):
    """The newest version learned from the same photos with the same settings."""

    status = 409
    code = "nothing-changed"


class TrainingQueueFull(Problem):
    status = 429
    code = "training-queue-full"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "30"}


class ImportQueueFull(Problem):
    status = 429
    code = "import-queue-full"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "30", "Connection": "close"}


class JobNotRunning(Problem):
    """It is over already, so there is nothing to cancel."""

    status = 409
    code = "job-not-running"


# Why a training came to nothing


class Crashed(Problem):
    """The trainer's process ended without a word, each time it was tried."""

    code = "crashed"


class Hung(Problem):
    """The trainer's process neither worked nor waited for its turn, each time it was tried."""

    code = "hung"


class OutOfMemory(Problem):
    status = 507
    code = "out-of-memory"


class DiskFull(Problem):
    status = 507
    code = "disk-full"


# Why an import came to nothing; what it had taken in stays


class ImportCrashed(Problem):
    """The server stopped in the middle of it, each time it was tried."""

    code = "import-crashed"


class ImportCutOff(Problem):
    """Whoever ran it, or its archive, is gone."""

    code = "import-cut-off"


# The same request again


class RequestInProgress(Problem):
    """The first request with this Idempotency-Key is not answered yet."""

    status = 409
    code = "request-in-progress"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "1", "Connection": "close"}


class IdempotencyKeyReused(Problem):
    """The Idempotency-Key belongs to a request with another body."""

    status = 422
    code = "idempotency-key-reused"


# What the server can do now


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


def _size(count: int) -> str:
    kilobytes = count / 1000
    return f"{kilobytes / 1000:g} MB" if kilobytes >= 1000 else f"{kilobytes:g} kB"


def name_of(problem: Problem) -> str:
    """What its sentences stand under: `text` of kinds that share another's code, else the code."""
    return str(getattr(problem, "text", problem.code))


def written_down(name: str, params: Mapping[str, Any]) -> Problem:
    """The problem that was kept as its name or code, and params; an InternalError for what is none
    of ours."""
    kinds = {getattr(kind, "text", kind.code): kind for kind in _every_kind()}
    kind = kinds.get(name, InternalError)
    problem = kind.__new__(kind)
    Problem.__init__(problem, **params)
    return problem


def all_problems() -> list[type[Problem]]:
    """Every kind with a code of its own, for the pages that explain them."""
    found = {kind.code: kind for kind in _every_kind() if "code" in vars(kind)}
    return sorted(found.values(), key=lambda kind: kind.code)


def _every_kind() -> list[type[Problem]]:
    """Those that others are based on come last."""
    found: list[type[Problem]] = [Problem]
    for kind in found:
        found += kind.__subclasses__()
    return found[::-1]
