"""README is true: its settings, its requests and its commands are those of the code."""

import json
import re
from dataclasses import fields
from pathlib import Path

import httpx

from app.settings import PREFIX, Settings
from app.web.api.shapes import PredictShape

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def _shown(default: object) -> str:
    """As it would be written in the environment."""
    if isinstance(default, tuple):
        return ",".join(default)
    if default is None:
        return ""
    return str(int(default)) if isinstance(default, bool) else str(default)


def test_every_setting_stands_in_readme_with_its_default_and_meaning() -> None:
    rows = {
        name: (default, says)
        for name, default, says in re.findall(
            r"^\| `(BLOMST_\w+)` \| `(.*?)` \| (.*?) \|$", README, re.M
        )
    }
    expected = {
        PREFIX + f.name.upper(): (_shown(f.default), f.metadata["says"]) for f in fields(Settings)
    }
    assert rows == expected


def test_every_address_of_the_api_stands_in_readme(client: httpx.Client) -> None:
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in README


def test_the_answer_in_readme_has_the_shape_that_is_documented() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", README, re.S)
    told = PredictShape.model_validate(json.loads(block))
    assert told.results[0].models and told.results[0].models[0].decision == "rose"


def test_the_call_in_readme_is_answered(client: httpx.Client, cat: bytes) -> None:
    (path,) = re.findall(r"curl -F images=@photo.jpg 'http://127.0.0.1:8000(.*?)'", README)
    answer = client.post(path, files={"images": ("photo.jpg", cat)})
    assert [m["model"] for m in answer.json()["results"][0]["models"]] == ["flowers", "imagenet"]
    PredictShape.model_validate(answer.json())
