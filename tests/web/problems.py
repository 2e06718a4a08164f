"""One look at a problem document for all tests of bad input."""

import functools
import unicodedata

import httpx

MEMBERS = {"type", "title", "status", "detail", "advice", "instance", "code"}


def assert_problem(response: httpx.Response, status: int, code: str, seconds: float = 5.0) -> None:
    """A complete RFC 9457 document of this kind that came quickly and echoes nothing raw."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    told = response.json()
    assert (response.status_code, told["code"]) == (status, code), response.text
    assert set(told) >= MEMBERS
    assert set(told) <= MEMBERS | {"errors"}
    assert told["status"] == status
    assert told["type"] == f"/problems/{code}"
    assert told["instance"] == response.headers["x-request-id"]
    assert all(told[member] for member in MEMBERS)
    assert_safe_text(told["title"] + told["detail"] + told["advice"])
    assert_page_exists(str(response.url.join(told["type"])))
    assert response.elapsed.total_seconds() < seconds


def assert_safe_text(text: str) -> None:
    """Nothing that hides, reorders or ends a line."""
    assert not {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


@functools.cache
def assert_page_exists(url: str) -> None:
    page = httpx.get(url, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
