"""The chapters on transfer learning and on overfitting: real trainings, by pointer and by keys."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.lab.chapters import CHAPTERS
from app.lab.numbers import OVERFITTED, TRANSFERRED
from tests.browser.steps import train

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]

BOTH = ("transfer", "overfitting")


@pytest.mark.parametrize("locale", ["en-GB", "nb-NO"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_both_chapters_pass_axe_and_stay_within_the_screen(
    visitor: Visitor, locale: str, scheme: str, width: int
) -> None:
    page = visitor(locale=locale, color_scheme=scheme, viewport={"width": width, "height": 800})
    for slug in BOTH:
        page.goto(f"/lab/{slug}")
        for closed in page.locator("details").all():
            closed.evaluate("each => { each.open = true; }")
        train(page, 40 if slug == "transfer" else 100)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{slug}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, slug


def test_few_photos_with_a_trained_network_beat_all_without(page: Page) -> None:
    page.goto("/lab/transfer")
    expect(page.locator("[data-said]")).to_have_text("Nothing is trained yet.")
    train(page, 40)
    for size, photos, shares in TRANSFERRED:
        row = page.locator(f"[data-size={size}]")
        expect(row.locator("th")).to_have_text(f"{photos} photos")
        for seen, share in shares.items():
            expect(row.locator(f"[data-seen={seen}]")).to_have_text(f"{share}%")
    (_, _, least), _, (_, _, most) = TRANSFERRED
    assert least["trained"] > most["untrained"]
    expect(page.locator("[data-said]")).to_contain_text(
        f"With transfer learning 10 photos already gave {least['trained']}% right, "
        f"and 400 gave {most['trained']}%. Without it 400 photos gave {most['untrained']}%; "
        "blind guessing would give 20%. So 10 photos with it beat 400 without."
    )
    told = page.locator("[data-chart=trained] svg")
    expect(told).to_have_attribute("aria-label", re.compile("all photos "))


def test_other_photos_are_drawn_and_lead_to_other_numbers(page: Page) -> None:
    page.goto("/lab/transfer")
    train(page, 40)
    cells = page.locator("[data-seen]")
    before = cells.all_inner_texts()
    page.get_by_role("button", name="Draw other photos").press("Enter")
    expect(cells.first).to_have_text("\N{EN DASH}")
    train(page, 40)
    assert cells.all_inner_texts() != before


def test_a_training_pauses_and_goes_on(page: Page) -> None:
    page.goto("/lab/overfitting")
    button = page.locator("[data-run]")
    button.click()
    expect(button).to_have_text("Pause")
    button.click()
    expect(button).to_have_text("Train")
    epochs = page.locator("[data-epochs]")
    reached = int(epochs.inner_text())
    assert reached < 100
    train(page, 100)


def test_few_photos_overfit_more_than_many(page: Page) -> None:
    page.goto("/lab/overfitting")
    train(page, 100)
    said = page.locator("[data-said]")
    for side, values in OVERFITTED.items():
        for row, shown in {
            "least": f"{values['least']:.2f} (epoch {values['epoch']})",
            "last": f"{values['last']:.2f}",
            "train": f"{values['train']:.2f}",
            "learned": f"{values['learned']}%",
            "right": f"{values['right']}%",
        }.items():
            expect(page.locator(f"[data-row={row}] [data-of={side}]")).to_have_text(shown)
    a, b = OVERFITTED["a"], OVERFITTED["b"]
    expect(said).to_contain_text(
        f"A overfits: validation loss was lowest, {a['least']:.2f}, after epoch {a['epoch']} "
        f"and then climbed to {a['last']:.2f}, with {a['right']}% right"
    )
    expect(said).to_contain_text(
        f"A has {a['right']}% right and B {b['right']}%: more of a difference"
    )


def compared(page: Page, pair: str) -> tuple[float, float]:
    """How far validation loss climbed on each side."""
    page.goto("/lab/overfitting")
    chosen = page.locator(f"[data-pair={pair}]")
    expect(chosen).to_be_enabled()
    chosen.press("Enter")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    train(page, 100)

    def climbed(side: str) -> float:
        least, last = (
            float(str(page.locator(f"[data-row={row}] [data-of={side}]").text_content()).split()[0])
            for row in ("least", "last")
        )
        return last - least

    return climbed("a"), climbed("b")


def test_regularisation_holds_overfitting_back(page: Page) -> None:
    without, with_it = compared(page, "l2")
    assert without > 0.2 and with_it < 0.02
    expect(page.get_by_role("heading", name="B: 50 photos, L2 0.1")).to_be_visible()
    expect(page.locator("[data-said]")).to_contain_text("A overfits")
    expect(page.locator("[data-said]")).to_contain_text("B: validation loss came down to")


def test_further_views_change_little_and_the_page_says_so(page: Page) -> None:
    without, with_it = compared(page, "views")
    assert without > 1 and with_it > 0.7
    expect(page.get_by_role("heading", name="B: 10 photos, augmentation")).to_be_visible()
    expect(page.locator("[data-said]")).to_contain_text("no more of a difference than chance")


def test_any_number_can_be_set_and_the_rest_follows(page: Page) -> None:
    page.goto("/lab/overfitting")
    expect(page.locator("[data-run]")).to_be_enabled()
    page.get_by_label("Epochs", exact=True).fill("7")
    photos = page.get_by_label("B: Photos")
    photos.fill("9999")
    photos.press("Tab")
    expect(photos).to_have_value("400")
    for pair in page.locator("[data-pair]").all():
        expect(pair).to_have_attribute("aria-pressed", "false")
    train(page, 7)
    rate = page.get_by_label("Learning rate")
    for typed, taken in (("0.0001", "0.0001"), ("", "0.005"), ("-3", "0.00001")):
        rate.fill(typed)
        rate.press("Tab")
        expect(rate).to_have_value(taken)
    expect(page.locator("[data-epochs]")).to_have_text("0")


def test_without_scripts_there_are_the_figures_and_their_picture(visitor: Visitor) -> None:
    page = visitor(locale="nb-NO", java_script_enabled=False)
    for slug in BOTH:
        page.goto(f"/lab/{slug}")
        expect(page.get_by_text("trenger skript")).to_be_visible()
        expect(page.locator("math").first).to_be_visible()
        expect(page.locator(".lab-live svg[role=img]")).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(0)
        expect(page.get_by_role("spinbutton")).to_have_count(0)
    expect(page.locator("[data-row=least] [data-of=a]")).to_contain_text(
        f"{OVERFITTED['a']['least']:.2f}".replace(".", ",")
    )


def test_both_chapters_stand_in_the_plan_and_on_the_sheet(page: Page) -> None:
    page.goto("/lab/teach?lang=nb")
    for slug in BOTH:
        expect(page.locator(f".lab-plan a[href='/lab/{slug}']")).to_be_visible()
    page.goto("/lab/sheet")
    asked: dict[str, Any] = {chapter.slug: chapter.answers for chapter in CHAPTERS}
    for slug in BOTH:
        found = page.locator(".lab-asked > li").nth(asked[slug] - 1)
        expect(found.locator(f"a[href='/lab/{slug}']")).to_be_visible()


def test_on_paper_the_curves_stay_and_the_buttons_go(page: Page) -> None:
    page.goto("/lab/overfitting")
    train(page, 100)
    page.emulate_media(media="print")
    expect(page.locator("[data-run]")).to_be_hidden()
    expect(page.locator("[data-side=a] [data-chart=loss] svg")).to_be_visible()
    expect(page.locator(".lab-question > p")).to_be_visible()
