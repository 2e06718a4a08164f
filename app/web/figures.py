"""Numbers with their words: "94 of 100, give or take 2"."""

from collections.abc import Mapping
from typing import Any

from app.texts import texts


def give_or_take(exam: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Of an exam's counts (`right`, `of`) and 95 % interval (`low`, `high`, 0 to 1): the share in
    percent, and by how many points the true one may differ: the wider side of the interval."""
    t = texts("nb" if language == "nb" else "en")
    share = exam["right"] / exam["of"] if exam["of"] else 0.0
    around = max(exam["high"] - share, share - exam["low"]) * 100
    return {
        "right": t.number(exam["right"]),
        "of": t.number(exam["of"]),
        "percent": t("pages.site.percent", n=round(100 * share)),
        "around": max(1, round(around)),
    }
