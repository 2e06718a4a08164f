"""The course of a training, epoch by epoch, and what its figures say."""

from typing import NamedTuple


class Epoch(NamedTuple):
    """Mean loss in nats a photo, and share that is right; of validation None where too small. The
    validation loss is that at the best temperature: confidence is put right later anyway."""

    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
