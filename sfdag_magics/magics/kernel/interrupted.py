"""An interrupt of a verb that waits: one line for the person, and the cell still ends by it."""

from __future__ import annotations


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, or the stop button, while a verb waited: shown without anybody's frames."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]
