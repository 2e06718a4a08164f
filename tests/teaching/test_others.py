import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from app.teaching import others
from app.vision.features import unpack
from app.vision.recipe import RECIPE
from tests.vision.test_teaching import looker, paint


def test_a_folder_becomes_a_set_that_says_where_it_is_from(tmp_path: Path) -> None:
    paint(tmp_path, "stones", 6)
    (tmp_path / "stones" / "notes.txt").write_text("no photo")
    (tmp_path / "stones" / "again.jpg").write_bytes((tmp_path / "stones/000_x.jpg").read_bytes())
    out = tmp_path / "stones-set"
    assert others.make(tmp_path / "stones", out, looker(), "a beach", "CC0") == 6
    told = json.loads(out.with_suffix(".json").read_text())
    content = out.with_suffix(".safetensors").read_bytes()
    assert told["features"] == {
        "file": "stones-set.safetensors", "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    assert (told["photos"], told["source"], told["licence"]) == (6, "a beach", "CC0")
    assert told["backbone"] == RECIPE.id and str(tmp_path) not in json.dumps(told)
    assert unpack(content)["rows"].shape == (6, 1280)


def test_the_same_folder_gives_the_same_set(tmp_path: Path) -> None:
    paint(tmp_path, "stones", 6)
    made = []
    for name in ("one", "two"):
        others.make(tmp_path / "stones", tmp_path / name, looker(), "a beach", "CC0")
        made.append((tmp_path / name).with_suffix(".safetensors").read_bytes())
    assert made[0] == made[1]
    assert np.isfinite(unpack(made[0])["scales"]).all()


def test_a_folder_without_photos_gives_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        others.make(tmp_path, tmp_path / "none", looker(), "nowhere", "none")
    assert not (tmp_path / "none.json").exists()
