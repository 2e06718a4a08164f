"""`blomst train --model`, asked of a server and done without one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.store.folder import DataFolder
from app.vision.network import Network
from tests.conftest import ROOT, serving
from tests.web.following import RUNS, until
from tests.web.pretending_server import CRASHES, QUICK, SLOW, command


@pytest.fixture
def data(prepared: Network, data_folder: Path, tmp_path: Path) -> Path:
    (tmp_path / "derived").symlink_to((data_folder / "derived").resolve())
    return tmp_path


@pytest.fixture
def client(data: Path) -> Iterator[httpx.Client]:
    with serving(data, command=command(data)) as url, httpx.Client(base_url=url) as asking:
        yield asking


def train(data: Path, *options: object, language: str = "C.UTF-8") -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "app", "train", "--model", "Flowers", "--data", str(data)]
    return subprocess.Popen(
        [*line, *map(str, options)],
        cwd=ROOT, env={**os.environ, "LC_ALL": language}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, told = process.communicate(timeout=120)
    return process.returncode, out, told


def test_the_server_of_the_folder_does_it_and_is_followed(client: httpx.Client, data: Path) -> None:
    code, out, told = end(train(data, "--seed", QUICK, "--l2", 0.1, language="nb_NO.UTF-8"))
    assert code == 0, told
    assert "Versjon 1 av flowers er tatt i bruk." in out
    assert "starter …" in told
    (run,) = client.get(RUNS).json()["items"]
    assert (run["settings"]["l2"], run["settings"]["epochs"]) == (0.1, 40)
    code, _, told = end(train(data, "--seed", QUICK, "--l2", 0.1))
    assert (code, "Version 1 learned from the same photos" in told) == (2, True)
    code, out, _ = end(train(data, "--seed", QUICK, "--l2", 0.1, "--force"))
    assert (code, len(client.get(RUNS).json()["items"])) == (0, 2)


def test_what_fails_or_is_refused_is_said_in_a_line(client: httpx.Client, data: Path) -> None:
    code, _, told = end(train(data, "--seed", CRASHES))
    assert code == 1
    assert told.splitlines()[-1].startswith("blomst: It was tried 3 times")
    code, _, told = end(train(data, "--epochs", 0))
    assert code == 2
    assert told.startswith("blomst: epochs must be between 1 and 500.")
    assert len(client.get(RUNS).json()["items"]) == 1


def test_ctrl_c_cancels_the_training_at_the_server(client: httpx.Client, data: Path) -> None:
    process = train(data, "--seed", SLOW)
    until_there(client)
    until(client, 1, "running", epoch=2)
    process.send_signal(signal.SIGINT)
    code, _, told = end(process)
    assert code == 130, told
    assert "The training was cancelled." in told
    assert client.get("/api/v1/runs/1").json()["state"] == "cancelled"


def test_without_a_server_it_is_done_right_here(data: Path) -> None:
    code, out, told = end(train(data, "--epochs", 3))
    assert code == 0, told
    assert "Version 2 of flowers is live." in out or "waits to be put live" in out
    assert "right on photos it had never seen" in out
    assert (data / "versions" / "flowers" / "2" / "manifest.json").exists()


def test_a_folder_that_is_held_by_another_command_is_told(data: Path) -> None:
    folder = DataFolder(data)
    folder.open()
    try:
        code, _, told = end(train(data))
    finally:
        folder.close()
    assert code == 3
    assert "another process that cannot be asked to train" in told


def test_a_damaged_database_is_told_in_a_line_and_left_as_it_is(data: Path) -> None:
    """F21."""
    damaged = b"not a database" * 1000
    (data / "blomst.db").write_bytes(damaged)
    for arguments in (["serve", "--port", "0"], ["train", "--model", "flowers"]):
        done = subprocess.run(
            [sys.executable, "-m", "app", *arguments, "--data", str(data)],
            cwd=ROOT, env={**os.environ, "LC_ALL": "C.UTF-8"}, text=True, capture_output=True,
            timeout=60,
        )  # fmt: skip
        assert done.returncode == 4, done.stderr
        (line,) = done.stderr.strip().splitlines()
        assert line.startswith("blomst: The database is damaged; nothing in it was changed.")
        assert (data / "blomst.db").read_bytes() == damaged


def until_there(client: httpx.Client) -> None:
    ends = time.monotonic() + 20
    while not client.get(RUNS).json()["items"]:
        assert time.monotonic() < ends
        time.sleep(0.05)
