"""Whether more photos would help, worked out in a child process from a dataset's numbers."""

from dataclasses import asdict
from typing import Any

from app.teaching.eyes import Tell
from app.teaching.inspected import Inspected
from app.vision import growth as curves


def growth(seen: Inspected, tell: Tell) -> dict[str, Any]:
    """As JSON: a learning curve over all labels and one for each, without photos set aside."""
    tell("growing", done=0, total=0)
    table = seen.table
    found = curves.curves(table.of("train"), table.of("validation"))
    return {"photos": seen.total, "curves": [asdict(one) for one in found]}
