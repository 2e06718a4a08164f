"""The course of a training, epoch by epoch, and what its figures say."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

_WORTH = 0.02  # of the validation loss: less is not worth speaking of
_JITTERS = 3  # times a curve's own jitter: more is no chance
_LAST = 3  # epochs whose mean stands for the end

# A training loss rises for small steps only by as much as the batches differ.
_JUMP, _JUMP_NATS = 0.25, 0.05

# Validation losses this close say nothing. The later epoch stands, where the steps have become
# small, so that another machine ends in the same place.
_ALIKE = 0.01


class Epoch(NamedTuple):
    """Mean loss in nats a photo, and share that is right; of validation None where too small. The
    validation loss is that at the best temperature: confidence is put right later anyway."""

    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None


def best_epoch(history: Sequence[Epoch]) -> int:
    """The epoch whose head is kept, counted from 1; without validation the last. 0 before any."""
    best, least = 0, float("inf")
    for number, epoch in enumerate(history, 1):
        loss = epoch.validation_loss
        if loss is None or loss <= least * (1 + _ALIKE):
            best, least = number, min(least, least if loss is None else loss)
    return best


Code = Literal[
    "too-short",
    "learning-rate-too-high",
    "too-few-to-tell",
    "overfit",
    "still-improving",
    "settled",
]


@dataclass(frozen=True)
class Course:
    """What the figures say, as a code whose sentence stands under [course] in runs.toml, and the
    numbers in that sentence."""

    code: Code
    params: dict[str, int]


def read_course(history: Sequence[Epoch], best_epoch: int) -> Course:
    """What is seen on the curves of a training; `best_epoch`, from 1, is the one that stood.

    The first of these that holds: one epoch has no course; the loss jumped on the training photos
    themselves; without validation no more can be said; training went on getting better and
    validation worse; the second half of the epochs was still worth it; it settled.
    """
    losses = [epoch.loss for epoch in history]
    validation = [epoch.validation_loss for epoch in history if epoch.validation_loss is not None]
    if len(history) < 2:
        return Course("too-short", {})
    jumped = _jumped(losses)
    if jumped:
        return Course("learning-rate-too-high", {"epoch": jumped})
    if len(validation) < len(history):
        return Course("too-few-to-tell", {})
    if _overfit(losses, validation, best_epoch):
        return Course("overfit", {"epoch": best_epoch + 1})
    half = validation[len(validation) // 2 - 1]
    gain = 1 - validation[-1] / half if half else 0.0
    if best_epoch == len(history) and gain > _WORTH:
        return Course("still-improving", {"percent": round(100 * gain)})
    return Course("settled", {"epoch": best_epoch})


def _jumped(losses: Sequence[float]) -> int | None:
    """The first epoch whose loss is clearly above the least before it, or no number at all."""
    least = math.inf
    for number, loss in enumerate(losses, 1):
        rise = max(_JUMP_NATS, _JUMP * min(1.0, least))
        if not math.isfinite(loss) or loss > least + rise:
            return number
        least = min(least, loss)
    return None


def _overfit(losses: Sequence[float], validation: Sequence[float], best_epoch: int) -> bool:
    after = validation[best_epoch:][-_LAST:]
    if not after or losses[-1] >= losses[best_epoch - 1]:
        return False
    best = validation[best_epoch - 1]
    noise = max(_WORTH * best, _JITTERS * _jitter(validation))
    return sum(after) / len(after) > best + noise


def _jitter(curve: Sequence[float]) -> float:
    """By how much a point typically misses the middle of its neighbours."""
    triples = zip(curve, curve[1:], curve[2:], strict=False)
    misses = [abs(middle - (before + after) / 2) for before, middle, after in triples]
    return statistics.median(misses) if misses else 0.0
