"""A network that was prepared before, as the container brings it: used from where it lies."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from app.vision import network
from app.vision.network import Network
from app.vision.recipe import RECIPE
from tests.conftest import ROOT, serving


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    def convert(kind: str, target: Path, report: object) -> None:
        raise AssertionError("the network was made again")

    monkeypatch.setattr(network, "_convert_in_child", convert)


@pytest.mark.usefixtures("never")
def test_it_is_used_and_nothing_is_written(
    data_folder: Path, prepared: Network, tmp_path: Path
) -> None:
    own = tmp_path / "derived"
    made = network.prepare(own, beforehand=data_folder / "derived")
    assert made.content == prepared.content
    assert not made.made_now
    assert not own.exists()


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize("damage", ["nothing there", "flip", "other recipe"])
def test_it_is_passed_over_and_left_alone_when_it_is_not_usable(
    data_folder: Path, prepared: Network, damage: str, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    place = tmp_path / f"{RECIPE.id}-serving"
    before = {}
    if damage != "nothing there":
        source = data_folder / "derived" / place.name
        place.mkdir()
        before = {file.name: file.read_bytes() for file in source.iterdir()}
        if damage == "flip":
            before["imagenet.safetensors"] = before["imagenet.safetensors"][:-1] + b"?"
        else:
            manifest = {**json.loads(before["manifest.json"]), "recipe": "older"}
            before["manifest.json"] = json.dumps(manifest).encode()
        for name, content in before.items():
            (place / name).write_bytes(content)
    made = network.prepare(data_folder / "derived", beforehand=tmp_path)
    assert made.content == prepared.content
    assert str(place) in caplog.text
    assert before == {f.name: f.read_bytes() for f in place.glob("*")}


def _blomst(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments], cwd=ROOT, text=True, capture_output=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", **variables}, timeout=120,
    )  # fmt: skip


@pytest.mark.usefixtures("prepared")
def test_the_command_says_where_it_lies(data_folder: Path) -> None:
    done = _blomst("prepare", "--data", str(data_folder))
    assert done.returncode == 0
    assert f"prepared in {data_folder / 'derived'}." in done.stdout


def test_the_command_says_what_hinders_it(tmp_path: Path) -> None:
    (tmp_path / "derived").write_text("in the way")
    done = _blomst("prepare", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "could not be prepared" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.usefixtures("prepared")
def test_server_and_command_answer_with_it(data_folder: Path, tmp_path: Path, cat: bytes) -> None:
    lies = str(data_folder / "derived")
    with serving(tmp_path / "a", BLOMST_PREPARED=lies) as url:
        answer = httpx.post(f"{url}/api/v1/predict", files={"images": cat}, timeout=30)
        assert answer.status_code == 200
    prepared_there = {one.name for one in Path(lies).iterdir() if (one / "manifest.json").exists()}
    assert prepared_there
    assert not prepared_there & {one.name for one in (tmp_path / "a" / "derived").iterdir()}
    photo = tmp_path / "cat.jpg"
    photo.write_bytes(cat)
    empty = str(tmp_path / "b")
    done = _blomst("predict", str(photo), "--data", empty, BLOMST_PREPARED=lies)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "b").exists()


def test_the_setting_is_a_folder_or_none() -> None:
    assert Settings.from_environment({}).prepared is None
    given = Settings.from_environment({"BLOMST_PREPARED": "there"}).prepared
    assert given == Path("there")
