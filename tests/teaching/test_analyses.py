"""Datasets looked over beside the server: one at a time, trainings first, nothing by halves."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import errors
from app.store.store import Store
from app.teaching import gallery, models
from app.teaching.analyses import WAITING, Analyses, Analysis
from tests.teaching.dataset import MODEL, newcomer, open_store, take
from tests.teaching.pretending import QUICK, in_a_loop

FOUND = """
import json, pathlib, sys, time
place = pathlib.Path(sys.argv[1])
with open(place / "progress.jsonl", "a") as out:
    print(json.dumps({"phase": "copies", "done": 1, "total": 2}), file=out, flush=True)
time.sleep(float(sys.argv[2]))
names = json.loads((place / "task.json").read_text())
(place / "result.json").write_text(json.dumps({"of": names["model"]}))
"""
DIES = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    models.make(opened, MODEL, ["cat", "dog"])
    models.make(opened, "others", ["cat", "dog"])
    take(opened, *(newcomer(number) for number in range(6)))
    yield opened
    opened.close()
    opened.folder.close()


class Looking:
    """Analyses whose process only pretends, counting how often it was begun."""

    def __init__(self, store: Store, script: str = FOUND, seconds: float = 0.1) -> None:
        self.begun: list[str] = []
        self.training, self._script, self._seconds = False, script, seconds
        self.analyses = Analyses(store, lambda: self.training, self._command, QUICK)

    def _command(self, folder: Path) -> list[str]:
        self.begun.append(json.loads((folder / "task.json").read_text())["model"])
        return [sys.executable, "-c", self._script, str(folder), str(self._seconds)]

    async def __aenter__(self) -> "Looking":
        await self.analyses.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.analyses.stop()

    async def until(self, enough: Callable[[Analysis], bool], model: str = MODEL) -> Analysis:
        while True:
            found = await self.analyses.ask(model, "care")
            if enough(found):
                return found
            await asyncio.sleep(0.02)


def current(analysis: Analysis) -> bool:
    return analysis.current


@in_a_loop
async def test_what_was_found_is_kept_until_a_photo_changes(store: Store) -> None:
    async with Looking(store) as looking:
        first = await looking.analyses.ask(MODEL, "care")
        assert first.found is None and first.progress.phase == WAITING
        told = await looking.until(lambda one: one.progress.phase == "copies")
        assert (told.progress.done, told.progress.total) == (1, 2)
        await looking.until(current)
        models.rename(store, MODEL, "Other pets")  # photos are as they were
        assert (await looking.analyses.ask(MODEL, "care")).current
        assert looking.begun == [MODEL]
        gallery.relabel(store, MODEL, [newcomer(1).sight.sha256], "dog")
        old = await looking.analyses.ask(MODEL, "care")
        assert old.found is not None and not old.current
        assert old.found.result == {"of": MODEL}
        await looking.until(current)
        assert looking.begun == [MODEL] * 2
    async with Looking(store) as after:  # another server
        assert (await after.analyses.ask(MODEL, "care")).current
        assert after.begun == []
    assert list(store.folder.temporary.iterdir()) == []


@in_a_loop
async def test_undoing_a_change_needs_no_new_look(store: Store) -> None:
    photo = [newcomer(1).sight.sha256]
    async with Looking(store) as looking:
        await looking.until(current)
        gallery.remove(store, MODEL, photo)
        gallery.restore(store, MODEL, photo)
        assert (await looking.analyses.ask(MODEL, "care")).current


@in_a_loop
async def test_a_training_goes_first(store: Store) -> None:
    async with Looking(store, seconds=0.5) as looking:
        await looking.until(lambda one: one.progress.phase == "copies")
        looking.training = True
        await looking.until(lambda one: one.progress.phase == WAITING)
        await asyncio.sleep(0.8)
        assert (await looking.analyses.ask(MODEL, "care")).found is None
        looking.training = False
        await looking.until(current)
        assert looking.begun == [MODEL] * 2


@in_a_loop
async def test_two_models_are_looked_over_one_after_the_other(store: Store) -> None:
    async with Looking(store) as looking:
        await looking.analyses.ask(MODEL, "care")
        waits = await looking.analyses.ask("others", "care")
        assert waits.progress.phase == WAITING
        await looking.until(current)
        found = await looking.until(current, "others")
        assert found.found is not None and found.found.result == {"of": "others"}
        assert looking.begun == [MODEL, "others"]


@in_a_loop
async def test_one_that_dies_is_told_and_rests(store: Store) -> None:
    async with Looking(store, DIES) as looking:
        failed = await looking.until(lambda one: one.failed)
        assert failed.found is None
        await asyncio.sleep(0.3)
        assert (await looking.analyses.ask(MODEL, "care")).failed
        assert looking.begun == [MODEL]


@in_a_loop
async def test_stopping_waits_for_nobody(store: Store) -> None:
    async with Looking(store, seconds=60) as looking:
        await looking.until(lambda one: one.progress.phase == "copies")
        async with asyncio.timeout(5):
            await looking.analyses.stop()
    assert list(store.folder.temporary.iterdir()) == []


@in_a_loop
async def test_what_is_no_model_cannot_be_looked_over(store: Store) -> None:
    async with Looking(store) as looking:
        for model, problem in (("x", errors.ModelNotFound), ("imagenet", errors.ModelNotTeachable)):
            with pytest.raises(problem):
                await looking.analyses.ask(model, "care")


@in_a_loop
async def test_damaged_results_are_made_again(store: Store) -> None:
    async with Looking(store) as looking:
        await looking.until(current)
        (file,) = (store.folder.derived / "analyses" / MODEL).iterdir()
        file.write_text("{")
        assert (await looking.analyses.ask(MODEL, "care")).found is None
        await looking.until(current)
