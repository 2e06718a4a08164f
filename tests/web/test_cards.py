"""A version's model card over HTTP: as JSON, as Markdown and as a page, in both languages."""

import re

import httpx
import pytest

from tests.web.problems import assert_problem

CARD = "/api/v1/models/flowers/versions/1/card"
PAGE = "/models/flowers/versions/1/card"


@pytest.mark.parametrize(
    ("language", "title", "share"),
    [("en", "Flowers, version 1", "94.4 %"), ("nb", "Blomster, versjon 1", "94,4 %")],
)
def test_the_three_forms_say_the_same(
    client: httpx.Client, language: str, title: str, share: str
) -> None:
    asked = {"lang": language}
    told = client.get(CARD, params=asked).json()
    text = client.get(f"{CARD}.md", params=asked)
    page = client.get(PAGE, params=asked)
    assert text.headers["content-type"] == "text/markdown; charset=utf-8"
    assert text.headers["content-language"] == page.headers["content-language"] == language
    assert f'filename="flowers-1.{language}.md"' in text.headers["content-disposition"]
    assert told["title"] == title and text.text.startswith(f"# {title}\n")
    assert f"<h1>{title}</h1>" in page.text
    well = next(one for one in told["sections"] if one["key"] == "well")
    assert share in well["paragraphs"][0]
    for paragraph in well["paragraphs"]:
        assert paragraph in text.text and paragraph in page.text
    assert [row[-1] for row in well["table"][1:]] == ["77", "109", "76", "83", "99"]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_its_links_lead_where_they_say(client: httpx.Client, language: str) -> None:
    page = client.get(PAGE, params={"lang": language}).text
    links = re.findall(r'<a href="(https://[^"]+)" rel="noopener">([^<]+)</a>', page)
    assert len(links) >= 5 and all(address == shown for address, shown in links)
    assert all(address[-1].isalnum() or address[-1] == "/" for address, _ in links)


def test_the_numbers_behind_the_sentences_are_told(client: httpx.Client) -> None:
    told = client.get(CARD).json()
    facts = told["facts"]
    assert (facts["accuracy"]["right"], facts["accuracy"]["of"]) == (419, 444)
    assert facts["data"]["splits"]["test"] == 444
    assert sum(one["support"] for one in facts["by_label"]) == 444
    assert facts["cross_validation"] is None and 0 < facts["calibration"]["error"] < 0.04
    licences = {one["part"]: one["licence"] for one in told["licences"]}
    assert licences == {
        "blomst": "Apache-2.0", "network": "Apache-2.0", "photos": "CC BY 2.0", "trash": "MIT",
    }  # fmt: skip
    assert all(one["name"] for one in told["licences"])


def test_a_version_that_is_not_there_has_no_card(client: httpx.Client) -> None:
    for path in (f"{CARD}".replace("/1/", "/9/"), f"{CARD}.md".replace("/1/", "/9/")):
        assert_problem(client.get(path), 404, "not-found")
    assert client.get("/api/v1/models/imagenet/versions/1/card").status_code == 409
