"""From a checked graph to its bundle: capture, modules, archive, and the report of what ships."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace

from sfdag_magics.bundle.archive import (
    HANDLER,
    Installs,
    archive,
    code_hash,
    task_hash,
)
from sfdag_magics.bundle.checked.loads import Compiled, Said
from sfdag_magics.bundle.meaning import content_hash
from sfdag_magics.bundle.own_builtins import OwnBuiltins
from sfdag_magics.bundle.passed_values import notes_of_values, problems_of_values
from sfdag_magics.bundle.source import module_source
from sfdag_magics.bundle.taking.capture import capture
from sfdag_magics.bundle.taking.ground import Looked
from sfdag_magics.bundle.taking.notes.mapped_lists import notes_of_list
from sfdag_magics.bundle.taking.terms.captured import Taken, TakenAs, TaskCapture
from sfdag_magics.errors import CaptureError, Problem
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.packages import package_name
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import RUN_IT, to_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The code of a graph's Python tasks as it is shipped.

    Attributes:
        archive: the bytes of the zip; empty where there are problems or no Python task.
        digest: the hash of the archive's bytes, which names it.
        handler: what the stored procedure calls, `module.function`.
        tasks: what each Python task takes, in the graph's order.
        hashes: `{task: hash of its code}`; moving a cell or running it again changes none.
        code_hash: of all `hashes` and of what ships with them; where it is as deployed, nothing
            needs to be uploaded.
        problems: everything that cannot be shipped.
    """

    archive: bytes = field(repr=False)
    digest: str
    handler: str
    tasks: tuple[TaskCapture, ...]
    hashes: Mapping[str, str]
    code_hash: str
    problems: tuple[Problem, ...]

    @property
    def name(self) -> str:
        """The archive's file name."""
        return f"{self.digest}.zip"

    def report(self) -> dict[str, tuple[str, ...]]:
        """`{task: what it takes and how big it is, and notes below it}`, in lines."""
        return {task.task: tuple(_told(task)) for task in self.tasks}

    def check(self) -> None:
        """Refuse to ship a part.

        Raises:
            CaptureError: lists everything that cannot be shipped, with the ways out.
        """
        if self.problems:
            raise not_shippable(self.problems)


def not_shippable(problems: tuple[Problem, ...]) -> CaptureError:
    """The error of what cannot be shipped."""
    return CaptureError(
        "not everything can be shipped",
        problems=problems,
        hint=f"change what is named{RUN_IT}, then the same again",
    )


def _told(task: TaskCapture) -> Iterator[str]:
    items = [f"{item.name} ({_shown(item)})" for item in task.taken]
    yield f"{task.task}  {task.size:,} bytes: {', '.join(items)}"
    yield from (f"  note: {note}" for note in dict.fromkeys(task.notes))


def _shown(item: Taken) -> str:
    if item.how in (TakenAs.SOURCE, TakenAs.LITERAL):
        return item.text
    return item.how.value


#: What loads a graph's code before it is sent, and says what is otherwise there: `{task: words}`.
Check = Callable[[Compiled], Mapping[str, Said]]


def build(graph: TaskGraph, installs: Installs = tuple, check: Check | None = None) -> Bundle:
    """Capture every Python task of a graph and pack them.

    The graph itself is not checked here. Reads the files of local modules; runs no code of theirs.

    Args:
        graph: with the tasks that are not loaded, to which the others are bound all the same.
        installs: the packages to install for these modules; else they are called as the modules.
        check: loads what was packed, in another process; without it nothing is loaded.

    Raises:
        InputError: a source is not Python.
    """
    with OwnBuiltins():
        return _built(graph, installs, check)


def _built(graph: TaskGraph, installs: Installs, check: Check | None) -> Bundle:
    looked = Looked((task.name, task.source) for task in graph.tasks if task.source)
    captured = tuple(
        _with_notes(
            capture(task.name, task.source, looked),
            (*notes_of_list(graph, task), *notes_of_values(graph, task)),
        )
        for task in graph.tasks
        if task.source
    )
    modules = [module_source(graph.name, each) for each in captured]
    hashes = {
        each.task: task_hash(graph, each, module)
        for each, module in zip(captured, modules, strict=True)
    }
    wrong = {
        each.task: (
            *each.problems,
            *_absent(graph, each),
            *problems_of_values(graph, graph.task(each.task)),
        )
        for each in captured
    }
    problems = tuple(problem for those in wrong.values() for problem in those)
    # Of what is sound the archive is made all the same, for it may be wrong where it is loaded.
    sound = [pair for pair in zip(captured, modules, strict=True) if not wrong[pair[0].task]]
    parts = ([each for each, _ in sound], [module for _, module in sound])
    content = archive(graph, *parts, installs) if sound else b""
    bundle = Bundle(
        archive=content,
        digest=content_hash(content),
        handler=HANDLER,
        tasks=captured,
        hashes=hashes,
        code_hash=code_hash(hashes),
        problems=problems,
    )
    if check is not None and content:
        compiled = Compiled(graph=graph, tasks=parts[0], modules=parts[1], archive=content)
        bundle = _checked(bundle, check(compiled))
    return replace(bundle, archive=b"", digest=content_hash(b"")) if bundle.problems else bundle


def _checked(bundle: Bundle, said: Mapping[str, Said]) -> Bundle:
    """The bundle with what the check says of it."""
    tasks = tuple(
        _with_notes(each, said[each.task].notes) if each.task in said else each
        for each in bundle.tasks
    )
    problems = tuple(problem for each in said.values() for problem in each.problems)
    return replace(bundle, tasks=tasks, problems=(*bundle.problems, *problems))


def _with_notes(captured: TaskCapture, notes: Iterable[str]) -> TaskCapture:
    return replace(captured, notes=(*captured.notes, *notes))


def _absent(graph: TaskGraph, captured: TaskCapture) -> Iterator[Problem]:
    """Modules that no kernel has tried and nobody asked the target for.

    A package that is named and not installed here may bring them: what a package has in it, its
    name does not say.
    """
    named = (*graph.task(captured.task).packages, *graph.options.packages)
    if not all(map(_is_installed, named)):
        return
    for module, user in captured.absent.items():
        named_anyway = to_type("sftask", packages=module)
        yield Problem(
            task=captured.task,
            message=f"imports {module!r} ({user}), which is not installed in this kernel",
            hint=f"pip install it; if only the target has it: {named_anyway}",
        )


def _is_installed(package: str) -> bool:
    import importlib.metadata  # with all that it imports a tenth of `%load_ext` (*measured*)

    try:
        importlib.metadata.distribution(package_name(package))
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
