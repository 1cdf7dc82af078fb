"""What every walk over one task's code reads, read once: its cells, patches, and what lies beside.

A task is walked several times, as each walk makes known what data is shared. Nothing of this
changes meanwhile: captures run no code of the notebook's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property

from sfdag_magics.bundle.beside import Beside, beside, loaded_modules
from sfdag_magics.bundle.modules import is_local
from sfdag_magics.bundle.taking.lines.given_out import Changes, GivenOut, imported_from
from sfdag_magics.bundle.taking.module_states.data_files import edited_data
from sfdag_magics.bundle.taking.module_states.difference import ModuleDifference
from sfdag_magics.bundle.taking.module_states.module_state import differing_modules
from sfdag_magics.bundle.taking.module_states.patched_things import PutInto, PutThere
from sfdag_magics.bundle.taking.module_states.patches import patches
from sfdag_magics.bundle.taking.module_states.set_by_names import setters_of
from sfdag_magics.bundle.taking.used.executed import executed_texts
from sfdag_magics.bundle.taking.used.names_used import names_tried
from sfdag_magics.bundle.taking.used.own_of_tasks import OwnName, names_of_tasks
from sfdag_magics.bundle.taking.used.scripts import files_of
from sfdag_magics.bundle.written.cell_texts import CellText, text_of_file, texts_by_file
from sfdag_magics.bundle.written.cells import Cells, Texts
from sfdag_magics.bundle.written.definitions import Definitions
from sfdag_magics.graph.source import FunctionSource
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """The texts around the tasks of one notebook, and what they depend on."""

    place_of: Callable[[str], str]
    names: Mapping[str, object]
    exact: Mapping[str, str]
    texts: Texts


class Looked:
    """What is looked at once for all tasks of a build.

    Meanwhile no code of the notebook's runs, so that nothing of it changes.
    """

    def __init__(self, tasks: Iterable[tuple[str, FunctionSource]] = ()) -> None:
        self._tasks = tuple(tasks)
        self.beside = cache(beside)
        self.edited_data = cache(lambda modules: tuple(edited_data(modules)))
        self._differing: dict[tuple[str, ...], tuple[ModuleDifference, ...]] = {}
        self._put: dict[int, tuple[Mapping[str, object], tuple[PutThere, ...]]] = {}
        self._setters: dict[int, tuple[Mapping[str, object], frozenset[str]]] = {}
        self._texts: list[_Around] = []

    def texts(self, source: FunctionSource) -> Texts:
        """All texts around a task, newest first: the same for those of one notebook.

        The cells, what they executed, and the files of a plain module whose functions are the
        task's, or of `%run`.
        """
        exact, names = source.texts(), source.namespace()
        for each in self._texts:
            if each.place_of == source.place_of and each.names is names and each.exact == exact:
                return each.texts
        texts = texts_by_file(exact)
        cells = [_cell(source, *each) for each in texts.items()]
        read = {name: text_of_file(name) for name in files_of(names, texts)}
        files = [_cell(source, name, text) for name, text in read.items() if text is not None]
        found = _Around(
            place_of=source.place_of,
            names=names,
            exact=exact,
            texts=Texts(cells, [*executed_texts(cells, names), *files]),
        )
        self._texts.append(found)
        return found.texts

    def looks_otherwise(
        self, modules: tuple[str, ...], cells: Iterable[CellText], namespace: Mapping[str, object]
    ) -> bool:
        """Whether these modules differ at more places than they did; then all is looked at anew."""
        known = {each.key for each in self._differing.get(modules, ())}
        found = differing_modules(modules, (cell.text for cell in cells), namespace)
        is_otherwise = not known.issuperset(each.key for each in found)
        if is_otherwise:
            self._differing.clear()
        return is_otherwise

    def setters(self, namespace: Mapping[str, object]) -> frozenset[str]:
        """What the notebook can call that may set an attribute of its arguments."""
        if id(namespace) not in self._setters:
            self._setters[id(namespace)] = namespace, setters_of(namespace)
        return self._setters[id(namespace)][1]

    @cached_property
    def own_of_tasks(self) -> Mapping[str, OwnName]:
        """The names that the functions of these tasks have inside."""
        return names_of_tasks(self._tasks)

    def differing(
        self, modules: tuple[str, ...], cells: Iterable[CellText], namespace: Mapping[str, object]
    ) -> tuple[ModuleDifference, ...]:
        """What the local ones of these modules have otherwise than their files."""
        if modules not in self._differing:
            texts = [cell.text for cell in cells]
            self._differing[modules] = tuple(differing_modules(modules, texts, namespace))
        return self._differing[modules]

    def put_there(self, namespace: Mapping[str, object]) -> tuple[PutThere, ...]:
        """What the notebook put into things of others."""
        if id(namespace) not in self._put:  # kept with it, so that no id is given away again
            self._put[id(namespace)] = namespace, tuple(PutInto(namespace).found())
        return self._put[id(namespace)][1]


class Ground:
    """The texts around a task, and what cells set in things of others.

    Attributes:
        own: the task's cell.
        definitions: of all texts, the own first.
    """

    def __init__(self, source: FunctionSource, looked: Looked) -> None:
        self.own = CellText(
            filename=source.cell,
            text=source.text,
            place=source.cell,
            first_line=source.first_line,
        )
        self.definitions = Definitions(Cells([self.own], looked.texts(source)))
        namespace = source.namespace()
        self.patches = patches(
            self.definitions.cells,
            namespace,
            looked.setters(namespace),
            looked.put_there(namespace),
        )
        self._looked = looked
        self._namespace = namespace

    @cached_property
    def names_tried(self) -> frozenset[str]:
        """Names that cells import where they can, and may go on without."""
        texts = (cell.text for cell in self.definitions.cells.where(names_tried))
        return frozenset().union(*map(names_tried, texts))

    def own_of_task(self, name: str) -> OwnName | None:
        """The task whose function has this name inside."""
        return self._looked.own_of_tasks.get(name)

    @cached_property
    def _named(self) -> Mapping[str, None]:
        """The modules that cells import, in order."""
        texts = (cell.text for cell in self.definitions.cells.where(imported_from))
        return dict.fromkeys(name for text in texts for name in imported_from(text))

    @cached_property
    def _modules_named(self) -> tuple[str, ...]:
        """Those beside the notebook that cells import, and those that these do."""
        tops = tuple(sorted({name.partition(".")[0] for name in self._named if is_local(name)}))
        return self.beside(tops).modules if tops else ()

    @cached_property
    def given_out(self) -> GivenOut:
        """What modules beside the notebook have at paths: those that cells import, and theirs."""
        modules, named = self._modules_named, self._named
        if not modules:
            return GivenOut((), Changes((), ()))
        loaded = [name for name, _file in loaded_modules(modules)]
        homes = sorted(loaded, key=lambda name: (name not in named, name))
        set_anew = {each for patch in self.patches if not patch.is_filled for each in patch.places}
        return GivenOut(homes, Changes(self._unlike(modules), set_anew))

    def looks_otherwise(self) -> bool:
        """Whether code of theirs that a walk ran has changed what these modules have."""
        cells, modules = self.definitions.cells, self._modules_named
        return bool(modules) and self._looked.looks_otherwise(modules, cells, self._namespace)

    def beside(self, modules: tuple[str, ...]) -> Beside:
        """What travels of these modules as files."""
        return self._looked.beside(modules)

    def edited_data(self, modules: tuple[str, ...]) -> tuple[str, ...]:
        """Notes of data files of these modules that were edited since these were loaded."""
        return self._looked.edited_data(modules)

    def differing(self, modules: tuple[str, ...]) -> tuple[ModuleDifference, ...]:
        """What the local ones of these modules have otherwise than their files.

        Args:
            modules: all that run there: those that only others import have their state as well.
        """
        return tuple(each for each in self._unlike(modules) if not each.is_touched)

    def _unlike(self, modules: tuple[str, ...]) -> tuple[ModuleDifference, ...]:
        return self._looked.differing(modules, self.definitions.cells, self._namespace)


def _cell(source: FunctionSource, filename: str, text: str) -> CellText:
    return CellText(filename=filename, text=text, place=source.place_of(filename))
