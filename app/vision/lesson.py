"""What a training is asked to do. Who only reads them should not wait for TensorFlow."""

from dataclasses import dataclass, fields
from typing import Any, Self

from app.vision.views import AUGMENTATIONS, Augmentation

RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 500),
    "learning_rate": (1e-5, 0.1),
    "batch_size": (8, 4096),
    "l2": (0.0, 1.0),
    "dropout": (0.0, 0.9),
    "patience": (1, 500),
    "seed": (0, 2**31 - 1),
}


class InvalidSetting(ValueError):
    """A setting is unknown, of the wrong kind or out of its range; `name` says which.

    `why` is one of unknown, whole-number, number, text, yes-or-no, choice and between; `bounds` has
    what is allowed: `choices`, or `least` and `most`.
    """

    def __init__(self, name: str, why: str, **bounds: str) -> None:
        allowed = ", ".join(bounds.values())
        super().__init__(f"{name}: {why} {allowed}".rstrip())
        self.name, self.why, self.bounds = name, why, bounds


@dataclass(frozen=True)
class Settings:
    """Of one training.

    `l2` weighs half the squared weights (of centred features of mean square 1) against the mean
    loss of a photo. `patience` counts epochs without as good a validation loss. `class_weights`
    lets every label count the same, however many photos it has. With `refit` the head learns from
    train and validation together once every choice is made.
    """

    epochs: int = 40
    learning_rate: float = 0.002
    batch_size: int = 256
    l2: float = 0.05
    dropout: float = 0.0
    augmentation: Augmentation = "none"
    patience: int = 10
    class_weights: bool = False
    seed: int = 1
    refit: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            _check(field.name, getattr(self, field.name), type(field.default))

    @classmethod
    def read(cls, given: dict[str, Any]) -> Self:
        """From JSON. Raises InvalidSetting, also for a setting that does not exist."""
        for name in given:
            if name not in cls.__dataclass_fields__:
                raise InvalidSetting(name, "unknown")
        return cls(**given)


_KINDS: dict[type, str] = {int: "whole-number", float: "number", str: "text", bool: "yes-or-no"}


def _check(name: str, value: object, kind: type) -> None:
    whole_as_float = kind is float and type(value) is int
    if type(value) is not kind and not whole_as_float:
        raise InvalidSetting(name, _KINDS[kind])
    if name == "augmentation" and value not in AUGMENTATIONS:
        raise InvalidSetting(name, "choice", choices=", ".join(AUGMENTATIONS))
    if name in RANGES and isinstance(value, int | float):
        least, most = RANGES[name]
        if not least <= value <= most:
            raise InvalidSetting(name, "between", least=_plain(least), most=_plain(most))


def _plain(number: float) -> str:
    """As people write it, without an exponent."""
    return f"{number:f}".rstrip("0").rstrip(".")
