"""The queue of trainings, with a trainer that only pretends."""

import asyncio
import errno
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import errors
from app.store import models, runs
from app.store.folder import DataFolder
from app.store.runs import Ended
from app.store.store import Store
from app.teaching.attempt import Patience
from tests.teaching import pretend
from tests.teaching.pretending import (
    Pretending,
    ask,
    in_a_loop,
    is_alive,
    running,
    trainer_of,
    until,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    folder = DataFolder(tmp_path)
    folder.open()
    opened = Store.open(folder, "recipe")
    with opened.database.write() as c:
        models.create(c, "trees", {"en": "Trees", "nb": "Trær"}, ())
    yield opened
    opened.close()
    folder.close()


@in_a_loop
async def test_a_run_ends_with_what_was_accepted(store: Store) -> None:
    pretending = Pretending(store)
    async with running(store, pretending) as runner:
        over = await until(runner, await ask(runner, pretend.learn), runs.SUCCEEDED)
    assert (over.version, over.went_live, over.attempt, over.fingerprint) == (1, True, 1, "a")
    assert over.started is not None and over.finished is not None
    assert over.created <= over.started <= over.finished
    progress = runner.progress(over)
    assert (progress.line, progress.epoch, progress.epochs, progress.best_epoch) == (8, 5, 5, 5)
    assert [round(point["loss"] or 0, 2) for point in progress.history] == [1, 0.5, 0.33, 0.25, 0.2]


@in_a_loop
async def test_one_learns_at_a_time_and_five_may_wait(store: Store) -> None:
    """P09."""
    async with running(store) as runner:
        asked = [await ask(runner, pretend.learn_slowly, seed=n) for n in range(6)]
        with pytest.raises(errors.TrainingQueueFull):
            await ask(runner, pretend.learn_slowly)
        await until(runner, asked[0], runs.RUNNING, lines=3)
        states = [(await runner.find(run)).state for run in asked]
        assert states == [runs.RUNNING] + [runs.QUEUED] * 5
        await runner.cancel(asked[3])
        await ask(runner, pretend.learn)
        await runner.cancel(asked[0])
        await until(runner, asked[1], runs.RUNNING)


@in_a_loop
async def test_what_waits_and_what_runs_can_be_cancelled_within_five_seconds(store: Store) -> None:
    pretending = Pretending(store)
    async with running(store, pretending, Patience()) as runner:
        first, second = [await ask(runner, pretend.learn_deaf) for _ in range(2)]
        await until(runner, first, runs.RUNNING, lines=3)
        started = time.monotonic()
        assert (await runner.cancel(second)).state == runs.CANCELLED
        assert time.monotonic() - started < 1
        assert (await runner.cancel(first)).state == runs.CANCELLED
        assert 2 < time.monotonic() - started < 5  # it was asked first, and did not listen
    assert pretending.accepted == []


@in_a_loop
async def test_what_is_over_cannot_be_cancelled(store: Store) -> None:
    """P10."""
    async with running(store) as runner:
        run = await ask(runner, pretend.learn)
        await until(runner, run, runs.SUCCEEDED)
        with pytest.raises(errors.JobNotRunning):
            await runner.cancel(run)
        with pytest.raises(errors.RunNotFound):
            await runner.cancel(run + 1)


@in_a_loop
async def test_a_trainer_that_crashes_is_tried_three_times(store: Store) -> None:
    async with running(store) as runner:
        over = await until(runner, await ask(runner, pretend.crash), runs.FAILED)
        assert over.attempt == 3
        assert over.problem == {"code": "crashed", "params": {"attempts": 3}}
        after = await until(runner, await ask(runner, pretend.learn), runs.SUCCEEDED)
        assert after.attempt == 1


@in_a_loop
async def test_a_crash_is_forgotten_when_the_next_attempt_goes_well(store: Store) -> None:
    async with running(store) as runner:
        over = await until(runner, await ask(runner, pretend.crash_first), runs.SUCCEEDED)
    assert (over.attempt, over.problem) == (2, None)


@in_a_loop
async def test_a_trainer_at_a_standstill_is_ended(store: Store) -> None:
    async with running(store) as runner:
        over = await until(runner, await ask(runner, pretend.hang), runs.FAILED)
    assert over.problem == {"code": "hung", "params": {"attempts": 3}}
    assert "waiting for ever" in (runner.folder(over) / "log.txt").read_text()


@in_a_loop
async def test_a_trainer_that_works_without_a_word_is_left_to_it(store: Store) -> None:
    async with running(store) as runner:
        over = await until(runner, await ask(runner, pretend.work_without_a_word), runs.SUCCEEDED)
    assert over.attempt == 1


@in_a_loop
async def test_a_trainer_that_was_made_to_stop_is_at_a_standstill(store: Store) -> None:
    async with running(store) as runner:
        run = await ask(runner, pretend.learn_slowly)
        await until(runner, run, runs.RUNNING, lines=3)
        os.kill(trainer_of(runner, await runner.find(run)), signal.SIGSTOP)
        again = await until(runner, run, runs.RUNNING, lines=3)
        while again.attempt == 1:
            again = await until(runner, run, runs.RUNNING)
            await asyncio.sleep(0.05)
        assert again.attempt == 2


@in_a_loop
async def test_a_trainer_shares_the_session_of_its_server_but_not_its_signals(store: Store) -> None:
    async with running(store) as runner:
        run = await ask(runner, pretend.learn_slowly)
        await until(runner, run, runs.RUNNING, lines=3)
        trainer = trainer_of(runner, await runner.find(run))
        assert os.getsid(trainer) == os.getsid(0)
        assert os.getpgid(trainer) == trainer


@in_a_loop
async def test_a_trainer_that_gives_up_is_believed_at_once(store: Store) -> None:
    async with running(store) as runner:
        over = await until(runner, await ask(runner, pretend.give_up), runs.FAILED)
    assert over.attempt == 1
    assert over.problem == {"code": "dataset-too-small", "params": {"missing": "rose (2)"}}


@in_a_loop
async def test_a_full_disk_fails_the_run_and_nothing_else(store: Store) -> None:
    pretending = Pretending(store)
    async with running(store, pretending) as runner:
        pretending.failing = OSError(errno.ENOSPC, "No space left on device")
        over = await until(runner, await ask(runner, pretend.learn), runs.FAILED)
        assert over.problem == {"code": "disk-full", "params": {}}
        pretending.failing = None
        await until(runner, await ask(runner, pretend.learn), runs.SUCCEEDED)


@in_a_loop
async def test_of_an_attempt_its_progress_and_the_end_of_its_log_stay(store: Store) -> None:
    async with running(store) as runner:
        run = await ask(runner, pretend.leave_much_behind)
        folder = runner.folder(await until(runner, run, runs.SUCCEEDED))
    assert sorted(path.name for path in folder.iterdir()) == ["log.txt", "progress.jsonl"]
    assert (folder / "log.txt").stat().st_size == 64_000


@in_a_loop
async def test_a_server_that_stops_takes_the_run_up_again_and_counts_nothing(store: Store) -> None:
    async with running(store) as runner:
        run = await ask(runner, pretend.learn_slowly)
        await until(runner, run, runs.RUNNING, lines=3)
        pid = trainer_of(runner, await runner.find(run))
    waiting = await runner.find(run)
    assert (waiting.state, waiting.attempt) == (runs.QUEUED, 0)
    assert not is_alive(pid)
    async with running(store) as runner:
        again = await until(runner, run, runs.RUNNING, lines=3)
        assert again.attempt == 1


@in_a_loop
async def test_what_a_killed_server_left_running_begins_anew_three_times(store: Store) -> None:
    settings = {"does": pretend.learn_slowly.__name__}
    with store.database.write() as c:
        run = runs.create(c, "trees", settings, None).run
        for attempt in (1, 2):
            left = runs.claim(c)
            assert left is not None and (left.run, left.attempt) == (run, attempt)
            assert runs.requeue(c, run, left.lease or "", counts=True)
        runs.claim(c)
    async with running(store) as runner:
        over = await runner.find(run)
    assert over.state == runs.FAILED
    assert over.problem == {"code": "crashed", "params": {"attempts": 3}}


def test_who_has_lost_the_lease_writes_nothing(store: Store) -> None:
    """T8: an attempt that was given up and comes back."""
    with store.database.write() as c:
        run = runs.create(c, "trees", {}, None).run
        first = runs.claim(c)
        assert first is not None
        assert runs.requeue(c, run, first.lease or "", counts=True)
        second = runs.claim(c)
        assert second is not None and second.lease != first.lease
        for given_up in (first.lease or "", ""):
            assert not runs.finish(c, run, given_up, Ended(runs.SUCCEEDED, version=7))
            assert not runs.requeue(c, run, given_up, counts=False)
            assert not runs.note_fingerprint(c, run, given_up, "b")
        assert runs.find(c, run) == second
        assert runs.finish(c, run, second.lease or "", Ended(runs.FAILED))
        assert not runs.finish(c, run, second.lease or "", Ended(runs.SUCCEEDED, version=7))
        assert (runs.find(c, run) or second).state == runs.FAILED


@in_a_loop
async def test_what_changed_nothing_is_not_learned_again_unless_forced(store: Store) -> None:
    pretending = Pretending(store)
    settings = {"does": pretend.learn.__name__}
    async with running(store, pretending) as runner:
        first = await runner.submit("trees", settings, "this machine")
        await until(runner, first.run, runs.SUCCEEDED)
        with pytest.raises(errors.NothingChanged) as refused:
            await runner.submit("trees", settings, "this machine")
        assert refused.value.params == {"version": 1}
        for changed in ({**settings, "seed": 2}, settings):
            pretending.fingerprint += "b" if changed == settings else ""
            again = await runner.submit("trees", changed, "this machine")
            await until(runner, again.run, runs.SUCCEEDED)
        forced = await runner.submit("trees", settings, "this machine", force=True)
        assert (await until(runner, forced.run, runs.SUCCEEDED)).version == 4


@in_a_loop
async def test_runs_of_a_removed_model_are_cancelled(store: Store) -> None:
    async with running(store) as runner:
        asked = [await ask(runner, pretend.learn_slowly) for _ in range(2)]
        await until(runner, asked[0], runs.RUNNING, lines=3)
        await runner.cancel_all("trees")
        assert {(await runner.find(run)).state for run in asked} == {runs.CANCELLED}
        before, late = [await ask(runner, pretend.learn_slowly) for _ in range(2)]
        with store.database.write() as c:
            models.set_removed(c, "trees", True)
        await runner.cancel(before)
        assert (await until(runner, late, runs.CANCELLED)).attempt == 1
        with pytest.raises(errors.ModelNotFound):
            await ask(runner, pretend.learn)
