"""The teaching pages in every theme, width and language."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.teaching.conftest import (
    LABELS,
    add,
    grown,
    looked_over,
    new_model,
    wait_for_labels,
)
from tests.browser.test_reading import violations
from tests.teaching.tiles import tiles
from tests.teaching.zips import zipped

pytestmark = pytest.mark.browser

LONG_NAME = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung"
ENGLISH = re.compile(r"\b(the|of|with|from|photos?|train|versions?|labels?|remove|back)\b", re.I)


class Places(NamedTuple):
    """Every page on which models are taught, in each of its states that lasts."""

    paths: list[str]


@pytest.fixture(scope="session")
def places(api: httpx.Client, taught: str) -> Iterator[Places]:
    empty = new_model(api, "Tomt")
    uneven = new_model(api, "Uneven", (*LABELS, LONG_NAME))
    add(api, uneven, "flower", tiles("flower", 24))
    add(api, uneven, "coffee", tiles("coffee", 2))
    digest = api.get(f"/models/{uneven}/images").json()["items"][0]["sha256"]
    api.delete(f"/models/{uneven}/images/{digest}")
    many = new_model(api, "Many", tuple(f"kind number {n}" for n in range(200)))
    archive = zipped({"coffee/1.jpg": tiles("coffee", 3)[2], "coffee/x.jpg": b"\xff\xd8\xff no"})
    job = api.post(
        f"/models/{uneven}/imports", content=archive, headers={"Content-Type": "application/zip"}
    ).json()
    run = api.get(f"/models/{taught}/runs").json()["items"][0]["run"]
    for model in (empty, uneven, "flowers"):
        looked_over(api, model)
        grown(api, model)
    wait_for_labels(api, taught, tiles("rocket", 3))
    yield Places(
        [
            "/models",
            f"/models/{empty}",
            f"/models/{uneven}",
            f"/models/{many}",
            f"/models/{taught}",
            "/models/flowers",
            f"/models/{uneven}/photos",
            f"/models/{uneven}/photos?label=flower",
            f"/models/{uneven}/photos?removed=true",
            f"/models/{uneven}/photos?split=aside",
            f"/models/{many}/photos",
            "/models/flowers/photos",
            f"/models/{empty}/care",
            f"/models/{uneven}/care",
            "/models/flowers/care",
            f"/models/{empty}/next",
            f"/models/{uneven}/next",
            f"/models/{taught}/next",
            "/models/flowers/next",
            f"/imports/{job['import']}",
            f"/runs/{run}",
            f"/models/{taught}/versions/1",
            "/models/flowers/versions/1",
            "/models/flowers/versions/1/answers?right=false",
            "/models/flowers/versions/1/answers?truth=rose&answer=rose",
            f"/models/{taught}/versions/1/answers?truth=coffee&answer=flower",
            "/models/flowers/compare",
        ]
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_teaching_page_passes_axe(
    visitor: Callable[..., Page], places: Places, scheme: str
) -> None:
    page = visitor(locale="nb-NO", color_scheme=scheme)
    for path in places.paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        assert violations(page) == "", path


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_teaching_page_scrolls_sideways(page: Page, places: Places, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in places.paths:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("scripts", [True, False])
def test_norwegian_pages_are_norwegian_all_through(
    visitor: Callable[..., Page], places: Places, scripts: bool
) -> None:
    page = visitor(locale="nb-NO", java_script_enabled=scripts)
    names = {"Tableware", "Uneven", "Many", *LABELS}
    for path in places.paths:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", "nb")
        said = page.locator("main").inner_text()
        for credit in page.locator(".tile-credit").all_inner_texts():
            said = said.replace(credit, "")
        for name in names:
            said = said.replace(name, "")
        assert not ENGLISH.findall(said), (path, ENGLISH.findall(said))


def test_everything_to_press_is_large_enough(page: Page, places: Places) -> None:
    for path in places.paths:
        page.goto(path)
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, summary, input, a, select")]
                .filter((each) => each.checkVisibility() && !each.closest(".skip, p, table, .tile"))
                .filter((each) => !each.closest("label:has(input)"))
                .map((each) => [each.outerHTML.slice(0, 90), each.getBoundingClientRect()])
                .filter(([, size]) => size.width > 0 && (size.width < 24 || size.height < 24))
                .map(([html]) => html)"""
        )
        assert small == [], path
