"""The stages of the pretrained network, for those who build it and those who explain it."""

from typing import NamedTuple

from app.vision.recipe import FEATURES, SIDE


class Stage(NamedTuple):
    """So many blocks of one kind, one after the other. `stride` is that of the first."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


STEM_CHANNELS = 32

STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


def shapes() -> dict[str, tuple[int, int, int]]:
    """Height, width and channels of what each part answers with: `stem`, `stage_1` to `stage_7`
    and `feature_map`, in the order of the network."""
    side = SIDE // 2
    found = {"stem": (side, side, STEM_CHANNELS)}
    for number, stage in enumerate(STAGES, 1):
        side //= stage.stride
        found[f"stage_{number}"] = (side, side, stage.channels)
    return {**found, "feature_map": (side, side, FEATURES)}
