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
    """A setting is unknown, of the wrong kind or out of its range; `name` says which."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name} {message}")
        self.name = name


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
                raise InvalidSetting(name, "is not a setting")
        return cls(**given)


def _check(name: str, value: object, kind: type) -> None:
    if kind is float and type(value) is int:
        kind = int
    if type(value) is not kind:
        raise InvalidSetting(name, f"must be of type {kind.__name__}")
    if name == "augmentation" and value not in AUGMENTATIONS:
        raise InvalidSetting(name, f"must be one of {', '.join(AUGMENTATIONS)}")
    if name in RANGES and isinstance(value, int | float):
        least, most = RANGES[name]
        if not least <= value <= most:
            raise InvalidSetting(name, f"must be between {least:g} and {most:g}")
