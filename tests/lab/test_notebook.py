"""The workshop as a notebook: valid in both languages, and doing its four steps for real."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pytest

from app.lab.notebook import notebook
from app.texts import LANGUAGES, Language, texts
from app.vision.network import Network
from tests.conftest import ROOT, serving
from tests.photos import shared

Notebook = dict[str, Any]

KINDS = ("daisy", "dandelion", "roses", "sunflowers", "tulips")
EACH = 34  # photos of each kind

HIDDEN = """
import importlib.metadata

def version(name, known=importlib.metadata.version):
    if name == "blomst":
        raise importlib.metadata.PackageNotFoundError(name)
    return known(name)

importlib.metadata.version = version
"""
"""As `sitecustomize`: a Python in which Blomst is not installed."""


@pytest.fixture
def desk(prepared: Network, data_folder: Path, tmp_path: Path) -> Path:
    """A folder to open the notebook in: a few real photos, and a data folder with its network."""
    for kind in KINDS:
        folder = tmp_path / "flower_photos" / kind
        folder.mkdir(parents=True)
        for photo in sorted((shared("flower_photos") / kind).glob("*.jpg"))[:EACH]:
            (folder / photo.name).symlink_to(photo)
    data = tmp_path / "blomst-workshop"
    data.mkdir()
    (data / "derived").symlink_to((data_folder / "derived").resolve())
    return tmp_path


def run(desk: Path, content: bytes, *options: str, **variables: str) -> Notebook:
    """The notebook after all of its cells were run, from start to end, by Jupyter's own runner."""
    (desk / "workshop.ipynb").write_bytes(content)
    own = {name: str(desk / "jupyter") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    own |= {"IPYTHONDIR": str(desk / "ipython"), "JUPYTER_RUNTIME_DIR": str(desk / "runtime")}
    line = [sys.executable, "-m", "jupyter", "execute", "--inplace", "--timeout=240", *options]
    done = subprocess.run(
        [*line, "workshop.ipynb"],
        cwd=desk, env={**os.environ, "PYTHONPATH": str(ROOT), **own, **variables},
        capture_output=True, text=True, timeout=500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: Notebook = json.loads((desk / "workshop.ipynb").read_bytes())
    return told


def outputs(ran: Notebook) -> list[list[Mapping[str, Any]]]:
    """Of each code cell."""
    return [cell["outputs"] for cell in ran["cells"] if cell["cell_type"] == "code"]


def printed(ran: Notebook) -> str:
    texts_ = (one.get("text", []) for each in outputs(ran) for one in each)
    return "".join(line for lines in texts_ for line in lines)


def drawn(ran: Notebook) -> str:
    shown = (one.get("data", {}).get("text/html", []) for each in outputs(ran) for one in each)
    return "".join(line for lines in shown for line in lines)


def sentences(ran: Notebook) -> list[str]:
    """What each cell that stopped said."""
    stopped = [one for each in outputs(ran) for one in each if one["output_type"] == "error"]
    return ["\n".join(one["traceback"]) for one in stopped]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_a_valid_notebook_whose_cells_are_python(language: Language) -> None:
    told = nbformat.reads(notebook(texts(language)).decode(), as_version=4)
    nbformat.validate(told)
    assert (told.nbformat, told.nbformat_minor) == (4, 5)
    kinds = [cell.cell_type for cell in told.cells]
    assert (kinds.count("markdown"), kinds.count("code")) == (16, 14)
    for cell in told.cells:
        assert "{{" not in cell.source and "{%" not in cell.source
        if cell.cell_type == "code":
            compile(cell.source, cell.id, "exec")
    for n in range(1, 5):
        assert any(cell.source.startswith(f"## {n} ") for cell in told.cells)


def test_an_address_becomes_python_and_nothing_but_an_address() -> None:
    hostile = 'http://a"; import os #\n'
    told = nbformat.reads(notebook(texts("en"), hostile).decode(), as_version=4)
    settings: dict[str, str] = {}
    exec(next(cell.source for cell in told.cells if cell.cell_type == "code"), settings)
    assert settings["SERVER"] == hostile


def test_the_lab_hands_it_out_in_the_readers_language(client: httpx.Client) -> None:
    answer = client.get("/lab/notebook", params={"lang": "nb"})
    assert "blomst-workshop.ipynb" in answer.headers["content-disposition"]
    told = nbformat.reads(answer.text, as_version=4)
    assert "en klassifikator for blomsterarter" in told.cells[0].source
    assert f'SERVER = "{str(client.base_url).rstrip("/")}"' in told.cells[2].source
    assert client.get("/lab/notebook", params={"lang": "nb", "x": "1"}).status_code == 422


def test_the_command_writes_it_and_leaves_what_is_there(tmp_path: Path) -> None:
    def write(*options: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "app", "notebook", *options]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "nb_NO.UTF-8", "PYTHONUTF8": "1"}
        return subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True)

    done = write()
    assert (done.returncode, "Skrevet: blomst-workshop.ipynb" in done.stdout) == (0, True)
    assert (tmp_path / "blomst-workshop.ipynb").read_bytes() == notebook(texts("nb"))
    assert write("--language", "en", "mine.ipynb").returncode == 0
    assert (tmp_path / "mine.ipynb").read_bytes() == notebook(texts("en"))
    again = write("mine.ipynb")
    assert (again.returncode, "mine.ipynb fra før" in again.stderr) == (2, True)


