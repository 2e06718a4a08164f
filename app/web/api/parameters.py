"""What may stand behind the question mark, and nothing else."""

import math
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from app import errors
from app.texts import Language
from app.vision.decode import Box


class LanguageQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lang: Language | None = None


class BoxQuery(LanguageQuery):
    box: str | None = Field(None, examples=["0.1,0.05,0.8"])

    def parsed_box(self) -> Box | None:
        """Raises InvalidParameter unless the box is three fractions."""
        if self.box is None:
            return None
        try:
            x, y, side = (float(part) for part in self.box.split(","))
        except ValueError:
            raise errors.InvalidParameter(name="box") from None
        if not all(math.isfinite(v) for v in (x, y, side)) or not 0 < side <= 1.001:
            raise errors.InvalidParameter(name="box")
        return Box(x, y, side)


Explain = Literal["heatmap", "neighbours", "heatmap,neighbours", "neighbours,heatmap"]


class PredictQuery(BoxQuery):
    top_k: int = Field(5, ge=1, le=100)
    explain: Explain | None = None

    def wants(self, reason: Literal["heatmap", "neighbours"]) -> bool:
        """Whether this is to be explained with each answer."""
        return reason in (self.explain or "").split(",")


class PredictManyQuery(PredictQuery):
    model: list[str] = Field(
        default_factory=list, max_length=32, examples=[["flowers", "imagenet"]]
    )


def once(*repeatable: str) -> Callable[[Request], Awaitable[None]]:
    """A dependency: no parameter twice, except those that may be repeated."""

    async def check(request: Request) -> None:  # a plain `def` would change threads twice
        seen = set()
        for name, _ in request.query_params.multi_items():
            if name in seen and name not in repeatable:
                raise errors.DuplicateParameter(name=name)
            seen.add(name)

    return check


Lang = Annotated[LanguageQuery, Query()]
