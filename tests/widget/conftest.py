import pytest

from tests.in_a_notebook import in_a_notebook

__all__ = ["in_a_notebook"]


@pytest.fixture(autouse=True)
def messages_name_commands(in_a_notebook):
    """As where somebody looks at a view; what a script's says, `test_open_target` knows."""
