"""The model card of a version, to read and to print."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.teaching.examining import examine
from app.teaching.provenance import card_of
from app.web.api.parameters import Lang, once
from app.web.language import texts_of
from app.web.pages.models import named
from app.web.rendering import render
from app.web.storing import with_store

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])


@router.get("/models/{model}/versions/{version}/card")
async def show_card(request: Request, model: str, version: int, query: Lang) -> Response:
    t = texts_of(request)
    told = await with_store(request, examine, model, version)
    context = {
        "model": {"model": model, "name": named(told.model.names, t.language)},
        "number": version,
        "card": card_of(told, t.language),
        "files": f"/api/v1/models/{model}/versions/{version}/card",
    }
    return render(request, "card.html", context)
