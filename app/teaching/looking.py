"""Photos become numbers: hash, perceptual hash, and the features of each view that is asked for."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from app import errors
from app.vision import decode
from app.vision.arrival import Sight, sight
from app.vision.decode import Square
from app.vision.engine import Floats, Seen
from app.vision.features import quantise, restore
from app.vision.recipe import FEATURES
from app.vision.views import Look

T = TypeVar("T")


class Looks(Protocol):
    """The network: an Engine, or what stands in for one."""

    def look(self, square: Square) -> Seen: ...


Report = Callable[[int, int], None]


class Looker:
    """Looks at many photos, as many at once as `workers`, reporting how many are done."""

    def __init__(self, engine: Looks, limits: decode.Limits, workers: int) -> None:
        self._engine, self._limits, self._workers = engine, limits, workers

    def first(self, paths: Sequence[Path], report: Report) -> list[Sight | str]:
        """Of each photo its sight, or the code of what is wrong with it."""
        with ThreadPoolExecutor(self._workers) as pool:
            return _counted(pool.map(self._first, paths), len(paths), report)

    def again(
        self,
        photos: Sequence[tuple[Path, Sight]],
        looks: Sequence[Look],
        report: Report,
    ) -> list[Floats]:
        """The features of further views of photos that were looked at before: for each view
        photos x 1280, as they would come back from 8 bits."""
        with ThreadPoolExecutor(self._workers) as pool:
            each = pool.map(lambda photo: self._again(photo[0], photo[1], looks), photos)
            seen = _counted(each, len(photos), report)
        views = np.stack(seen) if seen else np.zeros((0, len(looks), FEATURES), np.float32)
        return [restore(*quantise(views[:, at])) for at in range(len(looks))]

    def _first(self, path: Path) -> Sight | str:
        try:
            content = path.read_bytes()
            return sight(content, decode.inspect(content, self._limits), self._engine.look)
        except errors.Problem as problem:
            return problem.code
        except OSError:
            return "unreadable"

    def _again(self, path: Path, seen: Sight, looks: Sequence[Look]) -> Floats:
        """Each view is opened anew: how small a JPEG may be decoded depends on the square."""
        content = path.read_bytes()
        features = []
        for look in looks:
            photo = decode.inspect(content, self._limits)
            square = decode.look_at(photo, look.box(*seen.size)).square
            features.append(self._engine.look(look.turn(square)).features)
        return np.stack(features)


def _counted(results: Iterable[T], of: int, report: Report) -> list[T]:
    done = []
    for result in results:
        done.append(result)
        report(len(done), of)
    return done
