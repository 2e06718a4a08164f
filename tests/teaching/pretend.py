"""A trainer that learns nothing: it does in its folder what the task there says.

Run as a script, it imports only what is quick. `does` is one of the functions here.
"""

import ctypes
import json
import os
import signal
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1


def learn(folder: Path, epochs: int = 5, seconds: float = 0.02) -> None:
    """As the real one: phases, epochs, a result."""
    told = (folder / "progress.jsonl").open("a")

    def tell(**line: object) -> None:
        print(json.dumps(line), file=told, flush=True)

    tell(phase="looking", done=0, total=2)
    tell(phase="looking", done=2, total=2)
    for epoch in range(1, epochs + 1):
        time.sleep(seconds)
        point = {"loss": 1 / epoch, "accuracy": 1 - 0.5 / epoch}
        point |= {f"validation_{name}": value for name, value in point.items()}
        tell(phase="learning", epoch=epoch, epochs=epochs, best_epoch=epoch, **point)
    tell(phase="examining", done=1, total=1)
    (folder / "result").mkdir()


def learn_slowly(folder: Path) -> None:
    learn(folder, epochs=500, seconds=0.1)


def learn_deaf(folder: Path) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    learn_slowly(folder)


def crash(folder: Path) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def crash_first(folder: Path) -> None:
    """Learns where an earlier attempt has been."""
    if len(list(folder.parent.iterdir())) == 1:
        crash(folder)
    learn(folder)


def hang(folder: Path) -> None:
    os.write(1, b"waiting for ever\n")
    time.sleep(600)


def give_up(folder: Path) -> None:
    told = {"code": "dataset-too-small", "params": {"missing": "rose (2)"}}
    (folder / "failure.json").write_text(json.dumps(told))
    sys.exit(1)


def leave_much_behind(folder: Path) -> None:
    os.write(1, b"x" * 100_000)
    (folder / "looked.safetensors").write_bytes(bytes(1000))
    learn(folder)


def work_without_a_word(folder: Path) -> None:
    ends = time.monotonic() + 1.5
    while time.monotonic() < ends:
        pass
    learn(folder)


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    place = Path(sys.argv[1])
    task = json.loads((place / "task.json").read_text())
    globals()[task["does"]](place)
