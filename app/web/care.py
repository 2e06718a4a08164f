"""What in a dataset wants a look, as the API and the page tell it."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.teaching.caring import Care, Doubt, Lot, Twice
from app.texts import Texts
from app.web.api import telling

SURE = 0.8
"""The score from which on others speak against a label surely enough to be counted."""


def names_of(care: Care, language: str) -> dict[str, str]:
    """By slug."""
    labels = care.model.labels
    return {one.label: one.names.get(language) or one.names["en"] for one in labels}


def doubt_json(doubt: Doubt, names: Mapping[str, str]) -> dict[str, Any]:
    label, suggested = doubt.image.label, doubt.suggested
    return {
        "image": telling.image(doubt.image),
        "label": {"label": label, "name": names[label], "score": doubt.score},
        "suggested": {
            "label": suggested,
            "name": names.get(suggested, suggested),
            "score": doubt.suggested_score,
        },
    }


def lot_json(lot: Lot) -> dict[str, Any]:
    return {
        "kind": lot.kind,
        "cosine": lot.cosine,
        "likely": lot.likely,
        "trouble": lot.trouble,
        "images": [telling.image(one) for one in lot.images],
    }


def twice_json(one: Twice) -> dict[str, Any]:
    came = [{"label": label, "file": file} for label, file in one.came]
    return {"image": telling.image(one.image), "unsettled": one.torn, "came": came}


def care_json(care: Care, doubts: Sequence[Doubt], t: Texts) -> dict[str, Any]:
    """All but the cursor; `doubts` are those of this page."""
    names = names_of(care, t.language)
    return {
        "photos": care.photos,
        "copies": [lot_json(lot) for lot in care.lots],
        "came_twice": [twice_json(one) for one in care.twice],
        "leak": leak_json(care, t),
        "doubts": {
            "judged": care.judged,
            "total": len(care.doubts),
            "sure": sure(care),
            "items": [doubt_json(one, names) for one in doubts],
        },
        "odd": [
            {"image": telling.image(one.image), "distance": one.distance} for one in care.strays
        ],
        "unreadable": [
            {
                "image": telling.image(one.image),
                "problem": one.problem,
                "sentence": _why(one.problem, t),
            }
            for one in care.unreadable
        ],
    }


def sure(care: Care) -> int:
    """How many labels others speak against surely."""
    return sum(one.suggested_score >= SURE for one in care.doubts)


def count(care: Care) -> int:
    """What is worth a person's time: all but labels in which others are not sure either."""
    return care.count - len(care.doubts) + sure(care)


def leak_json(care: Care, t: Texts) -> dict[str, Any] | None:
    """What copies spread over learning and exam would have added to a score, also in words."""
    told = care.leak
    if told is None or not told["copied"]:
        return None
    more = told["with_copies"] - told["without"]
    said = {
        "copied": t.number(told["copied"]),
        "of": t.number(told["of"]),
        "leaking": _share(told["rest"] + told["with_copies"], told["of"], t),
        "honest": _share(told["rest"] + told["without"], told["of"], t),
        "with_copies": t.number(told["with_copies"]),
        "without": t.number(told["without"]),
    }
    key = "same" if more <= 0 else "little" if said["leaking"] == said["honest"] else "more"
    return {**told, "sentence": t(f"care.leak.{key}", **said)}


def _share(right: int, of: int, t: Texts) -> str:
    return t.decimal(f"{100 * right / of:.1f}")


def _why(problem: str, t: Texts) -> str:
    """In a sentence: of a file, or of a photo that cannot be opened."""
    own = f"care.unreadable.{problem}"
    if t.has(own):
        return t(own)
    title = f"problems.{problem}.title"
    return t(title) if t.has(title) else t("care.unreadable.damaged")
