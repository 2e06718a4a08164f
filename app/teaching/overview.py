"""How a model's dataset stands: what it holds, what is missing to train, what would help most."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from app.store import images
from app.store.models import StoredLabel, StoredModel
from app.teaching.snapshot import LEAST_GROUPS, LEAST_LABELS

_FEW = 30  # photos of a label below which every further one helps much
_UNEVEN = 4  # times the photos of the smallest label

Advice = Literal["label", "groups", "few", "uneven", "good"]


@dataclass(frozen=True)
class LabelState:
    """`share` is of the label with the most photos, 0 to 1."""

    label: StoredLabel
    splits: Mapping[str, int]
    groups: int
    share: float

    @property
    def total(self) -> int:
        return sum(self.splits.values())

    @property
    def usable(self) -> int:
        return self.total - self.splits.get("aside", 0)

    @property
    def missing(self) -> int:
        """Different photos that training still needs of it."""
        return max(0, LEAST_GROUPS - self.groups)


@dataclass(frozen=True)
class Overview:
    """`advice` is the one thing to do next, about `about` where it is about some labels."""

    model: StoredModel
    labels: list[LabelState]
    advice: Advice
    about: list[LabelState]

    @property
    def photos(self) -> int:
        return sum(state.total for state in self.labels)

    @property
    def aside(self) -> int:
        return sum(state.splits.get("aside", 0) for state in self.labels)

    @property
    def can_train(self) -> bool:
        return self.advice not in ("label", "groups")


def overview(c: Connection, model: StoredModel) -> Overview:
    """A few queries, however many photos there are."""
    counts, groups = images.counts(c, model.model), images.groups(c, model.model)
    totals = {label.label: sum(counts.get(label.label, {}).values()) for label in model.labels}
    most = max([1, *totals.values()])
    labels = [
        LabelState(
            label,
            counts.get(label.label, {}),
            groups.get(label.label, 0),
            totals[label.label] / most,
        )
        for label in model.labels
    ]
    return Overview(model, labels, *_advice(labels))


def _advice(labels: list[LabelState]) -> tuple[Advice, list[LabelState]]:
    if len(labels) < LEAST_LABELS:
        return "label", []
    filled = [state for state in labels if state.usable]
    enough = len(filled) >= LEAST_LABELS  # a label without photos is left for later
    if lacking := [state for state in (filled if enough else labels) if state.missing]:
        return "groups", lacking
    most = max(state.usable for state in filled)
    if small := [state for state in filled if _UNEVEN * state.usable < most]:
        return "uneven", small
    if few := [state for state in filled if state.usable < _FEW]:
        return "few", few
    return "good", []
