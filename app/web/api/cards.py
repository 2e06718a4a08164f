"""The model card of a version, as JSON and as Markdown."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import errors
from app.teaching.examining import Examined, examine
from app.texts import Texts
from app.web.api.card_shapes import CARD_EXAMPLE, CardShape
from app.web.api.documentation import json_out, problem_responses
from app.web.api.images import ASKED
from app.web.api.models import Lang
from app.web.api.parameters import once
from app.web.api.predict import ModelName, json_response
from app.web.api.versions import VersionNumber
from app.web.cards import card_json, file_name, markdown_of
from app.web.language import texts_of
from app.web.storing import with_store

router = APIRouter(
    prefix="/api/v1/models/{model}/versions/{version}", dependencies=[Depends(once())]
)

_PROBLEMS = problem_responses(errors.VersionNotFound, errors.ModelCorrupt, *ASKED)


@router.get(
    "/card",
    operation_id="show_card",
    responses={200: json_out(CardShape, CARD_EXAMPLE), **_PROBLEMS},
)
async def show_card(
    request: Request, model: ModelName, version: VersionNumber, query: Lang
) -> Response:
    told = await with_store(request, examine, model, version)
    return json_response(card_json(told, texts_of(request)))


@router.get(
    "/card.md",
    operation_id="show_card_markdown",
    response_class=Response,
    responses={200: {"content": {"text/markdown": {}}}, **_PROBLEMS},
)
async def show_card_markdown(
    request: Request, model: ModelName, version: VersionNumber, query: Lang
) -> Response:
    told = await with_store(request, examine, model, version)
    return as_markdown(told, texts_of(request))


def as_markdown(told: Examined, t: Texts) -> Response:
    headers = {
        "Content-Language": t.language,
        "Content-Disposition": f'inline; filename="{file_name(told, t)}"',
        "Vary": "Accept-Language, Cookie",
    }
    return Response(markdown_of(told, t), headers=headers, media_type="text/markdown")
