"""From a value of the notebook to its lines: which kind of thing it is, and the name it gets.

Each value is written once. Which names a text uses is `walk`'s to find out: it is told of each
text that ships.
"""

from __future__ import annotations

import ast
import builtins
import enum
import types
from collections.abc import Mapping

from sfdag_magics.bundle.inspection import is_a, module_with, name_of
from sfdag_magics.bundle.literals.expressions import HOLDS_ITSELF, expression, is_literal
from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.taking.lines.given_out import GivenOut
from sfdag_magics.bundle.taking.lines.imports import Imports
from sfdag_magics.bundle.taking.lines.items import Items
from sfdag_magics.bundle.taking.lines.listener import Deaf, Listener
from sfdag_magics.bundle.taking.lines.put_back import PutBack
from sfdag_magics.bundle.taking.terms.contents import Copies
from sfdag_magics.bundle.taking.terms.parts import parts_of
from sfdag_magics.bundle.taking.terms.pieces import Item, Made, states_of
from sfdag_magics.bundle.taking.terms.refusals import Refused, refusal_of
from sfdag_magics.bundle.taking.terms.sharing import Sharing, changes
from sfdag_magics.bundle.taking.terms.sorts import (
    function_inside,
    has_identity,
    is_data,
    was_filled,
)
from sfdag_magics.bundle.taking.things.callables import take_callable, take_decorated
from sfdag_magics.bundle.taking.things.classes import class_around, take_class, take_inner
from sfdag_magics.bundle.taking.things.data import Data
from sfdag_magics.bundle.taking.things.enclosed import take_cell
from sfdag_magics.bundle.taking.things.functions import take_by_text
from sfdag_magics.bundle.taking.things.instances import member, take_instance, take_object
from sfdag_magics.bundle.taking.things.methods import take_method, take_unbound
from sfdag_magics.bundle.taking.things.of_contexts import is_of_context, take_of_context
from sfdag_magics.bundle.taking.things.origin import Origin
from sfdag_magics.bundle.written.definitions import Definition, Definitions


