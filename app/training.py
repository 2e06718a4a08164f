"""`blomst train --model`: a training asked for and followed in the terminal.

The server of the data folder does it, where there is one; else it is done right here.
"""

import argparse
import asyncio
import contextlib
import signal
import sys
import time
from dataclasses import asdict
from typing import NamedTuple

from app import catalogue
from app.errors import JobNotRunning, Problem
from app.main import open_store
from app.naming import clean_name, slug_of
from app.served import Json, Refused, Served, quoted
from app.settings import Settings
from app.store import registry
from app.store.database import DatabaseDamaged
from app.store.folder import DataFolder, FolderError, FolderInUse
from app.store.runs import OVER
from app.teaching.command import given_settings, say_phase
from app.teaching.runner import Runner
from app.teaching.teacher import teacher
from app.teaching.terminal import Telling
from app.texts import Texts
from app.vision import network
from app.vision.lesson import InvalidSetting
from app.vision.lesson import Settings as Lesson
from app.vision.network import Network
from app.web import problems
from app.web.runs import SETTINGS, invalid_setting, run_json

_FAILED, _BAD_USE, _IN_USE, _DAMAGED, _INTERRUPTED = 1, 2, 3, 4, 130
_LOOK = 0.5  # seconds between two questions to a server


class _Wish(NamedTuple):
    """Which model is to be trained, and how."""

    model: str
    lesson: Lesson
    force: bool


def train_model(chosen: argparse.Namespace, settings: Settings, t: Texts) -> int:
    """0 when there is a new version, 1 when it failed, 2 when it cannot be done, 3 when the folder
    is held by what cannot be asked, 4 when its database is damaged, 130 when it was cancelled."""
    given = given_settings(chosen)
    try:
        wish = _Wish(slug_of(clean_name(chosen.model)), _lesson(given), chosen.force)
    except Problem as problem:
        return _refused(problems.document(problem, t, ""))
    folder = DataFolder(settings.data)
    try:
        folder.open()
    except FolderInUse as used:
        if not used.address:
            return _complain(t("command.train.not_served"), _IN_USE)
        body = {"settings": given, "force": wish.force}
        return _train_there(Served(used.address, settings.key, t), wish.model, body, t)
    except FolderError as error:
        return _complain(t("command.error.folder", reason=error), _FAILED)
    try:
        made = network.prepare(folder.derived, report=say_phase(t), beforehand=settings.prepared)
        return asyncio.run(_train_here(wish, folder, made, t))
    except Problem as problem:
        return _refused(problems.document(problem, t, ""))
    except DatabaseDamaged as damaged:
        return _complain(t("command.error.damaged", reason=damaged), _DAMAGED)
    finally:
        folder.close()


def _lesson(given: Json) -> Lesson:
    """As a server would take it. Raises UnknownField or InvalidField."""
    try:
        for name in given:
            if name not in SETTINGS:
                raise InvalidSetting(name, "unknown")
        return Lesson(**given)
    except InvalidSetting as refused:
        raise invalid_setting(refused) from refused


async def _train_here(wish: _Wish, folder: DataFolder, made: Network, t: Texts) -> int:
    store = open_store(folder)
    runner = Runner(store, teacher(store, catalogue.load(store, made)))
    try:
        await runner.start()
        settings = asdict(wish.lesson)
        asked = await runner.submit(wish.model, settings, "this machine", force=wish.force)
        told = await _follow_here(runner, asked.run, t)
        version = told["version"]
        with store.database.read() as c:
            row = registry.find(c, wish.model, version) if version else None
        return _tell_end(told, row.summary["exam"] if row else None, t)
    finally:
        await runner.stop()
        store.close()


async def _follow_here(runner: Runner, number: int, t: Texts) -> Json:
    """Until it is over; Ctrl+C cancels it."""
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, interrupted.set)
    telling = Telling(t)
    try:
        while True:
            run = await runner.find(number)
            told = run_json(run, runner.progress(run), t)
            if told["state"] in OVER:
                return told
            _tell_progress(telling, told)
            if interrupted.is_set():
                print(t("command.train.cancelling"), file=sys.stderr)
                with contextlib.suppress(JobNotRunning):
                    await runner.cancel(number)
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(interrupted.wait(), _LOOK)
    finally:
        telling.end()
        loop.remove_signal_handler(signal.SIGINT)


def _train_there(server: Served, model: str, body: Json, t: Texts) -> int:
    try:
        asked = server.ask("POST", f"/models/{quoted(model)}/runs", body)
        told = _follow_there(server, asked["run"], t)
        exam = None
        if told["version"]:
            exam = server.ask("GET", f"/models/{told['model']}/versions/{told['version']}")["exam"]
        return _tell_end(told, exam, t)
    except Refused as refused:
        if refused.code == "unauthorized":
            return _complain(t("command.train.needs_key", address=server.address), _BAD_USE)
        return _refused(refused.problem)
    except (OSError, ValueError):
        return _complain(t("command.train.unreachable", address=server.address), _FAILED)


def _follow_there(server: Served, number: int, t: Texts) -> Json:
    """Until it is over; Ctrl+C cancels it."""
    telling = Telling(t)
    try:
        while True:
            try:
                told: Json = server.ask("GET", f"/runs/{number}")
                if told["state"] in OVER:
                    return told
                _tell_progress(telling, told)
                time.sleep(_LOOK)
            except KeyboardInterrupt:
                print(t("command.train.cancelling"), file=sys.stderr)
                with contextlib.suppress(Refused):  # it was over before
                    server.ask("POST", f"/runs/{number}:cancel")
    finally:
        telling.end()


def _tell_progress(telling: Telling, told: Json) -> None:
    telling(told["phase"] or "queued", told["done"], told["total"])


def _tell_end(told: Json, exam: Json | None, t: Texts) -> int:
    if told["state"] == "cancelled":
        return _complain(t("command.train.cancelled"), _INTERRUPTED)
    if told["problem"]:
        return _refused(told["problem"], _FAILED)
    if told["sentence"]:
        print(told["sentence"])
    if exam:
        percent = {name: round(100 * exam[name]) for name in ("low", "high")}
        kind = "exam" if exam["by"] == "exam" else "folds"
        print(t(f"command.train.{kind}", right=exam["right"], of=exam["of"], **percent))
    which = {"version": told["version"], "model": told["model"]}
    if told["went_live"]:
        print(t("command.train.live", **which))
    else:
        print(t("command.train.waits", **which), *told["waits_because"], sep="\n  ")
    return 0


def _refused(problem: Json, code: int = _BAD_USE) -> int:
    each = [one["detail"] for one in problem.get("errors") or []]
    return _complain(" ".join([*(each or [problem["detail"]]), problem["advice"]]), code)


def _complain(sentence: str, code: int) -> int:
    print(f"blomst: {sentence}", file=sys.stderr)
    return code
