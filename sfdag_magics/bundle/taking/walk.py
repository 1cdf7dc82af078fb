"""One walk from a task's function through all that it uses, and what ships of it.

Looks at values and at their text; runs nothing of them.
"""

from __future__ import annotations

import builtins
import graphlib
from collections import deque
from collections.abc import Iterable, Iterator

from sfdag_magics.bundle.beside import Beside
from sfdag_magics.bundle.taking.carried_state import carry, carry_registrations
from sfdag_magics.bundle.taking.ground import Ground
from sfdag_magics.bundle.taking.imports_taken import ImportsTaken
from sfdag_magics.bundle.taking.lines.bench import innermost
from sfdag_magics.bundle.taking.module_states.around import take_around
from sfdag_magics.bundle.taking.module_states.modules_taken import (
    asked_of_environment,
    judged,
    not_beside,
    third_party,
)
from sfdag_magics.bundle.taking.module_states.patches import accessor_classes
from sfdag_magics.bundle.taking.notes.identities import kept_ids
from sfdag_magics.bundle.taking.notes.surroundings import notes_around
from sfdag_magics.bundle.taking.own_function import as_its_cell_says
from sfdag_magics.bundle.taking.pickles_taken import pickled
from sfdag_magics.bundle.taking.report import Report
from sfdag_magics.bundle.taking.said_of_task import SaidOfTask
from sfdag_magics.bundle.taking.secrets_taken import in_files, in_made, in_written
from sfdag_magics.bundle.taking.terms.captured import TakenAs, TaskCapture
from sfdag_magics.bundle.taking.terms.contents import Copies
from sfdag_magics.bundle.taking.terms.pieces import (
    Item,
    Written,
    in_order,
    made_texts,
    used_first,
)
from sfdag_magics.bundle.taking.terms.refusals import Refused, unreadable
from sfdag_magics.bundle.taking.things.caches import cache_notes, cache_notes_of_modules
from sfdag_magics.bundle.taking.things.decorator_arguments import (
    decorators_in,
    given_another,
    given_another_since,
)
from sfdag_magics.bundle.taking.things.things import Things
from sfdag_magics.bundle.taking.used import former_names
from sfdag_magics.bundle.taking.used.found_in_main import found_in_main
from sfdag_magics.bundle.taking.used.names_in_texts import (
    names_in_data,
    possible_modules,
)
from sfdag_magics.bundle.taking.used.names_of_pieces import names_of_piece
from sfdag_magics.bundle.taking.used.names_used import (
    assigned_globals,
    global_names,
)
from sfdag_magics.bundle.taking.used.not_there import (
    main_problem,
    not_there,
)
from sfdag_magics.bundle.taking.used.read_too_early import too_early
from sfdag_magics.bundle.taking.used.subclasses import (
    asked_in_modules,
    asked_in_text,
    asks_of_a_value,
    classes_in,
    names_below,
)
from sfdag_magics.errors import Problem
from sfdag_magics.graph.source import FunctionSource
from sfdag_magics.place_words import PICKLE

#: Every module has its own.
_OF_EACH_MODULE = frozenset({"__name__", "__file__", "__doc__", "__builtins__", "__spec__"})


