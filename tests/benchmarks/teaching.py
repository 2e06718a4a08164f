"""Photos in a folder, and then a model that answers: what that takes, and what it takes others."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile

from tests.benchmarks import beside, many, photos
from tests.benchmarks.bare import Bare
from tests.benchmarks.desk import Desk, Trained, desk
from tests.benchmarks.measuring import Say
from tests.benchmarks.photos import Labelled
from tests.benchmarks.processes import cores
from tests.benchmarks.report import Part, Row
from tests.conftest import serving

_MODEL = "own"
_LONGEST = 600  # seconds of the bare loop


@dataclass(frozen=True)
class Plan:
    """How much of everything. `seconds` are those of each crowd of clients, `epochs` how many the
    guide's loop may take, `made` the photos of the large dataset."""

    photos: int = 3000
    rounds: int = 3
    waits: int = 5
    seconds: float = 6.0
    epochs: int = 20
    made: int = 100_000
    asked: int = 5


QUICK = Plan(100, 1, 1, 0.5, 1, 2000, 1)


def measure(plan: Plan, folder: Path, say: Say) -> Part:
    """All about teaching. Raises Unfinished or BadAnswer when a server does not do what it should.

    The large dataset comes last, in a folder of its own.
    """
    say("photos to teach")
    kind, taught = photos.labelled(plan.photos)
    with serving(folder / "data"):  # the network is prepared once for all
        pass
    found = _Rounds(taught, folder)
    for number in range(plan.rounds):
        say(f"import and training {number + 1} of {plan.rounds}")
        found.round()
    with desk(found.data, _MODEL) as one:
        say("predictions beside a training")
        waits = beside.measure(one, taught, plan.waits, plan.seconds)
        reached = one.accuracy(found.trained[-1].version)
        _lay_out(one, found.written, folder / "splits")
    say("the loop of the Keras guide")
    guide = _guide(folder / "splits", reached, plan.epochs)
    say(f"{plan.made:,} photos")
    large = many.measure(_fresh(folder, "many"), plan.made, plan.asked)
    return Part(
        f"Teaching: {kind}", [*found.rows(), *waits, *found.against(guide, reached), *large]
    )


@dataclass
class _Guide:
    seconds: float
    epochs: int
    share: float


@dataclass
class _Rounds:
    """The bare loop, an import and a training take turns; each import has a folder of its own."""

    taught: Sequence[Labelled]
    folder: Path
    imports: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    trained: list[Trained] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.written = self.folder / "photos"
        self.written.mkdir()
        for one in self.taught:
            (self.written / _file_name(one)).write_bytes(one.content)
        self._zip = _zipped(self.taught)

    @property
    def data(self) -> Path:
        """The folder of the last round."""
        return self.folder / f"data-{len(self.imports)}"

    def round(self) -> None:
        with Bare(self.folder / "data" / "derived", self.written) as bare:
            bare.run(cores(), 0.2)
            every = len(self.taught)
            before = bare.run(cores(), _LONGEST, every).seconds
            with desk(_fresh(self.folder, f"data-{len(self.imports) + 1}"), _MODEL) as one:
                one.make()
                self.imports.append(one.take_in(self._zip))
                after = bare.run(cores(), _LONGEST, every).seconds
                self.trained.append(one.train())
            self.bare.append((before + after) / 2)

    def rows(self) -> list[Row]:
        count = f"{len(self.taught):,} photos"
        pairs = zip(self.imports, self.bare, strict=True)
        seconds = [one.seconds for one in self.trained]
        memory = [one.memory_mb for one in self.trained]
        cpu = [one.cpu for one in self.trained]
        return [
            Row(
                "import", f"import of a zip of {count}, against the bare loop",
                [taken / bare for taken, bare in pairs], " x", at_most=1.4,
            ),
            Row("import_seconds", f"import of a zip of {count}", self.imports, " s"),
            Row("live", f"from Train to live, {count}", seconds, " s", at_most=15),
            Row("trainer_cpu", "of that, what the trainer took of one core", cpu, " s"),
            Row("trainer_memory", "memory of the trainer at its peak", memory, " MB", 1500),
        ]  # fmt: skip

    def against(self, guide: _Guide, reached: float) -> list[Row]:
        """The guide's loop begins with photos, so what looking at them took stands beside it."""
        live = [guide.seconds / one.seconds for one in self.trained]
        pairs = zip(self.imports, self.trained, strict=True)
        whole = [guide.seconds / (taken + one.seconds) for taken, one in pairs]
        loop = "the Keras guide's loop"
        return [
            Row("guide", f"{loop}, until it is right as often", [guide.seconds], " s"),
            Row("guide_epochs", f"{loop}, epochs until then", [guide.epochs]),
            Row("guide_right", f"{loop}, right in the exam", [100 * guide.share], " %"),
            Row("right", "Blomst, right in the exam", [100 * reached], " %"),
            Row("faster", f"{loop} took, against Train to live", live, " x"),
            Row("faster_whole", f"{loop} took, against import and Train to live", whole, " x"),
        ]


def _fresh(folder: Path, name: str) -> Path:
    """A data folder with nothing in it but the prepared network."""
    shutil.copytree(
        folder / "data" / "derived", folder / name / "derived",
        ignore=shutil.ignore_patterns("features-*"),
    )  # fmt: skip
    return folder / name


def _file_name(one: Labelled) -> str:
    return hashlib.sha256(one.content).hexdigest() + ".jpg"


def _zipped(taught: Sequence[Labelled]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as zipped:
        for number, one in enumerate(taught):
            zipped.writestr(f"{one.label}/{number:04}.jpg", one.content)
    return out.getvalue()


def _lay_out(one: Desk, written: Path, splits: Path) -> None:
    """The same photos in folders: all that Blomst learned from and chose by in `train`."""
    for split, folder in (("train", "train"), ("validation", "train"), ("test", "test")):
        for image in one.images(split):
            name = f"{image['sha256']}.jpg"
            place = splits / folder / image["label"] / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.hardlink_to(written / name)


def _guide(splits: Path, goal: float, epochs: int) -> _Guide:
    command = [sys.executable, "-m", "tests.benchmarks.guide", str(splits), str(goal), str(epochs)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return _Guide(**json.loads(done.stdout))
