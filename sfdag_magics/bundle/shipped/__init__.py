"""What ships beside the tasks' code: reads it, runs one task, speaks to the graph by SQL.

Shipped as the package `sfdag_bundle`, whose `run` is the handler of the graph's procedure. Nothing
here imports anything but the standard library, and all of it runs on Python 3.9.
"""

from .runtime import run

__all__ = ["run"]
