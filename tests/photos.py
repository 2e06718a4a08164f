"""Real photos for tests: those that travel inside packages, and those under ../shared/data."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_sample_image

SHARED = Path(os.environ.get("BLOMST_TEST_PHOTOS", Path(__file__).parents[2] / "shared" / "data"))


def shared(name: str) -> Path:
    """A folder of real photos, or a skip that says how to get it."""
    folder = SHARED / name
    if not folder.exists():
        pytest.skip(
            f"no photos in {folder}: put {name} there, or name the folder that holds it in "
            "BLOMST_TEST_PHOTOS (tests/README.md says where each set comes from)"
        )
    return folder


def packaged(name: str) -> NDArray[np.uint8]:
    """chelsea (a cat), coffee, rocket, camera from scikit-image; flower from scikit-learn. RGB."""
    if name == "flower":
        return np.asarray(load_sample_image("flower.jpg"), np.uint8)
    pixels = np.asarray(getattr(skimage.data, name)(), np.uint8)
    return pixels if pixels.ndim == 3 else np.stack([pixels] * 3, axis=-1)


def encode(pixels: NDArray[np.uint8], kind: str = "JPEG", **options: object) -> bytes:
    """The pixels as a file of this kind."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()
