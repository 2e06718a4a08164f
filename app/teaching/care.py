"""What in a dataset is worth a second look, worked out in a child process from its numbers."""

from collections import defaultdict
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.teaching.eyes import Tell
from app.teaching.inspected import Inspected
from app.teaching.snapshot import LEAST_GROUPS, LEAST_LABELS
from app.vision import copies, curation
from app.vision.copies import Pair
from app.vision.features import Table

MOST_DOUBTS, MOST_STRAYS, MOST_LOTS, MOST_IN_LOT = 2000, 200, 500, 50
"""How many are kept of each; whoever has worked through so many looks again."""


def care(seen: Inspected, tell: Tell) -> dict[str, Any]:
    """As JSON, photos by their SHA-256. `lots` are copies of one another; `judged` says how many
    labels could be doubted, and `doubts` are those that other photos speak against."""
    table = seen.table
    names = [digest.tobytes().hex() for digest in table.sha256]
    tell("copies", done=0, total=0)
    pairs = copies.pairs(table) if len(table) else []
    leak = asdict(copies.leak(table, pairs)) if _can_judge(table) and pairs else None
    tell("doubting", done=0, total=0)
    judged = np.flatnonzero(_enough(table))
    doubts = curation.doubts(table.take(judged)) if len(judged) else []
    tell("comparing", done=0, total=0)
    strays = curation.strays(table)
    return {
        "photos": seen.total,
        "twice": seen.twice,
        "judged": len(doubts),
        "lots": _lots(pairs, names),
        "leak": leak,
        "doubts": [
            {
                "sha256": names[judged[one.at]],
                "label": one.label,
                "score": round(one.score, 4),
                "suggested": one.suggested,
                "suggested_score": round(one.suggested_score, 4),
            }
            for one in doubts
            if one.suggested != one.label
        ][:MOST_DOUBTS],
        "strays": [
            {"sha256": names[one.at], "distance": round(one.distance, 4)}
            for one in strays[:MOST_STRAYS]
        ],
        "unreadable": dict(seen.unreadable),
    }


def _enough(table: Table) -> NDArray[np.bool_]:
    """Photos of labels with enough different ones to learn from; none when such labels are few."""
    learnable = [
        label
        for label in range(len(table.labels))
        if len(np.unique(table.group[table.label == label])) >= LEAST_GROUPS
    ]
    return np.isin(table.label, learnable if len(learnable) >= LEAST_LABELS else [])


def _can_judge(table: Table) -> bool:
    return bool(_enough(table.of("train", "validation", "test")).any())


def _lots(pairs: list[Pair], names: list[str]) -> list[dict[str, Any]]:
    """Photos that pairs tie together, in the order of the pairs: those that matter come first."""
    family = copies.families(len(names), pairs)
    members: dict[int, dict[int, None]] = defaultdict(dict)
    first: dict[int, Pair] = {}
    for pair in pairs:
        home = int(family[pair.one])
        first.setdefault(home, pair)
        members[home].update({pair.one: None, pair.other: None})
    return [
        {
            "photos": [names[at] for at in list(members[home])[:MOST_IN_LOT]],
            "kind": pair.kind,
            "cosine": round(pair.cosine, 4),
        }
        for home, pair in list(first.items())[:MOST_LOTS]
    ]
