"""Reports on versions and comparisons of two, as the API and the pages tell them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app import errors
from app.store import images
from app.store.images import Image
from app.store.store import Store
from app.teaching.comparing import Comparison, Said
from app.teaching.examining import Examined, cut_at
from app.teaching.refusing import Held
from app.teaching.scoring import Scored
from app.texts import Texts
from app.vision import exam, reliability
from app.web.api.telling import image, moment
from app.web.others import others_json

THRESHOLDS = [at / 100 for at in range(100)]
COVERAGES = [*(at / 100 for at in range(50, 100)), 0.995, 0.999]
_WORTH = (0.95, 0.98, 0.99)  # shares right that people ask for
_SURE = 0.05  # p below which a difference is hardly luck


def report_json(told: Examined, sets: Sequence[Held], t: Texts) -> dict[str, Any]:
    """The stored report with the exam of today in its place, and what follows from it. `sets` are
    those that people gave, held against the version."""
    by, shown = told.shown()
    unknown = {**_unknown(told), "others": others_json(told, sets, t)}
    crossed = told.report.get("cross_validation")
    rows = ("rows",)
    return {
        **told.report,
        **({"cross_validation": _without(crossed, ("photos",))} if crossed else {}),
        "exam": {**_without(told.exam, rows), "unknown": unknown},
        "by": by,
        **{key: shown[key] for key in ("accuracy", "labels", "confusion")},
        "worst": worst(shown["labels"]),
        "calibration": told.exam["calibration"],
        "answering": _answering(told, told.scored) if told.scored else None,
        "unknown": unknown,
        "sittings": [moment(one.created) for one in told.sittings],
    }


def worst(labels: Sequence[Mapping[str, Any]]) -> str | None:
    """The label of which it found the smallest share, unless it found all of each."""
    asked = [one for one in labels if one["support"]]
    least = min(asked, key=lambda one: one["recall"], default=None)
    return least["label"] if least and least["recall"] < 1 else None


def answers(
    told: Examined, truth: str | None, answer: str | None, right: bool | None
) -> list[dict[str, Any]]:
    """What was answered to the photos it is judged by, the surest first. Raises LabelNotFound for a
    label that the version does not know."""
    _, shown = told.shown()
    for label in (truth, answer):
        if label is not None and label not in told.labels:
            raise errors.LabelNotFound(name=label)
    rows = shown.get("rows")
    if rows is None:
        return []
    labels = rows["labels"]
    columns = (rows[name] for name in ("sha256", "truth", "answer", "score", "distance"))
    every = [
        {"sha256": name, "truth": labels[t], "answer": labels[a], "score": s, "distance": d}
        for name, t, a, s, d in zip(*columns, strict=True)
    ]
    chosen = [
        one
        for one in every
        if truth in (None, one["truth"])
        and answer in (None, one["answer"])
        and right in (None, one["truth"] == one["answer"])
    ]
    return sorted(chosen, key=lambda one: -(one["score"] or 0))


def with_photos(
    store: Store, model: str, found: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Each with what is known of its photo."""
    with store.database.read() as c:
        there = images.find_many(c, model, [one["sha256"] for one in found])
    return [{**one, **_photo(there.get(one["sha256"]))} for one in found]


def comparison_json(told: Comparison, a: int, b: int, t: Texts) -> dict[str, Any]:
    """Without the photos."""
    counts = {key: value for key, value in asdict(told).items() if key != "differing"}
    better = None if told.a_right == told.b_right else a if told.a_right > told.b_right else b
    return {
        "a": a,
        "b": b,
        **counts,
        "better": better,
        "verdict": _verdict(told, better, t),
        "differing": len(told.differing),
    }


def differing(told: Comparison) -> list[dict[str, Any]]:
    """Where they differ, without the photos."""
    return [
        {"sha256": one.sha256, "truth": one.truth, "a": _said(one.a), "b": _said(one.b)}
        for one in told.differing
    ]


