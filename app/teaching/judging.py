"""Whether a new version may go live by itself: both are asked anew, of photos as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.store import images, kept
from app.store.kept import Kept, Row
from app.store.store import Store
from app.texts import Texts
from app.vision import comparison
from app.vision.features import restore
from app.vision.head import Head

Names = Mapping[str, str]

CANNOT_COMPARE = "cannot-compare"

_PORTION = 2000


@dataclass(frozen=True)
class Candidate:
    """A head that wants to go live. `labels` has their names by slug, in the head's order.
    `crossed` has its answers by cross-validation, a label by the hash of each photo; None where the
    exam was large enough to need none."""

    labels: Mapping[str, Names]
    head: Head
    crossed: Mapping[str, str] | None


@dataclass(frozen=True)
class Verdict:
    """`waits` are reasons not to go live, as codes with params. `comparison` has the counts behind
    them and `by` what it was counted; None where there was nothing to compare with."""

    waits: list[dict[str, Any]]
    comparison: dict[str, Any] | None = None


def answers_of(report: Mapping[str, Any]) -> dict[str, str] | None:
    crossed = report.get("cross_validation")
    return dict(crossed["photos"]) if crossed else None


def judge(
    store: Store, model: str, new: Candidate, live: Candidate | None, version: int | None
) -> Verdict:
    """By today's test photos of the labels that both know; where those are fewer than 20, by what
    both answered in cross-validation. `version` is the number of the live one."""
    if live is None:
        return Verdict([])
    with store.database.read() as c:
        placed = list(images.stream(c, model))
    shared = [label for label in new.labels if label in live.labels]
    removed = [label for label in live.labels if label not in new.labels]
    truth = {one.sha256: one.label for one in placed if one.label in shared}
    tests = [one.sha256 for one in placed if one.split == "test" and one.label in shared]
    by, asked = "exam", _seen(store.kept, tests)
    old, now = (_answers(one, asked) for one in (live, new))
    if len(asked) < comparison.ENOUGH:
        by, old, now = "cross-validation", dict(live.crossed or {}), dict(new.crossed or {})
    both = [name for name in truth if name in old and name in now]
    counted = [_numbers([said[name] for name in both], shared) for said in (truth, old, now)]
    decided = comparison.decide(counted[0], counted[1], counted[2], shared, removed)
    names = {**new.labels, **live.labels}
    waits = [_told(reason, version, names) for reason in decided.reasons]
    if not both:
        waits.insert(0, _told({"code": CANNOT_COMPARE}, version, names))
    counts = {key: value for key, value in asdict(decided).items() if key != "reasons"}
    return Verdict(waits, {"with": version, "by": by, **counts} if both else None)


def why_it_waits(waits: Sequence[Mapping[str, Any]], t: Texts) -> list[str]:
    """A sentence for each reason."""
    return [_sentence(one["code"], one["params"], t) for one in waits]


def _sentence(code: str, params: Mapping[str, Any], t: Texts) -> str:
    names = params.get("names", {})
    shown = {"version": params["version"], "label": names.get(t.language) or names.get("en")}
    shown |= {share: round(100 * params.get(share, 0)) for share in ("before", "after")}
    p = f"{params.get('p', 0):.2g}"
    return t(f"runs.waits_because.{code}", **shown, p=t.decimal(p))


def _told(
    reason: Mapping[str, Any], version: int | None, names: Mapping[str, Names]
) -> dict[str, Any]:
    """With the label's names as they were then: it may be gone when the reason is read."""
    params = {key: value for key, value in reason.items() if key != "code"} | {"version": version}
    if "label" in params:
        params["names"] = dict(names[params["label"]])
    return {"code": reason["code"], "params": params}


def _seen(kept_: Kept, names: Sequence[str]) -> dict[str, Row]:
    return kept_.get(kept.PLAIN, names)


def _answers(one: Candidate, asked: Mapping[str, Row]) -> dict[str, str]:
    """The best label of each photo, a few thousand at a time."""
    names, labels = list(asked), list(one.labels)
    said: dict[str, str] = {}
    for start in range(0, len(names), _PORTION):
        portion = names[start : start + _PORTION]
        rows = np.stack([asked[name].row for name in portion])
        scales = np.array([asked[name].scale for name in portion], np.float32)
        best = one.head.logits(restore(rows, scales)).argmax(axis=1)
        said |= {name: labels[at] for name, at in zip(portion, best.tolist(), strict=True)}
    return said


def _numbers(labels: Sequence[str], shared: Sequence[str]) -> NDArray[np.int64]:
    """Counted in the shared ones; any other is a number that none of them has."""
    at = {label: number for number, label in enumerate(shared)}
    return np.array([at.get(label, len(shared)) for label in labels], np.int64)
