"""The shape of a model card, for the API's documentation."""

from typing import Any

from pydantic import BaseModel


class CardSectionShape(BaseModel):
    """The first row of a table is its head."""

    key: str
    title: str
    paragraphs: list[str]
    table: list[list[str]]
    points: list[str]


class LicenceShape(BaseModel):
    part: str
    name: str
    licence: str
    source: str


class CardShape(BaseModel):
    model: str
    version: int
    language: str
    title: str
    lead: str
    sections: list[CardSectionShape]
    facts: dict[str, Any]
    licences: list[LicenceShape]


CARD_EXAMPLE: dict[str, Any] = {
    "model": "flowers",
    "version": 1,
    "language": "en",
    "title": "Flowers, version 1",
    "lead": "Made on 2026-11-23. The figures are those from the end of its training, and stay as "
    "they are.",
    "sections": [
        {
            "key": "knows",
            "title": "What it knows",
            "paragraphs": ["Tells apart: daisy, dandelion, rose, sunflower, tulip."],
            "table": [],
            "points": [],
        }
    ],
    "facts": {
        "created": "2026-11-23T10:05:12+00:00",
        "accuracy": {"right": 419, "of": 444, "share": 0.9437, "low": 0.9182, "high": 0.9616},
    },
    "licences": [
        {"part": "blomst", "name": "Blomst itself", "licence": "Apache-2.0", "source": ""}
    ],
}
