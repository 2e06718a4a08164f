"""Photo care in a browser: planted faults are found, and repaired with one key each."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.teaching.conftest import LABELS, add, looked_over, new_model
from tests.teaching.tiles import tiles

pytestmark = pytest.mark.browser


def mixed_up(api: httpx.Client, name: str) -> tuple[str, set[str]]:
    """A model in which the last two tiles of each label bear the other one, and which they are."""
    model = new_model(api, name, LABELS)
    for label, other in (LABELS, LABELS[::-1]):
        made = tiles(label, 16)
        add(api, model, label, made[:14])
        add(api, model, other, made[14:])
    newest = {
        label: api.get(f"/models/{model}/images?label={label}").json()["items"] for label in LABELS
    }
    wrong = {one["sha256"] for one in (*newest[LABELS[0]][:2], *newest[LABELS[1]][-2:])}
    return model, wrong


def labels_of(api: httpx.Client, model: str) -> dict[str, str]:
    items = api.get(f"/models/{model}/images?limit=200").json()["items"]
    return {one["sha256"]: one["label"] for one in items}


def press(page: Page, key: str, last: str) -> None:
    """Until the last request that this brings about is answered."""
    with page.expect_response(lambda response: response.url.endswith(last)):
        page.keyboard.press(key)


def test_wrong_labels_are_repaired_by_keyboard_and_undone(page: Page, api: httpx.Client) -> None:
    model, wrong = mixed_up(api, "Mixed up by keyboard")
    before = labels_of(api, model)
    page.goto(f"/models/{model}/care")
    doubts, said = page.locator("[data-doubts]"), page.locator("[data-doubt-said]")
    expect(doubts).to_be_visible(timeout=90_000)  # the page shows what was found by itself
    page.get_by_role("button", name="Go through them by keyboard").click()
    current = page.locator("[data-doubt][aria-current]")
    first = str(current.get_attribute("data-doubt"))
    assert first in wrong
    expect(current).to_be_focused()
    press(page, "Enter", "care:keep")
    expect(said).to_contain_text("now.")
    expect(page.locator(f"[data-doubt='{first}']")).to_have_count(0)
    changed = {one for one, label in labels_of(api, model).items() if before[one] != label}
    assert changed == {first}
    press(page, "Control+z", "care:reconsider")
    expect(said).to_have_text("Undone.")
    expect(current).to_have_attribute("data-doubt", first)
    assert labels_of(api, model) == before
    press(page, "1" if before[first] == LABELS[1] else "2", "care:keep")
    second = str(current.get_attribute("data-doubt"))
    press(page, "k", "care:keep")
    now = labels_of(api, model)
    assert now[first] != before[first] and now[second] == before[second]
    left = [one["image"]["sha256"] for one in care(api, model)["doubts"]["items"]]
    assert left and not {first, second} & set(left)
    press(page, "Delete", "images:remove")
    expect(said).to_contain_text("Removed")
    assert left[0] not in labels_of(api, model)
    press(page, "Control+z", "images:restore")
    assert left[0] in labels_of(api, model)


def care(api: httpx.Client, model: str) -> dict[str, Any]:
    return dict(api.get(f"/models/{model}/care").json())


def test_without_scripts_each_doubt_is_a_form(
    visitor: Callable[..., Page], api: httpx.Client
) -> None:
    model, wrong = mixed_up(api, "Mixed up without scripts")
    looked_over(api, model)
    page = visitor(java_script_enabled=False)
    page.goto(f"/models/{model}")
    page.get_by_role("link", name="Photo care").click()
    first = page.locator("[data-doubt]").first
    digest = str(first.get_attribute("data-doubt"))
    assert digest in wrong
    suggested = first.get_attribute("data-suggested")
    first.get_by_role("button", name="It is").click()
    expect(page.get_by_text("Photos have changed since")).to_be_visible()
    expect(page.locator(f"[data-doubt='{digest}']")).to_have_count(0)
    assert labels_of(api, model)[digest] == suggested
    second = page.locator("[data-doubt]").first
    kept = str(second.get_attribute("data-doubt"))
    second.get_by_role("button", name="Keep").click()
    expect(page.locator(f"[data-doubt='{kept}']")).to_have_count(0)
