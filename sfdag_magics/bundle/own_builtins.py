"""Python's own built-in functions while a bundle is built, whatever a cell put in their place.

A cell may replace `builtins.sorted`; what ships is then told by what it is, and not made with it.
Nothing here calls a built-in function: it would be the one that a cell put there.
"""

from __future__ import annotations

import builtins
from threading import current_thread, main_thread
from types import FunctionType, TracebackType

_NAMES = vars(builtins)
_OWN = dict(_NAMES)
#: What cells put there, as long as it is set aside.
_ASIDE: dict[str, object] = {}


class OwnBuiltins:
    """Sets the notebook's functions aside while inside; does nothing where there are none.

    Nor in other threads than the one that runs cells: a cell may be running meanwhile, which would
    lose what it put there, or have it again once it took it away.
    """

    def __enter__(self) -> None:
        is_between_cells = current_thread() is main_thread()
        self._theirs = {
            name: now
            for name, own in _OWN.items()
            if (now := _NAMES.get(name)) is not own
            and now.__class__ is FunctionType
            and now.__module__ == "__main__"
            and is_between_cells
        }
        _ASIDE.update(self._theirs)
        for name in self._theirs:
            _NAMES[name] = _OWN[name]

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _raised: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for name in self._theirs:
            _NAMES[name] = _ASIDE.pop(name)


def as_cells_left_them() -> dict[str, object]:
    """`{name: value}` of `builtins`, those among it that are set aside."""
    return {**_NAMES, **_ASIDE}
