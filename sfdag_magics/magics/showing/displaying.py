"""What a cell shows at its end: values are drawn, but not what the cell's verb has just drawn."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.magics.kernel.notebook import Notebook


def draw_values(shell: InteractiveShell, notebook: Notebook) -> None:
    """Have the shell draw values; of what a verb drew and returns, nothing stands beside it."""

    def form(value: Displayed) -> dict[str, str]:
        return dict(value._repr_mimebundle_())

    def leave_out(value: Displayed) -> None:
        if not notebook.has_drawn(value):
            raise NotImplementedError  # IPython's word for: display it as all else

    _forms(shell).for_type(Displayed, form)
    _ways(shell).for_type(Displayed, leave_out)


def draw_no_values(shell: InteractiveShell) -> None:
    """Leave it to the values again."""
    for formatter in (_forms(shell), _ways(shell)):
        formatter.pop(Displayed, None)


def _forms(shell: InteractiveShell) -> Any:  # noqa: ANN401 - IPython ships it untyped
    formatter: Any = shell.display_formatter
    return formatter.mimebundle_formatter


def _ways(shell: InteractiveShell) -> Any:  # noqa: ANN401 - as above
    """Who displays a value by itself, or finds that there is nothing to be added."""
    formatter: Any = shell.display_formatter
    return formatter.ipython_display_formatter
