"""Why trainings and imports came to nothing."""

from typing import ClassVar

from app.errors.problem import Problem


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


class AnalysisFailed(Problem):
    """The process that looks a dataset over came to nothing a moment ago; it is tried again."""

    status = 503
    code = "analysis-failed"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "60"}


class ImportCrashed(Problem):
    """The server stopped in the middle of it, each time it was tried."""

    code = "import-crashed"


class ImportCutOff(Problem):
    """Whoever ran it, or its archive, is gone."""

    code = "import-cut-off"
