"""Changes of models that must be seen at once: by those who are answered, and by what trains."""

from fastapi import Request

from app.catalogue import load_version
from app.errors import Problem
from app.store.store import Store
from app.teaching import models, reading
from app.vision.classifier import Classifier
from app.web.state import asking_of, state_of
from app.web.storing import with_store


async def show_names(request: Request, model: str) -> None:
    """Answers bear the names that the model and its labels have now."""
    stored = (await with_store(request, reading.model_with_counts, model)).model
    asking_of(request).catalogue.rename(stored)


async def take_away(request: Request, model: str) -> None:
    """Removes a model: it answers no more, and nothing is learned for it."""
    asking = asking_of(request)
    await with_store(request, models.remove, model)
    asking.catalogue.forget(model)
    runner = state_of(request).runner
    if runner:  # one that is yet to come begins nothing for a removed model
        await runner.cancel_all(model)


async def bring_back(request: Request, model: str) -> None:
    """A removed model, answering again where it can."""
    catalogue = asking_of(request).catalogue
    classifier = await with_store(request, _restored, model)
    if classifier is not None and catalogue.find(model) is None:
        catalogue.swap(classifier)


def _restored(store: Store, model: str) -> Classifier | None:
    """Its live version, if it has one that can answer."""
    back = models.restore(store, model)
    try:
        return load_version(store, model, back.live) if back.live is not None else None
    except Problem:
        return None
