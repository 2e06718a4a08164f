"""Why an answer is what it is: the photos it learned from that are most like it, which labels it
hesitated between, and what became of its score when a part was covered."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from app.teaching.nearby import Near
from app.texts import Texts
from app.vision.classifier import Answer, Classifier
from app.vision.neighbours import NEAREST
from app.vision.occlusion import Occlusion
from app.web.api.telling import image as told_image

_LIKENESS = ((0.95, "copy"), (0.75, "very"), (0.5, "quite"), (-1.0, "little"))
"""From which cosine on two photos are how alike: copies are from 0.95 on, and most photos of what a
model was taught have five others within 0.5."""


def hesitation_json(found: Answer) -> dict[str, Any] | None:
    between = found.hesitation
    if between is None:
        return None
    labels = found.classifier.labels
    return {
        "first": labels[between.first].slug,
        "second": labels[between.second].slug,
        "margin": round(between.margin, 6),
        "close": between.close,
    }


def neighbours_json(
    found: Answer, nearest: Sequence[Near] | None, t: Texts, shows_photos: bool
) -> dict[str, Any]:
    """`neighbours` and what they say, `because`. None of them where a model learned from no photos
    that are known here. Photos are shown only to who may see them; credits are public."""
    names = _names(found.classifier, t)
    if nearest is None:
        reason = t("reasons.nearest.absent", model=found.classifier.name(t.language))
        return {"neighbours": None, "because": reason}
    told = [_neighbour(one, names, t, shows_photos) for one in nearest]
    return {"neighbours": told, "because": _because(found, nearest, names, t)}


def likeness(cosine: float, t: Texts) -> str:
    """In words."""
    kind = next(kind for least, kind in _LIKENESS if cosine >= least)
    return t(f"reasons.likeness.{kind}")


def occlusion_says(found: Occlusion | None, name: str, t: Texts) -> str:
    """What came of covering, in a sentence computed from the numbers."""
    if found is None:
        return t("reasons.occlusion.nothing", name=name)
    shares = {"score": found.score, "hot": found.hot_score, "cold": found.cold_score}
    told = {key: percent(share, t) for key, share in shares.items()}
    numbers = t("reasons.occlusion.numbers", name=name, **told)
    return f"{numbers} {t(f'reasons.occlusion.{found.finding}', name=name)}"


def percent(share: float, t: Texts) -> str:
    if share < 0.01:
        return t("pages.site.percent_small")
    return t("pages.site.percent", n=round(100 * share))


def _neighbour(one: Near, names: dict[str, str], t: Texts, shows_photos: bool) -> dict[str, Any]:
    image = told_image(one.image) if one.image else {}
    shown = shows_photos and image.get("has_photo", False)
    return {
        "label": one.label,
        "name": names.get(one.label, one.label),
        "similarity": round(one.likeness, 4),
        "likeness": likeness(one.likeness, t),
        "sha256": image["sha256"] if shown else None,
        "thumbnail": image["thumbnail"] if shown else None,
        "content": image["content"] if shown else None,
        "credit": image.get("credit"),
    }


def _because(found: Answer, nearest: Sequence[Near], names: dict[str, str], t: Texts) -> str:
    model = found.classifier.name(t.language)
    if not nearest:
        return t("reasons.nearest.none", model=model)
    best = found.predictions[0].label
    counts = Counter(one.label for one in nearest)
    shown = {label: names.get(label, label) for label in counts}
    if found.unknown:
        return t("reasons.nearest.unknown", model=model, name=shown[nearest[0].label])
    if len(counts) == 1 and len(nearest) == NEAREST:
        (name,) = shown.values()
        said = t("reasons.nearest.all", model=model, name=name)
    else:
        each = [
            t.count("reasons.nearest.count", count, name=shown[label])
            for label, count in counts.most_common()
        ]
        counted = _listed(each, t)
        said = t("reasons.nearest.mixed", model=model, n=len(nearest), counts=counted)
    if best.slug not in counts:
        said += " " + t("reasons.nearest.against", name=best.name(t.language))
    return said


def _listed(words: Sequence[str], t: Texts) -> str:
    """One and another, with commas before."""
    *before, last = words
    return f"{', '.join(before)} {t('reasons.nearest.and')} {last}" if before else last


def _names(classifier: Classifier, t: Texts) -> dict[str, str]:
    return {label.slug: label.name(t.language) for label in classifier.labels}
