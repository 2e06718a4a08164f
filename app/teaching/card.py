"""The model card: what a version knows, how well, from what, and where it ends; for people."""

from collections.abc import Mapping
from typing import Any

from app.texts import Language, Texts, texts

Json = Mapping[str, Any]


def write(language: Language, manifest: Json, report: Json, names: Json, about: str) -> str:
    """Markdown. `names` are the model's shown names, `about` a paragraph on where the data is. What
    could not be counted is left out."""
    t = texts(language)
    shown = {one["label"]: one["name"][language] for one in manifest["labels"]}
    exam, unknown = report["exam"], report["exam"]["unknown"]
    whole = t(
        "card.whole",
        name=names[language],
        version=manifest["version"],
        knows=t("card.knows", labels=", ".join(shown.values())),
        well=_how_well(t, report),
        rows="\n".join(_row(t, one, shown) for one in exam["labels"]),
        calibrated=_calibrated(t, exam["calibration"]["after"]),
        cut=_number(t, unknown["cut"], 3),
        answered=_answered(t, unknown),
        others="\n".join(_other(t, name, one) for name, one in unknown["others"].items()),
        **manifest["data"]["splits"],
        refit=t("card.refit") if manifest["settings"]["refit"] else "",
        about=about.strip(),
        fingerprint=manifest["data"]["fingerprint"],
        backbone=manifest["backbone"],
    )
    return _without_gaps(whole)


def _how_well(t: Texts, report: Json) -> str:
    told, crossed = report["exam"]["accuracy"], report.get("cross_validation")
    if crossed:
        return t(
            "card.crossed",
            exam=told["of"],
            of=crossed["of"],
            right=crossed["right"],
            **_shares(t, crossed),
        )
    if not told["of"]:
        return t("card.no_exam")
    return t("card.exam", photos=told["of"], right=told["right"], **_shares(t, told))


def _shares(t: Texts, told: Json) -> dict[str, str]:
    return {key: _number(t, told[key], 1, 100) for key in ("share", "low", "high")}


def _row(t: Texts, one: Json, shown: Mapping[str, str]) -> str:
    figures = {key: _number(t, one[key], 3) for key in ("precision", "recall", "f1")}
    return t("card.row", label=_cell(shown[one["label"]]), support=one["support"], **figures)


def _calibrated(t: Texts, told: Json) -> str:
    if told["error"] is None:
        return ""
    error, chance = (_number(t, told[key], 1, 100) for key in ("error", "by_chance"))
    return t("card.calibrated", error=error, chance=chance)


def _answered(t: Texts, unknown: Json) -> str:
    if not unknown["answered"]["of"]:
        return ""
    answered = _number(t, unknown["answered"]["share"], 1, 100)
    right = _number(t, unknown["right_of_answered"]["share"], 1, 100)
    return t("card.answered", answered=answered, right_answered=right)


def _other(t: Texts, name: str, one: Json) -> str:
    return t(
        "card.other",
        name=name,
        refused=one["refused"]["right"],
        photos=one["photos"],
        auroc=_number(t, one["auroc"], 1, 100),
    )


def _number(t: Texts, value: float | None, places: int, times: float = 1) -> str:
    text = "-" if value is None else f"{value * times:.{places}f}"
    return text.replace(".", ",") if t.language == "nb" else text


def _cell(text: str) -> str:
    """A name that people gave, within one cell of a table."""
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _without_gaps(text: str) -> str:
    """What was left out leaves no gap behind."""
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"
