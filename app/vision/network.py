"""The network's files in the data folder: made on first use, checked at every start.

A folder that was filled beforehand, perhaps a read-only one, is looked into first.

Each kind of file lies in a folder of its own beside a manifest with its hash. It is written aside,
checked and renamed, so a crash leaves nothing half-made; a file that does not match its manifest is
made anew.
"""

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from safetensors.numpy import load, save

from app.durable import sync
from app.vision import weights
from app.vision.recipe import RECIPE

log = logging.getLogger(__name__)

FORMAT = 1
"""Raise it when the way a file is made changes, so that old ones are made anew."""

Kind = Literal["serving", "inside"]
Report = Callable[[str], None]

_NETWORK = "network.tflite"
_HEAD = "imagenet.safetensors"
_ASIDE = "making-"


class PreparationError(Exception):
    """The network could not be prepared; the message says what the child process said."""


@dataclass(frozen=True)
class Network:
    """A checked LiteRT file, and the network's own last layer: 1280 x 1000 weights and a bias."""

    content: bytes
    head_weights: weights.Array
    head_bias: weights.Array
    made_now: bool


def prepare(
    folder: Path, kind: Kind = "serving", report: Report = lambda phase: None,
    *, beforehand: Path | None = None,
) -> Network:  # fmt: skip
    """The network of `kind`, made first when it is missing, damaged or of an older recipe.

    `serving` answers with feature_map and features; `inside` with every stage's feature maps.
    `report` hears the phases reading, building, converting and checking. Raises PreparationError.
    `beforehand` is another such folder; it is only read, and passed over when it is not usable.
    """
    name = _name(kind)
    place = folder / name
    made_now = False
    files = _read_checked(beforehand / name) if beforehand else None
    if beforehand and files is None:
        log.warning("there is no usable network in %s", beforehand / name)
    files = files or _read_checked(place)
    if files is None:
        _make(place, kind, report)
        made_now = True
        files = _read_checked(place)
        if files is None:
            raise PreparationError(f"{place} could not be read back as it was written")
    head = load(files[_HEAD])
    return Network(files[_NETWORK], head["weights"], head["bias"], made_now)


def is_there(folder: Path, kind: Kind) -> bool:
    """Whether the folder has one of this kind, sound or not."""
    return (folder / _name(kind)).is_dir()


def _name(kind: Kind) -> str:
    return f"{RECIPE.id}-{kind}"


def _read_checked(place: Path) -> dict[str, bytes] | None:
    """The files of a folder whose every hash is right, else None. Bytes are read, never mapped: a
    file that is cut short later would end a process that maps it."""
    try:
        manifest = json.loads((place / "manifest.json").read_bytes())
        if manifest["format"] != FORMAT or manifest["recipe"] != RECIPE.id:
            return None
        files = {name: (place / name).read_bytes() for name in (_NETWORK, _HEAD)}
        intact = all(_sha256(files[name]) == manifest["sha256"][name] for name in files)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return files if intact else None


def _make(place: Path, kind: Kind, report: Report) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    _sweep(place.parent)
    prefix = f"{_ASIDE}{os.getpid()}-"
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=prefix) as aside_name:
        aside = Path(aside_name)
        _convert_in_child(kind, aside / _NETWORK, report)
        report("checking")
        tensors = weights.read(weights.find())
        last = {
            "weights": np.ascontiguousarray(tensors["_fc.weight"].T),
            "bias": tensors["_fc.bias"],
        }
        (aside / _HEAD).write_bytes(save(last))
        made = {name: _sha256((aside / name).read_bytes()) for name in (_NETWORK, _HEAD)}
        manifest = {"format": FORMAT, "recipe": RECIPE.id, "kind": kind, "sha256": made}
        (aside / "manifest.json").write_text(json.dumps(manifest, indent=1))
        for file in aside.iterdir():
            sync(file)
        _replace(aside, place)


def _sweep(folder: Path) -> None:
    """Removes what processes that are no more have left half-made."""
    for left in folder.glob(f"{_ASIDE}*"):
        maker = left.name.removeprefix(_ASIDE).partition("-")[0]
        if not (maker.isdecimal() and _is_running(int(maker))):
            shutil.rmtree(left, ignore_errors=True)


def _is_running(process: int) -> bool:
    if process == os.getpid():
        return False  # one of the same number, in another container or before a restart
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it runs, as somebody else
    return True


def _convert_in_child(kind: Kind, target: Path, report: Report) -> None:
    """TensorFlow stays out of this process: it is large, and gives no memory back."""
    target = target.resolve()  # the child works in another folder
    command = [sys.executable, "-m", "app.vision.backbone", kind, str(target)]
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, stdin=subprocess.DEVNULL,
            cwd=target.parent, env=_child_environment(), text=True,
        )  # fmt: skip
        assert child.stdout is not None
        try:
            for line in child.stdout:
                if line.startswith('{"phase"'):
                    report(json.loads(line)["phase"])
            code = child.wait()
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
        if code != 0 or not target.is_file():
            said.seek(0)
            tail = said.read()[-2000:].decode(errors="replace")
            raise PreparationError(f"converting the network failed with exit code {code}:\n{tail}")


def _child_environment() -> dict[str, str]:
    """The child must find this very `app`, also when it was started from the checkout."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "CUDA_VISIBLE_DEVICES": ""}


def _replace(aside: Path, place: Path) -> None:
    """Puts the finished folder in its place; a damaged one that lies there goes first."""
    if place.exists():
        shutil.rmtree(place)
    aside.rename(place)
    aside.mkdir()  # what TemporaryDirectory will want to remove
    sync(place.parent)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
