"""When a model answers and when it rather does not: what people choose holds from the next photo
on, for the version that is live and for those to come."""

from dataclasses import replace

from app.catalogue import Catalogue
from app.store import choices, models
from app.store.models import StoredModel
from app.store.store import Store
from app.teaching.examining import cut_at, examine
from app.teaching.models import teachable


def choose(
    store: Store,
    catalogue: Catalogue,
    model: str,
    *,
    coverage: float | None = None,
    threshold: float | None = None,
) -> StoredModel:
    """What is None stays. Raises ModelNotFound and ModelNotTeachable, and ModelCorrupt when the
    version that is live cannot be read."""
    with store.database.write() as c:
        chosen = teachable(c, model).choices
        if coverage is not None:
            chosen = replace(chosen, coverage=coverage)
        if threshold is not None:
            chosen = replace(chosen, threshold=threshold)
        choices.put(c, model, chosen)
    live = catalogue.find(model)
    if live is not None:
        prepare(store, model, live.version)
    with store.database.write() as c:  # one at a time, so that answers and database agree
        stored = models.find(c, model)
        live = catalogue.find(model)
        if stored is not None and live is not None:
            cut = choices.cut_of(c, model, live.version, stored.choices.coverage)
            catalogue.adjust(model, stored.choices, cut)
        return teachable(c, model)


def prepare(store: Store, model: str, version: int) -> None:
    """Works out the cut of a version for the coverage that was chosen, if one was. The cut belongs
    to what the version learned from, so each has its own. Raises as `examine`."""
    with store.database.read() as c:
        coverage = choices.find(c, model).coverage
        known = choices.cut_of(c, model, version, coverage)
    if coverage is None or known is not None:
        return
    scored = examine(store, model, version).scored
    if scored is not None and len(scored.chosen.distance):
        with store.database.write() as c:
            choices.put_cut(c, model, version, coverage, cut_at(scored, coverage))
