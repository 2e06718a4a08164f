"""EfficientNet-Lite0 rebuilt in Keras from its weights, and converted to LiteRT.

TensorFlow lives here, so only child processes and the trainer import this module; the server runs
`python -m app.vision.backbone`. Architecture: Tan & Le 2019 (EfficientNet), in its Lite variant
(no squeeze-and-excite, ReLU6, stem and head not scaled).
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from app.vision import weights
from app.vision.recipe import RECIPE, SIDE
from app.vision.stages import STAGES, STEM_CHANNELS, shapes

Tensors = Mapping[str, weights.Array]
Report = Callable[[str], None]


class _Builder:
    """Adds layers and remembers which of the file's tensors belong in each."""

    def __init__(self) -> None:
        self.loads: list[tuple[Any, str, str]] = []

    def convolve(self, x: Any, source: str, channels: int, kernel: int = 1, stride: int = 1) -> Any:
        layer = keras.layers.Conv2D(
            channels, kernel, stride, "same", use_bias=False, name=_layer_name(source)
        )
        self.loads.append((layer, source, "convolution"))
        return layer(x)

    def convolve_depthwise(self, x: Any, source: str, kernel: int, stride: int) -> Any:
        layer = keras.layers.DepthwiseConv2D(
            kernel, stride, "same", use_bias=False, name=_layer_name(source)
        )
        self.loads.append((layer, source, "depthwise"))
        return layer(x)

    def normalise(self, x: Any, source: str, activate: bool = True) -> Any:
        layer = keras.layers.BatchNormalization(epsilon=1e-3, name=_layer_name(source))
        self.loads.append((layer, source, "normalisation"))
        x = layer(x)
        return keras.layers.ReLU(6.0, name=_layer_name(source) + "_relu6")(x) if activate else x

    def fill(self, tensors: Tensors) -> None:
        for layer, source, kind in self.loads:
            layer.set_weights(_weights_of(tensors, source, kind))


def build(tensors: Tensors) -> keras.Model:
    """The network from pixels (uint8, n x 224 x 224 x 3, RGB) to every stage's feature map.

    Outputs by name: `stem`, `stage_1` .. `stage_7`, `feature_map` (n x 7 x 7 x 1280) and
    `features` (n x 1280, its mean over the map).
    """
    make = _Builder()
    pixels = keras.Input((SIDE, SIDE, 3), dtype="uint8", name="pixels")
    x = keras.layers.Rescaling(1 / RECIPE.scale, -RECIPE.mean / RECIPE.scale, name="scaled")(pixels)
    x = make.normalise(make.convolve(x, "_conv_stem", STEM_CHANNELS, 3, 2), "_bn0")
    outputs = {"stem": x}
    block = 0
    for number, (repeats, kernel, stride, expansion, channels) in enumerate(STAGES, 1):
        for repeat in range(repeats):
            first = repeat == 0
            x = _block(make, x, block, kernel, stride if first else 1, expansion, channels)
            block += 1
        outputs[f"stage_{number}"] = x
    x = make.normalise(make.convolve(x, "_conv_head", 1280), "_bn1")
    outputs["feature_map"] = x
    outputs["features"] = keras.layers.GlobalAveragePooling2D(name="features")(x)
    model = keras.Model(pixels, outputs, name="efficientnet_lite0")
    make.fill(tensors)
    return model


def _block(
    make: _Builder, x: Any, number: int, kernel: int, stride: int, expansion: int, channels: int
) -> Any:
    """Inverted residual: widen, filter each channel by itself, narrow, add the way around."""
    source, entry = f"_blocks.{number}.", x
    if expansion > 1:
        widened = make.convolve(x, source + "_expand_conv", x.shape[-1] * expansion)
        x = make.normalise(widened, source + "_bn0")
    filtered = make.convolve_depthwise(x, source + "_depthwise_conv", kernel, stride)
    x = make.normalise(filtered, source + "_bn1")
    narrowed = make.convolve(x, source + "_project_conv", channels)
    x = make.normalise(narrowed, source + "_bn2", activate=False)
    return x + entry if x.shape == entry.shape else x


def _layer_name(source: str) -> str:
    """The converter fails on names that begin with an underscore; Keras on dots."""
    return source.strip("_").replace("._", "_").replace(".", "_")


def _weights_of(tensors: Tensors, source: str, kind: str) -> list[weights.Array]:
    """PyTorch keeps kernels as (out, in, height, width); Keras as (height, width, in, out)."""
    if kind == "convolution":
        return [tensors[source + ".weight"].transpose(2, 3, 1, 0)]
    if kind == "depthwise":
        return [tensors[source + ".weight"].transpose(2, 3, 0, 1)]
    return [
        tensors[f"{source}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
    ]


def convert(model: keras.Model, outputs: list[str]) -> bytes:
    """A LiteRT file for one photo at a time; its signature keeps the outputs' names."""
    pixels = keras.Input((SIDE, SIDE, 3), batch_size=1, dtype="uint8", name="pixels")
    every = model(pixels)
    chosen = keras.Model(pixels, {name: every[name] for name in outputs})
    return bytes(tf.lite.TFLiteConverter.from_keras_model(chosen).convert())


SERVING = ["feature_map", "features"]
INSIDE = list(shapes())


def main(kind: str, target: str) -> None:
    """Writes the LiteRT file of `kind` (serving or inside) and says how far it is, line by line."""

    def report(phase: str) -> None:
        sys.stdout.write(json.dumps({"phase": phase}) + "\n")
        sys.stdout.flush()

    report("reading")
    tensors = weights.read(weights.find())
    report("building")
    model = build(tensors)
    report("converting")
    Path(target).write_bytes(convert(model, SERVING if kind == "serving" else INSIDE))


if __name__ == "__main__":
    main(*sys.argv[1:3])
