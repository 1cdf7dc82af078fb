"""Run the benchmarks and print one table; names as arguments choose some of them.

`--peers` alone installs other libraries that run graphs, and runs the same graphs with them.

A figure is the median of its repetitions. The floor is the least the same work could cost on this
machine, measured in the same run; machines are noisy, so read the ratio, or what the processor did.
Nothing here is asserted.
"""

from __future__ import annotations

import sys

from tabulate import tabulate

from tests.benchmarks.measured import Measured
from tests.benchmarks.peers import peers
from tests.benchmarks.works import WORKS


def main(chosen: list[str]) -> None:
    works = {**WORKS, "--peers": peers}
    unknown = set(chosen) - set(works)
    if unknown:
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(works)}")
    rows = []
    for name in chosen or WORKS:
        print(f"… {name}", file=sys.stderr, flush=True)  # noqa: T201 - a program's output
        rows += [_row(measured) for measured in works[name]()]
    headers = ["work", "ours", "floor", "ratio", "CPU", "its floor", "target", "the floor is"]
    sides = ["left", *["right"] * 6, "left"]
    print(tabulate(rows, headers=headers, colalign=sides))  # noqa: T201 - a program's output


def _row(measured: Measured) -> list[str]:
    return [
        measured.work,
        _seconds(measured.ours_s),
        _seconds(measured.floor_s),
        f"{measured.ours_s / measured.floor_s:.1f}",
        _seconds(measured.ours_cpu_s),
        _seconds(measured.floor_cpu_s),
        measured.target,
        measured.floor,
    ]


def _seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


if __name__ == "__main__":
    main(sys.argv[1:])
