"""BAD_INPUTS, multipart: each row with the answer it must get, sent over a plain socket."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.web import wire
from tests.web.problems import assert_problem, assert_safe_text
from tests.web.wire import FORM, file, form, part

pytestmark = pytest.mark.usefixtures("alive_after")

Body = Callable[[], bytes]
PREDICT = "/api/v1/predict"
MALFORMED = (400, "malformed-multipart")
TOO_MANY = (413, "too-many-parts")
FIELD_TOO_LARGE = (413, "field-too-large")
MISSING = (422, "missing-field")
UNKNOWN = (422, "unknown-field")
KIND = (415, "unsupported-media-type")
TOO_LARGE = (413, "body-too-large")
CRLF = b"\r\n"


def field(content: bytes, name: bytes = b"note") -> bytes:
    return part(content, b'Content-Disposition: form-data; name="' + name + b'"')


def named(filename: bytes) -> bytes:
    return file(b"x", b'name="images"; filename="' + filename + b'"')


def nine_headers() -> bytes:
    more = [b"X-%d: y" % i for i in range(8)]
    return form(part(b"x", b'Content-Disposition: form-data; name="a"', *more))


REFUSED: list[tuple[str, Body, tuple[int, str], str]] = [
    ("M01", form, MISSING, FORM),
    ("M01-a-field", lambda: form(field(b"x")), UNKNOWN, FORM),
    ("M01-nothing-chosen", lambda: form(file(b"", b'name="images"; filename=""')), MISSING, FORM),
    ("M01-no-file-name", lambda: form(field(b"x", b"images")), MISSING, FORM),
    ("M02", lambda: b"", MALFORMED, FORM),
    ("M03", lambda: form(file(b"x")), MALFORMED, "multipart/form-data"),
    ("M03-empty", lambda: form(file(b"x")), MALFORMED, "multipart/form-data; boundary="),
    ("M04", lambda: form(file(b"x")), MALFORMED, "multipart/form-data; boundary=" + "b" * 300),
    ("M05", lambda: form(file(b"x")), MALFORMED, "multipart/form-data; boundary=another"),
    ("M06", lambda: file(b"x" * 1000), MALFORMED, FORM),
    ("M06-in-a-header", lambda: file(b"x")[:30], MALFORMED, FORM),
    ("M07", nine_headers, MALFORMED, FORM),
    ("M08", lambda: form(part(b"x", b"X-Long: " + b"y" * 5000)), MALFORMED, FORM),
    ("M09", lambda: form(part(b"x", b"Content-Type: image/png")), MALFORMED, FORM),
    ("M09-no-name", lambda: form(file(b"x", b'filename="a.png"')), MALFORMED, FORM),
    ("M09-no-headers", lambda: form(part(b"x")), MALFORMED, FORM),
    ("M10", lambda: form(*[file(b"x")] * 1001), TOO_MANY, FORM),
    ("M10-33", lambda: form(*[file(b"x")] * 33), TOO_MANY, FORM),
    ("M10-misnamed", lambda: form(*[file(b"x", b'name="a"; filename="b"')] * 99), TOO_MANY, FORM),
    ("M10-empty", lambda: form(*[file(b"", b'name="images"; filename=""')] * 99), TOO_MANY, FORM),
    ("M11", lambda: form(*[field(b"x")] * 1001), TOO_MANY, FORM),
    ("M12", lambda: form(field(b"x" * 2_000_000)), FIELD_TOO_LARGE, FORM),
    ("M15", lambda: form(named(b"n" * 100_000)), MALFORMED, FORM),
    ("M20", lambda: CRLF * 10_000_000 + form(file(b"x")), TOO_LARGE, FORM),
    ("M20-after", lambda: form(file(b"x")) + CRLF * 10_000_000, TOO_LARGE, FORM),
    ("M22", lambda: b'{"image": "x"}', KIND, "application/json"),
    ("M22-urlencoded", lambda: b"images=x", KIND, "application/x-www-form-urlencoded"),
    ("M22-text", lambda: b"x", KIND, "text/plain"),
    ("M22-multipart-mixed", lambda: form(file(b"x")), KIND, "multipart/mixed; boundary=an-edge"),
    ("M22-nothing", lambda: b"", KIND, ""),
    ("M23", lambda: b"&".join([b"a=1"] * 100_000), KIND, "application/x-www-form-urlencoded"),
    ("M24-all-bad", lambda: form(*[file(b"x")] * 3), (422, "no-usable-images"), FORM),
    ("name-not-UTF-8", lambda: form(field(b"x", b"\xff")), (422, "invalid-text"), FORM),
    ("name-turned-round", lambda: form(field(b"x", "a\u202eb\0".encode())), UNKNOWN, FORM),
    ("name-of-markup", lambda: form(field(b"x", b"<script>{name}")), UNKNOWN, FORM),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected", "kind"),
    [pytest.param(make, told, kind, id=row) for row, make, told, kind in REFUSED],
)
def test_a_form_that_is_not_right_is_refused_for_its_reason(
    live_server: str, body: Body, expected: tuple[int, str], kind: str
) -> None:
    assert_problem(wire.post(live_server + PREDICT, body(), kind), *expected)


SHOWN: list[tuple[str, bytes, str]] = [
    ("M13", b"../../etc/passwd", "../../etc/passwd"),
    ("M14", b"a\0b\x1b.jpg", "a\ufffdb\ufffd.jpg"),
    ("M16", b"\xff\xfe.jpg", "\ufffd\ufffd.jpg"),
    ("M17", b"<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    ("M17-turned-round", "a\u202egpj.exe".encode(), "a\ufffdgpj.exe"),
    ("M17-long", b"n" * 300, "n" * 255),
    ("M17-device", b"CON.png", "CON.png"),
    ("M17-dot", b".htaccess", ".htaccess"),
    ("M17-norwegian", "blåbær.jpg".encode(), "blåbær.jpg"),
    ("M18", b"plain.jpg\"; filename*=UTF-8''other.jpg; x=\"", "plain.jpg"),
]


@pytest.mark.parametrize(
    ("filename", "shown"), [pytest.param(name, shown, id=row) for row, name, shown in SHOWN]
)
def test_a_file_name_is_only_shown(
    live_server: str, cat: bytes, filename: bytes, shown: str
) -> None:
    body = form(file(cat, b'name="images"; filename="' + filename + b'"'))
    answer = wire.post(live_server + PREDICT, body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["results"][0]["filename"] == shown
    assert_safe_text(answer.json()["results"][0]["filename"])
    page = wire.post(live_server + "/", body, Accept="text/html")
    assert page.status_code == 200
    assert "<img src=x" not in page.text
    assert not Path("etc/passwd").exists()


def test_a_compressed_body_is_refused_unread(live_server: str) -> None:
    """M21."""
    for coding in ("gzip", "br", "identity, gzip"):
        headers = [
            ("Content-Type", FORM), ("Content-Encoding", coding), ("Content-Length", "60000000"),
        ]  # fmt: skip
        answer = wire.exchange(live_server + PREDICT, headers)
        assert_problem(answer, 415, "unsupported-content-encoding")


def test_every_photo_of_many_has_a_result_or_an_error(live_server: str, cat: bytes) -> None:
    """M24: none is passed over in silence."""
    bad = {3: b"text", 11: b"", 30: cat[: len(cat) // 2]}
    files = [file(bad.get(i, cat), b'name="images"; filename="%d"' % i) for i in range(32)]
    answer = wire.post(live_server + PREDICT, form(*files))
    results = answer.json()["results"]
    assert [r["filename"] for r in results] == [str(i) for i in range(32)]
    assert {i: r["error"]["code"] for i, r in enumerate(results) if "error" in r} == {
        3: "unsupported-image-type",
        11: "empty-file",
        30: "truncated-image",
    }


def test_a_text_field_among_photos_is_not_passed_over(live_server: str, cat: bytes) -> None:
    body = form(file(cat), field(b"x", b"images"))
    assert_problem(wire.post(live_server + PREDICT, body), *MISSING)


def test_a_body_in_chunks_is_counted(live_server: str) -> None:
    """M26: more than a request may have, then more than one photo may have."""
    zeros = [bytes(1_000_000)]
    files = [file(b"")[: -len(CRLF)], *zeros * 14, CRLF] * 5
    answer = wire.post(live_server + PREDICT, iter(files))
    assert_problem(answer, *TOO_LARGE, seconds=3)
    answer = wire.post(live_server + PREDICT, iter(zeros * 16), "image/png")
    assert_problem(answer, *TOO_LARGE)


def test_a_form_may_come_one_byte_at_a_time(live_server: str) -> None:
    answer = wire.post(live_server + PREDICT, (bytes([b]) for b in form(file(b"x"))))
    assert_problem(answer, 415, "unsupported-image-type")


def test_what_stands_before_the_form_costs_little(live_server: str) -> None:
    """M20: 0.9 MB of line ends is let in, at under 100 ms for each MB."""
    body = CRLF * 450_000 + form(file(b"x"))
    assert_problem(wire.post(live_server + PREDICT, body), 415, "unsupported-image-type", 0.3)


WIRE = [
    ("length-below-zero", b"Content-Length: -1\r\n\r\n"),
    ("two-lengths", b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
    ("length-of-5000-digits", b"Content-Length: " + b"9" * 5000 + CRLF * 2),
]


@pytest.mark.parametrize("rest", [pytest.param(rest, id=f"M27-{row}") for row, rest in WIRE])
def test_a_body_without_a_clear_length_is_refused_before_the_app(
    live_server: str, rest: bytes
) -> None:
    address = urlsplit(live_server)
    with socket.create_connection((address.hostname, address.port), timeout=5) as sock:
        host = address.netloc.encode()
        sock.sendall(b"POST " + PREDICT.encode() + b" HTTP/1.1\r\nHost: " + host + CRLF + rest)
        assert sock.recv(100).startswith(b"HTTP/1.1 400 ")


def test_bodies_that_never_end_leave_no_memory_held(live_server: str, cat: bytes) -> None:
    """Forty clients send 14 MB each and hang up; then there is room for all again."""
    address = urlsplit(live_server)

    def abandoned() -> Iterator[None]:
        for _ in range(40):
            with socket.create_connection((address.hostname, address.port), timeout=5) as sock:
                head = f"POST {PREDICT} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: {FORM}"
                sock.sendall(head.encode() + b"\r\nContent-Length: 15000000\r\n\r\n")
                sock.sendall(file(bytes(7_000_000)))
                yield

    assert len(list(abandoned())) == 40
    time.sleep(0.2)
    assert wire.post(live_server + PREDICT, form(file(cat))).status_code == 200


def test_the_answers_of_the_form_are_read_by_httpx_too(client: httpx.Client) -> None:
    """A client library that is still sending gets to hear why it should stop."""
    files = [("images", ("a.jpg", bytes(1_500_000)))] * 40
    assert_problem(client.post(PREDICT, files=files), *TOO_MANY, seconds=3)
