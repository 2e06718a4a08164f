"""The image is built and run, read-only, without capabilities and without a network."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.containers import Box, built, configuration, need_tools, unpacked

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    need_tools()
    with built() as name:
        yield name


@pytest.fixture(scope="module")
def files(image: str) -> Iterator[Path]:
    with unpacked(image) as folder:
        yield folder


@pytest.fixture(scope="module")
def config(image: str) -> dict[str, Any]:
    return configuration(image)


@pytest.fixture(scope="module")
def box(
    files: Path, config: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Box]:
    """Running on an empty data folder; what an engine's volume would have in it is missing."""
    with Box(files, config, tmp_path_factory.mktemp("box")) as running:
        running.wait_until_ready()
        yield running


def _key(box: Box) -> str:
    """The key that the first start made and showed in the log."""
    shown = re.search(r"\bblomst_[0-9a-f]+_[\w-]+", box.log)
    assert shown, box.log
    return shown[0]


def test_the_image_says_how_it_runs(config: dict[str, Any]) -> None:
    assert config["User"] == "10001:10001"
    assert list(config["Volumes"]) == ["/data"]
    assert list(config["ExposedPorts"]) == ["8000/tcp"]
    assert config["Entrypoint"] == ["blomst"] and config["Cmd"] == ["serve"]
    assert config["Healthcheck"]["Test"][0] == "CMD"
    assert not [v for v in config["Env"] if v.startswith("PIP_")]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a line that is for people to read."""

    def line(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}")

    return line


def test_it_is_ready_in_seconds_with_the_network_that_came_along(
    box: Box, tell: Callable[[str], None]
) -> None:
    tell(f"start to ready in the container: {box.ready_after:.1f} s")
    assert box.ready_after < 10
    assert not list((box.data / "derived").iterdir())


def test_it_answers_a_photo(box: Box, cat: bytes) -> None:
    path = "/api/v1/predict?model=flowers&model=imagenet"
    status, said = box.ask("POST", path, body=cat)
    assert status == 401
    assert json.loads(said)["code"]
    status, said = box.ask("POST", path, _key(box), cat)
    assert status == 200, said
    flowers, imagenet = json.loads(said)["results"][0]["models"]
    assert flowers["unknown"]
    assert "cat" in imagenet["decision"] or "tabby" in imagenet["decision"]


def test_the_health_check_says_what_readyz_says(box: Box, config: dict[str, Any]) -> None:
    check = config["Healthcheck"]["Test"][1:]
    done = box.inside(check)
    assert done.returncode == 0, done.stderr
    elsewhere = box.inside(["env", "BLOMST_PORT=1", *check])
    assert elsewhere.returncode == 1


def test_it_is_nobody_and_may_nothing(box: Box) -> None:
    status = Path(f"/proc/{box.pid}/status").read_text()
    assert re.search(r"^Uid:(\s+10001){4}$", status, re.M)
    assert re.search(r"^Gid:(\s+10001){4}$", status, re.M)
    assert set(re.findall(r"^Cap\w+:\s+(\w+)$", status, re.M)) == {"0" * 16}
    assert "NoNewPrivs:\t1" in status
    devices = Path(f"/proc/{box.pid}/net/dev").read_text().splitlines()[2:]
    assert [line.split(":")[0].strip() for line in devices] == ["lo"]


def test_it_writes_nowhere_but_in_data(box: Box) -> None:
    mounts = [line.split() for line in Path(f"/proc/{box.pid}/mounts").read_text().splitlines()]
    assert next(m for m in mounts if m[1] == "/")[3].startswith("ro")
    refused = box.inside(["touch", "/opt/blomst/x", "/tmp/x", "/opt/python/x"])
    assert refused.stderr.count("Read-only file system") == 3
    for place in ("dev/shm", "dev/mqueue"):  # the only others where it could
        assert not list(Path(f"/proc/{box.pid}/root/{place}").iterdir())
    assert {p.name for p in box.data.iterdir()} >= {"LOCK", "derived", "tmp"}
    assert not list((box.data / "tmp").iterdir())


TEACH = """
import numpy as np
from app.vision.lesson import Settings
from app.vision.training import Examples, learn
truth = np.arange(60, dtype=np.int32) % 2
seen = np.random.default_rng(1).random((60, 1280), np.float32)
seen[:, :40] += truth[:, None]
photos = Examples([seen], truth, np.arange(60, dtype=np.int32))
head = learn(Settings(epochs=20), photos, photos, 2).head
print("right:", np.mean(np.argmax(seen @ head.weights + head.bias, axis=1) == truth))
"""


def test_it_converts_and_learns_in_there_too(box: Box, files: Path) -> None:
    """TensorFlow can, although its headers, symbol tables and tests are gone."""
    done = box.inside(["blomst", "prepare", "--data", "/data/anew"])
    assert done.returncode == 0, done.stderr
    (anew,) = box.data.glob("anew/derived/*/manifest.json")
    (along,) = files.glob("opt/blomst/prepared/derived/*/manifest.json")
    assert anew.read_bytes() == along.read_bytes()
    learned = box.inside(["python", "-c", TEACH])
    assert learned.stdout.strip() == "right: 1.0", learned.stderr[-3000:]


def test_it_stops_at_once_when_asked_and_comes_back_with_its_key(
    files: Path, config: dict[str, Any], tmp_path: Path, cat: bytes
) -> None:
    with Box(files, config, tmp_path, name="blomst-again") as first:
        first.wait_until_ready()
        key = _key(first)
        assert first.stop() in (0, 143)
    with Box(files, config, tmp_path, name="blomst-again") as second:
        second.wait_until_ready()
        assert "blomst_" not in second.log
        assert second.ask("POST", "/api/v1/predict", key, cat)[0] == 200


def test_how_large_it_is(files: Path, tell: Callable[[str], None]) -> None:
    """Prints it, with its ten largest parts. GPU libraries alone would be larger than all of it."""
    sizes: dict[str, int] = {}
    for file in files.rglob("*"):
        if file.is_file() and not file.is_symlink():
            name = file.relative_to(files).as_posix()
            part = re.sub(r"^(opt/python/lib/[^/]+/site-packages/[^/]+|[^/]+/[^/]+).*", r"\1", name)
            sizes[part] = sizes.get(part, 0) + file.stat().st_size
    total = sum(sizes.values())
    tell(f"image: {total / 1e6:.0f} MB, of it the base {_base(sizes) / 1e6:.0f} MB")
    for part, size in sorted(sizes.items(), key=lambda item: -item[1])[:10]:
        tell(f"{size / 1e6:7.0f} MB  {part}")
    assert total - _base(sizes) < 1_200_000_000
    assert not [p for p in sizes if "nvidia" in p.lower() or "cuda" in p.lower()]


def _base(sizes: dict[str, int]) -> int:
    return sum(size for part, size in sizes.items() if not part.startswith("opt/"))
