"""`blomst predict`: the answers of the server, on the command line and without one."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import catalogue
from app.catalogue import Catalogue
from app.errors import Problem
from app.settings import Settings
from app.store.database import Database, DatabaseDamaged
from app.store.folder import DataFolder
from app.texts import Texts
from app.vision import decode, network
from app.vision.classifier import Answer, Classifier
from app.vision.engine import Engine, Seen
from app.vision.network import Network


def ask_about(
    paths: Sequence[Path], models: Sequence[str], top_k: int, as_json: bool,
    settings: Settings, t: Texts,
) -> int:  # fmt: skip
    """Prints what each model makes of each photo. Exit code 1 when any photo was refused."""
    photos = [photo for path in paths for photo in _photos(path)]
    if not photos:
        return _complain(t("command.predict.no_photos", path=paths[0]))
    made = network.prepare(
        DataFolder(settings.data).derived, report=_say_phase(t), beforehand=settings.prepared
    )
    known = _catalogue(DataFolder(settings.data), made, t)
    asked = [c for c in known if c.model in models or not models]
    missing = set(models) - {c.model for c in asked}
    if missing:
        names = ", ".join(c.model for c in known)
        return _complain(t("command.predict.no_model", model=min(missing), models=names))
    engine, refused = Engine(made.content, 1), 0
    for photo in photos:
        try:
            seen = _look(engine, photo, settings)
        except (OSError, Problem) as error:
            refused += 1
            _complain(f"{photo}: {_reason(error, t)}")
            continue
        answers = [c.answer(seen, top_k, explain=False) for c in asked]
        print(
            _json(photo, answers, t) if as_json else _text(photo, answers, seen, known.imagenet, t)
        )
    return 1 if refused else 0


@dataclass(frozen=True)
class _Beside:
    """A data folder that a server may be holding: it is only read."""

    folder: DataFolder
    database: Database


def _catalogue(folder: DataFolder, made: Network, t: Texts) -> Catalogue:
    """The models of the folder, where it has a database yet."""
    if not folder.database.is_file():
        return catalogue.load_shipped(made)
    try:
        database = Database(folder.database, only_read=True)
    except DatabaseDamaged as error:
        _complain(t("command.error.folder", reason=error))
        return catalogue.load_shipped(made)
    try:
        return catalogue.load(_Beside(folder, database), made)
    finally:
        database.close()


def _photos(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
    else:
        yield path


def _say_phase(t: Texts) -> Any:
    return lambda phase: print(t(f"command.phases.{phase}"), "…", file=sys.stderr, flush=True)


def _look(engine: Engine, photo: Path, settings: Settings) -> Seen:
    opened = decode.inspect(photo.read_bytes(), settings.limits())
    return engine.look(decode.look_at(opened).square)


def _reason(error: OSError | Problem, t: Texts) -> str:
    if isinstance(error, Problem):
        return t(f"problems.{error.code}.detail").format_map(error.params)
    return error.strerror or str(error)


def _text(
    photo: Path, answers: Sequence[Answer], seen: Seen, imagenet: Classifier, t: Texts
) -> str:
    lines = [str(photo)]
    for found in answers:
        if found.unknown:
            (like,) = imagenet.answer(seen, 1, explain=False).predictions
            name = like.label.name(t.language)
            lines.append(
                "  " + t("command.predict.unknown", model=found.classifier.model, name=name)
            )
            continue
        best = [
            t("command.predict.score", name=p.label.name(t.language), percent=round(p.score * 100))
            for p in found.predictions
        ]
        unsure = f"{t('command.predict.unsure')} " if found.unsure else ""
        lines.append(f"  {found.classifier.model}: {unsure}{', '.join(best)}")
    return "\n".join(lines)


def _json(photo: Path, answers: Sequence[Answer], t: Texts) -> str:
    told = [
        {
            "model": found.classifier.model,
            "version": found.classifier.version,
            "predictions": [
                {
                    "label": p.label.slug,
                    "name": p.label.name(t.language),
                    "score": round(p.score, 6),
                }
                for p in found.predictions
            ],
            "decision": found.decision.slug if found.decision else None,
            "unknown": found.unknown,
        }
        for found in answers
    ]
    return json.dumps({"photo": str(photo), "models": told}, ensure_ascii=False)


def _complain(sentence: str) -> int:
    print(f"blomst: {sentence}", file=sys.stderr)
    return 2
