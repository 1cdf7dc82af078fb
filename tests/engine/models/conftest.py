"""A real engine process for a module, and for each test a session in its own schema."""

from tests.engine.python_code.conftest import parameters, run, session

__all__ = ["parameters", "run", "session"]
