"""Photos to look at: made anew without anything that their files said of themselves."""

import logging

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import errors
from app.store.store import Store
from app.teaching import reading
from app.web.api.documentation import problem_responses
from app.web.api.images import ASKED, Sha256
from app.web.api.models import Lang
from app.web.api.parameters import once
from app.web.api.predict import ModelName
from app.web.state import asking_of, store_of
from app.web.storing import with_store

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/v1/models/{model}/images/{sha256}", dependencies=[Depends(once())])

CONTENT_SIDE, THUMBNAIL_SIDE = 1600, 320

_RESPONSES = {
    200: {"content": {"image/jpeg": {}}},
    **problem_responses(errors.ImageNotFound, errors.PhotoAbsent, errors.ObjectUnreadable, *ASKED),
}


@router.get("/content", operation_id="show_photo", response_class=Response, responses=_RESPONSES)
async def show_photo(request: Request, model: ModelName, sha256: Sha256, query: Lang) -> Response:
    await _check_present(request, model, sha256)
    return await shown(request, sha256, CONTENT_SIDE)


@router.get(
    "/thumbnail", operation_id="show_thumbnail", response_class=Response, responses=_RESPONSES
)
async def show_thumbnail(
    request: Request, model: ModelName, sha256: Sha256, query: Lang
) -> Response:
    await _check_present(request, model, sha256)
    return await shown(request, sha256, THUMBNAIL_SIDE)


async def _check_present(request: Request, model: str, sha256: str) -> None:
    if not (await with_store(request, reading.photo, model, sha256)).present:
        raise errors.PhotoAbsent


async def shown(request: Request, sha256: str, side: int) -> Response:
    """A photo that is kept, for someone who may see it. Raises ObjectUnreadable."""
    headers = _headers(sha256, side)
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    content = await with_store(request, _kept, sha256, side)
    if content is None:
        content = await _made(request, sha256, side)
        await with_store(request, _keep, sha256, side, content)
    return Response(content, headers=headers, media_type="image/jpeg")


def _headers(sha256: str, side: int) -> dict[str, str]:
    """The bytes of an address never change. They are other people's pictures, so no page may run
    anything out of them, and only the browser that asked may keep them."""
    return {
        "ETag": f'"{sha256[:32]}-{side}"',
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Disposition": f'inline; filename="{sha256[:12]}.jpg"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


def _kept(store: Store, sha256: str, side: int) -> bytes | None:
    return store.small.read(sha256, side)


def _keep(store: Store, sha256: str, side: int, content: bytes) -> None:
    store.small.write(sha256, side, content)


async def _made(request: Request, sha256: str, side: int) -> bytes:
    asking, objects = asking_of(request), store_of(request).objects
    try:
        return await asking.lookout.shrink(lambda: objects.checked(sha256), side)
    except (OSError, errors.UnusableImage) as error:
        log.error("the photo %s cannot be read: %s", sha256, error)
        raise errors.ObjectUnreadable from error
