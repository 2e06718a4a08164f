"""Models, labels and photos as the API tells of them."""

import datetime
from collections.abc import Mapping
from typing import Any

from app.store.images import Image
from app.store.models import StoredLabel, StoredModel
from app.vision.calibration import COVERAGE
from app.vision.classifier import Classifier, Label
from app.web.json_bodies import Names

Counts = Mapping[str, Mapping[str, int]]

_SPLITS = ("train", "validation", "test", "aside")


def model_summary(
    stored: StoredModel, classifier: Classifier | None, language: str
) -> dict[str, Any]:
    """`classifier` is its live version, None where it has none."""
    chosen = stored.choices
    return {
        "model": stored.model,
        "name": _name(stored.names, language, stored.model),
        "names": _both(stored.names),
        "version": classifier.version if classifier else None,
        "label_count": len(stored.labels),
        "can_say_unknown": classifier is not None and classifier.reference is not None,
        "can_be_taught": True,
        "coverage": COVERAGE if chosen.coverage is None else chosen.coverage,
        "threshold": chosen.threshold,
        "exam": _exam(classifier),
    }


def fixed_summary(classifier: Classifier, language: str) -> dict[str, Any]:
    """Of a model that cannot be taught."""
    return {
        "model": classifier.model,
        "name": classifier.name(language),
        "names": _both(classifier.names),
        "version": classifier.version,
        "label_count": len(classifier.labels),
        "can_say_unknown": classifier.reference is not None,
        "can_be_taught": False,
        "coverage": None,
        "threshold": 0.0,
        "exam": _exam(classifier),
    }


def label(stored: StoredLabel, counts: Counts, language: str) -> dict[str, Any]:
    splits = counts.get(stored.label, {})
    return {
        "label": stored.label,
        "name": _name(stored.names, language, stored.label),
        "names": _both(stored.names),
        "aliases": list(stored.aliases),
        "images": {"total": sum(splits.values()), **{s: splits.get(s, 0) for s in _SPLITS}},
    }


def fixed_label(one: Label, language: str) -> dict[str, Any]:
    return {
        "label": one.slug,
        "name": one.name(language),
        "names": _both(one.names),
        "aliases": list(one.aliases),
        "images": None,
    }


def image(one: Image) -> dict[str, Any]:
    here = f"/api/v1/models/{one.model}/images/{one.sha256}"
    return {
        "sha256": one.sha256,
        "model": one.model,
        "label": one.label,
        "split": one.split,
        "reason": one.reason,
        "group": one.group,
        "filename": one.filename,
        "width": one.width,
        "height": one.height,
        "bytes": one.bytes,
        "source": one.source,
        "has_photo": one.present,
        "added": moment(one.added),
        "removed": moment(one.removed) if one.removed is not None else None,
        "credit": {"by": one.credit_by, "link": one.credit_link} if one.credit_link else None,
        "thumbnail": f"{here}/thumbnail" if one.present else None,
        "content": f"{here}/content" if one.present else None,
    }


def moment(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601, in UTC."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="seconds")


def given_name(name: str | Names) -> str | dict[str, str]:
    """As the rules for names take it: one for all languages, or those that were given."""
    return name if isinstance(name, str) else name.model_dump(exclude_none=True)


def _exam(classifier: Classifier | None) -> dict[str, Any] | None:
    """How well it did on photos that it had never seen, with the 95 % interval."""
    if classifier is None or classifier.exam is None:
        return None
    return {key: classifier.exam[key] for key in ("right", "of", "low", "high")}


def _name(names: Mapping[str, str], language: str, otherwise: str) -> str:
    return names.get(language) or names.get("en") or otherwise


def _both(names: Mapping[str, str]) -> dict[str, str]:
    first = next(iter(names.values()), "")
    return {language: names.get(language) or first for language in ("en", "nb")}
