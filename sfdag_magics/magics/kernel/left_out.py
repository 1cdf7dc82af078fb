"""What a verb gives that was left out, as its notebook is only read for what it describes."""

from __future__ import annotations

from typing import Any, NoReturn

from sfdag_magics.errors import SfdagError


class LeftOutError(SfdagError):
    """A cell asks something of a verb that was left out."""


class LeftOut:
    """Stands for a run, a session, a plan; whoever asks it something raises `LeftOutError`."""

    def __init__(self, line: str) -> None:
        self._line = line

    def __repr__(self) -> str:
        return f"{self._line} was left out"

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of any value that verbs give
        if name.startswith("_"):  # IPython and copies ask whether there is one
            raise AttributeError(name)
        self._refuse()

    def __getitem__(self, key: object) -> NoReturn:
        self._refuse()

    def __iter__(self) -> NoReturn:
        self._refuse()

    def __len__(self) -> NoReturn:
        self._refuse()

    def __call__(self, *_: object, **__: object) -> NoReturn:
        """Raises, as all that it is asked."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise LeftOutError(f"{self._line} was left out: the notebook is only read")
