"""The gallery of a model's photos, and the form without scripts that adds some."""

from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app import errors
from app.store import images, models
from app.store.images import Image
from app.store.models import StoredLabel, StoredModel
from app.store.store import Store
from app.teaching import gallery
from app.teaching.models import label_of, teachable
from app.web.api.cursors import cursor_of, number_of
from app.web.api.parameters import LanguageQuery, once
from app.web.api.telling import image as told_image
from app.web.bodies import receive_form
from app.web.forms import read_fields
from app.web.language import texts_of
from app.web.pages.models import named, see
from app.web.presence import while_connected
from app.web.rendering import render
from app.web.state import state_of
from app.web.storing import with_store
from app.web.uploads import Wish, add

router = APIRouter(include_in_schema=False, dependencies=[Depends(once())])

_PAGE = 60


class PhotosQuery(LanguageQuery):
    label: str | None = None
    split: Literal["train", "validation", "test", "aside"] | None = None
    removed: bool = False
    cursor: str | None = None

    def address(self, model: str, **more: str) -> str:
        removed = "true" if self.removed else None
        given = {"label": self.label, "split": self.split, "removed": removed, **more}
        told = urlencode({key: value for key, value in given.items() if value is not None})
        return f"/models/{model}/photos" + (f"?{told}" if told else "")

    def listing(self, model: str) -> tuple[object, ...]:
        """What a cursor of this page belongs to."""
        return ("photos", model, self.label, self.split, self.removed)


Photos = Annotated[PhotosQuery, Query()]


class AddQuery(LanguageQuery):
    label: str


class Shown(NamedTuple):
    model: StoredModel
    label: StoredLabel | None
    photos: Sequence[Image]


@router.get("/models/{model}/photos")
async def show_photos(request: Request, model: str, query: Photos) -> Response:
    before = number_of(query.cursor, *query.listing(model))
    shown = await with_store(request, _read, model, query, before)
    t = texts_of(request)
    names = [{"label": x.label, "name": named(x.names, t.language)} for x in shown.model.labels]
    label = next((n for n in names if shown.label and n["label"] == shown.label.label), None)
    last = shown.photos[_PAGE - 1].number if len(shown.photos) > _PAGE else None
    listing = query.listing(model)
    context = {
        "model": {"model": model, "name": named(shown.model.names, t.language)},
        "label": label,
        "labels": names,
        "kind": "removed" if query.removed else "aside" if query.split == "aside" else None,
        "images": [told_image(image) for image in shown.photos[:_PAGE]],
        "older": query.address(model, cursor=cursor_of(last, *listing)) if last else None,
        "newest": query.address(model) if query.cursor else None,
        "action": query.address(model),
    }
    return render(request, "photos.html", context)


@router.post("/models/{model}/photos")
async def change_photos(request: Request, model: str, query: Photos) -> Response:
    """The gallery's form without scripts."""
    await change_chosen(request, model)
    return see(query.address(model))


async def change_chosen(request: Request, model: str) -> None:
    """What the gallery's form asks for. Raises InvalidField for any other action."""
    fields = await read_fields(request, ("images", "action", "label"))
    chosen, action = fields.many("images"), fields.one("action")
    if chosen and action == "relabel":
        if word := fields.one("label", ""):
            await with_store(request, gallery.relabel, model, chosen, word)
    elif chosen and action == "remove":
        await with_store(request, gallery.remove, model, chosen)
    elif chosen and action == "restore":
        await with_store(request, gallery.restore, model, chosen)
    elif action not in ("relabel", "remove", "restore"):
        raise errors.InvalidField(name="action")


@router.post("/models/{model}/photos/add")
async def add_photos(request: Request, model: str, query: Annotated[AddQuery, Query()]) -> Response:
    """Photos into one label. What became of them is told on a page of its own."""
    state, t = state_of(request), texts_of(request)
    stored, label = await with_store(request, _label, model, query.label)
    most = state.settings.dataset_images
    async with receive_form(request, state, files=most) as form:
        wish = Wish(label.label, None, "upload")
        told, _ = await while_connected(request, add(request, model, form.uploads, wish))
    results = told["results"]
    context = {
        "model": {"model": model, "name": named(stored.names, t.language)},
        "label": named(label.names, t.language),
        "added": sum(r.get("status") == "added" for r in results),
        "there": sum(r.get("status") == "already-there" for r in results),
        "refused": [r for r in results if "error" in r],
    }
    return render(request, "added.html", context, here=f"/models/{model}")


def _read(store: Store, model: str, query: PhotosQuery, before: int | None) -> Shown:
    with store.database.read() as c:
        stored = teachable(c, model)
        label = label_of(c, model, query.label) if query.label else None
        found = images.page(
            c,
            model,
            label=label.label if label else None,
            split=query.split,
            removed=query.removed,
            before=before,
            limit=_PAGE + 1,
        )
        return Shown(stored, label, found)


def _label(store: Store, model: str, word: str) -> tuple[StoredModel, StoredLabel]:
    with store.database.read() as c:
        stored = models.find(c, model)
        assert stored is not None
        return stored, label_of(c, model, word)
