"""Who may ask: decided from the head of a request, before a byte of its body is read."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter
from starlette.responses import StreamingResponse

from app.web.access import SECURITY_HEADERS
from app.web.state import State
from tests.web import wire
from tests.web.problems import assert_problem
from tests.web.small import running, small_app
from tests.web.test_bad_queries import GETS

pytestmark = pytest.mark.usefixtures("alive_after")

PREDICT = "/api/v1/predict"
HOST = (400, "invalid-host")
CSRF = (403, "csrf-rejected")
UNREAD = [("Content-Type", wire.FORM), ("Content-Length", "60000000")]
"""The head of an upload whose body never comes: whoever waits for it, waits for ever."""


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "0.0.0.0",
        "", ":8000", "localhost:x", "[::1", "[", "]", "[evil]", "user@evil.example", "127.1",
        "2130706433", "localhost\u00e9", "localhost/../evil", "localhost#evil.example:80",
    ],
)  # fmt: skip
def test_a_name_that_is_not_ours_is_refused(live_server: str, host: str) -> None:
    """A07: through a name of its own a web page could reach this server (rebinding)."""
    head = ("Host", host.encode("latin-1"))
    ours = wire.exchange(live_server + "/livez", [head], method="GET")
    upload = wire.exchange(live_server + PREDICT, [head, *UNREAD])
    assert_host_refused(ours)
    assert_host_refused(upload)


def assert_host_refused(answer: httpx.Response) -> None:
    if answer.status_code == 400 and "x-request-id" not in answer.headers:
        return  # refused by the parser, before the app
    assert_problem(answer, *HOST)
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8000", "[::1]:80", "LOCALHOST", "127.9.9.9"]
)
def test_loopback_names_are_answered(live_server: str, host: str) -> None:
    answer = wire.exchange(live_server + "/livez", [("Host", host)], method="GET")
    assert answer.status_code == 200


def test_two_names_or_none_are_refused(live_server: str) -> None:
    twice = [("Host", "localhost"), ("Host", "localhost")]
    assert wire.exchange(live_server + "/livez", twice, method="GET").status_code == 400


REFUSED = [
    ("A06-cross-site", {"Sec-Fetch-Site": "cross-site"}),
    ("A06-same-site", {"Sec-Fetch-Site": "same-site"}),
    ("A06-nonsense", {"Sec-Fetch-Site": "x"}),
    ("A06-origin", {"Origin": "http://evil.example"}),
    ("A06-origin-null", {"Origin": "null"}),
    ("A06-origin-empty", {"Origin": ""}),
    ("A06-other-port", {"Origin": "http://127.0.0.1:1"}),
    ("A06-no-address", {"Origin": "http://["}),
    ("A06-both", {"Sec-Fetch-Site": "cross-site", "Origin": "http://{host}"}),
]
ALLOWED = [
    ("program", {}),
    ("page", {"Sec-Fetch-Site": "same-origin", "Origin": "http://{host}"}),
    ("address-bar", {"Sec-Fetch-Site": "none"}),
    ("plain-http", {"Origin": "http://{host}"}),
]


def _head(live_server: str, headers: dict[str, str]) -> list[tuple[str, str]]:
    host = live_server.removeprefix("http://")
    return [(name, value.replace("{host}", host)) for name, value in headers.items()]


@pytest.mark.parametrize("path", [PREDICT, "/api/v1/models/imagenet:predict", "/"])
@pytest.mark.parametrize("headers", [pytest.param(h, id=row) for row, h in REFUSED])
def test_another_website_may_not_ask(live_server: str, path: str, headers: dict[str, str]) -> None:
    answer = wire.exchange(live_server + path, _head(live_server, headers) + UNREAD)
    assert_problem(answer, *CSRF)
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("headers", [pytest.param(h, id=row) for row, h in ALLOWED])
def test_programs_and_our_own_pages_may_ask(
    live_server: str, cat: bytes, headers: dict[str, str]
) -> None:
    sent = dict(_head(live_server, headers))
    answer = wire.post(live_server + PREDICT, wire.form(wire.file(cat)), **sent)
    assert answer.status_code == 200


def test_another_website_may_link_here(live_server: str) -> None:
    headers = [("Sec-Fetch-Site", "cross-site"), ("Accept", "text/html")]
    assert wire.exchange(live_server + "/", headers, method="GET").status_code == 200


TOO_LARGE = [
    ("form", PREDICT, wire.FORM, "64000001"),
    ("terabytes", PREDICT, wire.FORM, "9" * 15),
    ("one-photo", PREDICT, "image/jpeg", "15000001"),
    ("page", "/", wire.FORM, "64000001"),
    ("to-a-dataset", "/api/v1/models/flowers/images", wire.FORM, "64000001"),
    ("page-of-a-model", "/models/flowers/photos", wire.FORM, "64000001"),
    ("to-cover", "/api/v1/models/flowers:occlude", wire.FORM, "64000001"),
    ("to-look-inside", "/api/v1/models/flowers:inside", wire.FORM, "64000001"),
    ("zip", "/api/v1/models/flowers/imports", "application/zip", "500000001"),
    ("zip-by-page", "/models/flowers/imports", wire.FORM, "500000001"),
    ("labels", "/api/v1/models/flowers/labels", "application/json", "1000001"),
    ("no-photos-here", "/api/v1/models", "application/json", "1000001"),
]


@pytest.mark.parametrize(
    ("path", "kind", "length"), [pytest.param(p, k, n, id=row) for row, p, k, n in TOO_LARGE]
)
def test_a_body_that_is_declared_too_large_is_refused_unread(
    live_server: str, path: str, kind: str, length: str
) -> None:
    """I39 and M20."""
    headers = [("Content-Type", kind), ("Content-Length", length)]
    answer = wire.exchange(live_server + path, headers)
    assert_problem(answer, 413, "body-too-large")
    assert answer.headers["connection"] == "close"


def test_a_body_with_two_kinds_of_length_is_refused(live_server: str) -> None:
    """M27: what the server and a proxy before it would understand differently."""
    headers = [("Content-Length", "3"), ("Transfer-Encoding", "chunked")]
    answer = wire.exchange(live_server + PREDICT, headers, b"0\r\n\r\n")
    assert_problem(answer, 400, "malformed-request")


NOWHERE = ["/nowhere", "/api/v1/models/roses", "/static/none", "/livez?x=1"]


@pytest.mark.parametrize("path", [*GETS, "/static/favicon.svg", *NOWHERE])
def test_every_answer_carries_its_id_and_headers_for_safety(
    client: httpx.Client, path: str
) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value
    assert len(answer.headers["x-request-id"]) == 16
    assert "server" not in answer.headers
    again = client.get(path)
    assert again.headers["x-request-id"] != answer.headers["x-request-id"]


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    policy = dict(p.split(" ", 1) for p in SECURITY_HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    for unsafe in ("unsafe", "*", "http"):
        assert unsafe not in str(policy)


def test_refusals_before_the_app_carry_the_same_headers(live_server: str) -> None:
    answer = wire.exchange(live_server + PREDICT, [("Origin", "null"), *UNREAD])
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value


def test_a_fault_of_ours_is_an_answer_like_any_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With its id, which the log has too; the connection stays good."""

    def routes(router: APIRouter, state: State) -> None:
        @router.get("/fault")
        async def fault() -> None:
            raise RuntimeError("what went wrong")

        @router.get("/half")
        async def half() -> StreamingResponse:
            async def pieces() -> AsyncIterator[bytes]:
                yield b"half of an answer"
                raise RuntimeError("what went wrong")

            return StreamingResponse(pieces())

    with running(small_app(tmp_path, routes)) as url, httpx.Client(base_url=url) as client:
        answer = client.get("/fault")
        assert_problem(answer, 500, "internal-error")
        assert "what went wrong" not in answer.text
        assert {n: answer.headers[n] for n in SECURITY_HEADERS} == SECURITY_HEADERS
        assert f"request {answer.headers['x-request-id']} failed" in caplog.text
        assert "what went wrong" in caplog.text
        assert client.get("/livez").status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/half")
        assert client.get("/livez").status_code == 200
