"""The measurements, one after another, each against what ran beside it in the same round."""

import contextlib
import io
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import photos
from tests.benchmarks.bare import Bare
from tests.benchmarks.load import Door, Heard, drive
from tests.benchmarks.processes import cores, forget_peak, memory_mb, peak_mb
from tests.benchmarks.report import Part, Row, Served
from tests.conftest import serving
from tests.vision.test_decode_memory import HARDEST, picture

CROWDS = (1, 4, 8)
MOST = max(CROWDS)
FLOWERS, IMAGENET = "/api/v1/models/flowers:predict", "/api/v1/models/imagenet:predict"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How much of everything: `seconds` for each run of a round, `predictions` for memory."""

    rounds: int = 5
    seconds: float = 6.0
    photos: int = 200
    phone_photos: int = 5
    predictions: int = 10_000
    starts: int = 5
    hardest: int = len(HARDEST)


QUICK = Plan(1, 0.5, 20, 1, 200, 1, 1)


def measure(plan: Plan, folder: Path, say: Say) -> Part:
    """All about serving, in a fresh folder. Raises BadAnswer when a server refuses photos that are
    good."""
    say("photos")
    kind, ordinary = photos.ordinary(plan.photos)
    phone = photos.phone(plan.phone_photos)
    say("starting")
    starts = _starts(folder / "data", plan.starts)
    say("memory")
    memory = _memory(folder / "data", plan, [*ordinary, *phone], say)
    rounds = _Rounds(plan, ordinary, phone)
    rounds.run(folder, say)
    rows = [*rounds.rows(), *memory, *starts]
    return Part(f"Serving: {kind}", rows, rounds.servers)


def _starts(data: Path, count: int) -> list[Row]:
    """From the command to the address being printed, which is when it is ready."""
    taken = []
    for _ in range(1 + count):
        began = time.monotonic()
        with serving(data):
            taken.append(time.monotonic() - began)
    first, *later = taken
    return [
        Row("start_later", "start to ready", later, " s", at_most=2),
        Row("start_first", "very first start to ready", [first], " s", at_most=40),
    ]


def _memory(data: Path, plan: Plan, mixed: Sequence[bytes], say: Say) -> list[Row]:
    """Of a server that answers only this, and then meets the hardest files that are let in."""
    early, late = plan.predictions // 5, plan.predictions
    with _blomst(data) as door:
        requests = [door.request(photo) for photo in mixed]
        drive(door, requests, MOST, seconds=600, most=early)
        before = memory_mb(door.pid)
        drive(door, requests, MOST, seconds=600, most=late - early)
        after = memory_mb(door.pid)
        peaks = {}
        for name, content in _hardest(plan.hardest):
            say(f"memory: {name}")
            forget_peak(door.pid)
            lying = memory_mb(door.pid)
            drive(door, [door.request(content)], 1, seconds=60, most=1)
            peaks[name] = peak_mb(door.pid) - lying
    worst = max(peaks, key=lambda name: peaks[name])
    growth = (after / before - 1) * 100
    return [
        Row("memory", f"memory after {late:,} predictions", [after], " MB", at_most=300),
        Row("memory_growth", f"growth since the first {early:,}", [growth], " %", at_most=5),
        Row("memory_peak", f"peak with the hardest file ({worst})", [peaks[worst]], " MB", 200),
    ]


def _hardest(count: int) -> Iterator[tuple[str, bytes]]:
    for name, mode, side, kind, options in HARDEST[-count:]:
        out = io.BytesIO()
        picture(mode, side).save(out, kind, **options)
        yield name, out.getvalue()


class _Rounds:
    """Bare loop, Blomst and the participants' servers take turns, so that a machine that slows
    down slows all of them."""

    def __init__(self, plan: Plan, ordinary: Sequence[bytes], phone: Sequence[bytes]) -> None:
        self._plan = plan
        self._ordinary, self._phone = ordinary, phone
        self._ratios: dict[str, list[float]] = {}
        self.bare = Served("the bare loop, no HTTP")
        self.blomst = Served("**Blomst**")
        self.others = [Served("FastAPI + `tf.function`"), Served("FastAPI + `model.predict`")]

    @property
    def servers(self) -> list[Served]:
        return [self.bare, self.blomst, *self.others]

    def run(self, folder: Path, say: Say) -> None:
        with contextlib.ExitStack() as stack:
            say("participants")
            doors = [
                stack.enter_context(_blomst(folder / "data")),
                stack.enter_context(_participant("function_server")),
                stack.enter_context(_participant("predict_server")),
            ]
            networks = folder / "data" / "derived"
            bare, bare_phone = (
                stack.enter_context(Bare(networks, _written(kind, folder / name)))
                for name, kind in (("ordinary", self._ordinary), ("phone", self._phone))
            )
            for door in doors:
                self._drive(door, MOST, self._ordinary[: 2 * MOST])
            bare.run(cores(), 0.2)
            bare_phone.run(cores(), 0.2)
            for number in range(self._plan.rounds):
                say(f"round {number + 1} of {self._plan.rounds}")
                self._round(doors, bare, bare_phone)

    def _round(self, doors: Sequence[Door], bare: Bare, bare_phone: Bare) -> None:
        seconds = self._plan.seconds
        one_core, all_cores = bare.run(1, seconds / 2), bare.run(cores(), seconds)
        self.bare.rates.append(all_cores.rate)
        self.bare.cpu_ms.append(all_cores.cpu_ms)
        for door, served in zip(doors, self.servers[1:], strict=True):
            for clients in reversed(CROWDS):  # the most right after the bare loop
                heard = self._drive(door, clients, self._ordinary)
                ms = sorted(each * 1000 for each in heard.latencies)
                served.p50_ms.setdefault(clients, []).append(quantile(ms, 0.5))
                served.p99_ms.setdefault(clients, []).append(quantile(ms, 0.99))
                if clients == MOST:
                    served.rates.append(heard.rate)
                    served.cpu_ms.append(heard.cpu_ms)
                if served is not self.blomst:
                    continue
                if clients == MOST:
                    self._note("cpu", heard.cpu_ms / all_cores.cpu_ms)
                    self._note("rate", heard.rate / all_cores.rate)
                    self._note("clients", heard.client_cpu / heard.seconds / cores() * 100)
                if clients == 1:
                    self._note("cpu_alone", heard.cpu_ms / one_core.cpu_ms)
            served.memory_mb.append(memory_mb(door.pid))
        blomst = doors[0]
        other = Door(blomst.pid, blomst.url, IMAGENET)
        heard = self._drive(other, MOST, self._ordinary)
        self._note("cpu_imagenet", heard.cpu_ms / all_cores.cpu_ms)
        heard, looked = self._drive(blomst, MOST, self._phone), bare_phone.run(cores(), seconds)
        self._note("cpu_phone", heard.cpu_ms / looked.cpu_ms)
        self._note("rate_phone", heard.rate / looked.rate)

    def _drive(self, door: Door, clients: int, photos: Sequence[bytes]) -> Heard:
        requests = [door.request(photo) for photo in photos]
        return drive(door, requests, clients, seconds=self._plan.seconds)

    def _note(self, name: str, value: float) -> None:
        self._ratios.setdefault(name, []).append(value)

    def rows(self) -> list[Row]:
        cpu = "server CPU a photo, against the bare loop"
        rate = f"answers/s with {MOST} clients, against the bare loop"
        found = self._ratios
        return [
            Row("cpu", f"{cpu} (flowers)", found["cpu"], " x", at_most=1.25),
            Row("cpu_imagenet", f"{cpu} (imagenet)", found["cpu_imagenet"], " x"),
            Row("cpu_alone", f"{cpu} (flowers, one client)", found["cpu_alone"], " x"),
            Row("cpu_phone", f"{cpu} (12 megapixels)", found["cpu_phone"], " x"),
            Row("rate", rate, found["rate"], " x", at_least=0.7),
            Row("rate_phone", f"{rate} (12 megapixels)", found["rate_phone"], " x"),
            Row("clients", "of all CPU, what the clients took meanwhile", found["clients"], " %"),
        ]


def quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _written(contents: Sequence[bytes], folder: Path) -> Path:
    folder.mkdir()
    for number, content in enumerate(contents):
        (folder / f"{number:03}.jpg").write_bytes(content)
    return folder


@contextlib.contextmanager
def _blomst(data: Path) -> Iterator[Door]:
    server = serving(data)
    with server as url:
        yield Door(server.process.pid, url, FLOWERS)


@contextlib.contextmanager
def _participant(factory: str) -> Iterator[Door]:
    wanted = f"tests.benchmarks.participant:{factory}"
    command = [sys.executable, "-m", "uvicorn", "--factory", wanted, "--port", "0"]
    server = serving(Path(), command=[*command, "--no-access-log"], log=True)
    with server as url:
        yield Door(server.process.pid, url, "/predict", "file")
