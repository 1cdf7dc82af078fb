"""What the programs here have in common: the graph they are told, and one answer to each line.

`PROGRAM DIRECTORY GRAPH`: a directory for what is kept, and `{task: [those above it]}` as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable


def graph() -> dict[str, list[str]]:
    return json.loads(sys.argv[2])


def answer(run: Callable[[], object]) -> None:
    """Run once to be warm, and say so; then once for each line, and say how long it took."""
    heard = sys.stdout  # what others print must not be taken for an answer
    sys.stdout = sys.stderr
    run()
    heard.write("warm\n")
    heard.flush()
    for _line in sys.stdin:
        start = time.perf_counter()
        run()
        heard.write(f"{time.perf_counter() - start}\n")
        heard.flush()
