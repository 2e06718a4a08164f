"""Forms that carry text fields beside their photos."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Request

from app.web.bodies import receive_form
from app.web.state import State
from tests.web import wire
from tests.web.problems import assert_problem
from tests.web.small import running, small_app
from tests.web.wire import FORM, file, form, part

IMAGES = "/api/v1/models/waste/images"


def routes(router: APIRouter, state: State) -> None:
    @router.post("/api/v1/models/{model}/images")
    async def take(request: Request, model: str) -> dict[str, Any]:
        async with receive_form(request, state, files=50, fields=("label", "hold")) as received:
            uploads = [(u.filename, len(u.content)) for u in received.uploads]
            return {"uploads": uploads, "fields": received.fields, "held": state.held_bytes}

    @router.get("/held")
    async def held() -> int:
        return state.held_bytes


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(small_app(tmp_path_factory.mktemp("data"), routes)) as address:
        yield address


@pytest.fixture(autouse=True)
def nothing_held_after(url: str) -> Iterator[None]:
    yield
    assert httpx.get(f"{url}/held", timeout=1).json() == 0


def field(content: bytes, name: bytes = b"label") -> bytes:
    return part(content, b'Content-Disposition: form-data; name="' + name + b'"')


def test_fields_and_photos_come_in_any_order(url: str) -> None:
    body = form(field("blåklokke".encode()), file(b"x"), field(b"", b"hold"), file(b"yy"))
    told = wire.post(url + IMAGES, body).json()
    assert told["fields"] == {"label": "blåklokke", "hold": ""}
    assert told["uploads"] == [["a.jpg", 1], ["a.jpg", 2]]
    assert told["held"] >= len(body)


def test_a_photo_alone_brings_no_fields(url: str) -> None:
    told = wire.post(url + IMAGES, b"xyz", "image/jpeg").json()
    assert (told["uploads"], told["fields"]) == ([["", 3]], {})


def test_a_form_may_be_larger_than_json_may(url: str) -> None:
    body = form(*[file(bytes(9_000_000))] * 7, field(b"x"))
    told = wire.post(url + IMAGES, body).json()
    assert [size for _, size in told["uploads"]] == [9_000_000] * 7


def test_fifty_files_are_taken_and_no_more(url: str) -> None:
    """M10."""
    fifty = [file(b"x")] * 50
    assert len(wire.post(url + IMAGES, form(field(b"x"), *fifty)).json()["uploads"]) == 50
    assert_problem(wire.post(url + IMAGES, form(*fifty, file(b"x"))), 413, "too-many-parts")


REFUSED = [
    ("twice", form(file(b"x"), field(b"a"), field(b"a")), (422, "duplicate-field")),
    ("L05", form(file(b"x"), field(b"\xff")), (422, "invalid-text")),
    ("L05-surrogate", form(file(b"x"), field(b"\xed\xa0\x80")), (422, "invalid-text")),
    ("unknown", form(file(b"x"), field(b"a", b"lable")), (422, "unknown-field")),
    ("unknown-and-no-file", form(field(b"a", b"lable")), (422, "unknown-field")),
    ("no-file", form(field(b"a")), (422, "missing-field")),
    ("a-file-for-a-text", form(file(b"x", b'name="label"; filename="a"')), (422, "invalid-field")),
    ("M12", form(file(b"x"), field(b"a" * 2_000_000)), (413, "field-too-large")),
    ("M11", form(file(b"x"), *[field(b"a", b"%d" % n) for n in range(1001)]),
     (413, "too-many-parts")),
    ("M06", form(file(b"x"), field(b"a"))[:-6], (400, "malformed-multipart")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"), [pytest.param(body, told, id=row) for row, body, told in REFUSED]
)
def test_a_form_that_is_not_right_is_refused_for_its_reason(
    url: str, body: bytes, expected: tuple[int, str]
) -> None:
    assert_problem(wire.post(url + IMAGES, body, FORM), *expected)
