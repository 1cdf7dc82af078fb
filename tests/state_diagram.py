"""The phases of a task run as a drawing, from the table of moves: `python -m tests.state_diagram`.

It stands in the engine's own document; a test holds the two together.
"""

from __future__ import annotations

import sys

from sfdag_magics.engine.scheduler.phases import FINAL, MOVES, Phase


def state_diagram() -> str:
    """Mermaid text: moves between the same two phases share an arrow."""
    words: dict[tuple[Phase, Phase], list[str]] = {}
    for (before, move), after in MOVES.items():
        words.setdefault((before, after), []).append(move)
    arrows = [
        f"  {before} --> {after}: {', '.join(moves)}" for (before, after), moves in words.items()
    ]
    ends = [f"  {phase} --> [*]" for phase in Phase if phase in FINAL]
    return "\n".join(["```mermaid", "stateDiagram-v2", "  [*] --> WAITING", *arrows, *ends, "```"])


if __name__ == "__main__":
    sys.stdout.write(f"{state_diagram()}\n")
