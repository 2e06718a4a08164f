"""The lab: the lecture in chapters, the teacher's plan, and the questions on paper."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import errors
from app.lab.chapters import QUESTIONS, written
from app.lab.notebook import MEDIA_TYPE, NAME, notebook
from app.web.api.parameters import Lang, once
from app.web.language import texts_of
from app.web.rendering import render

router = APIRouter(prefix="/lab", include_in_schema=False, dependencies=[Depends(once())])


@router.get("")
async def contents(request: Request, query: Lang) -> Response:
    return render(request, "lab/contents.html", {"chapters": written(), "questions": QUESTIONS})


@router.get("/teach")
async def teach(request: Request, query: Lang) -> Response:
    chapters = written()
    starts = [sum(c.minutes for c in chapters[:at]) for at in range(len(chapters))]
    context = {"plan": list(zip(starts, chapters, strict=True)), "questions": QUESTIONS}
    return render(request, "lab/teach.html", context)


@router.get("/sheet")
async def sheet(request: Request, query: Lang) -> Response:
    return render(request, "lab/sheet.html", {"chapters": written(), "questions": QUESTIONS})


@router.get("/notebook")
async def workshop(request: Request, query: Lang) -> Response:
    """In the reader's language, and asking the very address that the reader has reached."""
    server = str(request.base_url).rstrip("/")
    headers = {"Content-Disposition": f'attachment; filename="{NAME}"', "Cache-Control": "no-store"}
    return Response(notebook(texts_of(request), server), 200, headers, MEDIA_TYPE)


@router.get("/{slug}")
async def chapter(request: Request, slug: str, query: Lang) -> Response:
    chapters = written()
    at = next((at for at, each in enumerate(chapters) if each.slug == slug), None)
    if at is None:
        raise errors.NotFound
    t = texts_of(request)
    context = {
        "chapter": chapters[at],
        "number": at + 1,
        "chapters": chapters,
        "before": chapters[at - 1] if at else None,
        "after": chapters[at + 1] if at + 1 < len(chapters) else None,
        "words": {
            key: sentence
            for part in ("shell", "photo", "heads", slug)
            for key, sentence in t.below(f"lab.{part}.words").items()
        },
    }
    return render(request, f"lab/{slug}.html", context)
