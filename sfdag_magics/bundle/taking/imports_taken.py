"""The import lines and the modules of one task, and those that this kernel does not find."""

from __future__ import annotations

from sfdag_magics.bundle.modules import is_own, is_there
from sfdag_magics.bundle.taking.said_of_task import SaidOfTask
from sfdag_magics.bundle.taking.terms.pieces import Written
from sfdag_magics.bundle.taking.used.names_used import imported_modules, optional_modules
from sfdag_magics.bundle.taking.used.not_on_the_path import not_on_the_path
from sfdag_magics.bundle.written.cells import Cells


class ImportsTaken:
    """What a task imports, in the order in which it was met.

    Attributes:
        lines: the import lines.
        line_of: `{name: the line that binds it}`.
        modules: all that these lines and the task's code import.
        absent: `{module that is not installed here: the place that imports it}`.
    """

    def __init__(self, said: SaidOfTask, cells: Cells) -> None:
        self._said = said
        self._cells = cells
        self._elsewhere: set[str] = set()
        self.lines: dict[str, None] = {}
        self.line_of: dict[str, str] = {}
        self.modules: dict[str, None] = {}
        self.absent: dict[str, str] = {}

    def add(self, name: str, line: str, module: str) -> bool:
        """Add an import line; False for a module of ours, which is a problem."""
        if is_own(module):
            self._said.wrong(
                f"uses {name!r} of {module}, which is not there where tasks run",
                "leave it out of the task's code",
            )
            return False
        self.lines.setdefault(line)
        self.line_of[name] = line
        self.add_module(module)
        return True

    def add_module(self, module: str) -> None:
        """Add a module that is imported by whatever line."""
        if not is_own(module):
            self.modules.setdefault(module)

    def add_of(self, piece: Written) -> None:
        """Add the modules that lines of a cell import by themselves."""
        optional = optional_modules(piece.text)
        for module in imported_modules(piece.text):
            if is_there(module):
                self.add_module(module)
            elif module not in optional:
                self._miss(module.partition(".")[0], piece)

    def _miss(self, module: str, user: Written) -> None:
        """Take note of a module that this kernel does not find; one elsewhere is a problem."""
        if module in self.absent or module in self._elsewhere:
            return
        wrong = not_on_the_path(module, self._cells)
        if wrong is None:
            self.absent[module] = f"{user.place}, line {user.first_line}"
        else:
            self._elsewhere.add(module)
            self._said.wrong(f"imports {module!r}, {wrong[0]}", wrong[1])
