"""Choices made on validation after a head has learned: its temperature, and the cut for unknown."""

import math

import numpy as np
from numpy.typing import NDArray

from app.vision.engine import Floats
from app.vision.head import Reference

NEIGHBOURS = 5
COVERAGE = 0.95
"""The share of validation photos that must still be answered."""

ENOUGH = 20
"""Validation photos below which they are too few to choose by."""

_COLDEST, _HOTTEST = 0.05, 20.0


def temperature_for(logits: NDArray[np.floating], truth: NDArray[np.integer]) -> float:
    """The temperature under which the true labels surprise least (Guo et al. 2017, section 4.2).

    `logits` n x labels. The loss is convex in 1/temperature, so halving the bracket by the golden
    section finds the one minimum.
    """
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    true = shifted[np.arange(len(truth)), truth]

    def loss(log_temperature: float) -> float:
        cold = math.exp(-log_temperature)
        return float((np.log(np.exp(cold * shifted).sum(axis=1)) - cold * true).mean())

    golden = (math.sqrt(5) - 1) / 2
    low, high = math.log(_COLDEST), math.log(_HOTTEST)
    while high - low > 1e-4:
        left, right = high - golden * (high - low), low + golden * (high - low)
        if loss(left) <= loss(right):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


def cut_for(train: Floats, validation: Floats) -> float:
    """The distance to the 5th nearest training photo within which 95 % of the validation photos
    lie; both n x 1280. With fewer than 20 validation photos each photo is held against all
    others instead."""
    distances = distances_for(train, validation)
    return float(np.quantile(distances, COVERAGE, method="inverted_cdf"))


def distances_for(train: Floats, validation: Floats) -> Floats:
    """Those by which the cut is chosen: of each validation photo, or where they are too few of each
    photo of train and then of validation."""
    if len(validation) >= ENOUGH:
        return Reference.of(train, 0.0, NEIGHBOURS).distances(validation)
    every = np.concatenate([train, validation])
    return Reference.of(every, 0.0, NEIGHBOURS + 1).distances(every)  # 1st: itself
