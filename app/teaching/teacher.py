"""The steps of a run as they really are."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.catalogue import Catalogue
from app.store.runs import Ended, StoredRun
from app.store.store import Store
from app.teaching import looked, outcome, snapshot
from app.teaching.attempt import Teacher
from app.vision.lesson import Settings


def teacher(store: Store, catalogue: Catalogue) -> Teacher:
    """Learns from the photos of `store`; versions that go live do so in `catalogue`.

    Once every choice is made the head learns again, from validation photos too: a fifth more to
    learn from, for 1.7 s of 3,000 photos.
    """

    def check(model: str) -> None:
        snapshot.check_enough(store, model)

    def fingerprint(model: str) -> str:
        return snapshot.fingerprint(store, model)

    def write_down(run: StoredRun, folder: Path) -> str:
        settings = replace(Settings.read(dict(run.settings)), refit=True)
        return snapshot.write(store, run.model, settings, folder).fingerprint

    def keep(run: StoredRun, folder: Path) -> None:
        looked.keep(store.kept, folder)

    def accept(run: StoredRun, folder: Path) -> Ended:
        return outcome.accept(store, catalogue, run, folder)

    return Teacher(check, fingerprint, write_down, _command, keep, accept)


def _command(folder: Path) -> Sequence[str]:
    return [sys.executable, "-m", "app.teaching.trainer", str(folder)]
