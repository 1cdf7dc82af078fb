"""What the workspace knows and decides is mostly seen in a notebook: the same as that of magics."""

import pytest

from tests.magics.conftest import fake, notebook, shell
from tests.magics.scenes import two_python_tasks, two_tasks

__all__ = ["fake", "notebook", "shell"]

_CELLS = {"SQL": two_tasks, "Python": two_python_tasks}


@pytest.fixture(params=_CELLS)
def cells(request):
    """Runs the cells of two tasks, of either kind."""
    return _CELLS[request.param]
