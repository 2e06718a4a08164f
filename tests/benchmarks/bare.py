"""The bare loop: decode, crop and look, with no HTTP around it. What serving is held against.

`python -m tests.benchmarks.bare NETWORKS PHOTOS` is a process that answers each line `threads
seconds most` on its standard input with what it did in that time, or until it had looked at `most`
photos.
"""

import itertools
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

_NO_END = 10**9


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

    def run(self, threads: int, seconds: float, most: int = _NO_END) -> Looked:
        """Photos one after the other, again from the first when all were looked at."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{threads} {seconds} {most}\n")
        self._process.stdin.flush()
        return Looked(**json.loads(self._process.stdout.readline()))

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)


def _loop(engine: Engine, photos: list[bytes], threads: int, seconds: float, most: int) -> Looked:
    done = [0] * threads
    numbers = itertools.count()  # one call at a time, whoever makes it
    end = time.perf_counter() + seconds

    def look(thread: int) -> None:
        while time.perf_counter() < end and (at := next(numbers)) < most:
            photo = decode.inspect(photos[at % len(photos)], Limits())
            engine.look(decode.look_at(photo).square)
            done[thread] += 1

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
        threads, seconds, most = line.split()
        looked = _loop(engine, photos, int(threads), float(seconds), int(most))
        sys.stdout.write(json.dumps(vars(looked)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:3])
