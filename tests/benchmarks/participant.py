"""What a participant of the workshop would have written: the model behind the plainest route.

`uvicorn --factory tests.benchmarks.participant:predict_server`, or `function_server`. The network
and its weights are the same as ours.
"""

import io
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from fastapi import FastAPI, UploadFile
from PIL import Image

from app.vision import backbone, weights


def load_model() -> keras.Model:
    tensors = weights.read(weights.find())
    base = backbone.build(tensors)
    last = keras.layers.Dense(1000, activation="softmax")
    model = keras.Model(base.input, last(base.output["features"]))
    last.set_weights([tensors["_fc.weight"].T, tensors["_fc.bias"]])
    return model


def predict_server() -> FastAPI:
    """With `model.predict`, as in the notebook."""
    model = load_model()
    return _server(lambda pixels: model.predict(pixels, verbose=0))


def function_server() -> FastAPI:
    """With the model as a `tf.function`, as its documentation advises for few photos."""
    model = tf.function(load_model())
    return _server(lambda pixels: model(tf.constant(pixels), training=False).numpy())


def _server(classify: Callable[[Any], Any]) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(file: UploadFile) -> dict[str, list[float] | list[int]]:
        image = Image.open(io.BytesIO(file.file.read())).convert("RGB").resize((224, 224))
        scores = classify(np.asarray(image)[None])[0]
        best = np.argsort(-scores)[:5]
        return {"labels": best.tolist(), "scores": scores[best].tolist()}

    return app
