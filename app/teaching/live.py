"""Going live: a version is loaded and tried out first, and every answer is one version's alone."""

from app import errors
from app.catalogue import Catalogue, load_version
from app.store import models
from app.store.store import Store
from app.teaching.choosing import prepare
from app.vision.classifier import Classifier


def go_live(store: Store, catalogue: Catalogue, model: str, number: int) -> Classifier:
    """Puts a version live, now and after every restart.

    Raises ModelNotFound, VersionNotFound, ModelCorrupt or ModelIncompatible; then the one that was
    live stays.
    """
    prepare(store, model, number)
    ready = load_version(store, model, number)
    before = catalogue.find(model)
    with store.database.write() as c:  # one at a time, so that answers and database agree
        if models.find(c, model) is None:
            raise errors.ModelNotFound
        models.set_live(c, model, number)
        catalogue.swap(ready)
        try:
            c.commit()
        except BaseException:
            if before:
                catalogue.swap(before)
            else:
                catalogue.forget(model)
            raise
    return ready
