"""The converted network: made once, checked at every start, made again when it is damaged."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from app.vision import network
from app.vision.network import Network, PreparationError
from app.vision.recipe import RECIPE, Recipe


@pytest.fixture
def copied(data_folder: Path, prepared: Network, tmp_path: Path) -> Path:
    """A derived folder of its own, with the network in it."""
    shutil.copytree(data_folder / "derived", tmp_path / "derived")
    return tmp_path / "derived"


def _never(kind: str, target: Path, report: object) -> None:
    raise AssertionError("the network was made again")


def _as_before(prepared: Network) -> object:
    def convert(kind: str, target: Path, report: object) -> None:
        target.write_bytes(prepared.content)

    return convert


def test_an_intact_file_is_used_as_it_is(
    copied: Path, prepared: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "_convert_in_child", _never)
    again = network.prepare(copied)
    assert again.content == prepared.content
    assert not again.made_now


@pytest.mark.parametrize("damage", ["flip", "cut", "remove", "manifest", "other recipe"])
def test_a_damaged_file_is_noticed_and_made_again(
    copied: Path, prepared: Network, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = copied / f"{RECIPE.id}-serving"
    file, manifest = place / "network.tflite", place / "manifest.json"
    if damage == "flip":
        content = bytearray(file.read_bytes())
        content[-1000] ^= 1
        file.write_bytes(content)
    elif damage == "cut":
        os.truncate(file, 1000)
    elif damage == "remove":
        file.unlink()
    elif damage == "manifest":
        manifest.write_text("{")
    else:
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "recipe": "older"}))
    monkeypatch.setattr(network, "_convert_in_child", _as_before(prepared))
    again = network.prepare(copied)
    assert again.made_now
    assert again.content == prepared.content
    assert not network.prepare(copied).made_now
    assert list(copied.glob("making-*")) == []


def test_a_failing_conversion_leaves_nothing_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(PreparationError, match="exit code 1"):
        network.prepare(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_recipe_changes_with_what_makes_features_comparable() -> None:
    assert Recipe().id == RECIPE.id
    assert len({Recipe().id, Recipe(mean=128).id, Recipe(crop=1.0).id, Recipe(side=288).id}) == 4


def test_the_second_file_shows_every_stage(data_folder: Path) -> None:
    """Made by TensorFlow in a child process, as on a first start."""
    phases: list[str] = []
    inside = network.prepare(data_folder / "derived", "inside", phases.append)
    assert phases in ([], ["reading", "building", "converting", "checking"])
    interpreter = Interpreter(model_content=inside.content)
    interpreter.allocate_tensors()
    card = np.zeros((1, 224, 224, 3), np.uint8)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], card)
    interpreter.invoke()
    shapes = {tuple(output["shape"][1:]) for output in interpreter.get_output_details()}
    assert shapes == {
        (112, 112, 32), (112, 112, 16), (56, 56, 24), (28, 28, 40), (14, 14, 80),
        (14, 14, 112), (7, 7, 192), (7, 7, 320), (7, 7, 1280),
    }  # fmt: skip


def test_what_a_killed_process_left_half_made_is_removed(
    copied: Path, prepared: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for left in (f"making-{ended.pid}-a", f"making-{os.getpid()}-b", "making-c", "making-1-d"):
        (copied / left).mkdir()
    (copied / f"{RECIPE.id}-serving" / "network.tflite").unlink()
    monkeypatch.setattr(network, "_convert_in_child", _as_before(prepared))
    assert network.prepare(copied).made_now
    assert [p.name for p in copied.glob("making-*")] == ["making-1-d"]  # process 1 is running
