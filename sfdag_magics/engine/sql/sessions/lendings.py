"""What DuckDB is lent while a statement runs: rows and functions, which must not outlive it.

Who carries a statement out takes back what was lent for it. Where it fails on the way there, as for
a name that there is not, nobody has it in hand yet; what is then left goes with the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager


class Lendings:
    """Those of one session. The thread that has its turn."""

    def __init__(self) -> None:
        self._ends: dict[str, Callable[[], object]] = {}

    def add(self, name: str, end: Callable[[], object]) -> None:
        """Something was lent under this name; `end` takes it back."""
        self._ends[name] = end

    def take_back(self, names: Iterable[str]) -> None:
        """End what was lent under these names, the last one first; again does no harm.

        Raises:
            SqlError: why the statement failed, where what was lent is the reason.
        """
        with ExitStack() as ends:
            for name in names:
                if (end := self._ends.pop(name, None)) is not None:
                    ends.callback(end)

    @contextmanager
    def of_a_statement(self) -> Iterator[None]:
        """Around one statement, within another one or not."""
        before = frozenset(self._ends)
        try:
            yield
        finally:
            self.take_back([name for name in self._ends if name not in before])
