"""BAD_INPUTS, addresses: parameters, names, methods, and the form and language of errors."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.web import wire
from tests.web.problems import assert_problem, assert_safe_text
from tests.web.routes import all_routes, with_names

pytestmark = pytest.mark.usefixtures("alive_after")

PREDICT = "/api/v1/predict"
MODEL = "/api/v1/models/flowers"
INVALID = (422, "invalid-parameter")
UNKNOWN = (422, "unknown-parameter")
TWICE = (422, "duplicate-parameter")
NOT_FOUND = (404, "not-found")


def routes(method: str) -> Iterator[str]:
    """Every address of the server that takes this method, with names that exist."""
    for taken, path in all_routes():
        if taken == method:
            yield with_names(path)


GETS = sorted(routes("GET"))
POSTS = sorted(routes("POST"))


def test_the_addresses_are_those_that_are_known() -> None:
    assert {"/", "/docs", "/problems", "/livez", "/readyz", "/version", "/openapi.json"} <= set(
        GETS
    )
    assert {"/api/v1/models", MODEL, "/problems/empty-file"} <= set(GETS)
    assert {"/", PREDICT, f"{MODEL}:predict"} <= set(POSTS)


PARAMETERS = [
    ("Q01-below", "top_k=-1", INVALID),
    ("Q01-zero", "top_k=0", INVALID),
    ("Q01-101", "top_k=101", INVALID),
    ("Q01-1e9", "top_k=1e9", INVALID),
    ("Q01-10^9", "top_k=1000000000", INVALID),
    ("Q01-10^22", "top_k=10000000000000000000000", INVALID),
    ("Q01-5000-digits", "top_k=" + "1" * 5000, INVALID),
    ("Q01-half", "top_k=1.5", INVALID),
    ("Q01-word", "top_k=<script>", INVALID),
    ("Q02", "top_k=", INVALID),
    ("Q02-NUL", "top_k=%00", INVALID),
    ("Q02-not-UTF-8", "top_k=%ff", INVALID),
    ("Q03", "top_k=5&top_k=6", TWICE),
    ("Q03-lang", "lang=en&lang=nb", TWICE),
    ("Q04", "topk=5", UNKNOWN),
    ("Q04-case", "Top_K=5", UNKNOWN),
    ("Q04-markup", "%3Cscript%3Ealert(1)%3C/script%3E=1", UNKNOWN),
    ("Q04-long", "x" * 5000 + "=1", UNKNOWN),
    ("Q04-braces", "%7Bname%7D%7B0.__class__%7D=1", UNKNOWN),
    ("Q05-limit", "limit=1000000000", UNKNOWN),
    ("Q05-offset", "offset=-1", UNKNOWN),
    ("Q05-cursor", "cursor=forged", UNKNOWN),
    ("box-word", "box=a,b,c", INVALID),
    ("box-two", "box=0,0", INVALID),
    ("box-NaN", "box=nan,0,1", INVALID),
    ("box-infinite", "box=inf,0,1", INVALID),
    ("box-1e999", "box=1e999,0,1", INVALID),
    ("box-empty", "box=0,0,0", INVALID),
    ("box-too-large", "box=0,0,2", INVALID),
    ("box-outside", "box=0.9,0.9,0.9", INVALID),
    ("box-many", "box=" + "1," * 3000, INVALID),
    ("explain", "explain=everything", INVALID),
    ("explain-and", "explain=heatmap,everything", INVALID),
    ("explain-twice", "explain=heatmap,heatmap", INVALID),
    ("explain-nothing", "explain=,", INVALID),
    ("lang", "lang=de", INVALID),
    ("lang-traversal", "lang=../nb", INVALID),
    ("key-in-the-address", "key=secret", UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("path", [PREDICT, f"{MODEL}:predict"])
@pytest.mark.parametrize(
    ("query", "expected"), [pytest.param(q, told, id=row) for row, q, told in PARAMETERS]
)
def test_a_parameter_that_cannot_be_used_is_refused(
    client: httpx.Client, cat: bytes, path: str, query: str, expected: tuple[int, str]
) -> None:
    assert_problem(client.post(f"{path}?{query}", files={"images": cat}), *expected)


@pytest.mark.parametrize("path", GETS)
def test_every_address_refuses_unknown_and_repeated_parameters(
    client: httpx.Client, path: str
) -> None:
    """Q03 and Q04."""
    assert_problem(client.get(f"{path}?surprise=1"), *UNKNOWN)
    assert_problem(client.get(f"{path}?lang=nb&lang=nb"), *TWICE)
    assert_problem(client.get(f"{path}?lang=klingon"), *INVALID)
    assert client.get(path).status_code in (200, 303, 404)  # of photos and runs there are none


def test_several_models_may_be_named_but_not_too_many(client: httpx.Client, cat: bytes) -> None:
    several = "&".join(["model=imagenet"] * 33)
    assert_problem(client.post(f"{PREDICT}?{several}", files={"images": cat}), *INVALID)
    twice = client.post(f"{PREDICT}?model=imagenet&model=imagenet", files={"images": cat})
    assert [m["model"] for m in twice.json()["results"][0]["models"]] == ["imagenet"]


NAMES = [
    ("Q07", "../x"),
    ("Q07-encoded", "%2e%2e%2fx"),
    ("Q07-twice-encoded", "%252e%252e%252fx"),
    ("Q07-NUL", "%00"),
    ("Q07-10-KB", "n" * 10_000),
    ("Q07-not-UTF-8", "%ff"),
    ("Q07-markup", "%3Cscript%3E"),
    ("Q07-action", "imagenet:predict"),
    ("Q07-other-case", "ImageNet"),
    ("Q07-empty", ""),
]


@pytest.mark.parametrize("folder", ["/api/v1/models/", "/problems/", "/static/", "/api/v2/", "/"])
@pytest.mark.parametrize("name", [pytest.param(name, id=row) for row, name in NAMES])
def test_a_name_that_does_not_exist_is_not_found(live_server: str, folder: str, name: str) -> None:
    if (folder, name) in {("/", ""), ("/problems/", "")}:
        return  # these exist, or lead to what exists
    answer = wire.exchange(live_server + folder + name, method="GET")
    if answer.status_code == 307:  # a slash too many
        assert answer.headers["location"].startswith(live_server + "/")
    else:
        assert_problem(answer, *NOT_FOUND)


def test_a_model_that_does_not_exist_is_told_before_the_photo_is_read(live_server: str) -> None:
    for path in ("/api/v1/models/roses:predict", "/api/v1/predict?model=roses"):
        headers = [("Content-Type", wire.FORM), ("Content-Length", "60000000")]
        assert_problem(wire.exchange(live_server + path, headers), *NOT_FOUND)


METHODS = ["DELETE", "PUT", "PATCH", "TRACE", "BREW"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/", PREDICT, "/api/v1/models", "/livez", "/docs"])
def test_a_method_that_is_not_taken_is_refused_with_those_that_are(
    live_server: str, method: str, path: str
) -> None:
    """P01."""
    answer = wire.exchange(live_server + path, method=method)
    assert_problem(answer, 405, "method-not-allowed")
    taken = {m for m, paths in (("GET", GETS), ("POST", POSTS)) if path in paths}
    assert taken & set(answer.headers["allow"].replace(" ", "").split(","))


def test_ten_thousand_ranges_cost_nothing(client: httpx.Client) -> None:
    """P04, CVE-2025-62727."""
    ranges = "bytes=" + ",".join(f"{i}-" for i in range(10_000))
    client.get("/static/favicon.svg")
    started = time.monotonic()
    answer = client.get("/static/favicon.svg", headers={"Range": ranges})
    assert answer.status_code in (200, 206, 400, 416)
    assert time.monotonic() - started < 1
    assert len(answer.content) < 100_000


WISHES = [
    ("P05", "application/xml", False),
    ("browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
    ("anything", "*/*", False),
    ("json", "application/json", False),
    ("problem", "application/problem+json", False),
    ("nonsense", ",;;q=x,\u00e5", False),
    ("nothing", "", False),
]


@pytest.mark.parametrize(
    ("accept", "page"), [pytest.param(accept, page, id=row) for row, accept, page in WISHES]
)
def test_errors_are_pages_for_browsers_outside_the_api(
    client: httpx.Client, accept: str, page: bool
) -> None:
    headers = {b"Accept": accept.encode("latin-1")}
    assert_problem(client.get("/api/v1/models/roses", headers=headers), *NOT_FOUND)
    answer = client.get("/nowhere", headers=headers)
    if page:
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "<h1>" in answer.text
    else:
        assert_problem(answer, *NOT_FOUND)


def test_what_is_no_picture_comes_as_json_whatever_was_wished(
    client: httpx.Client, cat: bytes
) -> None:
    """P05."""
    wish = {"Accept": "application/xml"}
    answer = client.post(PREDICT, files={"images": cat}, headers=wish)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


def test_errors_speak_the_readers_language(client: httpx.Client) -> None:
    def told(address: str, **headers: str) -> tuple[str, str]:
        answer = client.get(address, headers=headers)
        return answer.headers["content-language"], answer.json()["title"]

    english = ("en", "There is nothing here")
    norwegian = ("nb", "Her er det ingenting")
    assert told("/nowhere") == english
    assert told("/nowhere", **{"Accept-Language": "nb"}) == norwegian
    assert told("/nowhere?lang=nb") == norwegian
    assert told("/nowhere?lang=en", **{"Accept-Language": "nb"}) == english
    assert told("/nowhere", **{"Accept-Language": "x;q=" * 5000}) == english
    assert told("/nowhere", Cookie="lang=nb") == norwegian
    assert told("/nowhere", Cookie="lang=../../etc") == english


ECHOES = ["<script>alert(1)</script>", '"><img src=x>', "{{7*7}}", "a\u202eb", "a\r\nX-Evil: 1"]


@pytest.mark.parametrize("text", ECHOES)
@pytest.mark.parametrize("path", GETS)
def test_no_answer_echoes_what_it_was_given(client: httpx.Client, path: str, text: str) -> None:
    page = {"Accept": "text/html"}
    for params in ({text: "1"}, {"lang": text}):
        plain = client.get(path, params=params)
        assert plain.status_code == 422
        assert_safe_text(plain.json()["detail"])
        shown = client.get(path, params=params, headers=page)
        assert shown.status_code == 422
        assert "x-evil" not in shown.headers
        if shown.headers["content-type"].startswith("text/html") and set(text) & set("<>"):
            assert text not in shown.text
        assert "49" not in plain.json()["detail"]