def test_it_starts_the_blomst_that_is_installed_and_does_the_workshop(desk: Path) -> None:
    ran = run(desk, notebook(texts("en")))
    told, shown = printed(ran), drawn(ran)
    assert "Blomst answers at http://127.0.0.1:" in told
    assert "ImageNet: 1000 labels" in told
    assert f"tulips: {EACH} photos" in told
    for version in (1, 2, 3):
        assert f"Version {version} named " in told
    assert told.count("Version 2 ") + told.count("Version 1 ") >= 3  # made, and compared
    assert "labels are in doubt" in told
    assert "polyline" in shown and "validation: " in shown
    assert "130 of 130 photos looked at; 80 are new" in shown
    assert shown.count("data:image/png;base64") >= 3  # heat maps
    assert sentences(ran) == []


def test_it_asks_a_server_by_its_address_and_can_be_run_twice(
    desk: Path, prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("served")
    (data / "derived").symlink_to((data_folder / "derived").resolve())
    with serving(data) as url, httpx.Client(base_url=url, timeout=30) as client:
        content = client.get("/lab/notebook", params={"lang": "nb"}).content
        ran = run(desk, content)
        assert f"Blomst svarer på {url}" in printed(ran)
        assert "Versjon 1 svarte riktig på " in printed(ran)
        assert client.get("/api/v1/models/mine-blomster").json()["version"] == 2
        assert not (desk / "blomst-workshop" / "blomst.db").exists()
        again = run(desk, content)
        assert "130 av 130 bilder sett på; 0 er nye" in drawn(again)
        assert client.get("/api/v1/models/mine-blomster").json()["version"] == 5


def test_where_no_blomst_is_within_reach_it_says_what_to_set(desk: Path) -> None:
    (desk / "hidden").mkdir()
    (desk / "hidden" / "sitecustomize.py").write_text(HIDDEN)
    path = f"{desk / 'hidden'}{os.pathsep}{ROOT}"
    ran = run(desk, notebook(texts("en")), "--allow-errors", PYTHONPATH=path)
    said = sentences(ran)
    assert said[0].startswith("There is no Blomst within reach.")
    assert "SERVER" in said[0] and "WHEEL" in said[0]
    assert set(said) == {said[0]}  # the next questions say so too
    assert printed(ran).count("There is no Blomst within reach.") > 3  # and what depends on them


def test_an_address_where_nobody_answers_is_told_in_a_sentence(desk: Path) -> None:
    ran = run(desk, notebook(texts("nb"), "http://127.0.0.1:9"), "--allow-errors")
    first = sentences(ran)[0]
    assert first.startswith("http://127.0.0.1:9 svarer ikke.")
    assert "WHEEL" in first and "Traceback" not in first
