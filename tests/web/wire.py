"""Requests byte by byte, for what no client library would send."""

import contextlib
import datetime
import socket
import time
from collections.abc import Iterable
from http.client import HTTPResponse
from urllib.parse import urlsplit

import httpx

BOUNDARY = "an-edge"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def exchange(
    url: str,
    headers: Iterable[tuple[str, str | bytes]] = (),
    body: bytes | Iterable[bytes] = b"",
    method: str = "POST",
) -> httpx.Response:
    """Sends exactly these headers (Host too, unless given) and as much of the body as is taken."""
    address = urlsplit(url)
    given = [(n, v.encode() if isinstance(v, str) else v) for n, v in headers]
    if "host" not in {n.lower() for n, _ in given}:
        given.insert(0, ("Host", address.netloc.encode()))
    target = address.path + (f"?{address.query}" if address.query else "")
    lines = [f"{method} {target} HTTP/1.1".encode(), *(n.encode() + b": " + v for n, v in given)]
    started = time.monotonic()
    with socket.create_connection((address.hostname, address.port), timeout=5) as sock:
        sock.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
        _send(sock, [body] if isinstance(body, bytes) else body)
        with contextlib.closing(HTTPResponse(sock, method=method)) as heard:
            heard.begin()
            content = heard.read()
    request = httpx.Request(method, f"{address.scheme}://{address.netloc}{address.path}")
    response = httpx.Response(
        heard.status, headers=heard.getheaders(), content=content, request=request
    )
    response.elapsed = datetime.timedelta(seconds=time.monotonic() - started)
    return response


def _send(sock: socket.socket, pieces: Iterable[bytes]) -> None:
    try:
        for piece in pieces:
            sock.sendall(piece)
    except (BrokenPipeError, ConnectionResetError):
        pass  # an answer before the body was read; it is waiting to be heard


def post(url: str, body: bytes | Iterable[bytes], kind: str = FORM, **more: str) -> httpx.Response:
    """A POST with its Content-Length, or in chunks when the body comes in pieces."""
    if isinstance(body, bytes):
        length = [("Content-Length", str(len(body)))]
    else:
        length, body = [("Transfer-Encoding", "chunked")], _chunked(body)
    headers = [("Content-Type", kind), *length, *more.items()]
    return exchange(url, [(name, value) for name, value in headers], body)


def _chunked(pieces: Iterable[bytes]) -> Iterable[bytes]:
    for piece in pieces:
        yield f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    yield b"0\r\n\r\n"


def part(content: bytes, *headers: bytes) -> bytes:
    """A part of a form with exactly these headers, from its boundary on."""
    return b"\r\n".join([f"--{BOUNDARY}".encode(), *headers, b"", content, b""])


def file(content: bytes, disposition: bytes = b'name="images"; filename="a.jpg"') -> bytes:
    return part(content, b"Content-Disposition: form-data; " + disposition)


def form(*parts: bytes) -> bytes:
    """The parts with their closing boundary."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
