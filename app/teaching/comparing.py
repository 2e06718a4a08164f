"""Two versions of a model on the same sealed photos of today, by what each answered to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from app.teaching.examining import EXAM, FOLDS, Examined
from app.vision.comparison import ENOUGH, mcnemar


class Said(NamedTuple):
    """`score` is None where it was answered in cross-validation."""

    label: str
    score: float | None


class Differing(NamedTuple):
    """A photo that shows `truth`, to which two versions gave two answers."""

    sha256: str
    truth: str
    a: Said
    b: Said


@dataclass(frozen=True)
class Comparison:
    """Counts of photos: `a_right` and `b_right` of `of`, and those that only one got right. `p` is
    the chance of a difference at least as large, either way, if both were equally good. `left_out`
    are labels that only one of them knows."""

    by: str
    of: int
    a_right: int
    b_right: int
    only_a: int
    only_b: int
    p: float
    left_out: list[str]
    differing: list[Differing]


class _Asked(NamedTuple):
    truth: str
    said: Said


def compare(a: Examined, b: Examined) -> Comparison:
    """By the exam; with fewer than 20 sealed photos by cross-validation, where both have one."""
    shared = [label for label in a.labels if label in b.labels]
    by, rows = EXAM, [_rows(one.exam, shared) for one in (a, b)]
    if len(rows[0].keys() & rows[1].keys()) < ENOUGH:
        crossed = [one.shown() for one in (a, b)]
        if all(how == FOLDS for how, _ in crossed):
            by, rows = FOLDS, [_rows(told, shared) for _, told in crossed]
    left, right = rows
    both = [name for name in left if name in right]
    was_right = [
        np.array([each[name].said.label == each[name].truth for name in both], bool)
        for each in (left, right)
    ]
    test = mcnemar(*was_right)
    differing = [
        Differing(name, left[name].truth, left[name].said, right[name].said)
        for name in both
        if left[name].said.label != right[name].said.label
    ]
    return Comparison(
        by,
        len(both),
        int(was_right[0].sum()),
        int(was_right[1].sum()),
        test.only_old,
        test.only_new,
        test.different,
        [label for label in dict.fromkeys([*a.labels, *b.labels]) if label not in shared],
        sorted(differing, key=_weight),
    )


def _rows(told: Mapping[str, Any], shared: list[str]) -> dict[str, _Asked]:
    rows = told.get("rows")
    if rows is None:
        return {}
    labels = rows["labels"]
    return {
        name: _Asked(labels[truth], Said(labels[answer], score))
        for name, truth, answer, score in zip(
            rows["sha256"], rows["truth"], rows["answer"], rows["score"], strict=True
        )
        if labels[truth] in shared
    }


def _weight(one: Differing) -> tuple[bool, float]:
    """First those of which one is right, the surest of them before the others."""
    both_wrong = one.truth not in (one.a.label, one.b.label)
    return both_wrong, -max(one.a.score or 0, one.b.score or 0)
