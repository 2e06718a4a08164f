"""The lab trains on a reader's own photos, as far as there are enough of them."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import train
from tests.browser.teaching.conftest import LABELS, add, new_model
from tests.teaching.tiles import tiles

pytestmark = pytest.mark.browser

THINGS = ("camera", "coffee", "flower", "rocket")


@pytest.fixture(scope="module")
def well_filled(api: httpx.Client) -> str:
    """The shown name of a model with photos enough to learn from and to choose by."""
    model = new_model(api, "Around the house", THINGS)
    for label in THINGS:
        add(api, model, label, tiles(label, 24))
    return "Around the house"


def test_ones_own_photos_are_learned_from(page: Page, well_filled: str) -> None:
    page.goto("/lab/transfer")
    said = page.locator("[data-said]")
    page.locator("[data-material]").select_option(well_filled)
    expect(page.locator("[data-no-untrained]")).to_be_visible()
    train(page, 40)
    expect(said).to_contain_text("With transfer learning 10 photos already gave")
    expect(said).not_to_contain_text("Without it")
    page.goto("/lab/overfitting")
    page.locator("[data-material]").select_option(well_filled)
    expect(page.locator("[data-no-views]")).to_be_visible()
    expect(page.locator("[data-pair=views]")).to_be_disabled()
    train(page, 100)
    expect(said).to_contain_text("new photos A has")


def test_too_few_photos_of_ones_own_are_refused_in_words(page: Page, api: httpx.Client) -> None:
    model = new_model(api, "Just begun", LABELS)
    for label in LABELS:
        add(api, model, label, tiles(label, 6))
    page.goto("/lab/overfitting")
    material, trouble = page.locator("[data-material]"), page.locator("[data-trouble]")
    expect(page.locator("[data-run]")).to_be_enabled()
    material.select_option("Just begun")
    expect(trouble).to_contain_text("too few for this")
    expect(page.locator("[data-run]")).to_be_disabled()
    material.select_option("Flowers, as they came along")
    expect(trouble).to_be_hidden()
    expect(page.locator("[data-run]")).to_be_enabled()
