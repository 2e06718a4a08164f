"""The model card: what a version knows, how well, from what, and where it ends; for people."""

from collections.abc import Mapping
from typing import Any

from app.texts import Language, texts

Json = Mapping[str, Any]


def write(language: Language, manifest: Json, report: Json, names: Json, about: str) -> str:
    """Markdown. `names` are the model's shown names, `about` a paragraph on where the data is."""
    t = texts(language)
    shown = {one["label"]: one["name"][language] for one in manifest["labels"]}
    exam, unknown = report["exam"], report["exam"]["unknown"]
    accuracy, calibrated = exam["accuracy"], exam["calibration"]["after"]

    def number(value: float | None, places: int, times: float = 1) -> str:
        text = "-" if value is None else f"{value * times:.{places}f}"
        return text.replace(".", ",") if language == "nb" else text

    rows = [
        t(
            "card.row",
            label=shown[one["label"]],
            support=one["support"],
            **{key: number(one[key], 3) for key in ("precision", "recall", "f1")},
        )
        for one in exam["labels"]
    ]
    others = [
        t(
            "card.other",
            name=name,
            refused=one["refused"]["right"],
            photos=one["photos"],
            auroc=number(one["auroc"], 1, 100),
        )
        for name, one in unknown["others"].items()
    ]
    splits = manifest["data"]["splits"]
    return t(
        "card.whole",
        name=names[language],
        version=manifest["version"],
        knows=t("card.knows", labels=", ".join(shown.values())),
        photos=accuracy["of"],
        right=accuracy["right"],
        **{key: number(accuracy[key], 1, 100) for key in ("share", "low", "high")},
        rows="\n".join(rows),
        error=number(calibrated["error"], 1, 100),
        chance=number(calibrated["by_chance"], 1, 100),
        cut=number(unknown["cut"], 3),
        answered=number(unknown["answered"]["share"], 1, 100),
        right_answered=number(unknown["right_of_answered"]["share"], 1, 100),
        others="\n".join(others),
        **splits,
        refit=t("card.refit") if manifest["settings"]["refit"] else "",
        about=about.strip(),
        fingerprint=manifest["data"]["fingerprint"],
        backbone=manifest["backbone"],
    ).lstrip()
