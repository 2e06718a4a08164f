"""From photos in folders to a model that answers, is corrected, and goes back, by one person."""

import hashlib
import re
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.steps import asked
from tests.photos import encode, packaged

pytestmark = pytest.mark.browser

LONG = 120_000  # ms, for a training on a machine that has much else to do


def test_the_whole_path(page: Page, api: httpx.Client, folder: Path, tmp_path: Path) -> None:
    make_model(page, "Things on a table")
    add_folder(page, folder)
    train(page, 1)
    photo = large_photo(tmp_path)
    ask(page, photo, version_of="Things on a table")
    teach(page, photo, "Things on a table", "flower")
    (kept,) = api.get("/models/things-on-a-table/images", params={"limit": 1}).json()["items"]
    digest = hashlib.sha256(photo.read_bytes()).hexdigest()
    assert (kept["sha256"], kept["label"], kept["split"]) == (digest, "flower", "train")
    page.get_by_role("link", name="Go and train").click()
    expect(page).to_have_url(re.compile("/models/things-on-a-table#train$"))
    train(page, 2)
    assert live(api) == 2
    roll_back(page, 1)
    assert live(api) == 1


def make_model(page: Page, name: str) -> None:
    page.goto("/models")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator(".advice")).to_contain_text("First come the photos")
    expect(page.get_by_role("button", name="Train")).to_be_disabled()


def add_folder(page: Page, folder: Path) -> None:
    """The plan first, then numbers that grow while the photos travel."""
    page.locator("[data-upload-folder]").set_input_files(str(folder))
    expect(page.locator("[data-plan-title]")).to_have_text("25 photos found")
    rows = page.locator("[data-plan-labels] li")
    told = sorted(" ".join(text.split()) for text in rows.all_text_contents())
    assert told == ["coffee 13 photos new label", "flower 12 photos new label"]
    expect(page.locator("[data-plan-ignored]")).to_have_text("2 other files are left out.")
    page.get_by_role("button", name="Add them", exact=True).click()
    expect(page.locator("[data-report-title]")).to_have_text("24 photos were added", timeout=LONG)
    expect(page.locator("[data-report-refused]")).to_contain_text("coffee/broken.jpg")
    for label in ("coffee", "flower"):
        expect(page.locator(f"[data-images-of={label}]")).to_have_text("12 photos")
    expect(page.locator(".label-photos img")).to_have_count(10)
    expect(page.locator(".advice")).to_contain_text("Enough to train")


def train(page: Page, version: int) -> None:
    """Its curves grow while it is watched, and it ends live."""
    page.locator(".train-form > .train-go > button").click()
    expect(page).to_have_url(re.compile(r"/runs/\d+$"))
    rows = page.locator("[data-epochs] tr")
    expect(rows.nth(0)).to_be_attached(timeout=LONG)
    title = page.locator("[data-outcome-title]")
    expect(title).to_have_text(f"Version {version} is live", timeout=LONG)
    expect(page.locator("[data-run-going]")).to_be_hidden()
    assert rows.count() > 3
    expect(page.locator("[data-chart=loss] svg")).to_be_visible()
    expect(page.locator("[data-run-sentence]")).not_to_be_empty()


def ask(page: Page, photo: Path, version_of: str) -> None:
    page.get_by_role("link", name="Ask it about a photo").click()
    model = asked(page, photo).locator("[data-model]").filter(has_text=version_of)
    expect(model.locator("[data-label]")).to_have_count(2)


def teach(page: Page, photo: Path, model: str, label: str) -> None:
    answer = page.locator("[data-answer]").first
    expect(answer.locator("[data-time]")).to_contain_text("Sent as")  # smaller, only to ask
    answer.get_by_text("Wrong? Teach it").click()
    answer.get_by_role("button", name="Teach it").click()
    said = answer.locator("[data-teach-said]")
    expect(said).to_have_text("Choose what it shows first.")
    group = answer.locator(f'optgroup[label="{model}"]')
    value = group.locator("option", has_text=label).get_attribute("value")
    answer.locator("[data-teach-label]").evaluate(
        "(select, [model, value]) => { select.value = ''; for (const option of select.options)"
        " option.selected = option.value === value && option.parentElement.label === model; }",
        [model, value],
    )
    answer.get_by_role("button", name="Teach it").click()
    expect(said).to_contain_text(f"Added to “{label}” of {model}")


def roll_back(page: Page, version: int) -> None:
    page.get_by_role("link", name="Back to Things on a table").click()
    table = page.locator(".version-table")
    expect(table.locator("tr.live")).to_contain_text("Version 2")
    table.get_by_role("button", name=f"Make version {version} live").click()
    expect(table.locator("tr.live")).to_contain_text(f"Version {version}")


def live(api: httpx.Client) -> int:
    """The version that answers."""
    photo = encode(packaged("coffee"))
    told = api.post("/models/things-on-a-table:predict", files={"images": photo}).json()
    return int(told["results"][0]["models"][0]["version"])


def large_photo(folder: Path) -> Path:
    """One that is made smaller before it travels to be asked about."""
    path = folder / "flowers.jpg"
    large = Image.fromarray(packaged("flower")).resize((2400, 1600))
    path.write_bytes(encode(np.asarray(large), quality=92))
    return path
