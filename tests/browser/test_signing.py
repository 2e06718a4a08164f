"""People sign in with the link that the server printed, or with the key itself."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.vision.network import Network
from tests.browser.steps import answers, choose
from tests.browser.test_reading import violations
from tests.conftest import serving

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]


@pytest.fixture(scope="module")
def link(
    prepared: Network, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The sign-in link of a server that others could reach."""
    data = tmp_path_factory.mktemp("open")
    (data / "derived").symlink_to((data_folder / "derived").resolve())
    server = serving(data, BLOMST_HOST="0.0.0.0")
    assert server.process.stdout is not None
    server.process.stdout.readline()
    (printed,) = re.findall(r"http://\S+", server.process.stdout.readline())
    with server:
        yield printed


def test_the_printed_link_opens_the_page(
    visitor: Visitor, link: str, photos: dict[str, Path]
) -> None:
    page = visitor()
    page.goto(link)
    home = link.partition("/sign-in")[0] + "/"
    expect(page).to_have_url(home)
    choose(page, photos["coffee"])
    answers(page, 1)
    page.locator("summary").first.click()
    expect(page.locator("[data-curl]")).to_contain_text("Authorization: Bearer $KEY")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in$"))
    page.goto(home)
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_who_was_signed_out_can_sign_in_beside_and_go_on(
    visitor: Visitor, link: str, photos: dict[str, Path]
) -> None:
    page = visitor(viewport={"width": 390, "height": 800}, locale="nb-NO")
    page.goto(link)
    out = page.get_by_role("button", name="Logg ut")
    assert (out.bounding_box() or {"height": 99})["height"] < 40
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.clear_cookies()
    choose(page, photos["coffee"])
    expect(page.get_by_role("alert")).to_contain_text("Logg inn igjen i en annen fane")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Logg inn").click()
    popup.value.get_by_label("Nøkkel").fill(link.partition("#")[2])
    popup.value.get_by_role("button", name="Logg inn").click()
    expect(popup.value).to_have_url(re.compile("/$"))
    page.get_by_role("button", name="Prøv igjen").click()
    answers(page, 1)
    expect(page.get_by_role("link", name="Logg inn")).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_wrong_key_is_told_and_the_right_one_taken(
    visitor: Visitor, link: str, scripts: bool
) -> None:
    address, _, key = link.partition("#")
    page = visitor(locale="nb-NO", java_script_enabled=scripts)
    page.goto(address)
    if scripts:
        assert violations(page) == ""
    page.get_by_label("Nøkkel").fill("blomst_feil")
    page.get_by_role("button", name="Logg inn").click()
    expect(page.get_by_role("alert")).to_contain_text("Det er ikke nøkkelen")
    if scripts:
        assert violations(page) == ""
    page.get_by_label("Nøkkel").fill(key)
    page.get_by_role("button", name="Logg inn").click()
    expect(page.get_by_role("button", name="Logg ut")).to_be_visible()
