"""The server as a process: starting, being full, being left, stopping."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import numpy as np
import pytest

from app.vision.network import Network
from tests.conftest import serving
from tests.photos import encode, packaged

ROOT = Path(__file__).parents[1]


def _blomst(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **variables}
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def test_operations_tell_that_it_is_alive_and_ready(client: httpx.Client) -> None:
    assert client.get("/livez").json() == {"alive": True}
    assert client.get("/readyz").json() == {"ready": True, "phase": "ready"}
    told = client.get("/version").json()
    assert (told["name"], told["network"]) == ("blomst", "EfficientNet-Lite0")


def test_the_server_process_never_imports_tensorflow(
    prepared: Network, data_folder: Path, tmp_path: Path, cat: bytes
) -> None:
    (tmp_path / "cat.jpg").write_bytes(cat)
    script = """
import asyncio, httpx, sys
from pathlib import Path
from app.main import create_app
from app.settings import Settings

async def ask():
    app = create_app(Settings(data=Path(sys.argv[1]) / "other"))
    async with app.router.lifespan_context(app):
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")
        while (await client.get("/readyz")).status_code == 503:
            await asyncio.sleep(0.05)
        cat = (Path(sys.argv[1]) / "cat.jpg").read_bytes()
        answer = await client.post("/api/v1/predict?explain=heatmap", files={"images": cat})
        assert answer.status_code == 200, answer.text
        assert (await client.get("/")).status_code == 200
