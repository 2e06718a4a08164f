"""A version ready to answer: its labels, its head, and what it knows of the unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.vision import heatmap
from app.vision.engine import Seen
from app.vision.head import Head, Reference
from app.vision.neighbours import Hesitation, hesitation


@dataclass(frozen=True)
class Label:
    """`slug` stays the same for ever; `names` by language are what people read."""

    slug: str
    names: Mapping[str, str]
    aliases: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names.get("en") or self.slug


@dataclass(frozen=True)
class Prediction:
    """One label with its score (0 to 1), and its heat map (PNG) where one was asked for."""

    label: Label
    score: float
    heatmap: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """What one classifier says of one look. `unknown` is None where it cannot be told, `unsure`
    says that the best score is below the classifier's threshold; `hesitation` counts in its labels,
    and is None where it has but one."""

    classifier: "Classifier"
    predictions: Sequence[Prediction]
    unknown: bool | None
    hesitation: Hesitation | None

    @property
    def unsure(self) -> bool:
        return self.predictions[0].score < self.classifier.threshold

    @property
    def decision(self) -> Label | None:
        return None if self.unknown or self.unsure else self.predictions[0].label


@dataclass(frozen=True, eq=False)
class Classifier:
    """A model's version. Immutable: going live puts another one in its place. `exam` is short: how
    many were right of how many, its 95 % interval, and by what. Scores below `threshold` are no
    answer."""

    model: str
    names: Mapping[str, str]
    version: int
    labels: Sequence[Label]
    head: Head
    reference: Reference | None = None
    exam: Mapping[str, Any] | None = None
    threshold: float = 0.0

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names.get("en") or self.model

    def answer(self, seen: Seen, top_k: int, explain: bool) -> Answer:
        """The `top_k` best labels, best first; with `explain` each with its heat map."""
        scores = self.head.scores(seen.features)
        best = np.argsort(-scores, kind="stable")[:top_k]
        predictions = [
            Prediction(
                self.labels[i], float(scores[i]), self._heatmap(seen, i) if explain else None
            )
            for i in best.tolist()
        ]
        return Answer(self, predictions, self._unknown(seen), hesitation(scores))

    def _heatmap(self, seen: Seen, label: int) -> bytes:
        return heatmap.png(self.head.evidence(seen.feature_map, label))

    def _unknown(self, seen: Seen) -> bool | None:
        if self.reference is None:
            return None
        return not self.reference.knows(seen.features)
