"""From a number in a report to the photos behind it and their repair; sliders and comparisons."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.teaching.conftest import LABELS, add, new_model, train
from tests.browser.test_reading import violations
from tests.teaching.tiles import tiles

pytestmark = pytest.mark.browser

VERSION = "/models/flowers/versions/1"


@pytest.fixture(scope="session")
def twice(api: httpx.Client) -> str:
    """A model whose first version was taught everything the wrong way round. Since then all labels
    were put right but two, and it has a second version."""
    model = new_model(api, "Twice", LABELS)
    for label, other in zip(LABELS, reversed(LABELS), strict=True):
        add(api, model, label, tiles(other, 12))
    train(api, model)
    listed = {
        label: api.get(f"/models/{model}/images?label={label}").json()["items"] for label in LABELS
    }
    for label, other in zip(LABELS, reversed(LABELS), strict=True):
        wrong = [one["sha256"] for one in listed[label]][1:]
        sent = api.post(f"/models/{model}/images:relabel", json={"images": wrong, "label": other})
        assert sent.status_code == 200, sent.text
    train(api, model)
    return model


def test_the_slider_says_what_a_threshold_does_and_the_button_sets_it(
    page: Page, api: httpx.Client
) -> None:
    page.goto(VERSION)
    form = page.locator("[data-slider=thresholds]")
    slider = form.get_by_role("slider")
    told = api.get("/models/flowers/versions/1").json()["report"]["answering"]["thresholds"]
    for value in (0, 50, 90, 99):
        slider.fill(str(value / 100))
        for whose in ("chosen", "exam"):
            curve = told[whose]
            answered, right = curve["answered"][value], curve["right"][value]
            shares = round(100 * answered / curve["of"]), round(100 * right / answered)
            said = f"answers {shares[0]}% of photos, right on {shares[1]}% of those."
            expect(form.locator(f"[data-slider-{whose}]")).to_contain_text(said)
        expect(form.locator("[data-slider-value]")).to_have_text(f"{value}%")
    slider.press("ArrowLeft")
    expect(form.locator("[data-slider-value]")).to_have_text("98%")
    slider.fill("0.7")
    form.get_by_role("button", name="Use this threshold").click()
    expect(page.locator("#answering")).to_contain_text("The model answers from 70% on.")
    assert api.get("/models/flowers").json()["threshold"] == 0.7
    api.patch("/models/flowers", json={"threshold": 0})


def test_without_scripts_the_same_forms_set_threshold_and_coverage(
    visitor: Callable[..., Page], api: httpx.Client
) -> None:
    page = visitor(java_script_enabled=False)
    page.goto(VERSION)
    page.locator("#answering").get_by_role("button", name=re.compile("^Use [0-9]+%$")).last.click()
    assert api.get("/models/flowers").json()["threshold"] > 0.5
    page.locator("#unknown").get_by_role("button", name="Use this cut").click()
    expect(page.locator("#unknown")).to_contain_text("so that 95% of photos like its own")
    api.patch("/models/flowers", json={"threshold": 0})


def test_a_cell_of_the_matrix_opens_its_photos(page: Page) -> None:
    page.goto(VERSION)
    cell = page.get_by_role("link", name=re.compile("tulip called rose$"))
    count = int(cell.inner_text())
    cell.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("tulip, called rose")
    photos = page.locator("[data-photo]")
    expect(photos).to_have_count(count)
    expect(photos.first).to_contain_text("said rose,")
    expect(photos.first.get_by_role("link")).to_have_attribute("href", re.compile("^https://"))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_wrong_label_is_found_in_the_report_and_repaired(
    visitor: Callable[..., Page], api: httpx.Client, twice: str, scripts: bool
) -> None:
    page = visitor(java_script_enabled=scripts)
    page.goto(f"/models/{twice}/versions/2")
    page.get_by_role("link", name=re.compile("and repair the label")).click()
    photo = page.locator("[data-photo]").first
    sha256, before = photo.get_attribute("data-photo"), photo.get_attribute("data-label")
    other = next(label for label in LABELS if label != before)
    photo.get_by_role("checkbox").check()
    page.get_by_role("combobox").select_option(other)
    page.get_by_role("button", name="Relabel").click()
    if scripts:
        expect(page.locator("[data-gallery-said]")).to_contain_text("1 photo is now")
        page.wait_for_load_state("networkidle")
    else:
        expect(page).to_have_url(re.compile("answers"))
        expect(page.locator(f"[data-photo='{sha256}']")).to_have_count(0)
    assert api.get(f"/models/{twice}/images/{sha256}").json()["label"] == other
    found = api.get(f"/models/{twice}/versions/2/answers?right=false").json()["items"]
    assert sha256 not in [one["sha256"] for one in found]


def test_two_versions_side_by_side_and_the_better_one_made_live(
    page: Page, api: httpx.Client, twice: str
) -> None:
    page.goto(f"/models/{twice}/versions/2")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile(r"compare\?a=2&b=1"))
    told = api.get(f"/models/{twice}/comparison?a=2&b=1").json()
    expect(page.locator("[data-verdict]")).to_have_text(told["verdict"])
    assert told["better"] == 2 and told["verdict"].endswith("that is hardly luck (p < 0.001).")
    expect(page.locator(".differing > li")).to_have_count(told["differing"])
    put = {"version": 1}
    assert api.put(f"/models/{twice}/live", json=put).status_code == 200
    page.goto(f"/models/{twice}")
    page.get_by_role("link", name="Compare versions 1 and 2").click()
    page.get_by_role("button", name="Make version 2 live").click()
    expect(page).to_have_url(re.compile(f"{twice}#versions$"))
    assert api.get(f"/models/{twice}").json()["version"] == 2


def test_maps_of_both_versions_come_when_they_are_asked_for(
    page: Page, api: httpx.Client, twice: str
) -> None:
    told = api.get(f"/models/{twice}/comparison?a=2&b=1").json()
    assert told["differing"]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/models/{twice}/compare?a=2&b=1")
    maps = page.locator(".maps").first
    assert not any("heatmap" in url for url in asked)
    maps.locator("summary").click()
    expect(maps.locator("img")).to_have_count(2)
    for picture in maps.locator("img").all():
        expect(picture).to_have_js_property("naturalWidth", 224)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_reports_and_comparisons_pass_axe(
    visitor: Callable[..., Page], twice: str, scheme: str
) -> None:
    page = visitor(color_scheme=scheme)
    for path in (
        VERSION, f"/models/{twice}/versions/2", f"/models/{twice}/compare?a=2&b=1",
        f"/models/{twice}/versions/2/answers?right=false",
    ):  # fmt: skip
        page.goto(path)
        for details in page.locator("summary").all():
            details.click()
        assert violations(page) == "", path
