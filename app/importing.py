"""`blomst import`: photos of a folder, a zip or TensorFlow's flower_photos into a model.

The server of the data folder takes them in, where there is one; else it is done right here.
"""

import argparse
import asyncio
import contextlib
import shutil
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from app.errors import Problem
from app.main import open_store
from app.naming import clean_name, slug_of
from app.sending import Sending
from app.served import Refused, Served
from app.settings import Settings
from app.store import imports, models
from app.store.database import DatabaseDamaged
from app.store.folder import DataFolder, FolderError, FolderInUse
from app.store.imports import CANCELLED, SUCCEEDED, Item
from app.store.store import Store
from app.teaching import flower_photos
from app.teaching.archive import ArchiveLimits
from app.teaching.command import say_phase
from app.teaching.counting import Counting, Fetching
from app.teaching.endings import Ended, close_cut_off, ended_by, write_end
from app.teaching.flower_photos import FetchFailed
from app.teaching.importing import Importing, Progress
from app.teaching.models import make, teachable
from app.teaching.opened import open_archive
from app.teaching.sources import FolderSource
from app.teaching.survey import Survey, survey
from app.texts import Texts
from app.vision import network
from app.vision.engine import Engine
from app.vision.lookout import Lookout
from app.vision.pool import Pool
from app.web import problems
from app.web.imports import reason_of

FLOWER_PHOTOS, FLOWERS = "flower_photos", "flowers"

_FAILED, _BAD_USE, _IN_USE, _DAMAGED, _INTERRUPTED = 1, 2, 3, 4, 130
_PAGE = 500
_TOLD = ("added", "already-there", "ignored", "set-aside", "refused")

Names = Mapping[str, Mapping[str, str]]


def import_photos(chosen: argparse.Namespace, settings: Settings, t: Texts) -> int:
    """0 when all went in, 1 when some or all were refused, 2 when it cannot be done, 3 when the
    folder is held by what cannot be asked, 4 when its database is damaged, 130 when stopped."""
    source = Path(chosen.source)
    fetched = chosen.source == FLOWER_PHOTOS and not source.exists()
    name = chosen.model or (FLOWERS if chosen.source == FLOWER_PHOTOS else None)
    if name is None:
        return _complain(t("command.import.no_model"), _BAD_USE)
    if not fetched and not source.exists():
        return _complain(t("command.import.no_source", source=source), _BAD_USE)
    folder = DataFolder(settings.data)
    try:
        label = clean_name(chosen.label) if chosen.label is not None else None
        reading = _Reading(None if fetched else source, label, folder, settings, t)
        return _bring(folder, reading, name, settings, t)
    except Problem as problem:
        return _refused(problems.document(problem, t, ""))
    except FetchFailed as failed:
        said = t(f"command.fetch.{failed.code}", address=flower_photos.ADDRESS)
        return _complain(said, _FAILED)
    except DatabaseDamaged as damaged:
        return _complain(t("command.error.damaged", reason=damaged), _DAMAGED)
    finally:
        folder.close()


def _bring(folder: DataFolder, reading: "_Reading", name: str, settings: Settings, t: Texts) -> int:
    try:
        folder.open()
    except FolderInUse as used:
        if not used.address:
            return _complain(t("command.import.not_served"), _IN_USE)
        return _import_there(Served(used.address, settings.key, t), reading, name, t)
    except FolderError as error:
        return _complain(t("command.error.folder", reason=error), _FAILED)
    return _import_here(folder, reading, name, settings, t)


class _Reading:
    """What is to be imported; `source` is None for what must be fetched first."""

    def __init__(
        self, source: Path | None, label: str | None, folder: DataFolder, settings: Settings,
        t: Texts,
    ) -> None:  # fmt: skip
        self._source, self._label, self._folder = source, label, folder
        self._settings, self._t = settings, t

    @contextlib.contextmanager
    def survey(self) -> Iterator[Survey[Any]]:
        """Raises Problem, OSError, FetchFailed."""
        if self._source is None:
            fetched = flower_photos.fetch(self._folder.temporary, Fetching(self._t))
            try:
                yield self._of_folder(fetched)
            finally:
                shutil.rmtree(fetched, ignore_errors=True)
        elif self._source.is_dir():
            yield self._of_folder(self._source)
        else:
            limits = ArchiveLimits.of(self._settings)
            opened = open_archive(self._source, limits, self._label)
            with opened.file:
                yield opened.survey

    def _of_folder(self, folder: Path) -> Survey[Any]:
        limit = self._settings.image_bytes()
        return survey(FolderSource(folder, limit=limit, label=self._label))


