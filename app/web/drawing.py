"""Learning curves as drawings: shares become places in a picture, once for all readers."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 46.0, 14.0, 26.0
_FIRST, _LAST = math.log(0.1), math.log(2.0)


class Drawing(NamedTuple):
    """`ticks` and `counts` are places with their words; `band` and `line` are paths; `ahead` is
    where twice as many photos lead, None where that cannot be told."""

    width: int
    height: int
    floor: float
    left: float
    right: float
    ticks: Sequence[tuple[float, int]]
    counts: Sequence[tuple[float, int]]
    band: str
    line: str
    dots: Sequence[tuple[float, float, int]]
    ahead: Mapping[str, Any] | None


def lowest(curves: Sequence[Mapping[str, Any]]) -> float:
    """The share at which charts begin that are to be compared: a tenth below all there is."""
    lows = [point["low"] for curve in curves for point in curve["points"]]
    return min(0.9, math.floor(10 * min(lows, default=0.0)) / 10)


def draw(curve: Mapping[str, Any], lowest: float, width: int, height: int) -> Drawing:
    """Shares of photos lie apart by how many times as many they are."""
    right, floor = width - _RIGHT, height - _BOTTOM

    def x(share: float) -> float:
        return round(_LEFT + (math.log(share) - _FIRST) / (_LAST - _FIRST) * (right - _LEFT), 1)

    def y(value: float) -> float:
        return round(floor - (value - lowest) / (1 - lowest) * (floor - _TOP), 1)

    points, twice = curve["points"], curve["twice"]
    upper, middle, lower = (
        [f"{x(p['share'])} {y(p[kind])}" for p in points] for kind in ("high", "right", "low")
    )
    step = 10 if lowest >= 0.5 else 20 if lowest >= 0.2 else 25
    first = math.ceil(100 * lowest / step - 1e-9) * step
    counts = [(x(p["share"]), round(p["photos"])) for p in points]
    return Drawing(
        width, height, floor, _LEFT, right,
        [(y(at / 100), at) for at in range(first, 101, step)],
        [*counts, (x(2), twice["photos"])],
        f"M{'L'.join([*upper, *reversed(lower)])}Z" if points else "",
        f"M{'L'.join(middle)}" if points else "",
        [(x(p["share"]), y(p["right"]), round(100 * p["right"])) for p in points],
        _ahead(curve, x(1), x(2), y),
    )  # fmt: skip


def _ahead(curve: Mapping[str, Any], now: float, then: float, y: Any) -> dict[str, Any] | None:
    twice = curve["twice"]
    if twice["right"] is None:
        return None
    at, start = y(twice["right"]), y(curve["points"][-1]["right"])
    return {
        "x": then,
        "y": at,
        "line": f"M{now} {start}L{then} {at}",
        "range": f"M{then} {y(twice['low'])}V{y(twice['high'])}",
        "percent": round(100 * twice["right"]),
    }
