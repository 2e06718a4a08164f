"""For those who run the server: is it alive, is it ready, which version is it."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import __version__
from app.vision.recipe import RECIPE
from app.web.api.documentation import ALWAYS, GUARDED, problem_responses
from app.web.api.parameters import Lang, once
from app.web.api.predict import json_response
from app.web.api.shapes import ReadyShape
from app.web.state import state_of

router = APIRouter(dependencies=[Depends(once())])


@router.get("/livez", operation_id="live", responses=problem_responses(*ALWAYS))
async def live(query: Lang) -> Response:
    return json_response({"alive": True})


@router.get(
    "/readyz",
    operation_id="ready",
    responses={503: {"model": ReadyShape}, **problem_responses(*ALWAYS)},
)
async def ready(request: Request, query: Lang) -> Response:
    """503 until the network has answered its self-test, and again once the server is stopping."""
    state = state_of(request)
    response = json_response({"ready": state.ready, "phase": state.phase})
    if not state.ready:
        response.status_code = 503
        response.headers["Retry-After"] = "3"
    return response


@router.get("/version", operation_id="version", responses=problem_responses(*ALWAYS, *GUARDED))
async def version(query: Lang) -> Response:
    told = {
        "name": "blomst",
        "version": __version__,
        "network": RECIPE.network,
        "recipe": RECIPE.id,
    }
    return json_response(told)
