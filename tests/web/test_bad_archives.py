"""Zips that cannot be used, and imports that are not there: the exact status and code, at once."""

import io
import stat
import struct
from collections.abc import Callable
from zipfile import ZIP_LZMA, ZipFile

import httpx
import numpy as np
import pytest

from tests.teaching.zips import (
    CENTRAL,
    PHOTO,
    bomb,
    declaring,
    empties,
    patched,
    quoting,
    renamed,
    with_mode,
    zipped,
)
from tests.web.conftest import Own
from tests.web.importing import labels, new_model, post
from tests.web.problems import assert_problem

GOOD = zipped({"roses/a.jpg": PHOTO})


@pytest.fixture
def client(own: Own) -> httpx.Client:
    return own.client


@pytest.fixture
def model(client: httpx.Client) -> str:
    return new_model(client)


def _prefixed() -> bytes:
    return PHOTO + GOOD


def _arrays() -> bytes:
    out = io.BytesIO()
    np.savez(out, weights=np.ones(4))
    return out.getvalue()


def _encrypted() -> bytes:
    return patched(GOOD, CENTRAL, 8, struct.pack("<H", 1))


def _bad_crc() -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as made:
        made.writestr("roses/a.jpg", PHOTO)
    return out.getvalue().replace(PHOTO, PHOTO[:-9] + b"x" + PHOTO[-8:])


def _paths(name: str) -> Callable[[], bytes]:
    return lambda: zipped([("roses/a.jpg", PHOTO), (name, PHOTO)])


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "Z01-no-zip": (lambda: b"hello", "invalid-archive"),
    "Z01-nothing": (lambda: b"", "invalid-archive"),
    "Z01-empty-zip": (lambda: b"PK\5\6" + bytes(18), "invalid-archive"),
    "Z02": (lambda: zipped({"lib 0.zip": GOOD}), "archive-nested"),
    "Z03": (lambda: bomb(10, declared=10**10), "archive-bomb"),
    "Z03-that-lies": (lambda: bomb(10, declared=14_000_000), "archive-bomb"),
    "Z04": (lambda: quoting(250), "archive-bomb"),
    "Z05-nothing": (lambda: declaring(GOOD, 0), "archive-bomb"),
    "Z05-less": (lambda: declaring(GOOD, len(PHOTO) - 1), "archive-bomb"),
    "Z06-up": (_paths("../../x.jpg"), "archive-unsafe-path"),
    "Z06-root": (_paths("/etc/x"), "archive-unsafe-path"),
    "Z06-drive": (_paths("C:\\x"), "archive-unsafe-path"),
    "Z06-back": (_paths("..\\x"), "archive-unsafe-path"),
    "Z06-out": (_paths("a/../../x"), "archive-unsafe-path"),
    "Z07-link": (
        lambda: zipped([(with_mode("roses/b.jpg", stat.S_IFLNK | 0o777), b"/etc")]),
        "archive-unsafe-entry",
    ),
    "Z07-pipe": (
        lambda: zipped([(with_mode("roses/b.jpg", stat.S_IFIFO | 0o777), b"")]),
        "archive-unsafe-entry",
    ),
    "Z08": (lambda: empties(10_001), "archive-too-many-members"),
    "Z09": (_encrypted, "archive-encrypted"),
    "Z10-method": (
        lambda: patched(GOOD, CENTRAL, 10, struct.pack("<H", ZIP_LZMA)),
        "invalid-archive",
    ),
    "Z10-zip64": (
        lambda: patched(empties(3), b"PK\6\6", 48, struct.pack("<Q", 2**40)),
        "invalid-archive",
    ),
    "Z10-crc": (_bad_crc, "invalid-archive"),
    "Z10-cut": (lambda: GOOD[:-30], "invalid-archive"),
    "Z12": (
        lambda: renamed(GOOD, b"roses/a.jpg", b"roses/\xff.jpg", utf8=True),
        "unusable-file-name",
    ),
    "Z14-dots": (_paths("photos/../a.jpg"), "invalid-label"),
    "Z14-nothing": (_paths("photos//a.jpg"), "invalid-label"),
    "Z14-long": (_paths("x" * 300 + "/a.jpg"), "invalid-label"),
    "Z14-markup": (_paths("<script>/a.jpg"), "invalid-label"),
    "Z16": (_prefixed, "invalid-archive"),
    "Z17": (_arrays, "no-images"),
}


@pytest.mark.parametrize("row", REFUSED)
def test_a_zip_that_cannot_be_used_is_refused_at_once(
    client: httpx.Client, own: Own, model: str, row: str
) -> None:
    make, code = REFUSED[row]
    assert_problem(post(client, model, make()), 422, code)
    assert client.get(f"/models/{model}/imports").json()["items"] == []
    assert labels(client, model) == {}
    assert list((own.data / "imports").iterdir()) == []
    root = str(client.base_url).removesuffix("/api/v1/")
    assert httpx.get(f"{root}/livez").json() == {"alive": True}


def test_a_million_members_are_counted_not_read(client: httpx.Client, model: str) -> None:
    """Z08. Most of the time is that of sending it."""
    answer = post(client, model, empties(1_000_000))
    assert_problem(answer, 422, "archive-too-many-members", seconds=5)


def test_more_labels_than_a_model_can_have_are_refused(client: httpx.Client, model: str) -> None:
    content = zipped({f"label {number}/a.jpg": PHOTO for number in range(1001)})
    assert_problem(post(client, model, content), 422, "too-many-classes", seconds=3)
    assert labels(client, model) == {}


def test_what_is_no_zip_by_its_type_is_refused(client: httpx.Client, model: str) -> None:
    answer = post(client, model, GOOD, headers={"Content-Type": "application/json"})
    assert_problem(answer, 415, "unsupported-media-type")


def test_there_must_be_a_model_that_can_be_taught(client: httpx.Client) -> None:
    assert_problem(post(client, "imagenet", GOOD), 409, "model-not-teachable")
    assert_problem(post(client, "nobody", GOOD), 404, "not-found")


@pytest.mark.parametrize("number", ["999999", "x", "-1", "%00", "9" * 50, "1.0"])
def test_an_import_that_is_not_there(client: httpx.Client, number: str) -> None:
    for path in ("", "/report", "/events"):
        assert_problem(client.get(f"/imports/{number}{path}"), 404, "not-found")
    assert_problem(client.post(f"/imports/{number}:cancel"), 404, "not-found")


def test_lists_heed_their_limits(client: httpx.Client, model: str) -> None:
    for path in (f"/models/{model}/imports", "/imports/1/report"):
        for query in ({"limit": 0}, {"limit": 10**9}, {"cursor": "forged"}):
            answer = client.get(path, params=query)
            assert answer.status_code in (404, 422)
    assert_problem(client.get("/imports/1/report?outcome=x"), 422, "invalid-parameter")
    assert_problem(client.get(f"/models/{model}/imports?page=2"), 422, "unknown-parameter")
