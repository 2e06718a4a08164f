"""What may be a name, when two names are one, and what address comes of it."""

import re
import unicodedata
from pathlib import Path

import pytest

from app import errors
from app.naming import clean_name, same_key, slug_of
from app.teaching.folder import Known, scan


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("  \u00a0 ", "empty"),
        ("x" * 101, "too-long"),
        ("x" * 1_000_000, "too-long"),
        ("ro\x00se", "unseen"),
        ("rose\n", "unseen"),
        ("ro\tse", "unseen"),
        ("ro\x1bse", "unseen"),
        ("ro\u202ese", "unseen"),
        ("ro\u2066se", "unseen"),
        ("ro\u200bse", "unseen"),
        ("ro\u200dse", "unseen"),
        ("ro\ufeffse", "unseen"),
        ("ro\u2028se", "unseen"),
        ("\u3164", "unseen"),
        ("\u2800\u2800", "unseen"),
    ],
)
def test_a_name_that_cannot_be_read_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(errors.InvalidLabel) as caught:
        clean_name(text)
    assert caught.value.params == {"why": why}


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(errors.InvalidText):
        clean_name("ro\ud800se")


@pytest.mark.parametrize(
    "name",
    ["<script>", "{{7*7}}", "'; DROP TABLE", "=CMD()", "${jndi:}", "..", "rosé", "玫瑰", "x" * 100],
)
def test_what_only_looks_dangerous_is_a_name(name: str) -> None:
    assert clean_name(name) == name


def test_a_name_is_composed_trimmed_and_has_single_blanks() -> None:
    assert clean_name(" \u00a0red   rose\u0301 ") == "red ros\u00e9"


def test_spelling_case_and_gaps_do_not_make_another_name() -> None:
    decomposed = unicodedata.normalize("NFD", "Rosé Nr 1")
    assert same_key(decomposed) == same_key(" rosé_nr-1 ") == same_key("ROSÉ\u00a0NR  1")
    assert same_key("rose") != same_key("rosé")
    assert same_key("\u2764\ufe0f") == same_key("\u2764")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("rose", "rose"),
        ("Løvetann", "lovetann"),
        ("Blåklokke & Ærlig talt!", "blaklokke-aerlig-talt"),
        ("Rosé_nr  2", "rose-nr-2"),
        ("Straße", "strasse"),
        ("C++", "c"),
        ("<script>", "script"),
        ("K", "k"),
        ("new", "label-new"),
        ("CON", "label-con"),
        ("a" * 59 + " b", "a" * 59),
    ],
)
def test_a_slug_is_readable_ascii(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/", "玫瑰", "🌹", "\udcff", "--", "نرگس", "x" * 999]
)
def test_every_name_gets_a_slug_that_is_safe_in_an_address(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug_of(name))
    assert len(slug_of(name)) <= 60


def test_a_slug_in_other_scripts_is_the_same_each_time_and_differs_between_names() -> None:
    assert slug_of("Ромашка") == slug_of("ромашка ")
    assert re.fullmatch("label-[0-9a-f]{8}", slug_of("Ромашка"))
    assert slug_of("玫瑰") != slug_of("水仙")


def test_a_slug_that_is_taken_is_told_apart() -> None:
    assert slug_of("rosé", {"rosé"}) == "rose"
    assert re.fullmatch("rose-[0-9a-f]{8}", slug_of("rosé", {"rose"}))
    long = "a" * 60
    assert len(slug_of(long, {long})) <= 60


def test_folders_that_want_one_slug_stay_two_labels(tmp_path: Path) -> None:
    for folder in ("a b", "a+b", "rosé", "rose"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.jpg").write_bytes(b"x")
    found = scan(tmp_path, None)
    names = {label.slug: label.name["en"] for label in found.known.labels}
    assert len(names) == 4
    assert {photo.name.split("/")[0]: names[photo.label] for photo in found.photos} == {
        name: name for name in ("a b", "a+b", "rosé", "rose")
    }


def test_the_shipped_flowers_keep_their_slugs() -> None:
    known = Known.read(Path(__file__).parents[1] / "models" / "flowers" / "labels.toml")
    assert [slug_of(label.name["en"]) for label in known.labels] == [
        label.slug for label in known.labels
    ]
