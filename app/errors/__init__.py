"""The ways things go wrong, each with its status and code.

A Problem carries no sentence: `app/texts/*/problems.toml` has a title, a detail and advice for each
code in each language, and `params` fills the gaps in them.
"""

from collections.abc import Mapping
from typing import Any

from app.errors.archives import (
    ArchiveBomb,
    ArchiveEncrypted,
    ArchiveNested,
    ArchiveTooLarge,
    ArchiveTooManyMembers,
    ArchiveUnsafeEntry,
    ArchiveUnsafePath,
    FileUnreadable,
    InvalidArchive,
    LinkNotFollowed,
    NoImages,
    NoLabelFolder,
    UnusableArchive,
    UnusableFileName,
)
from app.errors.callers import (
    CsrfRejected,
    InvalidHost,
    RateLimited,
    Unauthorized,
)
from app.errors.images import (
    EmptyFile,
    ImageTooComplex,
    ImageTooManyPixels,
    ImageTooSmall,
    NoUsableImages,
    TruncatedImage,
    UndecodableImage,
    UnsupportedImageType,
    UnusableImage,
)
from app.errors.jobs import (
    AnalysisFailed,
    Crashed,
    DiskFull,
    Hung,
    ImportCrashed,
    ImportCutOff,
    OutOfMemory,
)
from app.errors.problem import FieldError, InternalError, Problem
from app.errors.requests import (
    BodyTooLarge,
    DuplicateField,
    DuplicateKey,
    DuplicateParameter,
    FieldTooLarge,
    InvalidField,
    InvalidLabel,
    InvalidParameter,
    InvalidText,
    MalformedJson,
    MalformedMultipart,
    MalformedRequest,
    MissingField,
    MissingImage,
    NotAcceptable,
    NotAnArchive,
    NotJson,
    RequestTimeout,
    TooManyClasses,
    TooManyItems,
    TooManyParts,
    UnknownField,
    UnknownParameter,
    UnsupportedContentEncoding,
    UnsupportedMediaType,
)
from app.errors.server import (
    Busy,
    IdempotencyKeyReused,
    InsideNotReady,
    InsufficientStorage,
    NotReady,
    ObjectUnreadable,
    RequestInProgress,
)
from app.errors.things import (
    DatasetTooSmall,
    ImageNotFound,
    ImportNotFound,
    ImportQueueFull,
    InboxFull,
    InboxOff,
    JobNotRunning,
    LabelExists,
    LabelNotFound,
    MethodNotAllowed,
    ModelCorrupt,
    ModelExists,
    ModelIncompatible,
    ModelNotFound,
    ModelNotTeachable,
    ModelShipped,
    ModelUntaught,
    NotFound,
    NothingChanged,
    PhotoAbsent,
    RunNotFound,
    SetNotFound,
    TrainingQueueFull,
    VersionNotFound,
    WaitingNotFound,
)

__all__ = [
    "AnalysisFailed",
    "ArchiveBomb",
    "ArchiveEncrypted",
    "ArchiveNested",
    "ArchiveTooLarge",
    "ArchiveTooManyMembers",
    "ArchiveUnsafeEntry",
    "ArchiveUnsafePath",
    "BodyTooLarge",
    "Busy",
    "Crashed",
    "CsrfRejected",
    "DatasetTooSmall",
    "DiskFull",
    "DuplicateField",
    "DuplicateKey",
    "DuplicateParameter",
    "EmptyFile",
    "FieldError",
    "FieldTooLarge",
    "FileUnreadable",
    "Hung",
    "IdempotencyKeyReused",
    "ImageNotFound",
    "ImageTooComplex",
    "ImageTooManyPixels",
    "ImageTooSmall",
    "ImportCrashed",
    "ImportCutOff",
    "ImportNotFound",
    "ImportQueueFull",
    "InboxFull",
    "InboxOff",
    "InsideNotReady",
    "InsufficientStorage",
    "InternalError",
    "InvalidArchive",
    "InvalidField",
    "InvalidHost",
    "InvalidLabel",
    "InvalidParameter",
    "InvalidText",
    "JobNotRunning",
    "LabelExists",
    "LabelNotFound",
    "LinkNotFollowed",
    "MalformedJson",
    "MalformedMultipart",
    "MalformedRequest",
    "MethodNotAllowed",
    "MissingField",
    "MissingImage",
    "ModelCorrupt",
    "ModelExists",
    "ModelIncompatible",
    "ModelNotFound",
    "ModelNotTeachable",
    "ModelShipped",
    "ModelUntaught",
    "NoImages",
    "NoLabelFolder",
    "NoUsableImages",
    "NotAcceptable",
    "NotAnArchive",
    "NotFound",
    "NotJson",
    "NotReady",
    "NothingChanged",
    "ObjectUnreadable",
    "OutOfMemory",
    "PhotoAbsent",
    "Problem",
    "RateLimited",
    "RequestInProgress",
    "RequestTimeout",
    "RunNotFound",
    "SetNotFound",
    "TooManyClasses",
    "TooManyItems",
    "TooManyParts",
    "TrainingQueueFull",
    "TruncatedImage",
    "Unauthorized",
    "UndecodableImage",
    "UnknownField",
    "UnknownParameter",
    "UnsupportedContentEncoding",
    "UnsupportedImageType",
    "UnsupportedMediaType",
    "UnusableArchive",
    "UnusableFileName",
    "UnusableImage",
    "VersionNotFound",
    "WaitingNotFound",
    "all_problems",
    "name_of",
    "written_down",
]


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
