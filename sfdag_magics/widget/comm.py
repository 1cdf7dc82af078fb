"""What the view needs of the comm that ties it to its page, beyond what ipywidgets asks of one.

Knows ipykernel's comm, and that there may be another one or none: then nothing is done, or known.
"""

from __future__ import annotations

from typing import Any


def answer_while_a_cell_runs(comm: Any | None) -> None:  # noqa: ANN401 - foreign and untyped
    """Let the page's messages be handled in the subshell they were sent to.

    ipykernel 7.4 sends each to the subshell that last used the comm instead. Our feed uses it from
    a thread that counts as the main shell, so that clicks would wait for the running cell.
    """
    if comm is not None:
        comm._reply_subshell_for = None  # noqa: SLF001 - ipykernel reads it by this name


def kernel_session(comm: Any | None) -> str:  # noqa: ANN401 - foreign and untyped
    """The id that stands in everything this kernel says, and no other does; "" without a kernel."""
    kernel = getattr(comm, "kernel", None)
    session = getattr(getattr(kernel, "session", None), "session", "")
    return session if isinstance(session, str) else ""
