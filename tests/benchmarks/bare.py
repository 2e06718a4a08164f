"""The bare loop: decode, crop and look, with no HTTP around it. What serving is held against.

`python -m tests.benchmarks.bare NETWORKS PHOTOS` is a process that answers each line `threads
seconds` on its standard input with what it did in that time.
"""

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from app.vision import decode, network
from app.vision.decode import Limits
from app.vision.engine import Engine
from tests.benchmarks.processes import cores


@dataclass(frozen=True)
class Looked:
    photos: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        return self.photos / self.seconds

    @property
    def cpu_ms(self) -> float:
        return self.cpu / self.photos * 1000


class Bare:
    """The loop in a process of its own, until the block is left."""

    def __init__(self, networks: Path, photos: Path) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.bare", str(networks), str(photos)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> "Bare":
        return self

    def run(self, threads: int, seconds: float) -> Looked:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{threads} {seconds}\n")
        self._process.stdin.flush()
        return Looked(**json.loads(self._process.stdout.readline()))

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)


def _loop(engine: Engine, photos: list[bytes], threads: int, seconds: float) -> Looked:
    done = [0] * threads
    end = time.perf_counter() + seconds

    def look(number: int) -> None:
        at = number * len(photos) // threads
        while time.perf_counter() < end:
            photo = decode.inspect(photos[at % len(photos)], Limits())
            engine.look(decode.look_at(photo).square)
            done[number] += 1
            at += 1

    started, cpu = time.perf_counter(), time.process_time()
    crew = [threading.Thread(target=look, args=(number,)) for number in range(threads)]
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    return Looked(sum(done), time.perf_counter() - started, time.process_time() - cpu)


def main(networks: str, folder: str) -> None:
    photos = [file.read_bytes() for file in sorted(Path(folder).iterdir())]
    engine = Engine(network.prepare(Path(networks)).content, cores())
    for line in sys.stdin:
        threads, seconds = line.split()
        looked = _loop(engine, photos, int(threads), float(seconds))
        sys.stdout.write(json.dumps(vars(looked)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:3])
