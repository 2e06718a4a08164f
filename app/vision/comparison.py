"""Two versions on photos that both were asked: which is better, and whether a new one may go live
in the other's place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

ENOUGH = 20
"""Test photos below which a decision is by cross-validation."""

_SIGNIFICANT = 0.05
_SUPPORT = 10  # photos below which a label's recall says too little
_POINTS = 10  # of recall that a label may lose

Right = NDArray[np.bool_]
Whole = NDArray[np.integer]


class McNemar(NamedTuple):
    """Photos that only one of two answered right. If both were equally good, each such photo would
    be a fair toss: `worse` is the chance of a toss at least as bad for the new one, `different` of
    one at least as uneven either way."""

    only_old: int
    only_new: int
    worse: float
    different: float


@dataclass(frozen=True)
class Decision:
    """Whether the new version goes live by itself, and if not, every reason why, as codes with
    their numbers: `worse` (p), `recall` (label, before, after) and `label-removed` (label).

    Counts are of photos: `old_right` and `new_right` of `of`, and those that only one got right.
    `p` is the one-sided p that the new version is worse. JSON can hold all of it.
    """

    goes_live: bool
    of: int
    old_right: int
    new_right: int
    only_old: int
    only_new: int
    p: float
    reasons: list[dict[str, Any]]


@dataclass(frozen=True)
class Contest:
    """Two versions on the same `of` photos. `p` is the two-sided one of the exact test of McNemar.

    `verdict` is a code with its params: `same` (as many right, `different` photos answered
    differently), `could-be-luck`, `better` or `worse` (than the old version, by `by` photos of
    `of`, with `p`; `more` says which way). `differ` has the photos they answer differently, those
    that decide first, as `sha256`, `truth`, `old`, `new`: labels by name, None for one that only
    one version knows.
    """

    of: int
    old_right: int
    new_right: int
    only_old: int
    only_new: int
    p: float
    verdict: dict[str, Any]
    differ: list[dict[str, Any]]


def mcnemar(old: Right, new: Right) -> McNemar:
    """The exact test of McNemar 1947 for two that answered the same photos, right or not."""
    only_old, only_new = int((old & ~new).sum()), int((new & ~old).sum())
    tosses = only_old + only_new
    uneven = 2 * _at_most(min(only_old, only_new), tosses)
    return McNemar(only_old, only_new, _at_most(only_new, tosses), min(1.0, uneven))


def decide(
    truth: Whole, old: Whole, new: Whole, labels: Sequence[str], removed: Sequence[str] = ()
) -> Decision:
    """Of n photos their label and what either version answers, counted in `labels`, those that both
    versions know; any other number is a wrong answer. `removed` are labels only the old knows."""
    old_right, new_right = old == truth, new == truth
    test = mcnemar(old_right, new_right)
    reasons: list[dict[str, Any]] = []
    if test.worse < _SIGNIFICANT:
        reasons.append({"code": "worse", "p": test.worse})
    for at, label in enumerate(labels):
        asked = truth == at
        reasons += _lost(label, int(asked.sum()), old_right[asked], new_right[asked])
    reasons += [{"code": "label-removed", "label": label} for label in removed]
    return Decision(
        goes_live=not reasons,
        of=len(truth),
        old_right=int(old_right.sum()),
        new_right=int(new_right.sum()),
        only_old=test.only_old,
        only_new=test.only_new,
        p=test.worse,
        reasons=reasons,
    )


def compare(
    sha256s: Sequence[str], truth: Whole, old: Whole, new: Whole, labels: Sequence[str]
) -> Contest:
    """Of n photos their label and what either version answers, counted in `labels`, those that both
    versions know; any other number is an answer that only one of them knows, and wrong."""
    old_right, new_right = old == truth, new == truth
    test = mcnemar(old_right, new_right)
    apart = np.flatnonzero(old != new)
    decisive = old_right[apart] | new_right[apart]
    ordered = apart[np.argsort(~decisive, kind="stable")]
    return Contest(
        of=len(truth),
        old_right=int(old_right.sum()),
        new_right=int(new_right.sum()),
        only_old=test.only_old,
        only_new=test.only_new,
        p=test.different,
        verdict=_verdict(test, len(truth), len(apart)),
        differ=[
            {
                "sha256": sha256s[at],
                "truth": _name(truth[at], labels),
                "old": _name(old[at], labels),
                "new": _name(new[at], labels),
            }
            for at in ordered
        ],
    )


def _verdict(test: McNemar, of: int, different: int) -> dict[str, Any]:
    by = test.only_new - test.only_old
    if by == 0:
        return {"code": "same", "different": different, "of": of}
    params = {"by": abs(by), "more": by > 0, "of": of, "p": test.different}
    if test.different >= _SIGNIFICANT:
        return {"code": "could-be-luck", **params}
    return {"code": "better" if by > 0 else "worse", **params}


def _name(at: np.integer[Any], labels: Sequence[str]) -> str | None:
    return labels[int(at)] if 0 <= at < len(labels) else None


def _lost(label: str, support: int, old: Right, new: Right) -> list[dict[str, Any]]:
    before, after = int(old.sum()), int(new.sum())
    if support < _SUPPORT or 100 * (before - after) <= _POINTS * support:
        return []
    return [
        {"code": "recall", "label": label, "before": before / support, "after": after / support}
    ]


def _at_most(heads: int, tosses: int) -> float:
    """The chance of at most so many heads of a fair coin. In whole numbers, so never rounded to
    nothing before the one division."""
    ways = term = 1
    for at in range(heads):
        term = term * (tosses - at) // (at + 1)
        ways += term
    return float(ways / 2**tosses)
