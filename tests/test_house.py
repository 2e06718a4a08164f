"""The order of the house: who may call whom, and what every language must say."""

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import errors
from app.texts import LANGUAGES, preferred, texts
from app.web.problems import example

ROOT = Path(__file__).parents[1]
APP = ROOT / "app"

MAY_IMPORT = {
    "vision": {"vision", "errors", "durable"},
    "store": {"store", "durable"},
    "durable": {"durable"},
    "texts": {"texts"},
    "errors": {"errors"},
    "naming": {"naming", "errors"},
    "resources": {"resources"},
    "settings": {"settings", "vision"},
    "lab": {"lab", "teaching", "vision", "texts", "errors", "resources"},
    "catalogue": {"catalogue", "vision", "store", "errors", "resources"},
    "teaching": {
        "teaching", "vision", "store", "texts", "errors", "resources", "settings", "catalogue",
        "naming", "durable",
    },
    "web": {
        "web", "teaching", "vision", "store", "texts", "errors", "resources", "settings",
        "catalogue", "naming", "durable", "lab",
    },
}  # fmt: skip
"""`teaching` is where store and vision meet. `main` and the command know all; nobody knows them."""
WIRING = {"main", "cli", "asking", "training", "importing", "sending", "served", "__main__"}


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _room(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "app" and len(parts) > 1 else None


@pytest.mark.parametrize("file", sorted(APP.rglob("*.py")), ids=lambda f: str(f.relative_to(APP)))
def test_imports_go_one_way(file: Path) -> None:
    room = file.relative_to(APP).parts[0].removesuffix(".py")
    if room in WIRING or room == "__init__":
        return
    rooms = {_room(m) for m in _imports(file)} - {None, "__version__"}
    assert rooms <= MAY_IMPORT[room]


def test_tensorflow_lives_only_in_the_rooms_that_build_and_train() -> None:
    users = {
        file.relative_to(APP).as_posix()
        for file in APP.rglob("*.py")
        if any(m.split(".")[0] in ("tensorflow", "keras") for m in _imports(file))
    }
    assert users == {"vision/backbone.py", "vision/training.py"}


def test_nothing_is_unpickled_and_no_foreign_model_file_is_loaded() -> None:
    banned = {"load_model", "from_config", "model_from_json", "clone_model"}
    for file in APP.rglob("*.py"):
        names = {
            n.attr for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Attribute)
        }
        assert not names & banned, file
        if file.name != "weights.py":
            assert not {"pickle", "joblib", "dill"} & set(_imports(file)), file


def _sentences(language: str) -> dict[str, str]:
    found = {}

    def walk(prefix: str, table: dict[str, Any]) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                walk(f"{prefix}.{key}", value)
            else:
                found[f"{prefix}.{key}"] = value

    room = APP / "texts" / language
    for file in room.rglob("*.toml"):
        name = ".".join(file.relative_to(room).with_suffix("").parts)
        walk(name, tomllib.loads(file.read_text("utf-8")))
    return found


def _gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_every_sentence_stands_in_both_languages_with_the_same_gaps() -> None:
    english, norwegian = (_sentences(language) for language in LANGUAGES)
    assert set(english) == set(norwegian)
    assert len(english) > 150
    for key, sentence in english.items():
        assert _gaps(sentence) == _gaps(norwegian[key]), key
        assert sentence.strip() and norwegian[key].strip(), key


def test_every_problem_has_its_texts_and_every_text_its_problem() -> None:
    codes = {kind.code for kind in errors.all_problems()} | _own_sentences(errors.Problem)
    told = {key.split(".")[1] for key in _sentences("en") if key.startswith("problems.")}
    assert told == codes
    for code in codes:
        for part in ("title", "detail", "meaning", "advice"):
            assert f"problems.{code}.{part}" in _sentences("nb")


def _own_sentences(kind: type[errors.Problem]) -> set[str]:
    """Texts of kinds that share another's code."""
    own = {vars(kind)["text"]} if "text" in vars(kind) else set()
    return own.union(*map(_own_sentences, kind.__subclasses__()))


def test_every_problem_can_be_shown_as_an_example() -> None:
    for kind in errors.all_problems():
        for language in LANGUAGES:
            shown = example(kind, texts(language), "id")
            assert shown["detail"] and "{" not in shown["detail"]


def test_the_readers_language_is_found_by_weight() -> None:
    assert preferred("") == "en"
    assert preferred("nb-NO,nb;q=0.9,en;q=0.8") == "nb"
    assert preferred("de, no;q=0.3, en;q=0.2") == "nb"
    assert preferred("en;q=0.1, nn;q=0.5") == "nb"
    assert preferred("fr;q=1, en;q=junk") == "en"


def test_imagenet_labels_are_readable_and_distinct_in_both_languages() -> None:
    lines = (ROOT / "models" / "imagenet" / "labels.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines[1:]]
    assert len(rows) == 1000
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    for column in range(1, 4):
        assert len({row[column].casefold() for row in rows}) == 1000
    for _, slug, english, norwegian in rows:
        assert slug.isascii() and slug == slug.lower() and "_" not in slug
        for name in (english, norwegian):
            assert name == name.strip() and "_" not in name and 2 <= len(name) <= 45
