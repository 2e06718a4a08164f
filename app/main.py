"""Wires the rooms together, nothing else."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from threadpoolctl import threadpool_limits

from app import __version__, catalogue, resources
from app.catalogue import Catalogue
from app.settings import Settings
from app.store import registry
from app.store.database import DatabaseDamaged
from app.store.folder import DataFolder
from app.store.keys import Keys
from app.store.store import Store
from app.teaching import shipped
from app.teaching.analyses import Analyses
from app.teaching.archive import ArchiveLimits
from app.teaching.attempt import Teacher
from app.teaching.imports import Imports
from app.teaching.nearby import Nearby
from app.teaching.runner import Runner
from app.teaching.sweeping import sweep_daily
from app.teaching.teacher import teacher
from app.vision import network
from app.vision.daemon import in_daemon
from app.vision.engine import Engine
from app.vision.inside import Inside
from app.vision.lookout import Lookout
from app.vision.network import Network
from app.vision.pool import Pool
from app.vision.recipe import RECIPE
from app.web import problems, signing
from app.web.access import Access
from app.web.api import (
    cards,
    care,
    documentation,
    features,
    growth,
    images,
    imports,
    inbox,
    inside,
    labels,
    models,
    occlude,
    operations,
    others,
    photos,
    predict,
    reports,
    runs,
    uploading,
    versions,
)
from app.web.pages import cards as card_pages
from app.web.pages import care as care_pages
from app.web.pages import home, lab, material, patterns, reading, teach
from app.web.pages import imports as import_pages
from app.web.pages import labels as label_pages
from app.web.pages import models as model_pages
from app.web.pages import next as next_pages
from app.web.pages import others as other_pages
from app.web.pages import photos as photo_pages
from app.web.pages import reports as report_pages
from app.web.pages import runs as run_pages
from app.web.state import Asking, State

log = logging.getLogger(__name__)

Report = Callable[[str], None]
Teaching = Callable[[Store, Catalogue], Teacher]


def create_app(
    settings: Settings | None = None,
    report: Report = lambda phase: None,
    *,
    address: str = "",
    teaching: Teaching = teacher,
) -> FastAPI:
    """The whole server. `report` hears what the preparation of the network is at, `address` is
    where it listens, as far as is known, and `teaching` makes what trains.

    It listens at once; until the network has answered its self-test `/readyz` says 503.
    """
    settings = settings or Settings.from_environment()
    state = State(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        folder = DataFolder(settings.data)
        folder.open()
        folder.tell_address(address)
        state.keys = Keys(folder.path)
        try:
            state.store = store = open_store(folder)
        except DatabaseDamaged as damaged:
            state.failure, state.damaged = str(damaged), True
            folder.close()
            yield
            return
        warning = asyncio.create_task(_tell_who_may_enter(state))
        getting_ready = asyncio.create_task(_get_ready(state, folder, report, teaching))
        sweeping = asyncio.create_task(sweep_daily(store))
        try:
            yield
        finally:
            state.stopping = True
            getting_ready.cancel()
            warning.cancel()
            sweeping.cancel()
            if state.analyses:
                await state.analyses.stop()
            if state.runner:
                await state.runner.stop()
            if state.imports:
                await state.imports.stop()
            if state.asking:
                state.asking.lookout.close()
            store.close()
            folder.close()

    app = FastAPI(
        title="Blomst", version=__version__, lifespan=lifespan,
        docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False,
    )  # fmt: skip
    app.state.blomst = state
    problems.install(app)
    for room in (
        predict,
        inside,
        occlude,
        models,
        labels,
        uploading,
        images,
        features,
        photos,
        care,
        growth,
        inbox,
        others,
        imports,
        runs,
        versions,
        reports,
        cards,
        operations,
        documentation,
        home,
        model_pages,
        label_pages,
        teach,
        photo_pages,
        report_pages,
        card_pages,
        care_pages,
        next_pages,
        other_pages,
        run_pages,
        import_pages,
        material,
        lab,
        patterns,
        reading,
        signing,
    ):
        app.include_router(room.router)
    app.mount("/static", StaticFiles(directory=resources.folder("static")))
    app.add_middleware(Access, state=state)
    return app


async def _tell_who_may_enter(state: State) -> None:
    """The first key is shown once, here; that there is none, every minute."""
    assert state.keys is not None
    if state.settings.needs_key and not state.keys:
        key = state.keys.create()
        log.warning("The key to this server, shown only now: %s", key)
        port = state.settings.port
        log.warning("Sign in on this machine: http://127.0.0.1:%d/sign-in#%s", port, key)
    while state.settings.open_to_others and state.settings.insecure_no_key:
        log.warning("Anyone who can reach this server may use it: no key is asked for")
        await asyncio.sleep(60)


async def _get_ready(state: State, folder: DataFolder, report: Report, teaching: Teaching) -> None:
    def tell(phase: str) -> None:
        state.phase = phase
        report(phase)

    try:
        beforehand = state.settings.prepared
        made = await in_daemon(
            lambda: network.prepare(folder.derived, report=tell, beforehand=beforehand), "prepare"
        )
        state.inside = Inside(folder.derived, beforehand)
        tell("testing")
        state.asking = await asyncio.to_thread(_open_eyes, state, made)
        state.runner = await _begin_teaching(state, state.asking, teaching)
        state.analyses = await _begin_analysing(state, state.runner)
        state.imports = await _begin_importing(state, state.asking)
        tell("ready")
    except Exception as error:
        log.exception("the network could not be prepared")
        state.failure = str(error)
        tell("failed")


async def _begin_importing(state: State, asking: Asking) -> Imports:
    assert state.store is not None
    queue = Imports(state.store, asking.lookout, ArchiveLimits.of(state.settings))
    await queue.start()
    return queue


def open_store(folder: DataFolder) -> Store:
    """With what came along in it, and without what was never finished. Raises DatabaseDamaged."""
    store = Store.open(folder, RECIPE.id)
    shipped.seed(store)
    with store.database.read() as c:
        registry.reconcile(c, folder.versions)
    return store


def _open_eyes(state: State, made: Network) -> Asking:
    """Loads the network and the models. Raises EngineError when the network fails its test."""
    settings, store = state.settings, state.store
    assert store is not None
    threadpool_limits(1, "blas")  # each look has one thread; more would only wait for each other
    workers = settings.parallel()
    engine = Engine(made.content, workers)
    engine.self_test()
    lookout = Lookout(engine, Pool(workers, settings.queue), settings.limits())
    return Asking(lookout, catalogue.load(store, made), Nearby(store))


async def _begin_teaching(state: State, asking: Asking, teaching: Teaching) -> Runner:
    assert state.store is not None
    runner = Runner(state.store, teaching(state.store, asking.catalogue))
    await runner.start()
    return runner


async def _begin_analysing(state: State, runner: Runner) -> Analyses:
    assert state.store is not None
    analyses = Analyses(state.store, lambda: runner.busy)
    await analyses.start()
    return analyses
