"""Imports of files in memory, for tests: a source, an event loop, and what came of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from app.store import images, imports
from app.store.imports import Item
from app.store.store import Store
from app.teaching.importing import Importing, Progress
from app.teaching.placing import LeftOut
from app.teaching.survey import survey
from app.vision.decode import Limits
from app.vision.engine import Engine
from app.vision.lookout import Lookout
from app.vision.pool import Pool


@dataclass(frozen=True)
class File:
    name: str
    label: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


class Files:
    """A source in memory."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.members = [File(name, name.split("/")[0], files[name]) for name in files]
        self.ignored: Sequence[str] = []
        self.refused: Sequence[LeftOut] = []

    def read(self, member: File) -> bytes:
        return member.content


class OneLoop(Lookout):
    """With the event loop that all of a test runs on."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, Pool(2, 64), Limits())
        self.runner = asyncio.Runner()

    def close(self) -> None:
        super().close()
        self.runner.close()


def begun(store: Store, model: str = "things") -> int:
    with store.database.write() as c:
        number = imports.create(c, model).number
        imports.begin(c, number)
    return number


def run(
    store: Store,
    lookout: OneLoop,
    number: int,
    files: dict[str, bytes],
    progress: Progress | None = None,
    model: str = "things",
) -> bool:
    work = Importing(store, lookout, number, model, survey(Files(files)), progress or Progress())
    return lookout.runner.run(work.run())


def report(store: Store, number: int) -> list[Item]:
    with store.database.read() as c:
        return imports.report(c, number, limit=10_000)


def rows(store: Store, model: str = "things") -> dict[str, images.Image]:
    with store.database.read() as c:
        return {image.sha256: image for image in images.page(c, model, limit=10_000)}
