"""How good versions are: a report on each, the photos behind its numbers, two of them compared, and
the forms that say when a model answers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import URL
from starlette.responses import Response

from app import errors
from app.store.models import StoredModel
from app.teaching.choosing import choose
from app.teaching.examining import FOLDS, Examined, examine
from app.texts import Texts
from app.web.api.cursors import cursor_of, number_of
from app.web.api.parameters import Lang, LanguageQuery, once
from app.web.api.reports import AnswersQuery, compared, numbers_of, pair_of
from app.web.figures import give_or_take
from app.web.forms import read_fields
from app.web.language import texts_of
from app.web.others import examined
from app.web.pages.models import named, see
from app.web.pages.photos import change_chosen
from app.web.pages.teach import SETTINGS
from app.web.rendering import render
from app.web.reports import answers, comparison_json, differing, report_json, with_maps, with_photos
from app.web.state import asking_of
from app.web.storing import with_store
from app.web.versions import version_json

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])

_SEEN = 12  # photos of which it was wrongly sure, shown on the report itself
_PAGE = 60
_LARGE = 20  # labels from which on a matrix is a list of what was mistaken for what
_MIXED_UP = 30
_RANGES = {"coverage": (0.5, 0.999), "threshold": (0.0, 0.99)}


class CompareQuery(LanguageQuery):
    """Numbers as forms send them; left out, the live version and the newest other one."""

    a: int | None = None
    b: int | None = None


@router.get("/models/{model}/versions/{version}")
async def show_version(request: Request, model: str, version: int, query: Lang) -> Response:
    t = texts_of(request)
    told, sets = await examined(request, model, version)
    report = report_json(told, sets, t)
    wrong = answers(told, None, None, False)
    seen = await with_store(request, with_photos, model, wrong[:_SEEN])
    _, others = await with_store(request, numbers_of, model)
    context = {
        **_about(told, t),
        "report": report,
        "wrong": {"photos": seen, "total": len(wrong)},
        "mixed_up": _mixed_up(report["confusion"]),
        "large": len(told.labels) > _LARGE,
        "few": report["by"] == FOLDS,
        "changed": _changed(told, report),
        "run": _course(told.report),
        "settings": [(name, told.row.summary["settings"].get(name)) for name in SETTINGS],
        "others": [number for number in others if number != version],
        "curves": _curves(report),
    }
    return render(request, "version.html", context)


@router.get("/models/{model}/versions/{version}/answers")
async def show_answers(
    request: Request, model: str, version: int, query: Annotated[AnswersQuery, Query()]
) -> Response:
    t, listing = texts_of(request), query.listing(model, version)
    start = number_of(query.cursor, *listing) or 0
    told = await with_store(request, examine, model, version)
    found = answers(told, query.truth, query.answer, query.wants_right())
    part = await with_store(request, with_photos, model, found[start : start + _PAGE])
    over = start + len(part)
    here = URL(scope=request.scope)
    more = here.include_query_params(cursor=cursor_of(over, *listing))
    names = _names(told.model, told, t)
    context = {
        **_about(told, t),
        "kind": _kind(query),
        "truth": names.get(query.truth or ""),
        "answer": names.get(query.answer or ""),
        "total": len(found),
        "images": [{**one, "said": _said(one, names, t)} for one in part],
        "label": None,
        "labels": [{"label": x.label, "name": named(x.names, t.language)}
                   for x in told.model.labels],
        "few": told.shown()[0] == FOLDS,
        "action": f"{here.path}?{here.query}" if here.query else here.path,
        "older": f"{more.path}?{more.query}" if over < len(found) else None,
    }  # fmt: skip
    return render(request, "answers.html", context)


@router.post("/models/{model}/versions/{version}/answers")
async def change_answers(
    request: Request, model: str, version: int, query: Annotated[AnswersQuery, Query()]
) -> Response:
    """The gallery's form without scripts: a mistake leads to its repair."""
    await change_chosen(request, model)
    here = URL(scope=request.scope)
    return see(f"{here.path}?{here.query}" if here.query else here.path)


