"""Clients that cost as little as can be, since they share the server's cores.

One thread, plain sockets that are kept open, requests made beforehand. Loopback only.
"""

import ipaddress
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import urlsplit

from tests.benchmarks.processes import cpu_seconds

_EDGE = "an-edge-that-no-photo-holds"


class BadAnswer(Exception):
    """The server answered something else than 200; what was measured means nothing."""


@dataclass(frozen=True)
class Door:
    """Where photos go: a server's process, its address, and the form field it wants them in."""

    pid: int
    url: str
    path: str
    field: str = "images"

    def request(self, photo: bytes) -> bytes:
        """A whole POST of a form with this photo."""
        part = f'form-data; name="{self.field}"; filename="photo.jpg"'
        before = f"--{_EDGE}\r\nContent-Disposition: {part}\r\nContent-Type: image/jpeg\r\n\r\n"
        body = before.encode() + photo + f"\r\n--{_EDGE}--\r\n".encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {urlsplit(self.url).netloc}\r\n"
            f"Content-Type: multipart/form-data; boundary={_EDGE}\r\n"
            f"Content-Length: {len(body)}\r\nAccept: */*\r\n\r\n"
        )
        return head.encode() + body


@dataclass(frozen=True)
class Heard:
    """What a crowd of clients saw, and what it cost the server and the clients."""

    answers: int
    seconds: float
    latencies: list[float]
    server_cpu: float
    client_cpu: float

    @property
    def rate(self) -> float:
        return self.answers / self.seconds

    @property
    def cpu_ms(self) -> float:
        return self.server_cpu / self.answers * 1000


class _Client:
    def __init__(self, address: tuple[str, int]) -> None:
        self.sock = socket.create_connection(address, timeout=60)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_000_000)
        self.sock.setblocking(False)
        self.started = 0.0
        self._unsent = memoryview(b"")
        self._heard = bytearray()

    def ask(self, request: bytes) -> None:
        self.started = time.perf_counter()
        self._unsent, self._heard = memoryview(request), bytearray()
        self.send()

    def send(self) -> None:
        try:
            while self._unsent:
                self._unsent = self._unsent[self.sock.send(self._unsent) :]
        except BlockingIOError:
            pass

    @property
    def interest(self) -> int:
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0)

    def hear(self) -> bool:
        """Takes in what has come; True when the answer is whole. Raises BadAnswer."""
        came = self.sock.recv(262_144)
        if not came:
            raise BadAnswer("the server hung up")
        self._heard += came
        head, found, body = self._heard.partition(b"\r\n\r\n")
        if not found:
            return False
        fields = bytes(head).lower()
        if not fields.startswith(b"http/1.1 200"):
            raise BadAnswer(bytes(self._heard[:2000]).decode("utf-8", "replace"))
        length = fields.partition(b"content-length:")[2].partition(b"\r\n")[0]
        return len(body) >= int(length)


def drive(
    door: Door, requests: Sequence[bytes], clients: int, *, seconds: float, most: int = 10**9
) -> Heard:
    """Each client asks again as soon as it was answered, until time or count is up.

    Raises BadAnswer for anything but 200, and TimeoutError when nothing comes for a minute.
    """
    address = urlsplit(door.url)
    host, port = address.hostname or "", address.port or 0
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"{host} is another machine")
    crowd = [_Client((host, port)) for _ in range(min(clients, most))]
    try:
        return _drive(door, cycle(requests), crowd, seconds, most)
    finally:
        for client in crowd:
            client.sock.close()


def _drive(
    door: Door, requests: "cycle[bytes]", crowd: list[_Client], seconds: float, most: int
) -> Heard:
    latencies: list[float] = []
    server, own, started = cpu_seconds(door.pid), time.process_time(), time.perf_counter()
    asked = 0
    with selectors.DefaultSelector() as waiting:
        for client in crowd:
            client.ask(next(requests))
            waiting.register(client.sock, client.interest, client)
            asked += 1
        while len(latencies) < asked:
            ready = waiting.select(timeout=60)
            if not ready:
                raise TimeoutError("no answer for a minute")
            for key, events in ready:
                client = key.data
                if events & selectors.EVENT_WRITE:
                    client.send()
                if events & selectors.EVENT_READ and client.hear():
                    now = time.perf_counter()
                    latencies.append(now - client.started)
                    if asked < most and now - started < seconds:
                        client.ask(next(requests))
                        asked += 1
                if client.interest != key.events:
                    waiting.modify(client.sock, client.interest, client)
    return Heard(
        asked, time.perf_counter() - started, latencies,
        cpu_seconds(door.pid) - server, time.process_time() - own,
    )  # fmt: skip