class Things(Items):
    """The things one task takes; implements `bench.Bench` and `expressions.Refer`.

    Args:
        namespace: the notebook's names.
        definitions: where its code is written.
        shared: ids of lists and their kind that several things hold: they get a name.
        copies: what objects said of themselves.
        listener: told of everything that ships.
        patched: `{(module, name): what a cell put there}`: an import line gives the original.
        allowed: names of what may look like a secret.
        given_out: what modules beside the notebook have at paths.
    """

    def __init__(
        self,
        namespace: Mapping[str, object],
        definitions: Definitions,
        shared: frozenset[int],
        copies: Copies,
        listener: Listener,
        patched: Mapping[tuple[str, str], object],
        allowed: frozenset[str],
        given_out: GivenOut,
    ) -> None:
        super().__init__(namespace, listener)
        self.definitions = definitions
        self._sharing = Sharing(shared)
        self.copies = copies
        self._patched = patched
        self._allowed = allowed
        self._tried: dict[int, str | None] = {}
        self._has_tried_code = False
        self._written_out: frozenset[int] = frozenset()
        self._origin = Origin(namespace)
        self._given_out = given_out
        self._imports = Imports(namespace, self._names, self._again, listener, patched, given_out)
        self._data = Data(self, self._imports, self._sharing)

    def bind(self, name: str, value: object) -> Item | None:
        """Make `name` be `value`; None where an import line does.

        Raises:
            Refused: it cannot travel.
        """
        if is_a(value, types.ModuleType):
            self._imports.bind(name, value, self._texts)
            return None
        self._postponed.clear()
        try:
            item = self._item(value, name)
            self._finish()
            self._again.compare()
        except NoExpression as found:
            raise refusal_of(value, found, name) from None
        finally:
            self._again.forget()  # what could not be built is no part of what is next
        if item is None or item.name == name:
            return item
        alias = Item(name=name, pieces=[Made(lines=(f"{name} = {item.name}",))], needs={item})
        return self.end(alias, None, item.name)

    def own(self, definition: Definition) -> Item:
        """What a task's cell defines and the notebook has not, or has otherwise by now."""
        return take_by_text(self, definition)

    def put_back(self, set_there: frozenset[str]) -> None:
        """Let what ships be as it is, whatever lines that ship do to it; see `put_back`."""
        put_back = PutBack(self, self._data.literals, self._values, self.items, self._data.parts)
        put_back.run(set_there)

    @property
    def met_twice(self) -> frozenset[int]:
        """Ids of things that change and were met at two places."""
        return frozenset(self._sharing.met_twice)

    @property
    def has_run_code(self) -> bool:
        """Whether methods and constructors of imported classes ran: they may change anything."""
        return self.copies.has_asked or self._again.has_run or self._has_tried_code

    # What an expression refers to: `expressions.Refer`.

    def named(self, value: object) -> str | None:
        """The name of a part that is no literal; see `expressions.Refer`."""
        if id(value) in self._written_out:
            return self._need(self._data.shared_part(value)) if self.is_shared(value) else None
        if is_a(value, types.ModuleType):
            return self.module(value.__name__)
        if is_a(value, enum.Enum) and self.is_of_notebook(type(value)):
            return member(self, value)
        if value is type(None):
            return "type(None)"
        if (builtin := self._builtin(value)) is not None:
            return builtin
        if not self._has_a_name(value):
            return None
        try:
            item = self._item(value, None)
        except Refused as found:
            raise NoExpression(value) from found
        if item is None:
            return self._imports.named(value)
        if item in self._stack and not item.pieces:
            raise NoExpression(value, HOLDS_ITSELF)
        return self._need(item)

    def _need(self, item: Item) -> str:
        """The name of what the things that are written now need."""
        self._stack[-1].needs.add(item)
        return item.name

    def module(self, name: str) -> str:
        """Import a module for an expression, under a name of ours where its own means another."""
        return self._imports.module(name)

    def _builtin(self, value: object) -> str | None:
        name = name_of(value) if callable(value) else ""
        if not name or name in self.namespace:
            return None
        return name if vars(builtins).get(name) is value else None

    def _has_a_name(self, value: object) -> bool:
        is_known = self._imports.is_given_out(value) or module_with(value) is not None
        if is_known or self._data.place_of_record(value) is not None:
            return True
        if changes(value) and is_literal(value):
            return self.is_shared(value) or self._data.looked_into(value) is not None
        if self.is_of_notebook(value) or self.is_of_notebook(type(value)):
            return True
        return not is_data(value) or not is_literal(value)

    # Which kind of thing a value is.

    def _item(self, value: object, wanted: str | None) -> Item | None:
        known = self._by_id.get(id(value)) if has_identity(value) else None
        if known is not None:
            return known
        if (module := module_with(value)) is not None:
            return self._data.names_of(module, wanted)
        if (of_array := self._data.place_of_record(value)) is not None:
            return self._data.part_of(value, wanted, *of_array)
        if self._imports.is_given_out(value):
            if (place := self._imports.place_of(value)) is not None:
                return self._data.part_of(value, wanted, *place)
            if self._imports.give(value, wanted):
                return None
        if is_a(value, types.CellType):
            return take_cell(self, value, self._sharing.variable_of(value), wanted)
        if is_of_context(value) and not self._imports.is_given_out(value):
            return self._of_context(value, wanted)
        if is_a(value, types.MethodType) or is_a(value, types.BuiltinMethodType):
            return self._method(value, wanted)
        if is_a(value, type) and self.is_of_notebook(value):
            return self._class(value, wanted)
        wraps = is_a(value, type) or is_a(value, staticmethod) or is_a(value, classmethod)
        if callable(value) and not wraps and self.is_of_notebook(value):
            return self._callable(value, wanted)
        if self.is_of_notebook(type(value)):
            return self._instance(value, wanted)
        return self._foreign(value, wanted)

    def _class(self, kind: type, wanted: str | None) -> Item:
        """A class of the notebook: after the one in whose text it stands, which may hold it."""
        outer = class_around(self, kind)
        if outer is None:
            return take_class(self, kind, wanted)
        self._item(outer, None)
        known = self._by_id.get(id(kind))
        return take_inner(self, kind, outer, wanted) if known is None else known

    def _instance(self, value: object, wanted: str | None) -> Item:
        """An object of a class of the notebook: after its class, which may hold it."""
        self._item(type(value), None)
        known = self._by_id.get(id(value))
        return take_instance(self, value, wanted) if known is None else known

    def _of_context(self, value: object, wanted: str | None) -> Item | None:
        """A thing that has a value in each context: what a library has is the library's own."""
        if not self.is_of_notebook(type(value)) and self._imports.give(value, wanted):
            return None
        return take_of_context(self, value, wanted)

    def _foreign(self, value: object, wanted: str | None) -> Item | None:
        """A value of Python's or somebody else's type."""
        failed = NoExpression(value)
        if is_data(value) and is_literal(value):
            try:
                return self._data.literal(value, wanted)
            except NoExpression as found:
                self._by_id.pop(id(value), None)
                failed = found
        if self._imports.give(value, wanted):
            return None
        if is_literal(value):
            if is_data(value):
                raise failed
            return self._data.literal(value, wanted)
        if is_a(value, types.FunctionType):
            return take_unbound(self, value, wanted)
        plain = function_inside(value)
        if plain is not None and self.is_of_notebook(plain):
            return self._decorated(value, plain, wanted)
        return take_object(self, value, wanted)

    def _callable(self, value: object, wanted: str | None) -> Item:
        """A function of the notebook, or what a call made of one."""
        try:
            return take_callable(self, value, wanted)
        except Refused as refused:
            return self._object_instead(value, wanted, refused)

    def _decorated(self, value: object, plain: types.FunctionType, wanted: str | None) -> Item:
        if was_filled(value) and (is_a(self._listener, Deaf) or self.can_travel(value)):
            return take_object(self, value, wanted)
        try:
            return take_decorated(self, value, plain, wanted)
        except Refused as refused:
            return self._object_instead(value, wanted, refused)

    def _object_instead(self, value: object, wanted: str | None, refused: Refused) -> Item:
        """An object that keeps a function, by what it holds where its text does not make it."""
        if isinstance(value, types.FunctionType):
            raise refused
        try:
            return take_object(self, value, wanted)
        except NoExpression:
            raise refused from None

    def _method(
        self, value: types.MethodType | types.BuiltinMethodType, wanted: str | None
    ) -> Item | None:
        """A method of a thing; a function that a module gives out may be one as well."""
        if self._imports.give(value, wanted):
            return None
        if is_a(value.__self__, types.ModuleType, type(None)):
            raise NoExpression(value)
        return take_method(self, value, wanted)

    def is_allowed(self, *names: str) -> bool:
        """See `Bench.is_allowed`."""
        return not self._allowed.isdisjoint((*names, *(item.name for item in self._stack)))

    def import_submodules(self) -> None:
        """Import those that any text reaches through a module's name, once all texts are known."""
        self._imports.bind_submodules(self._texts)

    # What the makers work with: `bench.Bench`.

    def can_travel(self, value: object) -> bool:
        """See `Bench.can_travel`."""
        return self.tried(value) is not None

    def tried(self, value: object) -> str | None:
        """See `around.Around.tried`; what was looked at is kept by what holds it."""
        if id(value) not in self._tried:
            self._kept.append(value)
            is_deaf = is_a(self._listener, Deaf)
            self._tried[id(value)] = None if is_deaf else self._written_apart(value)
        return self._tried[id(value)]

    def _written_apart(self, value: object) -> str | None:
        """The lines that make a value, on a bench of its own that nobody hears."""
        tried = Things(
            self.namespace,
            self.definitions,
            frozenset(),
            self.copies,
            Deaf(),
            self._patched,
            self._allowed,
            self._given_out.but(value),
        )
        try:
            tried.bind(_TRIED, value)
        except Exception:  # noqa: BLE001 - a border: the thing's own code may have run
            return None
        finally:
            self._has_tried_code |= tried.has_run_code
        made = (piece for item in tried.items for piece in item.pieces if isinstance(piece, Made))
        return "\n".join(line for piece in made for line in piece.lines)

    def imported_as(self, name: str, value: object) -> str:
        """See `around.Around.imported_as`."""
        if isinstance(value, types.ModuleType | type | types.FunctionType):
            return self.part(value)
        found = name if name.isidentifier() and self._imports.give(value, name) else None
        found = found or self._imports.named(value)
        if found is None:
            raise NoExpression(value)
        return found

    def part(self, value: object) -> str:
        """See `Bench.part`."""
        found = self.named(value)
        return expression(value, self) if found is None else found

    def content(self, value: object, holder: object) -> str:
        """See `around.Around.content`."""
        self._written_out = frozenset(
            id(part) for part, _path in parts_of(holder) if not self._imports.has_a_name(part)
        )
        try:
            return self.part(value)
        finally:
            self._written_out = frozenset()

    def whole(self, value: object) -> str:
        """See `Bench.whole`."""
        text = self.part(value)
        user = self._stack[-1]
        user.needs |= states_of(user.needs, self.items) - {user}
        return text

    def is_shared(self, value: object) -> bool:
        """See `Bench.is_shared`."""
        if not changes(value):
            return False
        self._sharing.meet(value)
        return self._sharing.is_shared(value)

    def is_shared_cell(
        self, cell: types.CellType, variable: str, holder: object, *, is_set: bool
    ) -> bool:
        """See `Bench.is_shared_cell`."""
        self._sharing.meet_cell(cell, variable, holder, is_set=is_set)
        return self._sharing.is_shared_cell(cell)

    def is_of_notebook(self, value: object) -> bool:
        """See `Bench.is_of_notebook`."""
        return self._origin.is_of_notebook(value)

    def is_ours(self, decorator: ast.expr) -> bool:
        """See `Bench.is_ours`."""
        return self._origin.is_ours(decorator)

    def is_foreign(self, decorator: ast.expr) -> bool:
        """See `Bench.is_foreign`."""
        return self._origin.is_foreign(decorator)

    def is_of_others(self, decorator: ast.expr) -> bool:
        """See `Bench.is_of_others`."""
        return self._origin.is_of_others(decorator)


#: The name of what is only tried: no notebook has it.
_TRIED = "_sfdag_tried"
