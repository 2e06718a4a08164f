"""`python -m app.teaching.trainer FOLDER`: the process that trains.

It steps back before it does anything else. What is large is imported afterwards.
"""

import json
import sys
from pathlib import Path
from typing import Any

from app.teaching.manners import step_back


def main(folder: Path) -> int:
    """0 when the result is there, 1 when it gave up and `failure.json` says why."""
    step_back()
    return work(folder)


def work(folder: Path) -> int:
    """What is left of it without the manners."""
    from app.errors import Problem
    from app.teaching.attempt import FAILURE
    from app.teaching.learning import learn
    from app.teaching.looking import looker

    with (folder / "progress.jsonl").open("a", encoding="utf-8") as out:

        def tell(phase: str, **told: Any) -> None:
            out.write(json.dumps({"phase": phase, **told}, allow_nan=False) + "\n")
            out.flush()

        try:
            learn(folder, tell, looker)
        except Problem as problem:
            told = {"code": problem.code, "params": problem.params}
            (folder / FAILURE).write_text(json.dumps(told), "utf-8")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
