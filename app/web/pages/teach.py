"""The page of one model: its photos by label, its trainings, its versions."""

from typing import Any, NamedTuple

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import errors
from app.catalogue import Degraded
from app.store import holds, images, imports, inbox, models, registry, runs
from app.store.images import Image
from app.store.imports import OVER, StoredImport
from app.store.models import StoredLabel, StoredModel
from app.store.registry import VersionRow
from app.store.runs import StoredRun
from app.store.store import Store
from app.teaching import caring
from app.teaching.models import teachable
from app.teaching.overview import LabelState, Overview, overview
from app.teaching.snapshot import LEAST_GROUPS
from app.texts import Texts
from app.vision.decode import MEDIA_TYPES
from app.vision.lesson import RANGES, Settings
from app.vision.views import AUGMENTATIONS
from app.web import problems
from app.web.api.parameters import Lang, once
from app.web.api.telling import image, moment
from app.web.care import count
from app.web.figures import give_or_take
from app.web.language import texts_of
from app.web.pages.models import named
from app.web.problems import request_id
from app.web.rendering import render
from app.web.runs import run_json
from app.web.state import state_of
from app.web.storing import with_store
from app.web.versions import version_json

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])

_NEWEST = 5  # photos shown beside each label
_RUNS = 20
_IMPORTS = 10

SETTINGS = (
    "epochs", "learning_rate", "batch_size", "l2", "dropout", "augmentation", "patience",
    "class_weights", "seed",
)  # fmt: skip
"""In the order in which people meet them; `refit` is not for them to set."""


class Known(NamedTuple):
    """All that the page shows, read in one go."""

    overview: Overview
    newest: dict[str, list[Image]]
    removed_labels: list[StoredLabel]
    removed_photos: bool
    holds: dict[str, int]
    runs: list[StoredRun]
    versions: list[VersionRow]
    imports: list[StoredImport]  # the newest, newest first
    waiting: int  # photos without a label


@router.get("/models/{model}")
async def show_model(request: Request, model: str, query: Lang) -> Response:
    return await model_page(request, model)


async def model_page(
    request: Request,
    model: str,
    *,
    problem: errors.Problem | None = None,
    given: dict[str, Any] | None = None,
) -> Response:
    """With what a form was refused for, and what it said, where one was."""
    known = await with_store(request, read_known, model)
    t = texts_of(request)
    context = {
        **_about_model(request, known, t),
        **_about_photos(request, known, t),
        **_about_training(request, known, t, given or {}),
        "care": await _care(request, model),
        "problem": problem and problems.document(problem, t, request_id(request)),
        "refused_setting": isinstance(problem, errors.InvalidField),
        "said": None,
    }
    status = problem.status if problem else 200
    return render(request, "model.html", context, status, here=f"/models/{model}")


async def _care(request: Request, model: str) -> int | None:
    """How much wants a look, as far as that was worked out. It is not asked for here."""
    analyses = state_of(request).analyses
    found = await analyses.known(model, "care") if analyses else None
    if found is None:
        return None
    return count(await with_store(request, caring.open_points, model, found.result))


def read_known(store: Store, model: str) -> Known:
    """Raises ModelNotFound or ModelNotTeachable."""
    with store.database.read() as c:
        stored = teachable(c, model)
        every = models.labels_of(c, model, removed=True)
        return Known(
            overview(c, stored),
            {
                label.label: images.page(c, model, label=label.label, limit=_NEWEST)
                for label in stored.labels[:100]
            },
            [label for label in every if label.removed is not None],
            bool(images.page(c, model, removed=True, limit=1)),
            holds.counts(c, model),
            runs.page(c, model, limit=_RUNS),
            registry.versions_of(c, model),
            imports.page(c, model, limit=_IMPORTS),
            inbox.counts(c, model).total,
        )


