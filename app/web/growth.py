"""Whether more photos would help, as the API and the page tell it: numbers, and their meaning."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.texts import Texts

_POINT = 0.005  # of a share: what is rounded to less than one point is none

Said = Literal["none", "short", "gain", "full", "few", "untold"]


@dataclass(frozen=True)
class Outlook:
    """What the curve of one label comes to. `kind`: none has no photos yet, short far fewer than
    other labels, gain would get better with more, full hardly would, few is too few to tell, untold
    cannot be told for another reason."""

    label: str
    kind: Said
    photos: int
    curve: Mapping[str, Any]

    @property
    def wrong(self) -> float:
        """The share of photos to choose by that is answered wrongly; all where there are none."""
        points = self.curve["points"]
        return 1 - points[-1]["right"] if points else 1.0

    @property
    def urgency(self) -> tuple[float, ...]:
        """Larger for labels that need photos more."""
        if self.kind in ("none", "short"):
            return (3, -self.photos)
        if self.kind == "gain":
            return (2, self.curve["ahead"]["gain"])
        return (0 if self.kind == "full" else 1, self.wrong, -self.photos)


def outlooks(found: Mapping[str, Any], labels: Sequence[str]) -> list[Outlook]:
    """Of these labels, those that need photos most first."""
    curves = {one["label"]: one for one in found["curves"] if one["label"]}
    counts = {label: learned(curves[label]) if label in curves else 0 for label in labels}
    middle = statistics.median(counts.values()) if counts else 0
    every = [
        Outlook(label, _kind(curves.get(label), counts[label], middle), counts[label],
                curves.get(label, _NOTHING))
        for label in labels
    ]  # fmt: skip
    return sorted(every, key=lambda one: one.urgency, reverse=True)


_NOTHING: dict[str, Any] = {"asked": 0, "points": [], "ahead": {"photos": 0, "why": "few-photos"}}


def learned(curve: Mapping[str, Any]) -> int:
    """How many photos there are to learn from."""
    points = curve["points"]
    return round(points[-1]["photos"]) if points else int(curve["ahead"]["photos"]) // 2


def _kind(curve: Mapping[str, Any] | None, photos: int, middle: float) -> Said:
    if curve is None or not photos:
        return "none"
    ahead = curve["ahead"]
    if ahead["why"] is None:
        return "gain" if ahead["gain"] >= _POINT else "full"
    if 2 * photos < middle:
        return "short"
    return "few" if ahead["why"] == "few-photos" else "untold"


def growth_json(found: Mapping[str, Any], names: Mapping[str, str], t: Texts) -> dict[str, Any]:
    """`names` of the model's labels by slug. `next` is the label to photograph, None where none
    stands out."""
    every = outlooks(found, list(names))
    whole = next((one for one in found["curves"] if one["label"] is None), None)
    first = _first(every)
    return {
        "photos": found["photos"],
        "sentences": _sentences(every, names, t),
        "next": first and {"label": first.label, "name": names[first.label]},
        "all": whole and {**_curve_json(whole), "sentence": _whole_sentence(whole, t)},
        "labels": [
            {
                "label": one.label,
                "name": names[one.label],
                **_curve_json(one.curve),
                "kind": one.kind,
                "sentence": _label_sentence(one, t),
            }
            for one in every
        ],
    }


def _first(every: Sequence[Outlook]) -> Outlook | None:
    if not every or every[0].kind == "full":
        return None
    return every[0]


def _curve_json(curve: Mapping[str, Any]) -> dict[str, Any]:
    none = dict.fromkeys(("right", "low", "high", "gain", "gain_low", "gain_high", "why"))
    return {
        "learned": learned(curve),
        "asked": curve["asked"],
        "points": curve["points"],
        "twice": {**none, **curve["ahead"]},
    }


def _sentences(every: Sequence[Outlook], names: Mapping[str, str], t: Texts) -> list[str]:
    """What to photograph next, and what not to."""
    told = []
    first = _first(every)
    if first is None:
        told.append(t("next.lead.full" if every else "next.lead.no_labels"))
    elif first.kind == "gain":
        told.append(t("next.lead.gain", name=names[first.label], **_gained(first.curve, t)))
    elif first.kind == "none":
        told.append(t("next.lead.none", name=names[first.label]))
    else:
        told += _unmeasured(first, every, names, t)
    full = [names[one.label] for one in every if one.kind == "full"]
    if first is not None and full:
        told.append(t.count("next.lead.others_full", len(full), names=listed(full, t)))
    return told


def _unmeasured(
    first: Outlook, every: Sequence[Outlook], names: Mapping[str, str], t: Texts
) -> list[str]:
    """Of a label of which nobody can tell what more photos would bring, and the best of which it
    can be told."""
    answered = _answered(first, t)
    told = [t(f"next.lead.{first.kind}", name=names[first.label], photos=answered["photos"])]
    if first.curve["points"]:
        told.append(t("next.lead.answered", **answered))
    best = next((one for one in every if one.kind == "gain"), None)
    if best is not None:
        told.append(t("next.lead.then", name=names[best.label], **_gained(best.curve, t)))
    return told


def listed(words: Sequence[str], t: Texts) -> str:
    """Of many only the first."""
    if len(words) > 5:
        return f"{', '.join(words[:4])} {t('next.and_others', n=len(words) - 4)}"
    return f" {t('next.and')} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _label_sentence(one: Outlook, t: Texts) -> str:
    if one.kind in ("gain", "full"):
        return t(f"next.label.{one.kind}", **_gained(one.curve, t))
    why = one.curve["ahead"]["why"]
    if why == "few-photos":
        return t("next.label.none") if one.kind == "none" else _few(one, t)
    return t(f"next.label.{why}")


def _few(one: Outlook, t: Texts) -> str:
    key = "next.label.few" if one.curve["points"] else "next.label.few_unasked"
    return t(key, **_answered(one, t))


def _whole_sentence(whole: Mapping[str, Any], t: Texts) -> str:
    why = whole["ahead"]["why"]
    if why is not None:
        return t(f"next.all.{why}")
    kind = "gain" if whole["ahead"]["gain"] >= _POINT else "full"
    return t(f"next.all.{kind}", **_gained(whole, t))


def _gained(curve: Mapping[str, Any], t: Texts) -> dict[str, str]:
    """By how many points more are right with twice as many photos, from and to how many per cent,
    and between which points that lies with 95 %."""
    ahead, now = curve["ahead"], curve["points"][-1]["right"]
    points = max(1, round(100 * ahead["gain"]))
    return {
        "points": t.count("next.points", points),
        "now": percent(now, t),
        "then": percent(now + ahead["gain"], t),
        "least": signed(ahead["gain_low"]),
        "most": signed(ahead["gain_high"]),
    }


def _answered(one: Outlook, t: Texts) -> dict[str, str]:
    asked = one.curve["asked"]
    return {
        "photos": t.count("next.photos", one.photos),
        "right": t.number(round((1 - one.wrong) * asked)),
        "asked": t.number(asked),
    }


def percent(share: float, t: Texts) -> str:
    return t("pages.site.percent", n=round(100 * share))


def signed(share: float) -> str:
    """In points, with a minus that is one."""
    points = round(100 * share)
    return f"\N{MINUS SIGN}{-points}" if points < 0 else str(points)
