"""The photos, as numbers, that the lab's pages train on."""

import asyncio
import gzip
import hashlib
from functools import cache
from typing import NamedTuple

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.lab import material
from app.web.api.features import MEDIA_TYPE
from app.web.api.parameters import Lang, once

router = APIRouter(prefix="/lab", include_in_schema=False, dependencies=[Depends(once())])


class _File(NamedTuple):
    content: bytes
    compressed: bytes
    tag: str


@router.get("/features")
async def features(request: Request, query: Lang) -> Response:
    """As a static file is sent: asked for every time, and sent when it is another one."""
    file = await asyncio.to_thread(_file)
    headers = {"ETag": file.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(file.content, headers=headers, media_type=MEDIA_TYPE)
    headers["Content-Encoding"] = "gzip"
    return Response(file.compressed, headers=headers, media_type=MEDIA_TYPE)


@cache
def _file() -> _File:
    content = material.content()
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    return _File(content, gzip.compress(content, 6, mtime=0), tag)
