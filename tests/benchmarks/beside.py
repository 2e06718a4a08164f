"""How long answers take while a training goes on, against a server that has nothing else to do."""

from collections.abc import Sequence

from tests.benchmarks.desk import Desk, Unfinished
from tests.benchmarks.load import Door, drive
from tests.benchmarks.measuring import quantile
from tests.benchmarks.photos import Labelled
from tests.benchmarks.report import Row

CROWDS = (1, 4)
_PHOTOS = 200  # that clients ask about
_LONG = {"epochs": 500, "patience": 500, "batch_size": 64}  # small batches make it last


def measure(one: Desk, taught: Sequence[Labelled], rounds: int, seconds: float) -> list[Row]:
    """Idle and busy by turns, so that a machine that slows down slows both."""
    door = Door(one.pid, one.url, f"/api/v1/models/{one.model}:predict")
    chosen = taught[:: max(1, len(taught) // _PHOTOS)]
    requests = [door.request(photo.content) for photo in chosen]

    def p99(clients: int) -> float:
        heard = drive(door, requests, clients, seconds=seconds)
        return quantile(sorted(heard.latencies), 0.99) * 1000

    p99(max(CROWDS))
    ratios: dict[int, list[float]] = {clients: [] for clients in CROWDS}
    idle: dict[int, list[float]] = {clients: [] for clients in CROWDS}
    for _ in range(rounds):
        for clients in CROWDS:
            idle[clients].append(p99(clients))
        run = one.start(**_LONG)
        one.wait_for_learning(run)
        for clients in CROWDS:
            ratios[clients].append(p99(clients) / idle[clients][-1])
        if (told := one.run(run))["phase"] != "learning":
            raise Unfinished(f"the training was too short to measure beside it: {told['phase']}")
        one.cancel(run)
    return [row for clients in CROWDS for row in _rows(clients, ratios[clients], idle[clients])]


def _rows(clients: int, ratios: list[float], idle: list[float]) -> list[Row]:
    crowd = f"{clients} client{'s' * (clients > 1)}"
    return [
        Row(
            f"beside_{clients}", f"p99 beside a training, against idle, {crowd}", ratios, " x", 1.5
        ),
        Row(f"idle_{clients}", f"p99 when idle, {crowd}", idle, " ms"),
    ]
