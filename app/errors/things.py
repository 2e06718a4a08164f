"""What is not there, and what the state of things does not allow."""

from typing import ClassVar

from app.errors.problem import Problem


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


class WaitingNotFound(NotFound):
    """No photo of that hash waits for a label."""

    text: ClassVar[str] = "waiting-not-found"


class SetNotFound(NotFound):
    """Of photos of other things, that people gave to hold a model against."""

    text: ClassVar[str] = "set-not-found"


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


class InboxOff(Problem):
    """Nobody said that photos of answers may be kept."""

    status = 409
    code = "inbox-off"


class InboxFull(Problem):
    """`room` more would be taken."""

    status = 409
    code = "inbox-full"


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
