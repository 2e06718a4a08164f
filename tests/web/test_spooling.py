"""Archives on their way to the disk: whole and there, or gone again."""

import errno
import hashlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import APIRouter, Request

from app.web import spooling
from app.web.state import State
from tests.web import wire
from tests.web.problems import assert_problem
from tests.web.small import running, small_app
from tests.web.wire import file, form, part

IMPORTS = "/api/v1/models/waste/imports"
ZIP = "application/zip"
LIMIT = 40_000_000
ARCHIVE = b'name="archive"; filename="photos.zip"'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "tmp"
    found.mkdir()
    return found


@pytest.fixture
def address(tmp_path: Path, folder: Path) -> Iterator[str]:
    def routes(router: APIRouter, state: State) -> None:
        @router.post("/api/v1/models/{model}/imports")
        async def take(request: Request, model: str) -> dict[str, object]:
            spooled = await spooling.spool(request, folder, limit=LIMIT)
            return {**vars(spooled), "path": str(spooled.path)}

    with running(small_app(tmp_path, routes)) as url:
        yield url + IMPORTS


def left(folder: Path) -> list[str]:
    """What lies in the folder once the server had a moment to tidy up."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and any(folder.iterdir()):
        time.sleep(0.02)
    return [entry.name for entry in folder.iterdir()]


@pytest.mark.parametrize("size", [0, 1, 999_999, 1_000_000, 7_654_321, LIMIT])
@pytest.mark.parametrize("kind", ["raw", "form", "chunks"])
def test_an_archive_lies_on_the_disk_as_it_was_sent(address: str, size: int, kind: str) -> None:
    content = os.urandom(min(size, 100_003)) * (size // 100_003 + 1)
    content = content[:size]
    if kind == "form":
        answer = wire.post(address, form(file(content, ARCHIVE)))
    elif kind == "raw":
        answer = wire.post(address, content, ZIP)
    else:
        pieces = (content[at : at + 300_000] for at in range(0, size, 300_000))
        answer = wire.post(address, pieces, ZIP)
    told = answer.json()
    assert answer.status_code == 200, answer.text
    assert Path(told["path"]).read_bytes() == content
    assert (told["size"], told["sha256"]) == (size, hashlib.sha256(content).hexdigest())
    assert told["filename"] == ("photos.zip" if kind == "form" else "")


REFUSED = [
    ("too-large", bytes(LIMIT + 1), ZIP, (413, "body-too-large")),
    ("too-large-in-a-form", form(file(bytes(LIMIT + 1), ARCHIVE)), wire.FORM,
     (413, "body-too-large")),
    ("Z17-kind", b"x", "application/octet-stream", (415, "unsupported-media-type")),
    ("M22", b"{}", "application/json", (415, "unsupported-media-type")),
    ("M02", b"", wire.FORM, (400, "malformed-multipart")),
    ("M03", form(file(b"x", ARCHIVE)), "multipart/form-data", (400, "malformed-multipart")),
    ("M06", file(bytes(3_000_000), ARCHIVE), wire.FORM, (400, "malformed-multipart")),
    ("M01", form(), wire.FORM, (422, "missing-field")),
    ("M01-nothing-chosen", form(file(b"", b'name="archive"; filename=""')), wire.FORM,
     (422, "missing-field")),
    ("M01-a-text", form(part(b"x", b'Content-Disposition: form-data; name="archive"')), wire.FORM,
     (422, "missing-field")),
    ("misnamed", form(file(b"x", b'name="zip"; filename="a.zip"')), wire.FORM,
     (422, "unknown-field")),
    ("two", form(file(bytes(2_000_000), ARCHIVE), file(b"x", ARCHIVE)), wire.FORM,
     (413, "too-many-parts")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind", "expected"), [pytest.param(b, k, e, id=row) for row, b, k, e in REFUSED]
)
def test_what_is_no_archive_leaves_nothing_behind(
    address: str, folder: Path, body: bytes, kind: str, expected: tuple[int, str]
) -> None:
    assert_problem(wire.post(address, body, kind), *expected)
    assert left(folder) == []


def test_more_than_a_zip_may_have_is_refused_unread(address: str, folder: Path) -> None:
    headers = [("Content-Type", ZIP), ("Content-Length", "500000001")]
    answer = wire.exchange(address, headers)
    assert_problem(answer, 413, "body-too-large")
    assert "500 MB" in answer.json()["detail"]
    assert left(folder) == []


def test_who_hangs_up_leaves_nothing_behind(address: str, folder: Path) -> None:
    at = urlsplit(address)
    with socket.create_connection((at.hostname, at.port), timeout=5) as sock:
        head = f"POST {at.path} HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: {ZIP}\r\n"
        sock.sendall(head.encode() + b"Content-Length: 30000000\r\n\r\n" + bytes(9_000_000))
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and not written(folder):
            time.sleep(0.02)
        assert written(folder) > 0
    assert left(folder) == []


def written(folder: Path) -> int:
    return sum(entry.stat().st_size for entry in folder.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told_and_nothing_stays(
    address: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_a_full_disk(**where: object) -> tuple[int, str]:
        name = folder / "archive"
        name.touch()
        return os.open("/dev/full", os.O_WRONLY), str(name)

    monkeypatch.setattr("tempfile.mkstemp", on_a_full_disk)
    answer = wire.post(address, bytes(5_000_000), ZIP)
    assert_problem(answer, 507, "insufficient-storage")
    assert answer.headers["connection"] == "close"
    assert left(folder) == []


def test_another_fault_of_the_disk_is_ours_and_nothing_stays(
    address: str, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(path: Path) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr("app.web.spooling.sync", broken)
    assert_problem(wire.post(address, b"x", ZIP), 500, "internal-error")
    assert left(folder) == []


def test_a_server_that_takes_large_archives_stays_small(tmp_path: Path) -> None:
    """A tenth of a gigabyte that never is in memory: counted by its own process."""
    from tests.conftest import serving
    from tests.web.small_server import command

    server = serving(tmp_path, command=command(tmp_path))
    with server as url:
        httpx.get(f"{url}/livez")
        before = peak_kb(server.process.pid)
        pieces = (bytes(1_000_000) for _ in range(100))
        answer = wire.post(url + IMPORTS, pieces, ZIP)
        assert answer.json()["size"] == 100_000_000
        assert peak_kb(server.process.pid) - before < 20_000


def peak_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])
