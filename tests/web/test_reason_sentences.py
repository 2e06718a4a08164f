"""Reasons in words, computed from numbers."""

import numpy as np
import pytest

from app.teaching.nearby import Near
from app.texts import texts
from app.vision.classifier import Answer, Classifier, Label, Prediction
from app.vision.head import Head
from app.vision.occlusion import Occlusion
from app.web.reasons import likeness, neighbours_json, occlusion_says

LABELS = [
    Label("rose", {"en": "rose", "nb": "rose"}),
    Label("tulip", {"en": "tulip", "nb": "tulipan"}),
    Label("daisy", {"en": "daisy", "nb": "prestekrage"}),
]


def answer(best: str = "rose", *, unknown: bool = False) -> Answer:
    head = Head(np.zeros((1280, 3), np.float32), np.zeros(3, np.float32))
    names = {"en": "Flowers", "nb": "Blomster"}
    classifier = Classifier("flowers", names, 1, LABELS, head)
    (label,) = (one for one in LABELS if one.slug == best)
    return Answer(classifier, [Prediction(label, 0.9)], unknown, None)


def because(found: Answer, *labels: str, language: str = "en") -> str:
    near = [Near(label, 0.8, None) for label in labels]
    t = texts("nb" if language == "nb" else "en")
    return str(neighbours_json(found, near, t, shows_photos=True)["because"])


def test_the_nearest_are_counted_by_label_the_most_frequent_first() -> None:
    near = ("tulip", "rose", "rose", "daisy", "rose")
    assert because(answer(), *near) == (
        "Of the 5 photos most like this one that Flowers learned from, "
        "3 show rose, 1 shows tulip and 1 shows daisy."
    )
    assert because(answer(), *near, language="nb") == (
        "Av de 5 bildene Blomster har lært av som ligner mest på dette, "
        "viser 3 rose, 1 tulipan og 1 prestekrage."
    )


def test_where_all_agree_it_says_so() -> None:
    said = because(answer(), *["rose"] * 5)
    assert said == "The photos most like this one, of all that Flowers learned from, all show rose."


def test_where_they_speak_against_the_answer_it_warns() -> None:
    for near in (["tulip"] * 5, ["tulip", "daisy", "daisy"]):
        said = because(answer("rose"), *near)
        assert said.endswith("None of them shows rose: look twice before you believe it.")
        assert "look twice" not in because(answer("tulip"), *near)


def test_of_an_unknown_photo_only_the_most_alike_is_named() -> None:
    said = because(answer(unknown=True), "daisy", "rose", "rose", "rose", "rose")
    assert said.startswith("Too few") and said.endswith("the most alike shows daisy.")


def test_a_label_of_which_no_name_is_known_keeps_its_slug() -> None:
    assert "5 photos" in because(answer(), "rose", "rose", "rose", "rose", "bluebell")
    assert because(answer(), "rose", "bluebell").endswith("1 shows rose and 1 shows bluebell.")


def test_what_is_not_kept_any_more_comes_back_with_training() -> None:
    assert because(answer()).endswith("Training again brings it back.")


@pytest.mark.parametrize(
    ("cosine", "words"),
    [
        (1.0, "nearly the same photo"), (0.95, "nearly the same photo"), (0.94, "very alike"),
        (0.75, "very alike"), (0.74, "alike"), (0.5, "alike"), (0.49, "little alike"),
        (0.0, "little alike"),
    ],
)  # fmt: skip
def test_likeness_is_told_in_words(cosine: float, words: str) -> None:
    assert likeness(cosine, texts("en")) == words


@pytest.mark.parametrize(
    ("scores", "ending"),
    [
        ((0.9, 0.4, 0.88), "So it leaned on what the heat map shows."),
        ((0.9, 0.4, 0.5), "not only where the map is hot."),
        ((0.9, 0.88, 0.9), "elsewhere in the square too."),
    ],
)
def test_what_became_of_the_score_is_told_with_what_it_means(
    scores: tuple[float, float, float], ending: str
) -> None:
    said = occlusion_says(Occlusion(*scores, [], []), "rose", texts("en"))
    shown = [f"{round(100 * score)}%" for score in scores]
    assert said.startswith(
        f"The score for rose is {shown[0]}. With the hot part covered it is {shown[1]}; "
        f"with a cold part as large covered, {shown[2]}."
    )
    assert said.endswith(ending)


def test_scores_near_nothing_are_not_told_as_zero() -> None:
    said = occlusion_says(Occlusion(0.5, 0.001, 0.4, [], []), "rose", texts("en"))
    assert "With the hot part covered it is under 1%" in said