def with_maps(
    model: str, a: int, b: int, found: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Each with where either version looked for what it said; None where the photo is not here."""
    return [
        {
            **one,
            **{
                whose: {**one[whose], "heatmap": _map(model, number, one, one[whose]["label"])}
                for whose, number in (("a", a), ("b", b))
            },
        }
        for one in found
    ]


def _map(model: str, version: int, one: Mapping[str, Any], label: str) -> str | None:
    here = f"/api/v1/models/{model}/versions/{version}/images/{one['sha256']}"
    return f"{here}/heatmap?label={label}" if one["thumbnail"] else None


def _verdict(told: Comparison, better: int | None, t: Texts) -> str:
    if not told.of:
        return t("trust.compare.nothing")
    of = t.number(told.of)
    if better is None:
        return t("trust.compare.even", right=t.number(told.a_right), of=of)
    kind = "hardly_luck" if told.p < _SURE else "luck"
    apart = abs(told.a_right - told.b_right)
    p = t.decimal(f"{told.p:.2g}" if told.p >= 0.001 else "0.001")
    sign = "=" if told.p >= 0.001 else "<"
    return t.count(f"trust.compare.{kind}", apart, version=better, of=of, p=f"{sign} {p}")


def _said(one: Said) -> dict[str, Any]:
    return {"label": one.label, "score": one.score}


def _photo(one: Image | None) -> dict[str, Any]:
    told = image(one) if one else {}
    named = ("filename", "label", "width", "height", "thumbnail", "credit", "split")
    return {name: told.get(name) for name in named}


def _unknown(told: Examined) -> dict[str, Any]:
    """By the cut under which it would answer now."""
    found = {"cut": told.cut, "coverage": told.coverage}
    if told.scored is None:
        return {**told.report["exam"]["unknown"], **found}
    shown = told.scored.shown
    within = shown.distance <= told.cut
    return {
        **told.exam["unknown"],
        **found,
        "answered": exam.share(int(within.sum()), len(within)),
        "right_of_answered": exam.share(int((within & shown.right).sum()), int(within.sum())),
    }


def _answering(told: Examined, scored: Scored) -> dict[str, Any]:
    """What each threshold and each coverage costs: chosen on photos that may be chosen by, and what
    the exam shows of it."""
    threshold, chosen, shown = told.model.choices.threshold, scored.chosen, scored.shown
    asked = {"chosen": chosen, "exam": shown}
    by_threshold = {
        name: reliability.by_score(each.score, each.right, THRESHOLDS, each.distance <= told.cut)
        for name, each in asked.items()
    }
    cuts = [cut_at(scored, one) for one in COVERAGES] if len(chosen.distance) else []
    by_coverage = {
        name: reliability.by_distance(each.distance, each.right, cuts, each.score >= threshold)
        for name, each in asked.items()
    }
    return {
        "chosen_by": scored.by,
        "threshold": threshold,
        "coverage": told.coverage,
        "cut": told.cut,
        "thresholds": {"at": THRESHOLDS, **_curves(by_threshold)},
        "coverages": {"at": COVERAGES if cuts else [], "cuts": cuts, **_curves(by_coverage)},
        "worth": _worth(by_threshold["chosen"]),
    }


def _curves(curves: Mapping[str, reliability.Curve]) -> dict[str, Any]:
    return {
        name: {"of": curve.of, "answered": curve.answered, "right": curve.right}
        for name, curve in curves.items()
    }


def _worth(curve: reliability.Curve) -> list[dict[str, Any]]:
    """From which threshold on it is right so often, as far as the photos to choose by can say."""
    found: dict[int, dict[str, Any]] = {}
    for share in _WORTH:  # where two need the same threshold, it gives the higher share
        at = reliability.least(curve, share)
        if at:
            told = {"right": share, "threshold": curve.limits[at]}
            found[at] = {**told, "answered": curve.answered[at], "of": curve.of}
    return list(found.values())


def _without(told: Mapping[str, Any], left_out: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key not in left_out}
