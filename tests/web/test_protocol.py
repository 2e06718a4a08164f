"""HTTP as it comes off the wire: slow, cut short, malformed, or far too much."""

import contextlib
import os
import signal
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app.vision.network import Network
from app.web.protocol import BODY_SECONDS, HEAD_SECONDS
from tests.conftest import serving
from tests.photos import encode, packaged
from tests.web.problems import assert_problem
from tests.web.wire import FORM, exchange

POST = b"POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\n"
BODY = POST + b"Content-Type: " + FORM.encode() + b"\r\n"

SLOW = {
    "says nothing": (b"", b"", HEAD_SECONDS),
    "half a head, then silence": (POST, b"", HEAD_SECONDS),
    "a head that trickles": (b"GET / HTTP/1.1\r\nX: ", b"x", HEAD_SECONDS),
    "a body that never comes": (BODY + b"Content-Length: 1000\r\n\r\n", b"", BODY_SECONDS),
    "a body that trickles": (BODY + b"Content-Length: 1000\r\n\r\n", b"x", BODY_SECONDS),
    "chunks that trickle": (
        BODY + b"Transfer-Encoding: chunked\r\n\r\n",
        b"1\r\nx\r\n",
        BODY_SECONDS,
    ),
}


def connect(url: str) -> socket.socket:
    address = urlsplit(url)
    return socket.create_connection((address.hostname, address.port), timeout=5)


def closed_after(url: str, first: bytes, drip: bytes, limit: float) -> float:
    """Seconds until the server hangs up on a client that goes on dripping."""
    with connect(url) as sock:
        sock.sendall(first)
        sock.settimeout(0.5)
        started = time.monotonic()
        while time.monotonic() - started < limit:
            with contextlib.suppress(TimeoutError):
                try:
                    if drip:
                        sock.sendall(drip)
                    if not sock.recv(65_536):
                        return time.monotonic() - started
                except OSError as error:
                    if isinstance(error, TimeoutError):
                        raise
                    return time.monotonic() - started
    return limit


def test_slow_clients_are_hung_up_on_and_others_never_notice(live_server: str, cat: bytes) -> None:
    """All kinds at once, ten of each; meanwhile a photo is answered as ever."""
    times: dict[str, list[float]] = {name: [] for name in SLOW}

    def be_slow(name: str) -> None:
        first, drip, _ = SLOW[name]
        times[name].append(closed_after(live_server, first, drip, 40))

    threads = [threading.Thread(target=be_slow, args=(name,)) for name in SLOW for _ in range(10)]
    for thread in threads:
        thread.start()
    answer = httpx.post(f"{live_server}/api/v1/predict", files={"images": cat}, timeout=5)
    assert answer.status_code == 200
    for thread in threads:
        thread.join()
    for name, waited in times.items():
        limit = SLOW[name][2]
        assert min(waited) > limit - 1.5, name
        assert max(waited) < limit + 4, name


def test_a_slow_head_is_told_what_was_wrong(live_server: str) -> None:
    with connect(live_server) as sock:
        sock.settimeout(HEAD_SECONDS + 5)
        sock.sendall(POST)
        heard = b"".join(iter(lambda: sock.recv(65_536), b""))
    assert heard.startswith(b"HTTP/1.1 408")
    assert b"application/problem+json" in heard and b"request-timeout" in heard


def test_a_slow_but_steady_photo_is_taken(live_server: str, cat: bytes) -> None:
    """A quarter of a second between pieces is a bad network, not an attack."""
    photo = cat[:-2] + b"\xff\xd9"
    head = (
        POST + b"Content-Type: image/jpeg\r\nContent-Length: " + str(len(photo)).encode()
    ) + b"\r\nConnection: close\r\n\r\n"
    with connect(live_server) as sock:
        sock.settimeout(20)
        sock.sendall(head)
        for at in range(0, len(photo), len(photo) // 8 + 1):
            time.sleep(0.25)
            sock.sendall(photo[at : at + len(photo) // 8 + 1])
        assert sock.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 300, id="P03-tls"),
        pytest.param(b"GET\r\n\r\n", id="P03-garbage"),
        pytest.param(b"GET /?" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", id="Q06"),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 200_000 + b"\r\n\r\n", id="P02"
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", id="M27-negative"
        ),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="A07-no-host"),
    ],
)
def test_what_is_not_http_gets_400_and_a_closed_door(live_server: str, raw: bytes) -> None:
    with connect(live_server) as sock:
        with contextlib.suppress(OSError):
            sock.sendall(raw)
        heard = b""
        with contextlib.suppress(ConnectionResetError):
            heard = b"".join(iter(lambda: sock.recv(65_536), b""))
    assert heard.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431"))


def test_thirty_megabytes_of_header_are_not_kept(live_server: str) -> None:
    """P02: refused long before they have all come."""
    with connect(live_server) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        sent = 0
        with contextlib.suppress(OSError):
            while sent < 30_000_000:
                sock.sendall(b"X: " + b"x" * 60_000 + b"\r\n")
                sent += 60_000
    assert sent < 10_000_000


def test_a_declared_length_that_is_too_much_is_told_as_a_problem(live_server: str) -> None:
    """And it is heard, though the client is busy sending: the door is closed in two steps."""
    headers = [("Content-Type", FORM), ("Content-Length", "999999999")]
    answer = exchange(f"{live_server}/api/v1/predict", headers, (b"x" * 65_536 for _ in range(99)))
    assert_problem(answer, 413, "body-too-large")
    assert answer.headers["connection"] == "close"


def test_connections_over_the_limit_are_turned_away_and_the_rest_served(
    prepared: Network, data_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "derived").symlink_to((data_folder / "derived").resolve())
    with serving(tmp_path, BLOMST_CONNECTIONS="5") as url:
        with contextlib.ExitStack() as held:
            for _ in range(5):
                held.enter_context(connect(url))
            with connect(url) as sixth:
                heard = b"".join(iter(lambda: sixth.recv(65_536), b""))
            assert heard.startswith(b"HTTP/1.1 503")
            assert b"retry-after" in heard.lower() and b"problem+json" in heard
        time.sleep(0.2)
        assert httpx.get(f"{url}/livez").status_code == 200


def test_pipelined_requests_are_each_answered(live_server: str) -> None:
    one = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"
    with connect(live_server) as sock:
        sock.sendall((one + b"\r\n") * 2 + one + b"Connection: close\r\n\r\n")
        heard = b"".join(iter(lambda: sock.recv(65_536), b""))
    assert heard.count(b"HTTP/1.1 200") == 3


def test_a_stopping_server_finishes_what_it_began(
    prepared: Network, data_folder: Path, tmp_path: Path
) -> None:
    """SIGTERM while photos are being looked at, one by one, by a single worker."""
    (tmp_path / "derived").symlink_to((data_folder / "derived").resolve())
    photo = encode(packaged("coffee").repeat(5, axis=0).repeat(5, axis=1), "PNG")
    answers: list[int] = []
    server = serving(tmp_path, BLOMST_WORKERS="1")
    with server as url, httpx.Client(base_url=url) as kept:
        kept.get("/livez")

        def ask() -> None:
            files = [("images", photo)] * 8
            answers.append(httpx.post(f"{url}/api/v1/predict", files=files, timeout=60).status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.4)
        os.kill(server.process.pid, signal.SIGTERM)
        with contextlib.suppress(httpx.TransportError):  # or the door is closed already
            assert kept.get("/readyz").status_code == 503
        asking.join()
        assert answers == [200]
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/livez")
        assert server.process.wait(10) == -signal.SIGTERM
