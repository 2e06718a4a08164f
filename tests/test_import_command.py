"""`blomst import`, right here and by the server of the data folder."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from app.store import images, imports, models
from app.store.folder import DataFolder
from app.store.store import Store
from app.vision.recipe import RECIPE
from tests.conftest import ROOT, serving
from tests.photos import encode
from tests.teaching.tiles import folder_of, tiles
from tests.teaching.zips import zipped
from tests.web.importing import big

pytestmark = pytest.mark.usefixtures("prepared")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Twelve good photos of two labels, and what lies beside them in real folders."""
    beside = {"notes.txt": b"x", "Cats/.DS_Store": b"x"}
    return folder(tmp_path / "things", {**good(), **beside})


def good() -> dict[str, bytes]:
    return folder_of("Cats", "chelsea", 6) | folder_of("Coffee cups", "coffee", 6)


def bad() -> dict[str, bytes]:
    tiny = encode(np.zeros((4, 4, 3), np.uint8), "PNG")
    return {"Cats/cut.jpg": tiles("coffee", 1)[0][:900], "Cats/tiny.png": tiny, "loose.jpg": tiny}


def folder(place: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def start(data_folder: Path, *words: object, **variables: str) -> subprocess.Popen[str]:
    beforehand = {"BLOMST_PREPARED": str(data_folder / "derived"), "LC_ALL": "C.UTF-8"}
    return subprocess.Popen(
        [sys.executable, "-m", "app", "import", *map(str, words)],
        cwd=ROOT, env={**os.environ, **beforehand, **variables}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, told = process.communicate(timeout=120)
    return process.returncode, out, told


def blomst_import(data_folder: Path, *words: object, **variables: str) -> tuple[int, str, str]:
    return end(start(data_folder, *words, **variables))


class opened:  # noqa: N801  (reads as a phrase: with opened(data) as store)
    """The store of a data folder that nobody holds."""

    def __init__(self, data: Path) -> None:
        self._folder = DataFolder(data)

    def __enter__(self) -> Store:
        self._folder.open()
        self._store = Store.open(self._folder, RECIPE.id)
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()
        self._folder.close()


def kept(data: Path, model: str) -> dict[str, int]:
    """How many photos each label has."""
    with opened(data) as store, store.database.read() as c:
        return {label: sum(by.values()) for label, by in images.counts(c, model).items()}


def test_a_folder_goes_in_and_a_second_time_is_there_already(
    data_folder: Path, data: Path, source: Path
) -> None:
    words = (source, "--model", "Things", "--data", data)
    code, out, told = blomst_import(data_folder, *words)
    assert (code, out) == (
        0,
        "12 photos were added to things.\n2 other files were ignored.\n",
    ), told
    assert kept(data, "things") == {"cats": 6, "coffee-cups": 6}
    code, out, _ = blomst_import(data_folder, *words, LC_ALL="nb_NO.UTF-8")
    assert code == 0 and "12 var der fra før." in out
    assert kept(data, "things") == {"cats": 6, "coffee-cups": 6}
    with opened(data) as store, store.database.read() as c:
        states = [(job.state, job.total) for job in imports.page(c, "things")]
    assert states == [("succeeded", 14)] * 2


def test_what_is_refused_is_named_with_its_reason(
    data_folder: Path, data: Path, source: Path
) -> None:
    folder(source, bad())
    code, out, _ = blomst_import(data_folder, source, "--model", "Things", "--data", data)
    assert code == 1
    assert "12 photos were added" in out and "3 files were refused:" in out
    reasons = dict(re.findall(r"^  (\S+): (.+)$", out, re.M))
    assert set(reasons) == set(bad())
    assert "8" in reasons["Cats/tiny.png"]


def test_a_zip_with_one_label_for_all(data_folder: Path, data: Path, tmp_path: Path) -> None:
    archive = tmp_path / "cats.zip"
    archive.write_bytes(zipped({f"{n}.jpg": tile for n, tile in enumerate(tiles("chelsea", 3))}))
    words = (archive, "--model", "Pets", "--label", " Tabby  cat", "--data", data)
    assert blomst_import(data_folder, *words)[0] == 0
    assert kept(data, "pets") == {"tabby-cat": 3}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["{source}", "--model", "imagenet"], "the pretrained network's own"),
        (["{source}"], "--model"),
        (["{source}/nothing", "--model", "x"], "no folder or zip"),
        (["{source}", "--model", "x", "--label", "\u200b"], "cannot be seen"),
        (["{source}/notes.txt", "--model", "x"], "zip"),
        (["{source}", "--model", "\u202e"], "cannot be seen"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    data_folder: Path, data: Path, source: Path, words: list[str], says: str
) -> None:
    asked = [word.format(source=source) for word in words]
    code, out, told = blomst_import(data_folder, *asked, "--data", data)
    assert (code, out) == (2, "") and told.startswith("blomst: ") and told.count("\n") == 1
    assert says.lower() in told.lower()
    with opened(data) as store, store.database.read() as c:
        assert [model.model for model in models.all_models(c)] in ([], ["flowers"])


def test_flowers_without_internet_leave_nothing_behind(data_folder: Path, data: Path) -> None:
    nowhere = {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    code, out, told = blomst_import(data_folder, "flower_photos", "--data", data, **nowhere)
    assert (code, out) == (1, "")
    assert told.startswith("blomst: TensorFlow's archive cannot be reached")
    assert list((data / "tmp").iterdir()) == []
    with opened(data) as store, store.database.read() as c:
        assert imports.page(c, "flowers") == []
        assert not any(image.present for image in images.page(c, "flowers", limit=5000))


def test_ctrl_c_stops_it_and_the_same_command_goes_on(
    data_folder: Path, data: Path, tmp_path: Path
) -> None:
    source = folder(tmp_path / "cups", big(300))
    words = (source, "--model", "Cups", "--data", data)
    process = start(data_folder, *words)
    objects = data / "objects"
    deadline = time.monotonic() + 60
    while not any(objects.glob("*/*")):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    code, out, told = end(process)
    assert code == 130 and "goes on from there" in told
    in_it = kept(data, "cups")["cups"]
    assert 0 < in_it < 300
    assert out.startswith(f"{in_it} photos were added") or f"{in_it}" in out
    code, out, _ = blomst_import(data_folder, *words)
    assert code == 0 and f"{in_it} were there already." in out
    assert kept(data, "cups") == {"cups": 300}


# By a server


@pytest.fixture
def server(data_folder: Path, data: Path) -> Iterator[str]:
    with serving(data, BLOMST_PREPARED=str(data_folder / "derived")) as url:
        yield url


def labels(url: str, model: str, **headers: str) -> dict[str, int]:
    told = httpx.get(f"{url}/api/v1/models/{model}/labels", headers=headers).json()
    return {label["label"]: label["images"]["total"] for label in told["items"]}


def test_the_server_of_the_folder_takes_them_in(
    data_folder: Path, data: Path, source: Path, server: str
) -> None:
    folder(source, bad())
    words = (source, "--model", "Things", "--data", data)
    code, out, told = blomst_import(data_folder, *words)
    assert code == 1, told
    assert "12 photos were added to things." in out and "3 files were refused:" in out
    reasons = dict(re.findall(r"^  (\S+): (.+)$", out, re.M))
    assert set(reasons) == set(bad()) and "8" in reasons["Cats/tiny.png"]
    assert labels(server, "things") == {"cats": 6, "coffee-cups": 6}
    code, out, _ = blomst_import(data_folder, *words)
    assert code == 1 and "12 were there already." in out
    code, _, told = blomst_import(data_folder, source, "--model", "imagenet", "--data", data)
    assert code == 2 and "the pretrained network's own" in told


def test_splits_are_the_same_by_either_way(data_folder: Path, tmp_path: Path, source: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    assert blomst_import(data_folder, source, "--model", "Things", "--data", here)[0] == 0
    with serving(there, BLOMST_PREPARED=str(data_folder / "derived")):
        assert blomst_import(data_folder, source, "--model", "Things", "--data", there)[0] == 0

    def splits(data: Path) -> dict[str, Any]:
        with opened(data) as store, store.database.read() as c:
            return {i.sha256: (i.label, i.split) for i in images.page(c, "things", limit=100)}

    assert splits(here) == splits(there)


def test_a_server_with_small_limits_gets_them_in_smaller_parts(
    data_folder: Path, data: Path, source: Path
) -> None:
    beforehand = str(data_folder / "derived")
    with serving(
        data, BLOMST_PREPARED=beforehand, BLOMST_DATASET_IMAGES="4", BLOMST_REQUEST_MB="0.03"
    ) as url:
        code, _, told = blomst_import(data_folder, source, "--model", "Things", "--data", data)
        assert code == 0, told
        assert labels(url, "things") == {"cats": 6, "coffee-cups": 6}


def test_a_server_with_a_key_is_shown_it(data_folder: Path, data: Path, source: Path) -> None:
    server = serving(data, BLOMST_PREPARED=str(data_folder / "derived"), BLOMST_HOST="0.0.0.0")
    assert server.process.stdout is not None
    (key,) = re.findall(r"blomst_[0-9a-f]{8}_\S{43}", server.process.stdout.readline())
    server.process.stdout.readline()
    words = (source, "--model", "Things", "--data", data)
    with server as url:
        code, _, told = blomst_import(data_folder, *words)
        assert code == 2 and "BLOMST_KEY" in told
        code, out, told = blomst_import(data_folder, *words, BLOMST_KEY=key)
        assert code == 0 and "12 photos" in out, told
        assert key not in out + told
        told_labels = labels(url, "things", Authorization=f"Bearer {key}")
        assert told_labels == {"cats": 6, "coffee-cups": 6}


def test_a_folder_held_by_another_command_is_left_alone(
    data_folder: Path, data: Path, source: Path
) -> None:
    with opened(data):
        code, _, told = blomst_import(data_folder, source, "--model", "Things", "--data", data)
    assert code == 3 and "in use" in told
