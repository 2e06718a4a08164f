"""For those who run the server: is it alive, is it ready, which version is it."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import __version__
from app.vision.recipe import RECIPE
from app.web.api.parameters import Lang, once
from app.web.api.predict import json_response
from app.web.state import state_of

router = APIRouter(dependencies=[Depends(once())])


@router.get("/livez", operation_id="live")
async def live(query: Lang) -> Response:
    return json_response({"alive": True})


@router.get("/readyz", operation_id="ready")
async def ready(request: Request, query: Lang) -> Response:
    """503 until the network has answered its self-test, and again once the server is stopping."""
    state = state_of(request)
    response = json_response({"ready": state.ready, "phase": state.phase})
    if not state.ready:
        response.status_code = 503
        response.headers["Retry-After"] = "3"
    return response


@router.get("/version", operation_id="version")
async def version(query: Lang) -> Response:
    told = {
        "name": "blomst",
        "version": __version__,
        "network": RECIPE.network,
        "recipe": RECIPE.id,
    }
    return json_response(told)
