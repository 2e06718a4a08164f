"""What a participant would do to teach a network: the loop of the Keras guide to transfer learning.

`python -m tests.benchmarks.guide SPLITS GOAL EPOCHS` learns from SPLITS/train, one sub-folder a
label, and after each epoch asks about SPLITS/test, until it is right as often as GOAL or EPOCHS are
over. A frozen base with a new last layer, `fit` on images with the guide's own augmentation, cache,
dropout and batches (keras.io/guides/transfer_learning). The base is the network that Blomst stands
on. It prints one line of JSON: seconds from the start of the process, epochs, and the share right.
"""

import json
import sys
import time
from pathlib import Path

_STARTED = time.perf_counter()

import keras  # noqa: E402  (its own start is part of what is measured)
import tensorflow as tf  # noqa: E402

from app.vision import backbone, weights  # noqa: E402
from app.vision.recipe import SIDE  # noqa: E402

_BATCH = 64
_ROUNDING = 1e-6  # Keras tells shares in single precision


def _photos(folder: Path) -> tf.data.Dataset:
    return keras.utils.image_dataset_from_directory(
        folder, image_size=(SIDE, SIDE), batch_size=_BATCH, crop_to_aspect_ratio=True, seed=1,
        verbose=False,
    )  # fmt: skip


def _varied(photos: tf.data.Dataset) -> tf.data.Dataset:
    """As in the guide: before the cache, so each photo is read and varied once."""
    flip = keras.layers.RandomFlip("horizontal", seed=1)
    turn = keras.layers.RandomRotation(0.1, seed=2)
    return photos.map(lambda pixels, label: (turn(flip(pixels)), label))


def _model(labels: int) -> keras.Model:
    base = backbone.build(weights.read(weights.find()))
    base.trainable = False
    pixels = keras.Input((SIDE, SIDE, 3))
    whole = keras.layers.Lambda(lambda x: keras.ops.cast(x, "uint8"))(pixels)
    seen = keras.layers.Dropout(0.2, seed=3)(base(whole, training=False)["features"])
    model = keras.Model(pixels, keras.layers.Dense(labels)(seen))
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def main(splits: str, goal: float, most: int) -> None:
    train = _varied(_photos(Path(splits) / "train")).prefetch(2).cache()
    test = _photos(Path(splits) / "test").prefetch(2).cache()
    labels = len([p for p in (Path(splits) / "train").iterdir() if p.is_dir()])
    model, right, epochs = _model(labels), 0.0, 0
    while right < goal - _ROUNDING and epochs < most:
        model.fit(train, epochs=1, verbose=0)
        epochs += 1
        right = model.evaluate(test, verbose=0)[1]
    told = {"seconds": time.perf_counter() - _STARTED, "epochs": epochs, "share": right}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
