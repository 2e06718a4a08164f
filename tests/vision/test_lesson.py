from dataclasses import asdict
from typing import Any

import pytest

from app.vision.lesson import RANGES, InvalidSetting, Settings


def test_every_limit_is_allowed_and_nothing_beyond_it() -> None:
    for name, (least, most) in RANGES.items():
        for good in (least, most):
            Settings.read({name: good})
        for bad in (least - 1, most + 1):
            with pytest.raises(InvalidSetting, match=name) as caught:
                Settings.read({name: bad})
            assert [float(bound) for bound in caught.value.bounds.values()] == [least, most]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 2.5),
        ("epochs", True),
        ("epochs", "9"),
        ("learning_rate", float("nan")),
        ("refit", 1),
        ("augmentation", "extreme"),
        ("augmentation", None),
        ("momentum", 0.9),
    ],
)
def test_what_is_not_a_setting_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(InvalidSetting) as caught:
        Settings.read({name: value})
    assert caught.value.name == name


def test_settings_come_back_from_what_was_stored() -> None:
    settings = Settings(epochs=7, augmentation="strong", refit=True)
    assert Settings.read(asdict(settings)) == settings
