"""What a cell shows at its end: values are drawn, but not what the cell's verb has just drawn."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.magics.kernel.notebook import Notebook


def draw_values(shell: InteractiveShell, notebook: Notebook) -> None:
    """Have the shell draw values; of what a verb drew and returns, it says which it is."""

    def form(value: Displayed) -> dict[str, str]:
        return {} if notebook.has_drawn(value) else dict(value._repr_mimebundle_())

    _formatter(shell).for_type(Displayed, form)


def draw_no_values(shell: InteractiveShell) -> None:
    """Leave it to the values again."""
    _formatter(shell).pop(Displayed, None)


def _formatter(shell: InteractiveShell) -> Any:  # noqa: ANN401 - IPython ships it untyped
    formatter: Any = shell.display_formatter
    return formatter.mimebundle_formatter
