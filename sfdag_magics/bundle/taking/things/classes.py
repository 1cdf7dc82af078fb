"""Classes of the notebook as lines: as written, with what was set since, or as a call made them."""

from __future__ import annotations

import ast
import enum
import types
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import partial

from sfdag_magics.bundle.inspection import (
    attributes_of,
    bases_of,
    is_a,
    name_of_class,
    place_in_module,
)
from sfdag_magics.bundle.taking.lines.bench import Bench, names_at_once
from sfdag_magics.bundle.taking.lines.registrations import of_class
from sfdag_magics.bundle.taking.lines.side_effects import class_has_effects
from sfdag_magics.bundle.taking.lines.since import line_of
from sfdag_magics.bundle.taking.lines.taken_away import taken_from_class
from sfdag_magics.bundle.taking.terms.pieces import Item, Made
from sfdag_magics.bundle.taking.terms.refusals import Refused
from sfdag_magics.bundle.taking.things.circles import content_of, in_circles
from sfdag_magics.bundle.taking.things.decorator_arguments import check_no_count
from sfdag_magics.bundle.taking.things.definition_lines import def_pieces, set_in_cells
from sfdag_magics.bundle.taking.things.enclosed import Enclosed, shared_cells
from sfdag_magics.bundle.taking.things.inner import (
    is_foreign,
    is_gone,
    needed_when_made,
    takes_what_stays,
)
from sfdag_magics.bundle.taking.things.made_classes import (
    call_of,
    into_dataclass,
    is_by_type,
    later_lines,
)
from sfdag_magics.bundle.taking.used.scripts import check_same_names
from sfdag_magics.bundle.written.as_it_ran import Ran, class_as_it_ran
from sfdag_magics.bundle.written.classes.class_state import ClassState, class_state
from sfdag_magics.bundle.written.classes.field_state import FIELDS
from sfdag_magics.bundle.written.decorated_state import holds, is_made_by_user
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.functions_in import functions_in
from sfdag_magics.bundle.written.generated_state import is_generated
from sfdag_magics.bundle.written.made_inside import made_inside
from sfdag_magics.bundle.written.same_code import codes_in, same_code


def take_class(bench: Bench, kind: type, wanted: str | None) -> Item:
    """A class that was made in the notebook.

    Raises:
        Refused: its text is not there, or makes another class.
        NoExpression: a part that was set since cannot be written.
    """
    found = _nearest(bench, kind)
    if found is None or (found[1].conflict and _is_made_by_call(bench, kind, found[0])):
        return _take_made(bench, kind, wanted)
    definition, state = found
    if state.conflict:
        raise Refused(
            f"a class that is not as its cell makes it: {state.conflict}",
            _way_out(kind, definition),
        )
    check_same_names(kind, definition, bench.namespace)
    enclosed = _enclosed(kind, definition)
    if enclosed is None:
        return _take_made(bench, kind, wanted)
    item = bench.begin(kind, wanted=wanted, base=name_of_class(kind), written=definition.name)
    is_inside, inside = _is_inside(bench, kind, definition), made_inside(kind, definition)
    dropped = [
        each
        for each in definition.decorators
        if is_inside or not is_foreign(bench, each, inside) or is_gone(bench, each, inside)
    ]
    kept = [each for each in definition.decorators if each not in dropped]
    check_no_count(bench, kept, definition.place)
    at_once = _read_at_once(kind, definition)
    given, later = _given_around(bench, kind, definition, enclosed, dropped, at_once)
    with bench.inside(item):
        pieces = def_pieces(
            bench,
            item,
            definition,
            value=kind,
            dropped=dropped,
            enclosed=given,
            ran=_as_it_ran(bench, kind, definition),
        )
        if dropped and not kept:
            line = into_dataclass(bench, item.name, kind)
            pieces += [Made(lines=(line,))] if line is not None else []
        bench.add(item, pieces, at_once - _own_classes(bench, kind))
    item.has_effects = class_has_effects(bench, kind, definition)
    bench.end(item)
    bench.after(item, lambda: set_in_cells(bench, item.name, kind, enclosed, later))
    bench.after(item, lambda: _state_lines(bench, item.name, kind, state))
    bench.after(item, lambda: taken_from_class(bench, item.name, kind, definition.node, kept))
    for line in _names_set(item.name, kind, definition, is_made_inside=bool(given)):
        bench.after(item, partial(list, [line]))
    bench.after(item, lambda: of_class(bench, item.name, kind, definition.code))
    return item


def _read_at_once(kind: type, definition: Definition) -> frozenset[str]:
    names = names_at_once(definition, kind)
    return names - {definition.name} if _is_of_its_former(kind) else names