class Walk:
    """Goes from the function through all it uses, each name once; hears what ships of it."""

    def __init__(
        self,
        task: str,
        source: FunctionSource,
        ground: Ground,
        shared: frozenset[int],
        copies: Copies,
    ) -> None:
        self._task = task
        self._source = source
        self._namespace = source.namespace()
        self._ground = ground
        self._own = ground.own
        self._definitions = ground.definitions
        patched = {
            (each.module, each.name): each.value for each in ground.patches if not each.is_filled
        }
        self._things = Things(
            self._namespace,
            self._definitions,
            shared,
            copies,
            self,
            patched,
            source.allow_secret,
            ground.given_out,
        )
        self._said = SaidOfTask(task, source, self._definitions.cells)
        self._imports = ImportsTaken(self._said, self._definitions.cells)
        self._report = Report()
        self._bound: dict[str, Item | None] = {}
        self._missing: dict[str, Problem] = {}
        self._set_there: set[str] = set()
        self._waiting: deque[tuple[Item, Written, frozenset[str]]] = deque()
        self._texts: list[str] = []
        self._carried: set[tuple[str, str]] = set()

    @property
    def met_twice(self) -> frozenset[int]:
        """Ids of data that two things hold."""
        return self._things.met_twice

    @property
    def has_run_code(self) -> bool:
        """Whether it ran methods and constructors of imported classes."""
        return self._things.has_run_code

    def restless(self, before: TaskCapture) -> Problem:
        """What says that data is another one each time, as it was not in the walk before."""
        what = self._report.told_unlike(before, self._namespace, self._imports.line_of)
        said = f"takes {what} from the notebook, which changes as it is looked at"
        return self._said.problem(said, "make it inside the function")

    def result(self) -> TaskCapture:
        """Everything the function needs, and every problem with it."""
        _ = self._source.node  # refuses what is no function
        self._take_all()
        for name in sorted(self._source.pickled - self._bound.keys()):
            self._said.wrong(
                f"ships no {name!r}, which is to be pickled: nothing here uses that name",
                f"leave {name} out of {PICKLE}, or use it in the function",
            )
        ordered, circle = self._in_order()
        self._report.add_state(self._things.items, self._namespace)
        pieces = () if circle else tuple(piece for item in ordered for piece in item.pieces)
        travelling = self._ground.beside(tuple(self._imports.modules))
        self._said.notes += [f"{left} stays behind: put it on a stage" for left in travelling.left]
        wrong = [*self._not_there(), *circle, *self._of_modules(travelling)]
        cells = self._definitions.cells
        running = {*self._imports.modules, *travelling.modules}
        taken = self._things.taken
        self._said.notes += notes_around(pieces, cells, sorted(running), self._namespace, taken)
        self._said.notes += cache_notes(taken, self._namespace)
        wrong += self._said.each(kept_ids(self._texts, taken, self._namespace))
        wrong += self._said.each(self._read_too_early())
        self._said.check_secrets(in_made([] if circle else ordered, self._namespace))
        self._said.check_secrets(in_files(travelling.files))
        self._report.add_files(travelling.files)
        self._said.problems += [*wrong, *self._check_decorators()]
        return TaskCapture(
            task=self._task,
            imports=tuple(self._imports.lines),
            pieces=pieces,
            files=travelling.files,
            third_party=third_party(self._imports.modules, travelling),
            taken=self._report.as_they_run(ordered),
            notes=tuple(dict.fromkeys([*self._said.notes, *self._report.redefined(self._source)])),
            problems=tuple(self._said.problems),
            fingerprints=self._report.fingerprints,
            absent=self._imports.absent,
        )

    def _take_all(self) -> None:
        self._take_own()
        self._take_waiting()
        for name in accessor_classes(self._texts, self._namespace):
            self._take(name)
        for module in sorted(possible_modules(self._texts, self._namespace)):
            self._imports.add_module(module)
        beside = self._ground.beside(tuple(self._imports.modules))
        self._take_below(asked_in_modules(beside.modules))
        self._take_waiting()
        made = made_texts(self._things.items)
        modules = self._imports.modules
        for name in sorted(names_in_data(self._texts, made, modules, self._namespace)):
            self._take(name)
        self._take_waiting()
        self._take_of_main(made)
        if any(map(asks_of_a_value, self._texts)):
            here = str(self._namespace.get("__name__", "__main__"))
            self._take_below(classes_in(self._things.taken, here))
            self._take_waiting()
        self._take_around()
        self._take_waiting()
        self._things.import_submodules()
        self._things.put_back(frozenset(self._set_there))
        former_names.put_back(self._things.items, self._imports.line_of)

    def _take_of_main(self, made: Iterable[str]) -> None:
        """What pickled data, and modules beside the notebook, find by way of `__main__`."""
        files = self._ground.beside(tuple(self._imports.modules)).files
        for name in sorted(found_in_main(files, made) & self._namespace.keys()):
            self._take(name)
        self._take_waiting()

    def _in_order(self) -> tuple[list[Item], list[Problem]]:
        """What was taken, each behind what it needs; a problem where some need each other."""
        ordered = used_first(self._things.items)
        try:
            return in_order(ordered), []
        except graphlib.CycleError as found:
            names = ", ".join(dict.fromkeys(item.name for item in found.args[1]))
            said = f"takes {names}, which need each other to be made"
            return ordered, [self._said.problem(said, _APART)]

    def _read_too_early(self) -> Iterator[tuple[str, str]]:
        below = self._source.first_line - 1
        return too_early(self._source.node, self._namespace, lines_above=below)

    def _not_there(self) -> list[Problem]:
        """Names that nobody defines, nor the task itself by `global`."""
        return [p for name, p in self._missing.items() if name not in self._set_there]

    def _take_waiting(self) -> None:
        while self._waiting:
            self._take_used(*self._waiting.popleft())
        self._said.user = None

    def _take_around(self) -> None:
        """What cells set in libraries, as far as it counts for what is taken by now."""
        travelling = self._ground.beside(tuple(self._imports.modules))
        modules = [*self._imports.modules, *travelling.modules, *travelling.imported]
        cells = self._definitions.cells
        found = take_around(
            self._things, self._ground.patches, modules, self._texts, cells, travelling.files
        )
        self._said.notes += found.notes
        self._said.problems += self._said.each(found.problems)
        self._carried = found.carried
        local = self._ground.differing(travelling.modules)
        for each in carry(self._things, local, self._carried):
            self._carried.add(each.key)
            if not each.is_own:
                self._said.notes.append(each.said_of_carried)
        self._said.notes += carry_registrations(self._things, travelling.modules)

    def _of_modules(self, travelling: Beside) -> list[Problem]:
        """Modules beside the notebook that cannot travel, or are not what their files say."""
        self._said.notes += self._ground.edited_data(travelling.modules)
        self._said.notes += cache_notes_of_modules(travelling.modules)
        differing = self._ground.differing(travelling.modules)
        left = [each for each in differing if each.key not in self._carried]
        found = judged(left, self._imports.lines, self._texts, self._namespace, travelling.modules)
        self._said.notes += found.notes
        asked = asked_of_environment(travelling.modules, self._texts)
        return self._said.each((*not_beside(travelling), *asked, *found.problems))

    def _check_decorators(self) -> list[Problem]:
        """What decorators of the task's cell were given and is another by now; there they run."""
        changed = frozenset(self._report.changed_since(self._source))
        foreign = filter(self._things.is_foreign, decorators_in(self._own.text))
        return self._said.each(given_another(foreign, changed, self._source.cell))

    def _check_arguments(self, piece: Written) -> list[Problem]:
        """The same of helpers of other cells, as far as the cells that ran since tell."""
        foreign = filter(self._things.is_foreign, decorators_in(piece.text))
        others = (cell for cell in self._definitions.cells if cell.place != self._own.place)
        return self._said.each(given_another_since(piece, foreign, others, self._namespace))

    def _take_own(self) -> None:
        """The task's function, as its cell says it; the cell is the task."""
        name = self._source.name
        definition = self._definitions.last_in(self._own, name)
        if definition is None:
            return
        there = self._namespace.get(name)
        stands = as_its_cell_says(name, there, definition, self._own, self._definitions)
        if stands.is_so:
            self._bind(name, there)
            return
        self._said.notes += stands.notes
        self._things.own(definition)

    # `listener.Listener`

    def written(self, item: Item, piece: Written, at_once: frozenset[str]) -> None:
        """Keep a definition, of which all that it uses is to be taken: one calls another."""
        self._waiting.append((item, piece, at_once))

    def _take_used(self, item: Item, piece: Written, at_once: frozenset[str]) -> None:
        self._said.user = piece
        self._texts.append(piece.text)
        is_other = piece.place != self._own.place and item.overwrites != piece.name
        own = self._definitions.last_in(self._own, piece.name) if is_other else None
        if own is not None and own.text()[1] != piece.text:
            self._said.redefined(piece, self._own.place)
        self._set_there |= assigned_globals(piece.text)
        found = names_of_piece(item, piece, self._namespace, self._is_tried, self._said.noted)
        for used, is_optional in found:
            if former_names.needs_its_former(item, used, at_once):
                self._said.wrong(*former_names.needed(used))
                continue
            bound = self._take(used, optional=is_optional)
            if bound is not None and bound is not item:
                item.uses.append(bound)
                item.needs |= {bound} if used in at_once else set()
        if (wrong := main_problem(piece.text)) is not None:
            self._said.wrong(*wrong)
        names = (*global_names(piece.text), piece.name)
        here = str(self._namespace.get("__name__", "__main__"))
        values = [self._namespace.get(name) for name in names]
        self._take_below(asked_in_text(piece.text, values, here))
        self._imports.add_of(piece)
        self._said.check_secrets(in_written(piece, self._namespace))
        self._said.problems += self._check_arguments(piece)
        place = f"{piece.place}, line {piece.first_line}"
        self._report.add(piece.name, TakenAs.SOURCE, place, piece.original or piece.text)

    def _is_tried(self, name: str) -> bool:
        return name in self._ground.names_tried

    def _take_below(self, kinds: Iterable[type]) -> None:
        """The classes that `__subclasses__` of these finds, which nothing else may name."""
        for name in names_below(kinds, self._namespace):
            self._take(name)

    def made(self, name: str, value: object, text: str) -> None:
        """Report a literal; refuse one that looks like a secret."""
        self._said.check_literal(name, value)
        self._report.add(name, TakenAs.LITERAL, text if len(text) <= 60 else f"{text[:57]}…", text)

    def noted(self, said: str) -> None:
        """Keep what may surprise, once."""
        self._said.noted(said)

    def imported(self, name: str, line: str, module: str) -> None:
        """Add an import line."""
        if self._imports.add(name, line, module) and name:
            self._report.add(name, TakenAs.IMPORT, line, line)

    def _take(self, name: str, *, optional: bool = False) -> Item | None:
        if name in self._bound:
            return self._bound[name]
        if self._things.is_made(name):
            return None
        self._bound[name] = None
        if (wrong := not_there(name, self._namespace)) is not None:
            self._said.wrong(*wrong)
            return None
        if name in self._namespace and name not in _OF_EACH_MODULE:
            value = self._namespace[name]
            if innermost(value) is not vars(builtins).get(name, _NOTHING):
                return self._bind(name, value)
        if hasattr(builtins, name) or name in _OF_EACH_MODULE:
            return None
        if (definition := self._definitions.last_in(self._own, name)) is not None:
            self._bound[name] = self._things.own(definition)
            return self._bound[name]
        if not optional:
            own = self._ground.own_of_task(name)
            self._missing[name] = self._said.problem(
                f"uses {name!r}, which the notebook does not define",
                _DEFINE_IT if own is None else own.way_out(self._task),
            )
        return None

    def _bind(self, name: str, value: object) -> Item | None:
        try:
            pickle = name in self._source.pickled
            bound = self._pickled(name, value) if pickle else self._things.bind(name, value)
        except Refused as refused:
            self._said.refuse(name, refused)
            return None
        except Exception as raised:  # noqa: BLE001 - a border: the thing's own code may have run
            self._said.refuse(name, unreadable(raised))
            return None
        self._bound[name] = bound
        return bound

    def _pickled(self, name: str, value: object) -> Item:
        """What a person wants as a pickle; the modules that it names ship or are installed."""
        shipped = pickled(name, value, is_allowed=name in self._source.allow_secret)
        for module in shipped.modules:
            self._imports.add_module(module)
        item = self._things.begin(value, wanted=name, base=name)
        item.pieces.append(shipped.piece)
        self._report.add_pickle(name, shipped)
        self._said.noted(f"{name} ships as a pickle, which {shipped.bound} alone is sure to read")
        return self._things.end(item)


#: Not among the built-ins. IPython wraps `open` and puts it among the notebook's own names.
_NOTHING = object()
#: What to do about a name that nobody has.
_DEFINE_IT = "run the cell that defines it, or import it inside the function"
_APART = "make one of them inside the function"
