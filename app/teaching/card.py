"""The model card: what a version knows, how well, from what, where it ends, and who has rights in
it; for people. One card is told as Markdown, as a page and as JSON.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.teaching.licences import Part
from app.texts import Language, Texts, texts

Json = Mapping[str, Any]

_MARKS = re.compile(r"[*<`\[\]]|(?<!\w)_|_(?!\w)")
"""What would be read as Markdown within a sentence; an underscore inside a word is none."""


@dataclass(frozen=True)
class Section:
    """`key` is the same in every language. The first row of a table is its head; all but its first
    column are figures."""

    key: str
    title: str
    paragraphs: Sequence[str] = ()
    table: Sequence[Sequence[str]] = ()
    points: Sequence[str] = ()


@dataclass(frozen=True)
class Card:
    """In plain words, without any markup."""

    language: Language
    title: str
    lead: str
    sections: Sequence[Section]


@dataclass(frozen=True)
class Origin:
    """What is known of the data by hand: a paragraph by language, and the parts that others have
    rights in. `whole` says whether it tells of all photos that the version learned from."""

    about: Mapping[str, str] = field(default_factory=dict)
    parts: Sequence[Part] = ()
    whole: bool = True


def write(language: Language, manifest: Json, report: Json, names: Json, origin: Origin) -> Card:
    """`names` are the model's shown names. What could not be counted is left out."""
    t = texts(language)
    shown = {one["label"]: one["name"][language] for one in manifest["labels"]}
    name, version = names[language], manifest["version"]
    return Card(
        language,
        t("card.title", name=name, version=version),
        t("card.lead", made=manifest["created"][:10]),
        [
            Section("knows", t("card.knows.title"), _knows(t, shown)),
            Section("well", t("card.well.title"), _well(t, report), _by_label(t, report, shown)),
            Section("unknown", t("card.unknown.title"), *_unknown(t, report)),
            Section("data", t("card.data.title"), _data(t, manifest, origin)),
            Section("limits", t("card.limits.title"), (), (), _limits(t)),
            Section("licence", t("card.licence.title"), *_licence(t, origin.parts)),
        ],
    )


def markdown(card: Card) -> str:
    """As it lies beside a version, and as it is handed on."""
    return "\n\n".join(_blocks(card)) + "\n"


def _blocks(card: Card) -> Iterator[str]:
    yield f"# {_escaped(card.title)}"
    yield _escaped(card.lead)
    for section in card.sections:
        yield f"## {_escaped(section.title)}"
        yield from map(_escaped, section.paragraphs)
        if section.table:
            yield "\n".join(_rows(section.table))
        if section.points:
            yield "\n".join(f"- {_escaped(point)}" for point in section.points)


def _rows(table: Sequence[Sequence[str]]) -> Iterator[str]:
    for number, row in enumerate(table):
        yield f"| {' | '.join(_cell(text) for text in row)} |"
        if not number:
            yield f"|---{'|---:' * (len(row) - 1)}|"


def _escaped(text: str) -> str:
    return _MARKS.sub(lambda mark: f"\\{mark[0]}", text.replace("\\", "\\\\"))


def _cell(text: str) -> str:
    """A name that people gave, within one cell of a table."""
    return _escaped(text).replace("|", "\\|")


def _knows(t: Texts, shown: Mapping[str, str]) -> list[str]:
    return [t("card.knows.labels", labels=", ".join(shown.values())), t("card.knows.square")]


def _well(t: Texts, report: Json) -> list[str]:
    calibrated = _calibrated(t, report["exam"]["calibration"]["after"])
    return [_how_well(t, report), *([calibrated] if calibrated else [])]


def _how_well(t: Texts, report: Json) -> str:
    told, crossed = report["exam"]["accuracy"], report.get("cross_validation")
    if crossed:
        return t(
            "card.well.crossed",
            exam=t.number(told["of"]),
            of=t.number(crossed["of"]),
            right=t.number(crossed["right"]),
            **_shares(t, crossed),
        )
    if not told["of"]:
        return t("card.well.no_exam")
    counts = {"photos": t.number(told["of"]), "right": t.number(told["right"])}
    return t("card.well.exam", **counts, **_shares(t, told))


def _shares(t: Texts, told: Json) -> dict[str, str]:
    return {key: _number(t, told[key], 1, 100) for key in ("share", "low", "high")}


def _calibrated(t: Texts, told: Json) -> str | None:
    if told["error"] is None:
        return None
    error, chance = (_number(t, told[key], 1, 100) for key in ("error", "by_chance"))
    return t("card.well.calibrated", error=error, chance=chance)


def _by_label(t: Texts, report: Json, shown: Mapping[str, str]) -> list[list[str]]:
    rows = [
        [
            shown[one["label"]],
            *(_number(t, one[key], 3) for key in ("precision", "recall", "f1")),
            t.number(one["support"]),
        ]
        for one in report["exam"]["labels"]
    ]
    head = [t(f"card.well.{key}") for key in ("label", "precision", "recall", "f1", "support")]
    return [head, *rows] if rows else []


def _unknown(t: Texts, report: Json) -> tuple[list[str], tuple[()], list[str]]:
    told = report["exam"]["unknown"]
    said = [t("card.unknown.cut", cut=_number(t, told["cut"], 3))]
    if told["answered"]["of"]:
        answered = _number(t, told["answered"]["share"], 1, 100)
        right = _number(t, told["right_of_answered"]["share"], 1, 100)
        said.append(t("card.unknown.answered", answered=answered, right_answered=right))
    return said, (), [_other(t, name, one) for name, one in told["others"].items()]


def _other(t: Texts, name: str, one: Json) -> str:
    key = f"others.built_in.{name}"
    counts = {"refused": t.number(one["refused"]["right"]), "photos": t.number(one["photos"])}
    shown = t(key) if t.has(key) else name
    return t("card.unknown.other", name=shown, **counts, auroc=_number(t, one["auroc"], 1, 100))


def _data(t: Texts, manifest: Json, origin: Origin) -> list[str]:
    splits = {name: t.number(count) for name, count in manifest["data"]["splits"].items()}
    said = [t("card.data.splits", **splits)]
    if manifest["settings"]["refit"]:
        said.append(t("card.data.refit"))
    if about := " ".join(origin.about.get(t.language, "").split()):
        said += [about] if origin.whole else [t("card.data.partly"), about]
    fingerprint = manifest["data"]["fingerprint"]
    return [*said, t("card.data.made", fingerprint=fingerprint, backbone=manifest["backbone"])]


def _limits(t: Texts) -> list[str]:
    return [t(f"card.limits.{key}") for key in ("labels", "square", "source", "wrong")]


def _licence(t: Texts, parts: Sequence[Part]) -> tuple[list[str], tuple[()], list[str]]:
    points = [
        t(
            "card.licence.part",
            part=t(f"card.licence.{one.part}"),
            licence=one.licence,
            source=f" ({one.source})" if one.source else "",
        )
        for one in parts
    ]
    return [t("card.licence.yours")], (), points


def _number(t: Texts, value: float | None, places: int, times: float = 1) -> str:
    return "-" if value is None else t.decimal(f"{value * times:.{places}f}")
