"""Runs and photos as the API tells them, made up."""

import hashlib
import math
from typing import Any


def history(epochs: int) -> list[dict[str, float]]:
    """Gets better quickly at first; on new photos no more from epoch 12 on."""
    told = []
    for epoch in range(epochs):
        loss = 1.5 * math.exp(-epoch / 4) + 0.05
        new = 1.4 * math.exp(-epoch / 4) + 0.22 + 0.012 * max(0, epoch - 11)
        told.append(
            {
                "loss": loss, "accuracy": 1 - loss / 4,
                "validation_loss": new, "validation_accuracy": 1 - new / 4,
            }
        )  # fmt: skip
    return told


def run(**changes: Any) -> dict[str, Any]:
    """One that is learning, 18 epochs in."""
    epochs = changes.pop("told", 18)
    return {
        "run": "r1", "model": "waste", "state": "running", "phase": "learning",
        "done": epochs, "total": 100, "epoch": epochs, "epochs": 100,
        "history": history(epochs), "best_epoch": min(epochs, 12) or None, "stopped_early": None,
        "sentence": None, "seconds_left": 41.0, "version": None, "went_live": None,
        "waits_because": [], "problem": None, **changes,
    }  # fmt: skip


def image(number: int, *, label: str = "glass", absent: bool = False) -> dict[str, Any]:
    credit = {"by": "Kari Nordmann", "link": "https://www.flickr.com/photos/1"}
    return {
        "sha256": sha(number), "label": label, "split": "train", "filename": f"{number}.jpg",
        "width": 512, "height": 384, "thumbnail": None if absent else f"/thumbnails/{number}",
        "credit": credit if absent else None,
    }  # fmt: skip


def sha(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()
