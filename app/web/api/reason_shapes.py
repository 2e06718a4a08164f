"""The shapes of reasons for answers."""

from pydantic import BaseModel, Field


class CreditShape(BaseModel):
    by: str | None
    link: str


class HesitationShape(BaseModel):
    first: str
    second: str
    margin: float = Field(ge=0, le=1)
    close: bool


class NeighbourShape(BaseModel):
    label: str
    name: str
    similarity: float
    likeness: str
    sha256: str | None
    thumbnail: str | None
    content: str | None
    credit: CreditShape | None
