"""A network of the same build that has learned nothing: what the lab holds the trained one against.

Random weights as a training would begin from them (He et al. 2015, "Delving Deep into Rectifiers").
Normalised by a first batch, as a training would go on, its features were tried and told no more.
"""

from collections.abc import Mapping

import numpy as np

from app.vision.weights import Array

SEED = 1


def tensors(trained: Mapping[str, Array], seed: int = SEED) -> dict[str, Array]:
    """A tensor for each of `trained`, of its name and shape. The same seed gives the same ones;
    normalisation changes nothing yet."""
    draw = np.random.default_rng(seed)
    return {name: _fresh(name, trained[name].shape, draw) for name in sorted(trained)}


def _fresh(name: str, shape: tuple[int, ...], draw: np.random.Generator) -> Array:
    if len(shape) > 1:  # (out, in, height, width): the sums of what comes in keep their size
        inputs = int(np.prod(shape[1:]))
        return draw.normal(0, np.sqrt(2 / inputs), shape).astype(np.float32)
    one = name.endswith((".weight", ".running_var"))
    return np.full(shape, float(one), np.float32)