def _given_around(
    bench: Bench,
    kind: type,
    definition: Definition,
    enclosed: Mapping[str, object],
    dropped: list[ast.expr],
    at_once: frozenset[str],
) -> tuple[Enclosed, frozenset[str]]:
    """What the class is made within, and which of it is there only once the class is."""
    circles = in_circles(kind, enclosed, at_once)
    inside = made_inside(kind, definition)
    known = {**enclosed, **dict.fromkeys(circles)}
    given = Enclosed(
        values={**needed_when_made(definition, inside, dropped), **known},
        cells=shared_cells(bench, kind),
        at_once=at_once,
    )
    return given, circles - given.cells.keys()


def _names_set(name: str, kind: type, definition: Definition, *, is_made_inside: bool) -> list[str]:
    """What a class calls itself, where the lines that make it here have it otherwise."""
    own, lines = name_of_class(kind), []
    if own != definition.name:
        lines.append(f"{name}.__name__ = {own!r}")
    if is_made_inside or place_in_module(kind) != definition.name:
        lines.append(f"{name}.__qualname__ = {place_in_module(kind)!r}")
    return lines


def _is_inside(bench: Bench, kind: type, definition: Definition) -> bool:
    """Whether the class is in an object that its decorators made of it, which has its name."""
    values = bench.namespace.values() if definition.decorators else ()
    return bench.namespace.get(definition.name) is not kind and any(
        holds(each, kind) for each in values if is_made_by_user(each)
    )


def _way_out(kind: type, definition: Definition) -> str:
    name = name_of_class(kind)
    if _is_of_its_former(kind):
        return f"write both classes {name!r} as one, or give the base another name"
    return f"run the cell of {name} again ({definition.place})"


def _is_of_its_former(kind: type) -> bool:
    """Whether a class took the name of its base: `class Net(Net):`."""
    return any(name_of_class(base) == name_of_class(kind) for base in kind.__bases__)


def _as_it_ran(bench: Bench, kind: type, definition: Definition) -> Iterator[Ran]:
    node = definition.node
    if not is_a(node, ast.ClassDef):
        return iter(())
    return class_as_it_ran(
        kind, node, bench.namespace, lambda said: takes_what_stays(bench, said, kind)
    )


def class_around(bench: Bench, kind: type) -> type | None:
    """The class of the notebook in whose text this one stands, and that still has it."""
    *around, own = place_in_module(kind).split(".")
    if not around or "<locals>" in around:
        return None
    found: object = bench.namespace.get(around[0])
    for name in around[1:]:
        found = attributes_of(found).get(name) if is_a(found, type) else None
    if not is_a(found, type) or attributes_of(found).get(own) is not kind:
        return None
    return found if bench.is_of_notebook(found) else None


def _own_classes(bench: Bench, kind: type) -> set[str]:
    """Names of classes inside of a class which the notebook has too: its text means its own."""
    return {
        name
        for name, value in attributes_of(kind).items()
        if is_a(value, type)
        and bench.namespace.get(name) is value
        and class_around(bench, value) is kind
    }


def take_inner(bench: Bench, kind: type, outer: type, wanted: str | None) -> Item:
    """A class inside of another one: what that one's text makes."""
    item = bench.begin(kind, wanted=wanted, base=name_of_class(kind))
    with bench.inside(item):
        text = f"{bench.part(outer)}.{name_of_class(kind)}"
        bench.add(item, [Made(lines=(f"{item.name} = {text}",))], frozenset())
    return bench.end(item, kind, text)


def _shared(bench: Bench, kind: type, changed: Container[str]) -> dict[str, object]:
    """The attributes that something else holds as well, though their text makes them anew."""
    return {
        name: value
        for name, value in attributes_of(kind).items()
        if name not in changed
        and not (name.startswith("_") and name.endswith("_"))
        and bench.is_shared(value)
    }


def _state_lines(bench: Bench, name: str, kind: type, state: ClassState) -> list[str]:
    defaults: Mapping[str, object] = attributes_of(kind).get("_field_defaults", {})
    set_since = {**_shared(bench, kind, state.changed), **state.changed}
    changed = {key: each for key, each in set_since.items() if key not in defaults}
    lines = []
    if len(changed) < len(set_since):  # of a tuple with names
        lines.append(f"{name}._field_defaults.update({bench.part(dict(defaults))})")
        lines.append(f"{name}.__new__.__defaults__ = {bench.part(tuple(defaults.values()))}")
    lines += [
        line for key, value in changed.items() for line in line_of(bench, f"{name}.{key}", value)
    ]
    models = dict.fromkeys(key.partition(FIELDS)[0] for key in changed if FIELDS in key)
    lines += [f"{name}.{model}model_rebuild(force=True)" for model in models]
    lines += [_removed(f"{name}.{key}") for key in state.removed]
    if state.names:
        kept = ", ".join(map(repr, sorted(state.names)))
        others = f"{{*vars({name})}} - {{{kept}}} if each[:2] != '__'"
        lines.append(f"[delattr({name}, each) for each in {others}]")
    return lines