asyncio.run(ask())
loaded = {name.split(".")[0] for name in sys.modules}
print(sorted(loaded & {"tensorflow", "keras", "torch"}))
"""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "derived").symlink_to((data_folder / "derived").resolve())
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.strip() == "[]", done.stderr


def test_until_the_network_is_prepared_the_server_says_so(tmp_path: Path, cat: bytes) -> None:
    """A very first start as README says it, in an empty folder and with all defaults but the port:
    it listens at once, shows a page, and answers photos a little later."""
    port = _free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    server = serving(Path(), command=command, folder=tmp_path, PYTHONPATH=str(ROOT))
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        _wait_until_alive(client)
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["ready"]) == (503, False)
        assert int(ready.headers["Retry-After"]) > 0
        early = client.post("/api/v1/predict", files={"images": cat})
        assert (early.status_code, early.json()["code"]) == (503, "not-ready")
        assert client.get("/").status_code == 200
        with server as url:
            assert url.endswith(str(port))
            assert client.post("/api/v1/predict", files={"images": cat}).status_code == 200
            assert (tmp_path / "data" / "derived").is_dir()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_until_alive(client: httpx.Client) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.ConnectError):
            if client.get("/livez").status_code == 200:
                return
        time.sleep(0.05)
    pytest.fail("the server never listened")


def test_a_full_queue_answers_503_with_a_time_to_come_back(
    prepared: Network, data_folder: Path, tmp_path: Path
) -> None:
    photo = encode(np.tile(packaged("coffee"), (5, 5, 1)), "PNG")
    answers: list[httpx.Response] = []
    data = _beside(data_folder, tmp_path)
    with serving(data, BLOMST_WORKERS="1", BLOMST_QUEUE="1") as url:

        def ask() -> None:
            files = {"images": photo}
            answers.append(httpx.post(f"{url}/api/v1/predict", files=files, timeout=60))

        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert httpx.get(f"{url}/livez").status_code == 200
        assert httpx.post(f"{url}/api/v1/predict", files={"images": photo}).status_code == 200
    assert {a.status_code for a in answers} == {200, 503}
    for refused in (a for a in answers if a.status_code == 503):
        assert refused.json()["code"] == "busy"
        assert int(refused.headers["Retry-After"]) >= 1


def test_photos_of_a_client_that_has_gone_are_not_looked_at(
    prepared: Network, data_folder: Path, tmp_path: Path, cat: bytes
) -> None:
    """Sixteen photos of a third of a second each; who hangs up leaves no work behind."""
    slow = encode(np.tile(packaged("coffee"), (5, 5, 1)), "PNG")
    with serving(
        _beside(data_folder, tmp_path), BLOMST_WORKERS="1", BLOMST_REQUEST_MB="400"
    ) as url:
        started = time.monotonic()
        httpx.post(f"{url}/api/v1/predict", files={"images": slow}, timeout=60)
        one = time.monotonic() - started
        with pytest.raises(httpx.ReadTimeout):
            files = [("images", slow)] * 16
            httpx.post(f"{url}/api/v1/predict", files=files, timeout=httpx.Timeout(60, read=0.2))
        started = time.monotonic()
        assert httpx.post(f"{url}/api/v1/predict", files={"images": cat}).status_code == 200
        assert time.monotonic() - started < 8 * one


def _beside(data_folder: Path, tmp_path: Path) -> Path:
    """Another data folder that shares the prepared network: a folder has one server."""
    (tmp_path / "derived").symlink_to((data_folder / "derived").resolve())
    return tmp_path


def test_a_second_server_does_not_get_the_same_folder(live_server: str, data_folder: Path) -> None:
    second = _blomst("serve", "--port", "0", "--data", str(data_folder))
    assert second.returncode == 3
    assert "in use by process" in second.stderr


def test_a_stopped_server_leaves_its_folder_and_port_free(
    prepared: Network, data_folder: Path, tmp_path: Path
) -> None:
    data = _beside(data_folder, tmp_path)
    for _ in range(2):
        server = serving(data)
        with server as url:
            assert httpx.get(f"{url}/livez").status_code == 200
        assert server.process.returncode == -signal.SIGTERM


@pytest.mark.parametrize(
    ("arguments", "variables", "told"),
    [
        (["--host", "192.0.2.1"], {}, "Cannot listen on 192.0.2.1"),
        ([], {"BLOMST_INSECURE_NO_KEY": "perhaps"}, "BLOMST_INSECURE_NO_KEY should be 0 or 1"),
        ([], {"BLOMST_QUEUE": "many"}, "BLOMST_QUEUE should be a number"),
        ([], {"BLOMST_QUEUE": "0"}, "BLOMST_QUEUE should be at least 1"),
        ([], {"BLOMST_QUEU": "3"}, "BLOMST_QUEU is not a setting"),
    ],
)
def test_what_cannot_be_served_is_told_in_one_line(
    arguments: list[str], variables: dict[str, str], told: str
) -> None:
    done = _blomst("serve", *arguments, **variables)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_told(live_server: str, tmp_path: Path) -> None:
    port = live_server.rsplit(":", 1)[1]
    done = _blomst("serve", "--port", port, "--data", str(tmp_path), LC_ALL="nb_NO.UTF-8")
    assert done.returncode == 2
    assert f"Kan ikke lytte på 127.0.0.1:{port}" in done.stderr


def test_the_command_line_answers_as_the_server_does(
    prepared: Network, data_folder: Path, tmp_path: Path, cat: bytes, client: httpx.Client
) -> None:
    (tmp_path / "cat.jpg").write_bytes(cat)
    (tmp_path / "notes.jpg").write_text("no photo")
    done = _blomst("predict", str(tmp_path), "--json", "--data", str(data_folder))
    assert done.returncode == 1  # the text file was refused, and named
    assert "notes.jpg" in done.stderr
    told = json.loads(done.stdout)
    served = client.post("/api/v1/predict?top_k=3", files={"images": cat}).json()["results"][0]
    assert [m["predictions"] for m in told["models"]] == [
        m["predictions"] for m in served["models"]
    ]
    spoken = _blomst(
        "predict", str(tmp_path / "cat.jpg"), "--data", str(data_folder), LC_ALL="nb_NO.UTF-8"
    )
    assert "tigerkatt 38 %" in spoken.stdout


def test_the_command_line_knows_which_models_there_are(
    data_folder: Path, prepared: Network
) -> None:
    done = _blomst("predict", "x.jpg", "--model", "roses", "--data", str(data_folder))
    assert done.returncode == 2
    assert "imagenet" in done.stderr
