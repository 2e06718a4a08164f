"""`python -m app.teaching.trainer FOLDER`: the process that trains, and its manners.

It steps back before it does anything else: it takes the processor only when nobody wants it, ends
with the server that started it, and is the first to go when memory runs out. What is large is
imported afterwards.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1

_CHEAP = {
    "CUDA_VISIBLE_DEVICES": "",  # no looking for graphics cards: it costs time and says much
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "KERAS_BACKEND": "tensorflow",
    # At the lowest priority threads of one sum only wait for each other.
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}


def main(folder: Path) -> int:
    """0 when the result is there, 1 when it gave up and `failure.json` says why."""
    _step_back()
    os.environ.update(_CHEAP)
    return work(folder)


def work(folder: Path) -> int:
    """What is left of it without the manners."""
    from app.errors import Problem
    from app.teaching.attempt import FAILURE
    from app.teaching.learning import learn

    with (folder / "progress.jsonl").open("a", encoding="utf-8") as out:

        def tell(phase: str, **told: Any) -> None:
            out.write(json.dumps({"phase": phase, **told}, allow_nan=False) + "\n")
            out.flush()

        try:
            learn(folder, tell, _looker)
        except Problem as problem:
            told = {"code": problem.code, "params": problem.params}
            (folder / FAILURE).write_text(json.dumps(told), "utf-8")
            return 1
    return 0


def _looker(task: dict[str, Any]) -> Any:
    from app.settings import Settings
    from app.teaching.looking import Looker
    from app.vision import network
    from app.vision.engine import Engine

    settings = Settings.from_environment()
    made = network.prepare(Path(task["derived"]), beforehand=settings.prepared)
    workers = settings.parallel()
    return Looker(Engine(made.content, workers), settings.limits(), workers)


def _step_back() -> None:
    try:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except (AttributeError, OSError):  # not Linux, or not allowed
        os.nice(19)
    parent = os.getppid()
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before the kernel was asked
        os._exit(1)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