def _removed(path: str) -> str:
    """The line that takes an attribute away, unless a decorator has done so."""
    owner, _, last = path.rpartition(".")
    return f"if {last!r} in vars({owner}): del {path}"


def _nearest(bench: Bench, kind: type) -> tuple[Definition, ClassState] | None:
    """The text that makes the class, or is nearest to it; the newest among equals."""
    file = _file_of(kind)
    found = [
        (each, class_state(kind, each, bench.namespace, bench.is_of_notebook))
        for place in _places_of(kind)
        for each in bench.definitions.of_classes(place.rpartition(".")[2], file)
        if each.is_nested == ("<locals>" in place) and not _makes_a_subclass(kind, each)
    ]
    # The first of equals: `min` keeps their order, the newest first.
    return min(
        found,
        key=lambda pair: (bool(pair[1].conflict), pair[0].cell.filename != file, pair[1].distance),
        default=None,
    )


def _makes_a_subclass(kind: type, definition: Definition) -> bool:
    """Whether a text calls for the class as the base of its own: `class P(namedtuple("P", …))`."""
    node = definition.node
    if not isinstance(node, ast.ClassDef) or all(isinstance(b, ast.Name) for b in node.bases):
        return False
    heirs: list[type] = type.__subclasses__(kind)
    if not any(name_of_class(each) == definition.name for each in heirs):
        return False
    written = codes_in(definition.code)
    members = attributes_of(kind).values()
    return not any(
        same_code(function.__code__, code)
        for member in members
        for function in functions_in(member)
        for code in written
    )


def _places_of(kind: type) -> Iterable[str]:
    """What a class says it is called, and what its methods do: a decorator may rename it."""
    coded = [
        function.__code__.co_qualname.rpartition(".")[0]
        for member in attributes_of(kind).values()
        for function in functions_in(member)
        if not is_generated(function)
    ]
    return dict.fromkeys((place_in_module(kind), *(each for each in coded if _is_of_class(each))))


def _is_of_class(place: str) -> bool:
    """Whether a method can be at a place, and not only a function of a call."""
    return bool(place) and not place.endswith("<locals>")


def _enclosed(kind: type, definition: Definition) -> dict[str, object] | None:
    """What a class of a function knows of the call that made it; None where that is lost."""
    known = {
        name: value
        for member in vars(kind).values()
        for function in functions_in(member)
        for name, cell in zip(
            function.__code__.co_freevars, function.__closure__ or (), strict=True
        )
        for value in content_of(cell)
        if name != "__class__"
    }
    known = {**made_inside(kind, definition).known, **known}
    wanted = [name for name in definition.code.co_freevars if name != "__class__"]
    if any(name not in known for name in wanted):
        return None
    return {name: known[name] for name in wanted}


def _is_made_by_call(bench: Bench, kind: type, definition: Definition) -> bool:
    """Whether a class can be one that `namedtuple`, `Enum` or `type` made when it was called."""
    has_methods = any(
        is_a(each, types.FunctionType) and each.__globals__ is bench.namespace
        for each in attributes_of(kind).values()
    )
    if not has_methods and (kind.__bases__ == (tuple,) or isinstance(kind, enum.EnumMeta)):
        return True
    # The text is a base's, which a decorator was given.
    return is_by_type(bench, kind) and any(
        name_of_class(base) == definition.name
        and bench.is_of_notebook(base)
        and not class_state(base, definition, bench.namespace, bench.is_of_notebook).conflict
        for base in bases_of(kind)[1:]
    )


def _take_made(bench: Bench, kind: type, wanted: str | None) -> Item:
    item = bench.begin(kind, wanted=wanted, base=name_of_class(kind))
    with bench.inside(item):
        text = call_of(bench, kind)
        bench.add(item, [Made(lines=(f"{item.name} = {text}",))], frozenset())
    item.has_effects = class_has_effects(bench, kind)
    bench.end(item, kind, text)
    if (place := place_in_module(kind)) != name_of_class(kind):
        bench.after(item, lambda: [f"{item.name}.__qualname__ = {place!r}"])
    bench.after(item, lambda: later_lines(bench, item.name, kind))
    bench.after(item, lambda: taken_from_class(bench, item.name, kind, None))
    return item


def _file_of(kind: type) -> str | None:
    """The file name of the code of its first method that has one; its own before others'."""
    functions = [
        function
        for member in attributes_of(kind).values()
        for function in functions_in(member)
        if not is_generated(function)
    ]
    place = f"{place_in_module(kind)}."
    own = [each for each in functions if each.__code__.co_qualname.startswith(place)]
    return next((each.__code__.co_filename for each in (*own, *functions)), None)
