"""The targets of a notebook: which there are, which is chosen, what is open and known of each.

Nothing is opened before it is asked for; what was opened here is closed with the notebook.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import field
from pathlib import Path

from sfdag_magics.client.code.deployed_code import Code
from sfdag_magics.client.code.shipping import code_of
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.releases import ServingEngine
from sfdag_magics.client.connecting.sessions import (
    backend_of,
    check_openable,
    engine_of,
    has_run,
    is_running,
    open_target,
)
from sfdag_magics.client.connecting.snowsight import Snowsight, snowsight_of
from sfdag_magics.client.connecting.targets import (
    Target,
    Targets,
    closed_target,
    mine,
    read_targets,
)
from sfdag_magics.client.deploying.elsewhere import Left
from sfdag_magics.client.deploying.standing import Seen
from sfdag_magics.client.observing.questions import Question
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import ConnectError, InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type
from sfdag_magics.render.sight import Sight, where_nothing_runs


@dataclass(frozen=True, slots=True)
class Openers:
    """How the outside is reached; tests give their own."""

    target: Callable[[Target], Backend] = open_target
    value: Callable[[object, str], Backend] = backend_of
    code: Callable[[TaskGraph], Code | None] = code_of
    targets: Callable[[Path], Targets] = read_targets
    is_running: Callable[[Target], bool] = is_running
    has_run: Callable[[Target], bool] = has_run
    check: Callable[[Target], None] = check_openable
    engine_of: Callable[[Target], ServingEngine | None] = engine_of


@dataclass(slots=True)
class Place:
    """What is known of one target since this kernel started.

    Attributes:
        is_ours: the session was opened here; one the user brought stays open.
        is_described: by the file beside the notebook, which may be edited at any time.
        is_opening: its session is about to be opened, for the first time or again.
        shipped: `{graph: as it was deployed}`, by the keys of their names.
        left: `{graph: what is there since this kernel's last deploy}`, by the key of its name.
        seen: `{graph: as it was seen last, by whatever looked}`, by the key of its name.
        dropped: keys of the graphs that this kernel dropped.
        runs: `{graph: the run verbs mean}`, by the key of its name.
        pages: the service's own, once they were asked for.
    """

    target: Target
    backend: Backend | None = None
    is_ours: bool = True
    is_described: bool = False
    is_opening: bool = False
    #: The notebook's own session: its statements must not wait for the view's, nor those for its.
    for_notebook: Backend | None = None
    shipped: dict[str, TaskGraph] = field(default_factory=dict)
    left: dict[str, Left] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    runs: dict[str, Run] = field(default_factory=dict)
    pages: list[Snowsight | None] = field(default_factory=list)


class Places:
    """All targets by name, and the one that verbs mean when none is named."""

    def __init__(self, openers: Openers) -> None:
        self._openers = openers
        self._chosen: str | None = None
        self._on_opening: Callable[[str], None] = lambda _: None
        self._told = ""  # the target that the person was told
        self._places: dict[str, Place] = {}
        self._left: list[Place] = []
        self._ended: str | None = None
        self._opening = threading.RLock()  # held while a session is opened: one for all who ask

    def close(self) -> None:
        """Close the sessions that were opened here; those the user opened stay open.

        No run asks by them any more, nor by those.
        """
        for place in (*self._places.values(), *self._left):
            if place.backend is not None:
                place.backend.close(place.target.name, keeps_session=not place.is_ours)
            if place.for_notebook is not None:
                place.for_notebook.close(place.target.name)
        self._places.clear()
        self._left.clear()

    def end(self) -> None:
        """Close them and open none again: from now on no target can be asked."""
        self._ended = self.target_name
        self.close()

    @property
    def has_ended(self) -> bool:
        """Whether no target can be asked any more."""
        return self._ended is not None

    def _check_open(self) -> None:
        if self._ended is not None:
            raise closed_target(self._ended)

    @property
    def targets(self) -> Targets:
        """The targets of the file beside the notebook, as it is now."""
        return self._openers.targets(Path.cwd())

    @property
    def target_name(self) -> str:
        """The target verbs mean when none is named."""
        return self._chosen or self.targets.default

    def was_told(self, name: str) -> None:
        """The person was told that this target is meant, before anything was asked here."""
        self._told = name

    def turned(self) -> tuple[str, str] | None:
        """The target that was meant and the one that is, where nobody chose that but the file.

        It is said once: the file beside the notebook may be written at any time.
        """
        before, self._told = self._told, self.target_name
        is_by_file = self._chosen is None and before not in ("", self._told)
        return (before, self._told) if is_by_file else None

    def target(self, name: str | None = None) -> Target:
        """A target by name, else the chosen one."""
        self._check_open()
        name = name or self.target_name
        known = self._known(name)
        return known.target if known else self.targets.named(name)

    def question(self, what: str, name: str | None = None, *, instead: str) -> Question:
        """What is asked before something is done on a target: production wants its name typed.

        Args:
            instead: the command that does it, to which what agrees beforehand is added.
        """
        target = self.target(name)
        agreed = f"--production {target.name}" if target.production else "--yes"
        named = target.name if target.production else ""
        return Question(what=what, name=named, instead=f"{instead} {agreed}")

    def use(self, name: str) -> Target:
        """Choose a target for all that follows.

        Raises:
            InputError: there is none of this name, or the file has it no longer.
        """
        place = self._places.get(name)
        is_gone = place is not None and self._is_gone(name, place)
        target = self.targets.named(name) if is_gone or not name else self.target(name)
        self._chosen = name
        return target

    def use_target(self, target: Target) -> Target:
        """Choose a target that no file describes.

        Raises:
            InputError: what it names is not there; the one that was chosen stays.
        """
        self._openers.check(target)
        self._places[target.name] = Place(target)
        self._chosen = target.name
        return target

    def use_value(self, value: object, name: str) -> Target:
        """Choose what the notebook has open: a Session, a connection or a Root.

        Raises:
            InputError: it is none of these.
        """
        backend = self._openers.value(value, name)
        target = Target(name=name, connection=None if backend.is_embedded else name)
        self._places[name] = Place(target, backend, is_ours=False)
        self._chosen = name
        return target

    @property
    def chosen(self) -> str | None:
        """The target that was chosen here; None where nobody did."""
        return self._chosen

    def mine(self, name: str | None = None) -> str:
        """The name of one's own target beside a target: the same place, and a schema of one's own.

        Raises:
            InputError: it is a session that the user opened, which has one schema.
        """
        target = self.target(name)
        if target.mine_of is not None:
            return target.name
        if self.is_brought(target.name):
            raise InputError(
                f"{target.name} is a session that was opened elsewhere, and stays in its schema",
                hint=f"{target.name}.use_schema(…), or a target of sfdag.toml",
            )
        own = mine(target)
        if self.targets.found(own.name) is None and own.name not in self._places:
            self._places[own.name] = Place(own)
        return own.name

    def is_brought(self, name: str) -> bool:
        """Whether the target is a session that the user opened."""
        place = self._places.get(name)
        return place is not None and not place.is_ours

    def known_targets(self) -> tuple[Target, ...]:
        """All targets there are to choose from, those of the file first."""
        opened = [name for name, place in self._places.items() if not self._is_gone(name, place)]
        own = [self.target(name) for name in (*opened, *filter(None, (self._chosen,)))]
        return tuple({t.name: t for t in (*self.targets.known.values(), *own)}.values())

    def backend(self, name: str | None = None) -> Backend:
        """The open way to a target; opens it at the first call.

        Raises:
            ConnectError: nothing answered.
        """
        place = self.place(name)
        with self._opening:
            if place.backend is not None and place.backend.has_ended:
                self._let_go(place)
            if place.backend is None:
                place.backend = self._opened(place)
            return place.backend

    def _opened(self, place: Place) -> Backend:
        place.is_opening = True
        try:
            self._on_opening(place.target.name)
            return self._openers.target(place.target)
        finally:
            place.is_opening = False

    def on_opening(self, tell: Callable[[str], None]) -> None:
        """Have somebody told the name of each target before its session is opened."""
        self._on_opening = tell

    @contextlib.contextmanager
    def apart(self, name: str | None = None) -> Iterator[Backend]:
        """A session of its own for what takes long: nobody else's statement waits for it.

        What is temporary in it ends with it. One that the user brought is the only one there is.

        Raises:
            ConnectError: nothing answered.
        """
        place = self.place(name)
        if not place.is_ours:
            yield self.backend(name)
            return
        backend = self._openers.target(place.target)
        try:
            yield backend
        finally:
            backend.close(place.target.name)

    def snowsight(self, name: str | None = None) -> Snowsight | None:
        """The service's own pages of a target; None of an embedded engine. Asked once."""
        place, backend = self.place(name), self.backend(name)
        if not place.pages:
            place.pages.append(snowsight_of(backend))
        return place.pages[0]

    def serving_engine(self, name: str | None = None) -> ServingEngine | None:
        """The engine that runs for a target, if it is an embedded one of ours; starts none."""
        target = self.target(name)
        is_ours = target.is_embedded and not self.is_brought(target.name)
        return self._openers.engine_of(target) if is_ours else None

    def is_there(self, name: str | None = None) -> bool:
        """Whether a target can be asked without starting an engine or logging in somewhere."""
        place = self.place(name)
        if place.target.is_embedded and place.is_ours:
            return self._openers.is_running(place.target)
        return place.backend is not None

    def has_run(self, name: str | None = None) -> bool:
        """Whether an embedded target may have runs: an engine ever served it."""
        return self._openers.has_run(self.place(name).target)

    def was_opened(self, name: str | None = None) -> bool:
        """Whether this kernel has used a target: asking it starts nothing that was not started."""
        return self.place(name).backend is not None

    def is_open(self, name: str | None = None) -> bool:
        """Whether a target can be asked at once: it was before, and nothing has to be opened."""
        backend = self.place(name).backend
        return backend is not None and not backend.has_ended and self.is_there(name)

    def sight(self, name: str | None = None) -> Sight:
        """What is known of the graphs on a target that showed no run of them."""
        if self.is_there(name):
            return Sight.CLEAR
        return where_nothing_runs(
            is_embedded=self.target(name).is_embedded, has_run=self.has_run(name)
        )

    def _let_go(self, place: Place) -> None:
        """Forget a session that is over, so that a new one is opened.

        Raises:
            ConnectError: it was brought by the user, who alone can open another.
        """
        if not place.is_ours:
            name = place.target.name
            raise ConnectError(
                f"the session {name} has ended",
                hint=f"make a new Session {name}, then: {to_type('target', use=name)}",
            )
        is_gone = place.backend is not None and place.backend.is_gone
        place.backend = None
        place.runs.clear()  # they asked by it
        if is_gone:
            for known in (place.shipped, place.left, place.seen, place.dropped):
                known.clear()

    def notebook_session(self, name: str | None = None) -> object:
        """The Snowpark session of the notebook's own queries: a target's, or the user's own.

        Raises:
            ConnectError: nothing answered.
        """
        place = self.place(name)
        if not place.is_ours:
            return self.backend(name).session
        if place.for_notebook is None or place.for_notebook.has_ended:
            place.for_notebook = self._openers.target(place.target)
        return place.for_notebook.session

    def place(self, name: str | None) -> Place:
        """A target by name, else the chosen one, with what is known of it."""
        self._check_open()
        name = name or self.target_name
        known = self._known(name)
        if known is None:
            known = self._places[name] = Place(self.targets.named(name), is_described=True)
        return known

    def _is_gone(self, name: str, place: Place) -> bool:
        """Whether the file that described a target has it no longer; the chosen one goes on."""
        is_there = self.targets.found(name) is not None
        return place.is_described and not is_there and name != self._chosen

    def _known(self, name: str) -> Place | None:
        """What is known of a target, whose settings are those that the file has now.

        What a session was opened with cannot change: another is opened, and nothing is known of
        what the first led to. It stays open until the end, for views may follow a run by it.
        """
        place = self._places.get(name)
        if place is None or not place.is_described:
            return place
        now = self.targets.found(name) or place.target  # taken out of the file: as it was
        if now == place.target:
            return place
        with self._opening:
            if self._places[name] is not place:  # another thread was faster
                return self._places[name]
            if now.opened_with == place.target.opened_with:
                place.target = now
                return place
            self._left.append(place)
            self._places[name] = Place(now, is_described=True)
            return self._places[name]
