"""The network's first patterns, as numbers: what a convolution of the pretrained network is."""

import numpy as np

from app.vision import weights
from app.vision.engine import Floats
from app.vision.recipe import RECIPE

EPSILON = 1e-3
"""Added to the variance when a layer is normalised."""


def first() -> tuple[Floats, Floats]:
    """The 32 patterns (height x width x colour x pattern: 3 x 3 x 3 x 32) and a bias for each.

    For pixels from 0 to 255 as they are: their scaling and the normalisation that follows are
    folded in. A pattern's sum at a place, plus its bias, cut to between 0 and 6, is what the stem
    of the network answers there, wherever the pattern lies within the photo. The network goes two
    pixels at a time. Reads the whole weights file, about 0.1 s. Raises WeightsError.
    """
    tensors = weights.read(weights.find())
    kernel = tensors["_conv_stem.weight"].transpose(2, 3, 1, 0)
    gain = tensors["_bn0.weight"] / np.sqrt(tensors["_bn0.running_var"] + EPSILON)
    bias = tensors["_bn0.bias"] - tensors["_bn0.running_mean"] * gain
    patterns = kernel * gain / RECIPE.scale
    shifted = bias - RECIPE.mean * patterns.sum(axis=(0, 1, 2))
    return np.asarray(patterns, np.float32), np.asarray(shifted, np.float32)
