"""What the workspace knows and decides is mostly seen in a notebook: the same as that of magics."""

from tests.magics.conftest import fake, notebook, shell

__all__ = ["fake", "notebook", "shell"]
