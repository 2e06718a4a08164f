"""What is installed is whole: pages, static files and models travel inside the wheel."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from app.vision.network import Network
from tests.conftest import serving

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by way of the sdist, as a release would be: what the sdist lacks, the wheel lacks."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_holds_all_that_the_checkout_serves(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("static", "templates", "models"):
        files = [f for f in (ROOT / folder).rglob("*") if f.is_file()]
        assert files
        missing = {f"app/{f.relative_to(ROOT).as_posix()}" for f in files} - names
        assert missing == set()
    assert "app/texts/nb/problems.toml" in names


def test_the_wheel_is_small_and_carries_no_photos(wheel: Path) -> None:
    assert wheel.stat().st_size < 8_000_000
    photos = (".jpg", ".jpeg", ".avif", ".webp")
    assert [n for n in zipfile.ZipFile(wheel).namelist() if n.lower().endswith(photos)] == []


def test_a_wheel_installed_elsewhere_serves_pages_and_answers(
    wheel: Path, prepared: Network, data_folder: Path, tmp_path: Path, cat: bytes
) -> None:
    """A fresh environment holds nothing but the wheel; its dependencies are lent from this one."""
    home = tmp_path / "fresh"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True, timeout=120)
    (packages,) = home.glob("lib/python*/site-packages")
    lent = [sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"]]
    (packages / "lent.pth").write_text("\n".join(dict.fromkeys(lent)))
    data = tmp_path / "data"
    data.mkdir()
    (data / "derived").symlink_to((data_folder / "derived").resolve())
    command = [str(home / "bin" / "blomst"), "serve", "--port", "0", "--data", str(data)]
    with serving(data, command=command, folder=tmp_path, PYTHONPATH="") as url:
        assert "<html" in httpx.get(url).text
        assert httpx.get(f"{url}/static/favicon.svg").status_code == 200
        answer = httpx.post(f"{url}/api/v1/predict", files={"images": cat})
        assert [m["model"] for m in answer.json()["results"][0]["models"]] == [
            "flowers",
            "imagenet",
        ]
    located = subprocess.run(
        [str(python), "-c", "import app; print(app.__file__)"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(located.stdout.strip()).is_relative_to(home)


def test_uvicorn_starts_it_by_its_factory(
    prepared: Network, data_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "derived").symlink_to((data_folder / "derived").resolve())
    command = [
        sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app",
        "--port", "0", "--http", "h11",
    ]  # fmt: skip
    with serving(tmp_path, command=command, log=True, BLOMST_DATA=str(tmp_path)) as url:
        assert httpx.get(f"{url}/livez").json() == {"alive": True}
