"""The first patterns of the pretrained network, as the lab's page applies them."""

import asyncio
from functools import cache

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.vision import patterns
from app.web.api.parameters import Lang, once
from app.web.api.predict import json_response

router = APIRouter(prefix="/lab", include_in_schema=False, dependencies=[Depends(once())])


@router.get("/convolution/patterns")
async def first_patterns(request: Request, query: Lang) -> Response:
    """`patterns` lie pattern by pattern, each row by row, column by column, colour by colour."""
    return json_response(await asyncio.to_thread(_told))


@cache
def _told() -> dict[str, list[list[float]] | list[float]]:
    found, bias = patterns.first()
    flat = found.reshape(-1, found.shape[-1]).T
    rounded = [[float(f"{value:.7g}") for value in row] for row in flat.tolist()]
    return {"patterns": rounded, "bias": [float(f"{value:.7g}") for value in bias.tolist()]}
