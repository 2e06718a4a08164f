"""The forms that name a model, and that make, name and remove its labels. What is refused is told
beside the form."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import errors
from app.teaching import models as teaching
from app.web.api.parameters import Lang, once
from app.web.changes import show_names
from app.web.forms import read_fields
from app.web.language import language_of
from app.web.pages.models import see
from app.web.pages.teach import model_page
from app.web.state import asking_of
from app.web.storing import with_store

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])

_REFUSALS = (errors.InvalidLabel, errors.InvalidText, errors.LabelExists, errors.TooManyClasses)


@router.post("/models/{model}/rename")
async def rename_model(request: Request, model: str, query: Lang) -> Response:
    try:
        names = await _names(request)
        renamed = await with_store(request, teaching.rename, model, names)
    except _REFUSALS as problem:
        return await model_page(request, model, problem=problem)
    asking_of(request).catalogue.rename(renamed)
    return see(f"/models/{model}")


@router.post("/models/{model}/labels")
async def add_label(request: Request, model: str, query: Lang) -> Response:
    try:
        fields = await read_fields(request, ("name",))
        await with_store(request, teaching.add_label, model, fields.one("name"))
    except _REFUSALS as problem:
        return await model_page(request, model, problem=problem)
    return see(f"/models/{model}")


@router.post("/models/{model}/labels/{label}/rename")
async def rename_label(request: Request, model: str, label: str, query: Lang) -> Response:
    try:
        names = await _names(request)
        await with_store(request, teaching.rename_label, model, label, names)
    except _REFUSALS as problem:
        return await model_page(request, model, problem=problem)
    await show_names(request, model)
    return see(f"/models/{model}")


@router.post("/models/{model}/labels/{label}/remove")
async def remove_label(request: Request, model: str, label: str, query: Lang) -> Response:
    await read_fields(request, ())
    await with_store(request, teaching.remove_label, model, label)
    return see(f"/models/{model}")


@router.post("/models/{model}/labels/{label}/restore")
async def restore_label(request: Request, model: str, label: str, query: Lang) -> Response:
    await read_fields(request, ())
    await with_store(request, teaching.restore_label, model, label)
    return see(f"/models/{model}")


async def _names(request: Request) -> dict[str, str]:
    """The one that was given, in the reader's language."""
    fields = await read_fields(request, ("name",))
    return {language_of(request): fields.one("name")}