@router.get("/models/{model}/compare")
async def show_comparison(
    request: Request, model: str, query: Annotated[CompareQuery, Query()]
) -> Response:
    t = texts_of(request)
    stored, numbers = await with_store(request, numbers_of, model)
    a, b = pair_of(stored.live, numbers, query.a, query.b)
    context: dict[str, Any] = {
        "model": {"model": model, "name": named(stored.names, t.language)},
        "numbers": numbers,
        "live": stored.live,
        "a": a,
        "b": b,
        "comparison": None,
        "photos": [],
        "names": {x.label: named(x.names, t.language) for x in stored.labels},
    }
    if a is not None and b is not None:
        told = await with_store(request, compared, model, a, b)
        context["comparison"] = comparison_json(told, a, b, t)
        names = context["names"]
        context["left_out"] = ", ".join(names.get(label, label) for label in told.left_out)
        part = differing(told)[:_PAGE]
        seen = await with_store(request, with_photos, model, part)
        context["photos"] = with_maps(model, a, b, seen)
    return render(request, "compare.html", context)


@router.post("/models/{model}/answering")
async def set_answering(request: Request, model: str, query: Lang) -> Response:
    """When the model answers: how much of the known it must know, and from which score on."""
    fields = await read_fields(request, (*_RANGES, "version"))
    given = {name: _number(fields.one(name), name) for name in _RANGES if name in fields}
    catalogue = asking_of(request).catalogue
    stored = await with_store(request, choose, catalogue, model, **given)
    version = fields.one("version", str(stored.live or ""))
    if version.isdecimal() and len(version) < 10:
        return see(f"/models/{model}/versions/{int(version)}#answering")
    return see(f"/models/{model}")


def _number(text: str, name: str) -> float:
    least, most = _RANGES[name]
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not least <= value <= most:
        raise errors.InvalidField(name=name, why="between", least=f"{least:g}", most=f"{most:g}")
    return value


def _about(told: Examined, t: Texts) -> dict[str, Any]:
    shown = version_json(told.row, told.model.live, t)
    return {
        "model": {"model": told.row.model, "name": named(told.model.names, t.language)},
        "shown": shown,
        "shipped": told.row.shipped,
        "names": _names(told.model, told, t),
        "around": lambda exam: give_or_take(exam, t.language),
    }


def _names(stored: StoredModel, told: Examined, t: Texts) -> dict[str, str]:
    """As labels are called now, or were when the version learned them."""
    then = {one["label"]: named(one["name"], t.language) for one in told.row.summary["labels"]}
    return then | {x.label: named(x.names, t.language) for x in stored.labels if x.label in then}


def _said(one: dict[str, Any], names: dict[str, str], t: Texts) -> str:
    score = one["score"]
    name = names.get(one["answer"], one["answer"])
    if score is None:
        return t("trust.answers.said_only", name=name)
    return t("trust.answers.said", name=name, percent=t("pages.site.percent", n=int(100 * score)))


def _kind(query: AnswersQuery) -> str:
    if query.truth is not None and query.answer is not None:
        return "right_cell" if query.truth == query.answer else "cell"
    if query.truth is not None or query.answer is not None:
        return "truth" if query.truth is not None else "answer"
    return {"true": "right", "false": "wrong", None: "all"}[query.right]


def _mixed_up(confusion: dict[str, Any]) -> list[dict[str, Any]]:
    """What was mistaken for what, the most often first."""
    labels = confusion["labels"]
    found = [
        {"truth": labels[row], "answer": labels[column], "photos": count}
        for row, counts in enumerate(confusion["counts"])
        for column, count in enumerate(counts)
        if count and row != column
    ]
    return sorted(found, key=lambda one: -one["photos"])[:_MIXED_UP]


def _changed(told: Examined, report: dict[str, Any]) -> dict[str, Any] | None:
    """The exam at the end of the training, where today's is another."""
    then = told.report["exam"]["accuracy"]
    now = report["exam"]["accuracy"]
    same = (then["right"], then["of"]) == (now["right"], now["of"])
    return None if same or not then["of"] else {"right": then["right"], "of": then["of"]}


def _curves(report: dict[str, Any]) -> dict[str, Any] | None:
    """What the sliders go through."""
    told = report["answering"]
    if told is None:
        return None
    return {name: told[name] for name in ("thresholds", "coverages")}


def _course(report: Any) -> dict[str, Any] | None:
    """What the curves of training are drawn from."""
    told = report.get("training")
    if not told:
        return None
    history = told["history"]
    return {
        "history": history,
        "best_epoch": told["best_epoch"],
        "epochs": len(history),
        "stopped_early": told.get("stopped_early"),
        "state": "succeeded",
    }