def _about_model(request: Request, known: Known, t: Texts) -> dict[str, Any]:
    model = known.overview.model
    versions = [version_json(row, model.live, t) for row in known.versions]
    degraded = _degraded(request, model)
    answers = degraded.answers if degraded else model.live
    return {
        "model": {
            "model": model.model,
            "name": named(model.names, t.language),
            "shipped": model.shipped,
        },
        "live": next((v for v in versions if v["version"] == answers), None),
        "degraded": degraded and _told(degraded, t),
        "damaged": degraded.live if degraded else None,
        "versions": versions,
        "around": lambda exam: give_or_take(exam, t.language),
    }


def _degraded(request: Request, model: StoredModel) -> Degraded | None:
    asking = state_of(request).asking
    degraded = asking.catalogue.degraded if asking else ()
    return next((one for one in degraded if one.model == model.model), None)


def _told(degraded: Degraded, t: Texts) -> str:
    key = "teach.model.damaged" if degraded.answers else "teach.model.damaged_none"
    return t(key, version=degraded.live, answers=degraded.answers or "")


def _about_photos(request: Request, known: Known, t: Texts) -> dict[str, Any]:
    told = known.overview
    under_way = [job.number for job in known.imports if job.state not in OVER]
    return {
        "labels": [_label(known, state, t) for state in told.labels],
        "photos": told.photos,
        "aside": told.aside,
        "removed_photos": known.removed_photos,
        "waiting": known.waiting,
        "removed_labels": [
            {"label": label.label, "name": named(label.names, t.language)}
            for label in known.removed_labels
        ],
        "limits": {"image_mb": state_of(request).settings.image_mb},
        "accept": ",".join(MEDIA_TYPES),
        "importing": min(under_way, default=None),
        "report": next((job.number for job in known.imports if job.state in OVER), None),
        "label": None,
        "advice": advice(told, t),
        "can_train": told.can_train,
    }


def _label(known: Known, state: LabelState, t: Texts) -> dict[str, Any]:
    label = state.label
    return {
        "label": label.label,
        "name": named(label.names, t.language),
        "total": state.total,
        "share": state.share,
        "short": known.overview.advice != "few" and state in known.overview.about,
        "holds": known.holds.get(label.label, 0),
        "newest": [image(i) for i in known.newest.get(label.label, ()) if i.present],
    }


def advice(told: Overview, t: Texts) -> str:
    """The one thing to do next, in a sentence."""
    names = [named(state.label.names, t.language) for state in told.about[:5]]
    if not told.labels:
        return t("teach.advice.first", least=LEAST_GROUPS)
    if told.advice == "groups":
        each = [
            t("teach.advice.groups_one", name=name, n=state.missing)
            for name, state in zip(names, told.about, strict=False)
        ]
        return t("teach.advice.groups", least=LEAST_GROUPS, missing=_listed(each, t))
    kind = "uneven_many" if told.advice == "uneven" and len(names) > 1 else told.advice
    return t(f"teach.advice.{kind}", names=_listed(names, t))


def _listed(words: list[str], t: Texts) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {t('teach.advice.and')} {words[-1]}"


def _about_training(
    request: Request, known: Known, t: Texts, given: dict[str, Any]
) -> dict[str, Any]:
    runner = state_of(request).runner
    newest = known.runs[0] if known.runs else None
    return {
        "run": run_json(newest, runner.progress(newest), t) if newest and runner else None,
        "runs": [
            {"run": r.run, "state": r.state, "version": r.version, "created": moment(r.created)}
            for r in known.runs[1:]
        ],
        "settings": [_setting(name, given) for name in SETTINGS],
        "force": bool(given.get("force")),
    }


def _setting(name: str, given: dict[str, Any]) -> dict[str, Any]:
    default = getattr(Settings(), name)
    value = given.get(name, default)
    if name == "augmentation":
        return {"name": name, "kind": "choice", "choices": AUGMENTATIONS, "value": value}
    if isinstance(default, bool):
        return {"name": name, "kind": "switch", "value": value}
    least, most = RANGES[name]
    step = "any" if isinstance(default, float) else 1
    limits = {"least": f"{least:g}", "most": f"{most:.10g}", "step": step}
    return {"name": name, "kind": "number", "value": value, **limits}
