import numpy as np
import pytest
from scipy.optimize import minimize_scalar  # type: ignore[import-untyped]
from scipy.special import log_softmax  # type: ignore[import-untyped]

from app.vision.calibration import cut_for, temperature_for
from app.vision.head import Reference
from tests.vision.made import clusters


def _logits(photos: int, truly: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are `truly` times too large for how often they are right."""
    draw = np.random.default_rng(seed)
    logits = draw.normal(0, 2, (photos, 4))
    shares = np.exp(log_softmax(logits, axis=1))
    truth = np.array([draw.choice(4, p=share) for share in shares])
    return logits * truly, truth


@pytest.mark.parametrize("truly", [0.4, 1.0, 3.0])
def test_the_temperature_undoes_what_confidence_is_too_much(truly: float) -> None:
    logits, truth = _logits(4000, truly)
    assert temperature_for(logits, truth) == pytest.approx(truly, rel=0.08)


def test_the_temperature_is_where_scipy_finds_the_least_loss() -> None:
    logits, truth = _logits(300, 1.7, seed=2)

    def loss(t: float) -> float:
        return float(-log_softmax(logits / t, axis=1)[np.arange(300), truth].mean())

    expected = minimize_scalar(loss, bounds=(0.05, 20), method="bounded").x
    assert temperature_for(logits, truth) == pytest.approx(expected, rel=1e-3)


def test_the_temperature_stays_finite_when_all_is_right() -> None:
    logits = np.eye(3)[[0, 1, 2] * 4] * 5
    assert 0 < temperature_for(logits, np.array([0, 1, 2] * 4)) < 1


def test_ninety_five_of_a_hundred_validation_photos_lie_within_the_cut() -> None:
    train, _ = clusters(30)
    validation, _ = clusters(20, seed=1)
    cut = cut_for(train, validation)
    distances = Reference.of(train, cut).distances(validation)
    assert (distances <= cut).sum() == 57


def test_few_validation_photos_are_joined_by_train_each_against_all_others() -> None:
    train, _ = clusters(8)
    validation, _ = clusters(2, seed=1)
    everything = np.concatenate([train, validation])
    distances = [
        Reference.of(np.delete(everything, at, axis=0), 0).distance(everything[at])
        for at in range(30)
    ]
    assert cut_for(train, validation) == pytest.approx(sorted(distances)[28], abs=1e-6)
