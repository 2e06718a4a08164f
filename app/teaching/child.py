"""The process that trains: started, watched and ended from outside.

It is started by the thread that runs the server, since the kernel ends a child whose starting
thread is gone (PR_SET_PDEATHSIG). At the lowest priority it may be left without the processor for
long, so it is judged by what the kernel knows of it and never by what it fails to say.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

LOG = "log.txt"

_PROC = Path("/proc")
_TICK_FIELDS = (11, 12)  # of /proc/<pid>/stat after the name: user and system time


class Child:
    """A process in a group of its own that writes what it says into its folder.

    It stays in the server's session: Linux shares the processor between sessions before it looks
    at priorities (sched(7), autogroup), so in one of its own the lowest of them would be no less
    than the server.
    """

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        """Raises OSError when it cannot be started."""
        self._kills = _kills_for_memory()
        with (folder / LOG).open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
            )
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Its exit code once it has ended, below zero for a signal."""
        return self._process.poll()

    def out_of_memory(self) -> bool:
        """Whether it was the kernel that ended it, for want of memory."""
        return self.poll() == -signal.SIGKILL and _kills_for_memory() > self._kills

    async def stop(self, grace_seconds: float) -> None:
        """Asks it to end, and after the grace makes it.

        It may be there a while longer, for at the lowest priority even dying waits for its turn on
        the processor; but it does nothing more, and `poll` is to be asked until it is gone.
        """
        self._signal(signal.SIGTERM)
        if not await self._ends_within(grace_seconds):
            self._signal(signal.SIGKILL)
            await self._ends_within(grace_seconds / 2)

    async def _ends_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.poll() is None:
                    await asyncio.sleep(0.02)
        return self.poll() is not None

    def _signal(self, number: signal.Signals) -> None:
        if self.poll() is None:  # not reaped, so the group is still its own
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)


class Pulse:
    """Tells a process that hangs from one that waits for its turn on the processor."""

    def __init__(self, pid: int, now: float) -> None:
        self._folder = _PROC / str(pid)
        self._ticks, self._moved = 0, now

    def silent_seconds(self, now: float) -> float:
        """How long it has used no processor while none of its threads wanted it. Zero where the
        kernel does not tell."""
        try:
            ticks = sum(_ticks(self._folder))
            moved = ticks != self._ticks or self._wanting()
        except (OSError, ValueError, IndexError):
            ticks, moved = 0, True
        if moved:
            self._ticks, self._moved = ticks, now
        return now - self._moved

    def _wanting(self) -> bool:
        return any(_state(task) == "R" for task in (self._folder / "task").iterdir())


def _ticks(folder: Path) -> list[int]:
    fields = _stat(folder)
    return [int(fields[at]) for at in _TICK_FIELDS]


def _state(folder: Path) -> str:
    return _stat(folder)[0]


def _stat(folder: Path) -> list[str]:
    """The fields after the name, which may hold blanks and brackets itself."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


def _kills_for_memory() -> int:
    """How many processes this kernel has ended for want of memory; 0 where it does not say."""
    with contextlib.suppress(OSError):
        for line in (_PROC / "vmstat").read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0
