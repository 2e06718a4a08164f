"""`blomst train`: from a folder of photos to a model, told in the terminal."""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from app import resources
from app.settings import Settings
from app.teaching.at_hand import NotEnoughPhotos, OutNotEmpty, Taught, train_folder
from app.teaching.folder import FolderUnusable, Known
from app.teaching.looking import Looker
from app.teaching.snapshot import LEAST_GROUPS
from app.teaching.terminal import Telling
from app.texts import Texts
from app.vision import network
from app.vision.engine import Engine
from app.vision.lesson import InvalidSetting
from app.vision.lesson import Settings as Lesson

AT_HAND = Lesson(epochs=20, augmentation="strong", refit=True)
"""With the photos at hand their mirrored and shifted views can be had. `flowers` learned by it."""


def add_options(parser: argparse.ArgumentParser, t: Texts) -> None:
    """A flag for every setting of a lesson; one that is not given is None."""
    for field in fields(Lesson):
        told = t(f"command.train.settings.{field.name}")
        flag = "--" + field.name.replace("_", "-")
        if isinstance(field.default, bool):
            action = argparse.BooleanOptionalAction
            parser.add_argument(flag, action=action, default=None, help=told)
        else:
            defaults = {str(field.default): None, str(getattr(AT_HAND, field.name)): None}
            told = f"{told} ({' / '.join(defaults)})"
            parser.add_argument(flag, type=type(field.default), help=told)
    parser.add_argument("--others", action="append", default=[], help=t("command.train.others"))


def given_settings(chosen: argparse.Namespace) -> dict[str, Any]:
    """Those that the command line names."""
    every = {field.name: getattr(chosen, field.name) for field in fields(Lesson)}
    return {name: value for name, value in every.items() if value is not None}


def train(chosen: argparse.Namespace, settings: Settings, t: Texts) -> int:
    """Trains and prints where the model lies and how its exam went. 2 when it cannot be done."""
    try:
        lesson = replace(AT_HAND, **given_settings(chosen))
        others = dict(_named(folder) for folder in chosen.others)
        missing = [folder for folder in others.values() if not folder.is_dir()]
        if missing:
            raise FileNotFoundError(str(missing[0]))
        chosen.out.mkdir(parents=True, exist_ok=True)  # what cannot be written is told at once
        with tempfile.TemporaryFile(dir=chosen.out):
            pass
        made = network.prepare(
            settings.data / "derived", report=say_phase(t), beforehand=settings.prepared
        )
        workers = settings.parallel()
        looker = Looker(Engine(made.content, workers), settings.limits(), workers)
        known = Known.read(resources.folder("models") / "flowers" / "labels.toml")
        progress = Telling(t)
        taught = train_folder(
            chosen.images, chosen.out, lesson, looker,
            known=known, others=others, report=progress,
        )  # fmt: skip
    except InvalidSetting as error:
        why = t(f"problems.invalid-field.why.{error.why}", **error.bounds)
        return _complain(t("problems.invalid-field.detail", name=error.name, why=why))
    except NotEnoughPhotos as error:
        told = {"least": LEAST_GROUPS, "groups": str(error)}
        return _complain(t("command.train.not_enough", **told))
    except OutNotEmpty:
        return _complain(t("command.train.out_not_empty", out=chosen.out))
    except FolderUnusable as error:
        return _complain(t("command.train.unusable", reason=error))
    except OSError as error:
        return _complain(t("command.train.files", reason=error))
    progress.end()
    _tell(taught, t)
    return 0


def _named(folder: str) -> tuple[str, Path]:
    """`name=folder`, or a folder that is its own name."""
    name, _, path = folder.rpartition("=")
    return name or Path(path).name, Path(path)


def say_phase(t: Texts) -> network.Report:
    """What the preparation of the network is at, on the terminal."""
    return lambda phase: print(t(f"command.phases.{phase}"), "…", file=sys.stderr, flush=True)


def _tell(taught: Taught, t: Texts) -> None:
    accuracy: Mapping[str, float] = taught.report["exam"]["accuracy"]
    photos = taught.report["photos"]
    numbers = {
        "right": accuracy["right"],
        "of": accuracy["of"],
        "low": round(100 * accuracy["low"]),
        "high": round(100 * accuracy["high"]),
    }
    for broken in photos["broken"]:
        print(t("command.train.broken", **broken))
    for aside in photos["set_aside"]:
        print(t("command.train.aside", file=aside["file"]))
    print(t("command.train.exam", **numbers))
    print(t("command.train.written", folder=taught.folder))


def _complain(sentence: str) -> int:
    print(f"blomst: {sentence}", file=sys.stderr)
    return 2