def _import_here(
    folder: DataFolder, reading: _Reading, name: str, settings: Settings, t: Texts
) -> int:
    made = network.prepare(folder.derived, report=say_phase(t), beforehand=settings.prepared)
    threadpool_limits(1, "blas")
    workers = settings.parallel()
    engine = Engine(made.content, workers)
    lookout = Lookout(engine, Pool(workers, settings.queue), settings.limits())
    store = open_store(folder)
    try:
        slug = _model_called(store, name)
        with reading.survey() as surveyed:
            if not surveyed.digests:
                return _no_photos(surveyed, t)
            model = slug or make(store, name).model
            number, ended = asyncio.run(_take_in(store, lookout, model, surveyed, t))
        items, counts, names = _written(store, number, model)
        _tell(model, items, counts, names, {}, t)
        return _code(ended, counts, t)
    finally:
        lookout.close()
        store.close()


def _model_called(store: Store, name: str) -> str | None:
    """None where there is no model of this name. Raises ModelNotTeachable."""
    slug = slug_of(clean_name(name))
    with store.database.read() as c:
        if slug != "imagenet" and models.find(c, slug) is None:
            return None
        return teachable(c, slug).model


async def _take_in(
    store: Store, lookout: Lookout, model: str, surveyed: Survey[Any], t: Texts
) -> tuple[int, Ended]:
    """Ctrl+C stops it between two batches."""
    with store.database.write() as c:
        close_cut_off(c)
        job = imports.create(c, model, total=surveyed.total)
        imports.begin(c, job.number)
    progress = Progress()
    progress.report = counting = Counting(progress, t)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, setattr, progress, "stop", True)
    try:
        importing = Importing(store, lookout, job.number, model, surveyed, progress)
        ended = Ended(SUCCEEDED if await importing.run() else CANCELLED)
    except Exception as error:
        found = ended_by(error)
        if found is None:
            raise
        ended = found
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        counting.end()
    with store.database.write() as c:
        write_end(c, job, ended)
    return job.number, ended


def _written(store: Store, number: int, model: str) -> tuple[list[Item], Mapping[str, int], Names]:
    """What a report needs, from the database: the files that have a reason for their outcome."""
    items: list[Item] = []
    with store.database.read() as c:
        counts = imports.counts(c, [number])[number]
        after = -1
        while page := imports.report(c, number, after=after, limit=_PAGE):
            items += [item for item in page if item.code is not None]
            after = page[-1].item
        names = {label.label: label.names for label in models.labels_of(c, model, removed=True)}
    return items, counts, names


def _import_there(server: Served, reading: _Reading, name: str, t: Texts) -> int:
    with reading.survey() as surveyed:
        if not surveyed.digests:
            return _no_photos(surveyed, t)
        try:
            return _send(server, surveyed, name, t)
        except Refused as refused:
            if refused.code == "unauthorized":
                return _complain(t("command.train.needs_key", address=server.address), _BAD_USE)
            return _refused(refused.problem)
        except (OSError, ValueError):
            return _complain(t("command.import.unreachable", address=server.address), _FAILED)


def _send(server: Served, surveyed: Survey[Any], name: str, t: Texts) -> int:
    progress = Progress()
    progress.report = counting = Counting(progress, t)
    sending = Sending(server, surveyed, progress)
    with _stopping(progress):
        try:
            ended = Ended(SUCCEEDED if sending.run(name) else CANCELLED)
        finally:
            counting.end()
    _tell(sending.model, sending.items, progress.counts, sending.names(), sending.why, t)
    return _code(ended, progress.counts, t)


@contextlib.contextmanager
def _stopping(progress: Progress) -> Iterator[None]:
    """Ctrl+C stops it after the request that is under way."""

    def stop(*_: object) -> None:
        progress.stop = True

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _no_photos(surveyed: Survey[Any], t: Texts) -> int:
    for name, problem in surveyed.refused:
        print(f"  {name}: {problems.sentence(problem, t)}", file=sys.stderr)
    return _complain(t("command.import.no_photos"), _FAILED)


def _tell(
    model: str,
    items: Sequence[Item],
    counts: Mapping[str, int],
    names: Names,
    why: Mapping[int, str],
    t: Texts,
) -> None:
    """How many files had each outcome, and behind it those that have a reason for it."""
    for outcome in _TOLD:
        n = counts.get(outcome, 0)
        if n or outcome == "added":
            key = outcome.replace("-", "_")
            print(t.count(f"command.import.{key}", n, model=model))
        for item in items:
            if item.outcome == outcome and item.code is not None:
                print(f"  {item.file}: {why.get(item.item) or reason_of(item, names, t)}")


def _code(ended: Ended, counts: Mapping[str, int], t: Texts) -> int:
    if ended.problem:
        return _refused(problems.document(ended.problem, t, ""), _FAILED)
    if ended.state != SUCCEEDED:
        return _complain(t("command.import.stopped"), _INTERRUPTED)
    return _FAILED if counts.get("refused") else 0


def _refused(problem: Mapping[str, Any], code: int = _BAD_USE) -> int:
    each = [one["detail"] for one in problem.get("errors") or []]
    return _complain(" ".join([*(each or [problem["detail"]]), problem["advice"]]), code)


def _complain(sentence: str, code: int) -> int:
    print(f"blomst: {sentence}", file=sys.stderr)
    return code
