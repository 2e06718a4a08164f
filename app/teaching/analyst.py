"""`python -m app.teaching.analyst FOLDER`: the process that looks a whole dataset over.

It steps back before it does anything else. What is large is imported afterwards.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from app.teaching.manners import step_back

if TYPE_CHECKING:
    from app.teaching.inspected import Inspected

Kind = Literal["care", "growth"]
KINDS: tuple[Kind, ...] = get_args(Kind)

RESULT = "result.json"


def main(folder: Path) -> int:
    """0 when the result is there."""
    step_back()
    work(folder)
    return 0


def work(folder: Path) -> None:
    """What is left of it without the manners."""
    from app.teaching.inspected import inspect
    from app.teaching.looking import looker
    from app.teaching.progress import FILE
    from app.teaching.snapshot import TASK

    task = json.loads((folder / TASK).read_text("utf-8"))
    with (folder / FILE).open("a", encoding="utf-8") as out:

        def tell(phase: str, **told: Any) -> None:
            out.write(json.dumps({"phase": phase, **told}, allow_nan=False) + "\n")
            out.flush()

        found = _analysis(task["kind"])(inspect(folder, task, tell, looker), tell)
    text = json.dumps(found, ensure_ascii=False, allow_nan=False)
    (folder / RESULT).write_text(text, "utf-8")


def _analysis(kind: Kind) -> "Callable[[Inspected, Any], dict[str, Any]]":
    if kind == "care":
        from app.teaching.care import care

        return care
    from app.teaching.growing import growth

    return growth


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
