import io

import numpy as np
import pytest
import scipy.fft  # type: ignore[import-untyped]
from PIL import Image

from app import errors
from app.vision import likeness
from app.vision.decode import Limits, inspect, look_at
from tests.photos import encode, packaged, shared


def _hash(content: bytes) -> int:
    return likeness.perceptual_hash(likeness.greys(inspect(content, Limits())))


def _copy(content: bytes, scale: float, kind: str, quality: int) -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        size = (round(image.width * scale), round(image.height * scale))
        pixels = np.asarray(image.convert("RGB").resize(size))
    return encode(pixels, kind, quality=quality)


COPIES = [(1, "JPEG", 60), (0.5, "JPEG", 75), (2, "JPEG", 90), (0.7, "WEBP", 70), (0.8, "JPEG", 40)]


def test_the_hash_is_the_sign_of_the_lowest_waves() -> None:
    """Against scipy's DCT."""
    greys = np.random.default_rng(2).integers(0, 256, (32, 32)).astype(np.uint8)
    waves = scipy.fft.dctn(greys.astype(float), norm="ortho")[1:9, 1:9]
    bits = "".join("1" if wave > np.median(waves) else "0" for wave in waves.ravel())
    assert likeness.perceptual_hash(greys) == int(bits, 2)


def test_only_32_by_32_greys_have_a_hash() -> None:
    with pytest.raises(ValueError, match="32 x 32"):
        likeness.perceptual_hash(np.zeros((8, 8)))


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket", "flower"])
def test_copies_in_another_size_or_encoding_stay_near(name: str) -> None:
    original = encode(packaged(name), quality=90)
    for scale, kind, quality in COPIES:
        copy = _copy(original, scale, kind, quality)
        assert likeness.distance(_hash(original), _hash(copy)) <= likeness.NEAR_BITS


def test_different_photos_lie_far_apart() -> None:
    hashes = [_hash(encode(packaged(n))) for n in ("chelsea", "coffee", "rocket", "camera")]
    apart = [likeness.distance(a, b) for a in hashes for b in hashes if a != b]
    assert min(apart) >= 16


def test_a_photo_turned_by_its_camera_is_known_upright() -> None:
    pixels = packaged("chelsea")
    turned = Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    turned.save(out, "PNG", exif=exif)
    assert likeness.distance(_hash(out.getvalue()), _hash(encode(pixels, "PNG"))) == 0


def test_a_photo_that_was_looked_at_keeps_its_hash() -> None:
    content = encode(np.asarray(Image.fromarray(packaged("coffee")).resize((2400, 1600))))
    photo = inspect(content, Limits())
    look_at(photo)
    after = likeness.perceptual_hash(likeness.greys(photo))
    assert likeness.distance(after, _hash(content)) <= 2


def test_a_broken_photo_is_a_problem_of_ours() -> None:
    content = encode(packaged("coffee"))
    with pytest.raises(errors.TruncatedImage):
        _hash(content[: len(content) // 2])


def test_both_hash_and_features_must_agree() -> None:
    assert likeness.near(4, 0.95)
    assert not likeness.near(5, 1.0)
    assert not likeness.near(0, 0.94)


def test_nothing_is_like_all_zeros() -> None:
    zeros, ones = np.zeros(4, np.float32), np.ones(4, np.float32)
    assert likeness.cosine(zeros, ones) == 0
    assert likeness.cosine(ones, 3 * ones) == pytest.approx(1)


def test_ninety_nine_of_a_hundred_copies_of_flowers_stay_near() -> None:
    files = sorted(shared("flower_photos").glob("*/*.jpg"))[::30]
    near = 0
    for file in files:
        content = file.read_bytes()
        for scale, kind, quality in COPIES:
            bits = likeness.distance(_hash(content), _hash(_copy(content, scale, kind, quality)))
            near += bits <= likeness.NEAR_BITS
    assert near >= 0.99 * len(files) * len(COPIES)
