"""Tasks and task graphs: statements, functions, history, and the threads that run them."""

from sfdag_magics.engine.tasks.service import TaskService

__all__ = ["TaskService"]
