"""What was measured, as rows that can be read by people (Markdown) and programs (JSON)."""

import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from tests.benchmarks.processes import cores, cpu_model


@dataclass(frozen=True)
class Row:
    """A number, the median of `values`, and what it may be where the design says so."""

    name: str
    says: str
    values: Sequence[float]
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def value(self) -> float:
        return median(self.values)

    @property
    def kept(self) -> bool | None:
        """Whether the budget holds; None where there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return self.value >= self.at_least if self.at_least is not None else None

    def cells(self) -> list[str]:
        spread = ""
        if len(self.values) > 1:
            spread = f" ({_short(min(self.values))} to {_short(max(self.values))})"
        told = {None: "", True: "pass", False: "**miss**"}[self.kept]
        budget = ""
        if self.at_most is not None:
            budget = f"≤ {self.at_most:g}{self.unit}"
        elif self.at_least is not None:
            budget = f"≥ {self.at_least:g}{self.unit}"
        return [self.says, _short(self.value) + self.unit + spread, budget, told]


@dataclass(frozen=True)
class Served:
    """A server, or the bare loop, over the rounds."""

    name: str
    rates: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    p50_ms: dict[int, list[float]] = field(default_factory=dict)
    p99_ms: dict[int, list[float]] = field(default_factory=dict)
    memory_mb: list[float] = field(default_factory=list)

    def cells(self, crowds: Sequence[int]) -> list[str]:
        latencies = [
            f"{median(self.p50_ms[n]):.0f} / {median(self.p99_ms[n]):.0f}"
            if n in self.p50_ms
            else ""
            for n in crowds
        ]
        memory = f"{median(self.memory_mb):.0f}" if self.memory_mb else ""
        return [
            self.name, f"{median(self.rates):.0f}", f"{median(self.cpu_ms):.1f}", *latencies, memory
        ]  # fmt: skip


@dataclass(frozen=True)
class Part:
    """What one half of the benchmarks found, and with which photos."""

    photos: str
    rows: Sequence[Row]
    servers: Sequence[Served] = ()


@dataclass(frozen=True)
class Report:
    parts: Sequence[Part]
    seconds: float
    crowds: Sequence[int]

    @property
    def rows(self) -> list[Row]:
        return [row for part in self.parts for row in part.rows]

    @property
    def servers(self) -> list[Served]:
        return [server for part in self.parts for server in part.servers]

    @property
    def photos(self) -> str:
        return "; ".join(part.photos for part in self.parts)

    def markdown(self) -> str:
        told = [
            f"{_machine()}. {self.photos}; medians, and in brackets the least and the most of "
            f"the rounds. {self.seconds / 60:.0f} minutes.",
            _table(["", "measured", "budget", ""], [row.cells() for row in self.rows]),
        ]
        if self.servers:
            most = max(self.crowds)
            waits = [f"{n} client{'s' * (n > 1)}, p50 / p99 ms" for n in self.crowds]
            head = ["same photos, same cores", f"answers/s, {most} clients", "CPU ms a photo"]
            cells = [server.cells(self.crowds) for server in self.servers]
            told.append(_table([*head, *waits, "memory, MB"], cells))
        return "\n\n".join(told)

    def json(self) -> dict[str, Any]:
        rows = [{**asdict(r), "value": r.value, "kept": r.kept} for r in self.rows]
        told = {"machine": _machine(), "photos": self.photos, "seconds": self.seconds}
        return {**told, "rows": rows, "servers": [asdict(s) for s in self.servers]}


def _machine() -> str:
    python = f"Python {platform.python_version()}"
    return f"{time.strftime('%Y-%m-%d')}, {cpu_model()}, {cores()} cores, {python}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
