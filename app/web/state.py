"""What the whole server shares, in one typed object."""

import asyncio
from dataclasses import dataclass, field

from fastapi import Request

from app.catalogue import Catalogue
from app.errors import NotReady
from app.settings import Settings
from app.store.keys import Keys
from app.store.store import Store
from app.teaching.analyses import Analyses
from app.teaching.imports import Imports
from app.teaching.nearby import Nearby
from app.teaching.runner import Runner
from app.vision.inside import Inside
from app.vision.lookout import Lookout
from app.web.callers import Callers


@dataclass
class Asking:
    """All that is needed to answer: there once the network has passed its self-test."""

    lookout: Lookout
    catalogue: Catalogue
    nearby: Nearby


@dataclass
class State:
    settings: Settings
    callers: Callers = field(init=False)
    keys: Keys | None = None  # once the data folder is open
    store: Store | None = None
    asking: Asking | None = None
    inside: Inside | None = None  # once the network is there
    imports: Imports | None = None  # once there is something to look with
    runner: Runner | None = None  # once there is something to ask
    analyses: Analyses | None = None  # with it
    phase: str = "starting"
    failure: str | None = None  # why it can never answer
    damaged: bool = False  # whether that is the database
    stopping: bool = False  # from the signal on
    draining: asyncio.Event = field(default_factory=asyncio.Event)  # open streams end now
    held_bytes: int = 0  # request bodies in memory
    in_flight: set[tuple[str, str]] = field(default_factory=set)  # routes and Idempotency-Keys

    def __post_init__(self) -> None:
        self.callers = Callers(self.settings)

    @property
    def ready(self) -> bool:
        return self.asking is not None and not self.stopping


def state_of(request: Request) -> State:
    state: State = request.app.state.blomst
    return state


def asking_of(request: Request) -> Asking:
    """Raises NotReady until the network has answered its self-test."""
    asking = state_of(request).asking
    if asking is None:
        raise NotReady
    return asking


def inside_of(request: Request) -> Inside:
    """Raises NotReady until the network is there."""
    inside = state_of(request).inside
    if inside is None:
        raise NotReady
    return inside


def store_of(request: Request) -> Store:
    """Raises NotReady before the data folder is open."""
    store = state_of(request).store
    if store is None:
        raise NotReady
    return store


def imports_of(request: Request) -> Imports:
    """Raises NotReady until there is something to look with."""
    imports = state_of(request).imports
    if imports is None:
        raise NotReady
    return imports


def runner_of(request: Request) -> Runner:
    """Raises NotReady until the models have been loaded."""
    runner = state_of(request).runner
    if runner is None:
        raise NotReady
    return runner


def analyses_of(request: Request) -> Analyses:
    """Raises NotReady until there is a queue of trainings, which go first."""
    analyses = state_of(request).analyses
    if analyses is None:
        raise NotReady
    return analyses
