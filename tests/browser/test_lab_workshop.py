"""The last chapter: the workshop's four steps, each with its place in Blomst, and the notebook."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.steps import asked

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]


def test_the_notebook_is_downloaded_in_the_readers_language(visitor: Visitor) -> None:
    page = visitor(locale="nb-NO")
    page.goto("/lab/workshop")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Last ned notatboken").click()
    assert coming.value.suggested_filename == "blomst-workshop.ipynb"
    told = json.loads(Path(coming.value.path()).read_bytes())
    assert "blomsterarter" in "".join(told["cells"][0]["source"])


def test_each_step_leads_to_its_place_for_the_model_that_is_chosen(page: Page) -> None:
    page.goto("/lab/workshop")
    page.locator("[data-model]").select_option("flowers")
    expect(page.locator("[data-said]")).to_contain_text("Flowers has")
    expect(page.locator("[data-said]")).to_contain_text("5 labels")
    for name, heading in (
        ("Train", "Flowers"),
        ("Labels in doubt", "Photo care"),
        ("Compare versions", "Two versions compared"),
        ("Make a model", "Teach it"),
    ):
        page.goto("/lab/workshop")
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("h1")).to_contain_text(heading)


def test_a_model_of_ones_own_is_told_what_it_lacks(page: Page) -> None:
    name = f"Herbs {secrets.token_hex(4)}"  # the name of a removed model stays taken for a while
    asked = page.request.post("/api/v1/models", data={"name": name, "labels": ["dill", "mint"]})
    model = asked.json()["model"]
    page.goto("/lab/workshop")
    page.locator("[data-model]").select_option(model)
    expect(page.locator("[data-said]")).to_contain_text(
        f"{name} has 0 photos and 2 labels. It was never trained"
    )
    expect(page.get_by_text(f"blomst train --model {model}", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Train", exact=True)).to_have_attribute(
        "href", f"/models/{model}#train"
    )
    page.request.delete(f"/api/v1/models/{model}")


def test_the_second_step_asks_about_a_photo(page: Page, photos: dict[str, Path]) -> None:
    page.goto("/lab/workshop")
    page.get_by_role("link", name="Ask about a photo").press("Enter")
    expect(asked(page, photos["coffee"])).to_contain_text("espresso")


@pytest.mark.parametrize("locale", ["en-GB", "nb-NO"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_passes_axe_and_stays_within_a_phone(visitor: Visitor, locale: str, scheme: str) -> None:
    page = visitor(locale=locale, color_scheme=scheme, viewport={"width": 360, "height": 740})
    page.goto("/lab/workshop")
    expect(page.locator("[data-said]")).not_to_be_empty()
    page.locator(".lab-question").evaluate("each => { each.open = true; }")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_scripts_the_steps_lead_to_the_flowers(visitor: Visitor) -> None:
    page = visitor(java_script_enabled=False)
    page.goto("/lab/workshop")
    expect(page.get_by_role("link", name="Train", exact=True)).to_have_attribute(
        "href", "/models/flowers#train"
    )
    expect(page.locator("[data-model]")).to_be_hidden()
    expect(page.locator("math").first).to_be_visible()
