"""Fetching TensorFlow's archive, from a server on loopback: whole and right, or not at all."""

import hashlib
import io
import resource
import socket
import tarfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.teaching import flower_photos
from app.teaching.flower_photos import FetchFailed, Report, fetch
from app.texts import LANGUAGES, texts

PHOTO = bytes(range(256)) * 4_000


def tgz(*more: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name in ("LICENSE.txt", "roses/1_n.jpg", "daisy/2_n.jpg"):
            info = tarfile.TarInfo(f"flower_photos/{name}")
            info.size = len(PHOTO)
            tar.addfile(info, io.BytesIO(PHOTO))
        for info, content in more:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


GOOD = tgz()


def _silent(done: int, of: int) -> None:
    pass


class Served:
    """What the server answers: a status, a body, and how long it says that the body is."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answer(GOOD)

    def answer(self, body: bytes, *, length: int | None = None, status: int = 200) -> None:
        self.body, self.status = body, status
        self.length = len(body) if length is None else length

    def fetch(self, into: Path, known: bytes = GOOD, report: Report = _silent) -> Path:
        """As if the archive that is known were these bytes."""
        return fetch(into, report, self.address, hashlib.sha256(known).hexdigest(), len(known))


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("no_proxy", "*")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(told.status)
            self.send_header("Content-Length", str(told.length))
            self.send_header("Location", "http://example.com/")
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told = Served(f"http://127.0.0.1:{server.server_port}/flower_photos.tgz")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield told
        server.shutdown()
        thread.join()


def failure(attempt: Callable[[], object], into: Path) -> str:
    with pytest.raises(FetchFailed) as caught:
        attempt()
    assert list(into.iterdir()) == []
    for language in LANGUAGES:
        assert texts(language)(f"command.fetch.{caught.value.code}", address="…")
    return caught.value.code


def test_the_archive_becomes_a_folder_of_photos(served: Served, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    folder = served.fetch(tmp_path, report=lambda done, of: heard.append((done, of)))
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    assert sorted(found) == ["LICENSE.txt", "daisy/2_n.jpg", "roses/1_n.jpg"]
    assert found["roses/1_n.jpg"].read_bytes() == PHOTO
    assert folder.parent == tmp_path and len(list(tmp_path.iterdir())) == 1
    assert heard[-1] == (len(GOOD), len(GOOD))


def test_only_photos_and_the_licence_are_unpacked(served: Served, tmp_path: Path) -> None:
    link = tarfile.TarInfo("flower_photos/roses/link.jpg")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    odd = [
        "flower_photos/../up.jpg", "/flower_photos/roses/top.jpg", "other/roses/3.jpg",
        "flower_photos/roses/run.sh", "flower_photos/roses/deep/4.jpg",
    ]  # fmt: skip
    content = tgz(*((tarfile.TarInfo(name), b"x") for name in odd), (link, b""))
    served.answer(content)
    folder = served.fetch(tmp_path, content)
    files = [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if not p.is_dir()]
    assert sorted(name.removeprefix(folder.name) for name in files) == [
        "/LICENSE.txt", "/daisy/2_n.jpg", "/roses/1_n.jpg",
    ]  # fmt: skip


def test_another_hash_is_another_archive(served: Served, tmp_path: Path) -> None:
    served.answer(GOOD[:-9] + b"x" + GOOD[-8:])
    assert failure(lambda: served.fetch(tmp_path), tmp_path) == "changed"


def test_more_than_is_known_is_not_read_to_its_end(served: Served, tmp_path: Path) -> None:
    heard: list[int] = []
    served.answer(GOOD + bytes(50_000_000))

    def attempt() -> None:
        served.fetch(tmp_path, report=lambda done, of: heard.append(done))

    assert failure(attempt, tmp_path) == "changed"
    assert max(heard, default=0) <= len(GOOD)


@pytest.mark.parametrize("length", [None, len(GOOD)])
def test_an_archive_cut_short_is_not_used(
    served: Served, tmp_path: Path, length: int | None
) -> None:
    served.answer(GOOD[:-100], length=length)
    assert failure(lambda: served.fetch(tmp_path), tmp_path) == "cut-short"


@pytest.mark.parametrize("status", [301, 302, 403, 404, 500])
def test_no_other_answer_is_taken_or_followed(served: Served, tmp_path: Path, status: int) -> None:
    served.answer(b"", status=status)
    assert failure(lambda: served.fetch(tmp_path), tmp_path) == "refused"


def test_what_is_not_packed_as_it_should_be_is_not_used(served: Served, tmp_path: Path) -> None:
    half = GOOD[: len(GOOD) // 2]
    served.answer(half)
    assert failure(lambda: served.fetch(tmp_path, half), tmp_path) == "changed"
    served.answer(b"no archive")
    assert failure(lambda: served.fetch(tmp_path, b"no archive"), tmp_path) == "changed"


def test_nobody_at_the_address_is_told_as_offline(served: Served, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        served.address = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        assert failure(lambda: served.fetch(tmp_path), tmp_path) == "offline"


def test_a_name_that_nobody_knows_is_told_as_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    assert failure(lambda: fetch(tmp_path, _silent), tmp_path) == "offline"


def test_a_disk_that_takes_no_more_is_told_and_nothing_is_left(
    served: Served, tmp_path: Path
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(PHOTO) // 2, before[1]))
    try:
        assert failure(lambda: served.fetch(tmp_path), tmp_path) == "disk"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with pytest.raises(FetchFailed, match="disk"):
        served.fetch(tmp_path / "gone")


def test_stopping_in_the_middle_leaves_nothing_behind(served: Served, tmp_path: Path) -> None:
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        served.fetch(tmp_path, report=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address", ["http://example.com/a.tgz", "file:///etc/passwd", "ftp://127.0.0.1/a.tgz", "a.tgz"]
)
def test_photos_come_by_https_or_from_this_machine(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        fetch(tmp_path, _silent, address)
    assert list(tmp_path.iterdir()) == []


def test_the_real_archive_is_asked_for_by_https() -> None:
    assert urlsplit(flower_photos.ADDRESS).scheme == "https"
    assert flower_photos.SIZE == 228_813_984 and len(flower_photos.SHA256) == 64
