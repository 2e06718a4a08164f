"""The steps of a run as they really are."""

import sys
from collections.abc import Sequence
from pathlib import Path

from app.catalogue import Catalogue
from app.store.runs import Ended, StoredRun
from app.store.store import Store
from app.teaching import looked, snapshot
from app.teaching.attempt import Teacher
from app.vision.lesson import Settings


def teacher(store: Store, catalogue: Catalogue) -> Teacher:
    """Learns from the photos of `store`; versions that go live do so in `catalogue`."""

    def check(model: str) -> str:
        return snapshot.fingerprint(store, model)

    def write_down(run: StoredRun, folder: Path) -> str:
        settings = Settings.read(dict(run.settings))
        return snapshot.write(store, run.model, settings, folder).fingerprint

    def keep(run: StoredRun, folder: Path) -> None:
        looked.keep(store.kept, folder)

    def accept(run: StoredRun, folder: Path) -> Ended:
        from app.teaching import outcome

        return outcome.accept(store, catalogue, run, folder)

    return Teacher(check, write_down, _command, keep, accept)


def _command(folder: Path) -> Sequence[str]:
    return [sys.executable, "-m", "app.teaching.trainer", str(folder)]
