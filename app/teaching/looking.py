"""Photos become numbers: hash, perceptual hash, and the features of each view that is asked for."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np

from app import errors
from app.vision import decode
from app.vision.arrival import Sight, sight
from app.vision.decode import Square
from app.vision.engine import Floats, Seen
from app.vision.views import Look

T = TypeVar("T")


class Looks(Protocol):
    """The network: an Engine, or what stands in for one."""

    def look(self, square: Square) -> Seen: ...


Report = Callable[[int, int], None]


def looker(task: dict[str, Any]) -> "Looker":
    """For the child process that was given this task. Raises EngineError when there is no network
    to look with."""
    from app.settings import Settings
    from app.vision import network
    from app.vision.engine import Engine

    settings = Settings.from_environment()
    made = network.prepare(Path(task["derived"]), beforehand=settings.prepared)
    workers = settings.parallel()
    return Looker(Engine(made.content, workers), settings.limits(), workers)


class Again(NamedTuple):
    """Features of further views of a photo: views x 1280."""

    sha256: str
    features: Floats


class Looker:
    """Looks at many photos, as many at once as `workers`, reporting how many are done."""

    def __init__(self, engine: Looks, limits: decode.Limits, workers: int) -> None:
        self._engine, self._limits, self._workers = engine, limits, workers

    def first(self, paths: Sequence[Path], report: Report) -> list[Sight | str]:
        """Of each photo its sight, or the code of what is wrong with it."""
        with ThreadPoolExecutor(self._workers) as pool:
            return _counted(pool.map(self._first, paths), len(paths), report)

    def again(
        self, paths: Sequence[Path], looks: Sequence[Look], report: Report
    ) -> list[Again | str]:
        """Of each photo that was looked at before some further views, or what is wrong with it."""
        with ThreadPoolExecutor(self._workers) as pool:
            each = pool.map(lambda path: self._again(path, looks), paths)
            return _counted(each, len(paths), report)

    def _first(self, path: Path) -> Sight | str:
        try:
            content = path.read_bytes()
            return sight(content, decode.inspect(content, self._limits), self._engine.look)
        except errors.Problem as problem:
            return problem.code
        except OSError:
            return "unreadable"

    def _again(self, path: Path, looks: Sequence[Look]) -> Again | str:
        """Each view is opened anew: how small a JPEG may be decoded depends on the square."""
        features = []
        try:
            content = path.read_bytes()
            for look in looks:
                photo = decode.inspect(content, self._limits)
                box = look.box(*decode.upright_size(photo))
                square = decode.look_at(photo, box).square
                features.append(self._engine.look(look.turn(square)).features)
        except errors.Problem as problem:
            return problem.code
        except OSError:
            return "unreadable"
        return Again(hashlib.sha256(content).hexdigest(), np.stack(features))


def _counted(results: Iterable[T], of: int, report: Report) -> list[T]:
    done = []
    for result in results:
        done.append(result)
        report(len(done), of)
    return done
