from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.vision import streaming
from app.vision.features import Table, unpack
from app.vision.streaming import Portion
from tests.vision.made import table

_COLUMNS = ("label", "split", "group", "hash", "sha256")


def portions(whole: Table, each: int) -> Iterator[Portion]:
    for start in range(0, len(whole), each):
        yield Portion(whole.rows[start : start + each], whole.scales[start : start + each])


def columns(whole: Table) -> dict[str, NDArray[Any]]:
    return {name: getattr(whole, name) for name in _COLUMNS}


@pytest.mark.parametrize("photos", [1, 7, 50])
def test_a_table_written_in_portions_is_the_table(tmp_path: Path, photos: int) -> None:
    made, file = table(photos), tmp_path / "numbers"
    streaming.write(file, portions(made, 3), columns(made), {"labels": '["oak", "elm"]'})
    again = Table.load(file.read_bytes())
    assert again.labels == made.labels and again.fingerprint() == made.fingerprint()
    for name in ("rows", "scales", *_COLUMNS):
        assert np.array_equal(getattr(again, name), getattr(made, name)), name


def test_no_photo_at_all_is_a_table_too(tmp_path: Path) -> None:
    streaming.write(tmp_path / "none", [], {"at": np.zeros(0, np.int32)}, {})
    found = unpack((tmp_path / "none").read_bytes())
    assert len(found["rows"]) == len(found["at"]) == 0


@pytest.mark.parametrize("given", [6, 8])
def test_rows_and_columns_must_agree(tmp_path: Path, given: int) -> None:
    made = table(given)
    with pytest.raises(ValueError, match="for columns of 7"):
        streaming.write(tmp_path / "x", portions(made, 3), columns(table(7)), {})
