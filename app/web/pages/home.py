"""The first page: photos in, answers out, with scripts and without."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import errors
from app.errors import Problem
from app.store import models
from app.store.models import StoredModel
from app.store.store import Store
from app.vision.decode import MEDIA_TYPES
from app.web import problems
from app.web.answers import Question, answer, data_url
from app.web.api.parameters import Lang, once
from app.web.bodies import Upload, receive_photos
from app.web.callers import may_see_datasets
from app.web.language import language_of, texts_of
from app.web.pages.models import named
from app.web.presence import while_connected
from app.web.problems import request_id
from app.web.rendering import render
from app.web.state import asking_of, state_of
from app.web.storing import with_store

_BEST = 5  # labels of each model that are listed

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])


@router.get("/")
async def home(request: Request, query: Lang) -> Response:
    return await _home(request, None)


@router.post("/")
async def home_with_answers(request: Request, query: Lang) -> Response:
    """The form without JavaScript: the same answers, with small copies of the photos."""
    asking = asking_of(request)
    question = Question(
        list(asking.catalogue), _BEST, None, texts_of(request),
        heatmaps=True, neighbours=True, shows_photos=may_see_datasets(request),
    )  # fmt: skip
    async with receive_photos(request, state_of(request)) as uploads:
        try:
            told = await while_connected(
                request, answer(asking, uploads, question, request_id(request))
            )
        except (errors.UnusableImage, errors.NoUsableImages) as problem:
            told = {"results": _refused(request, uploads, problem)}
        for upload, result in zip(uploads, told["results"], strict=True):
            if "error" not in result:
                shown = await asking.lookout.small_copy(upload.content)
                result["photo"] = data_url(shown, "image/jpeg")
    return await _home(request, told["results"])


def _refused(request: Request, uploads: list[Upload], problem: Problem) -> list[dict[str, Any]]:
    """Each file that could not be looked at, with its reason."""
    t = texts_of(request)
    if isinstance(problem, errors.NoUsableImages):
        kinds = {kind.code: kind for kind in errors.all_problems()}
        each = [kinds[e.code](**e.params) for e in problem.errors]
    else:
        each = [problem]
    return [
        {"filename": u.filename, "error": problems.document(p, t, request_id(request))}
        for u, p in zip(uploads, each, strict=True)
    ]


async def _home(request: Request, answers: list[dict[str, Any]] | None) -> Response:
    state, language = state_of(request), language_of(request)
    classifiers = list(state.asking.catalogue) if state.asking else []
    teachable = await with_store(request, _teachable) if state.asking else []
    context = {
        "models": [c.model for c in classifiers],
        "many": [c.model for c in classifiers if len(c.labels) > _BEST],
        "limits": {"image_mb": state.settings.image_mb, "images": state.settings.images},
        "accept": ",".join(MEDIA_TYPES),
        "answers": answers,
        "ready": state.ready,
        "teachable": [
            {
                "model": model.model,
                "name": named(model.names, language),
                "labels": [
                    {"label": label.label, "name": named(label.names, language)}
                    for label in model.labels
                ],
            }
            for model in teachable
        ],
    }
    return render(request, "home.html", context)


def _teachable(store: Store) -> list[StoredModel]:
    with store.database.read() as c:
        return models.all_models(c)
