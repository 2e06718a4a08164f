"""Names change and things go away and come back; what answers follows."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import asked
from tests.browser.teaching.conftest import LABELS, add, new_model
from tests.teaching.tiles import tiles

pytestmark = pytest.mark.browser


def test_a_new_name_is_in_the_answers_at_once(
    page: Page, api: httpx.Client, taught: str, photos: dict[str, Path]
) -> None:
    page.goto(f"/models/{taught}")
    row = page.locator(".label-row").filter(has_text="coffee")
    row.get_by_label("Rename or remove coffee").click()
    row.get_by_label("New name").fill("Morning coffee")
    row.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("link", name="Morning coffee")).to_be_visible()
    page.goto("/")
    model = asked(page, photos["coffee"]).locator("[data-model]").filter(has_text="Tableware")
    expect(model).to_contain_text("Morning coffee")
    (label, _) = api.get(f"/models/{taught}/labels").json()["items"]
    assert (label["label"], label["name"]) == ("coffee", "Morning coffee")


def test_a_removed_label_comes_back_with_its_photos(page: Page, api: httpx.Client) -> None:
    model = new_model(api, "Labels come back", LABELS)
    add(api, model, "coffee", tiles("coffee", 3))
    page.goto(f"/models/{model}")
    row = page.locator(".label-row").filter(has_text="coffee")
    row.get_by_label("Rename or remove coffee").click()
    expect(row).to_contain_text("Its photos go with it.")
    row.get_by_role("button", name="Remove").click()
    expect(page.locator(".label-row")).to_have_count(1)
    page.get_by_text("One removed label").click()
    page.get_by_role("button", name="Bring back coffee").click()
    expect(page.locator("[data-images-of=coffee]")).to_have_text("3 photos")


def test_a_removed_model_comes_back_and_answers(
    page: Page, api: httpx.Client, taught: str, photos: dict[str, Path]
) -> None:
    predict = f"/models/{taught}:predict"
    photo = {"images": photos["coffee"].read_bytes()}
    page.goto(f"/models/{taught}")
    page.get_by_text("Rename or remove this model").click()
    settings = page.locator(".model-settings")
    expect(settings).to_contain_text("Its photos and versions go with it.")
    settings.get_by_role("button", name="Remove").click()
    expect(page).to_have_url(re.compile("/models$"))
    expect(page.get_by_role("link", name="Tableware")).to_have_count(0)
    assert api.post(predict, files=photo).status_code == 404
    page.get_by_text(re.compile("One removed model|removed models")).click()
    page.get_by_role("button", name="Bring back Tableware").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tableware")
    assert api.post(predict, files=photo).status_code == 200


@pytest.mark.parametrize("scripts", [True, False])
def test_a_name_that_is_taken_is_told_beside_the_form(
    visitor: Callable[..., Page], taught: str, scripts: bool
) -> None:
    page = visitor(java_script_enabled=scripts)
    page.goto("/models")
    page.get_by_label("Name").fill("TABLEWARE")
    page.get_by_label("Labels, with commas between").fill("one, two")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a model of that name")
    expect(page.get_by_label("Labels, with commas between")).to_have_value("one, two")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_label_name_that_cannot_be_is_told_on_the_page_of_the_model(
    visitor: Callable[..., Page], taught: str, scripts: bool
) -> None:
    page = visitor(java_script_enabled=scripts, locale="nb-NO")
    page.goto(f"/models/{taught}")
    page.get_by_label("Navn på den nye etiketten").fill("\u202e")
    page.get_by_role("button", name="Legg til en etikett").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tableware")
    expect(page.get_by_role("alert")).not_to_be_empty()


def test_a_setting_that_cannot_be_is_named(page: Page, taught: str) -> None:
    page.goto(f"/models/{taught}")
    page.get_by_text("Settings", exact=True).click()
    rate = page.get_by_label("Learning rate")
    page.locator(".train-form").evaluate("form => { form.noValidate = true; }")
    rate.fill("2000")
    page.locator(".train-go button").click()
    expect(page.get_by_role("alert")).to_contain_text("learning_rate")
    expect(page.get_by_label("Learning rate")).to_be_visible()
