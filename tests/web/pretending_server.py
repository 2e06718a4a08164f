"""`blomst serve` with a trainer that only pretends; what it does is told by the seed.

Its arguments are a data folder and a port.
"""

import sys
from dataclasses import replace
from pathlib import Path

from app.catalogue import Catalogue
from app.main import create_app
from app.settings import Settings
from app.store.runs import Ended, StoredRun
from app.store.store import Store
from app.teaching import snapshot
from app.teaching.attempt import Teacher
from app.web.server import Server, listen
from tests.teaching import pretend
from tests.teaching.pretending import Pretending

QUICK, SLOW, DEAF, CRASHES = 1, 2, 3, 4
"""Seeds, and how a trainer that was given one behaves."""

_DOES = {
    QUICK: pretend.learn,
    SLOW: pretend.learn_slowly,
    DEAF: pretend.learn_deaf,
    CRASHES: pretend.crash,
}


class _Pretending(Pretending):
    def check(self, model: str) -> None:
        snapshot.check_enough(self.store, model)

    def told(self, model: str) -> str:
        return snapshot.fingerprint(self.store, model)

    def accept(self, run: StoredRun, folder: Path) -> Ended:
        return replace(super().accept(run, folder), version=1)  # which came along; others are none

    def does(self, run: StoredRun) -> str:
        return _DOES[run.settings["seed"]].__name__


def command(folder: Path, port: int = 0) -> list[str]:
    return [sys.executable, "-m", "tests.web.pretending_server", str(folder), str(port)]


def teacher(store: Store, catalogue: Catalogue) -> Teacher:
    return _Pretending(store).teacher()


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    settings = Settings(data=folder, workers=1)
    with listen("127.0.0.1", port) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"

        def tell(phase: str) -> None:
            if phase == "ready":
                sys.stdout.write(f"{url}\n")
                sys.stdout.flush()

        Server(create_app(settings, tell, address=url, teaching=teacher)).run([door])


if __name__ == "__main__":
    main()
