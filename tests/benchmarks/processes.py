"""What a process has used, as Linux tells it."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """All its threads, in user and kernel mode; children are not counted."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_mb(pid: int) -> float:
    """What lies in memory now, in MB of 2**20 bytes."""
    return _status(pid, "VmRSS:")


def peak_mb(pid: int) -> float:
    """The most that lay there since `forget_peak`."""
    return _status(pid, "VmHWM:")


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _status(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    raise LookupError(f"no {name} of process {pid}")


def children(pid: int, command: str) -> list[int]:
    """The processes that it started and that still run, with this word in their command."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == pid and command in (folder / "cmdline").read_text():
                found.append(int(folder.name))
        except (OSError, IndexError):  # gone meanwhile
            continue
    return found


def cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown"


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0))
