"""How much of the machine one engine may take. Knows numbers and where they come from, no SQL.

The whole engine stays within `memory`: half of it is DuckDB's (what does not fit goes to the disk),
a quarter is the most that one result may have, and the rest is for what neither counts: values
while a function makes them, rows on their way to a client, the process itself. Processes of Python
tasks are the user's own and do not count.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from sfdag_magics.errors import MachineError
from sfdag_magics.light_classes import dataclass

#: How much memory an engine may take: a share of the machine's, `60%`, or an amount, `6GB`.
MEMORY_VARIABLE = "SFDAG_MEMORY"
_SHARE = 0.4
# DuckDB and the process itself do not work with less.
_LEAST = 512 * 1024**2
# Pages of programs and libraries, and what threads need beside a statement.
_FILES = 256 * 1024**2
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
_AMOUNT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:(%)|([KMGT]?)i?B?)\s*", re.IGNORECASE)
_CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What an engine may take, in bytes."""

    memory: int

    @property
    def duckdb(self) -> int:
        """What DuckDB may hold in memory; it writes to the disk what is more."""
        return self.memory // 2

    @property
    def result(self) -> int:
        """The most that the rows of one result may have."""
        return self.memory // 4

    @property
    def kept_files(self) -> int:
        """How much of the disk the results that are kept may take."""
        return self.memory

    @property
    def alarm(self) -> int:
        """With so much memory of its own the process ends statements; the rest is for files."""
        return min(self.memory * 4 // 5, max(self.memory // 2, self.memory - _FILES))


def budget_from(environment: Mapping[str, str]) -> Budget:
    """The budget that the environment asks for; without a word, 40 % of the machine's memory.

    Raises:
        MachineError: the variable holds neither a share nor an amount, or too little.
    """
    return Budget(
        memory=amount_of_memory(environment, MEMORY_VARIABLE, _SHARE, _LEAST, who="an engine")
    )


def amount_of_memory(
    environment: Mapping[str, str], variable: str, share: float, least: int, *, who: str
) -> int:
    """The bytes that a variable asks for, as a share of the machine's memory or an amount.

    Args:
        share: what it is without a word.
        least: what `who` needs at least.

    Raises:
        MachineError: the variable holds neither, or too little, or more than the machine has.
    """
    machine = machine_memory()
    text = environment.get(variable, "").strip()
    if not text:
        return max(least, int(machine * share))
    found = _AMOUNT.fullmatch(text)
    if found is None:
        reason = "it is neither a share of the machine's memory nor an amount"
        raise _refused(variable, text, reason)
    number = float(found[1])
    memory = machine * number / 100 if found[2] else number * _UNITS[(found[3] or "").upper()]
    if memory < least:
        raise _refused(variable, text, f"{who} needs at least {size_text(least)}")
    if memory > machine:
        raise _refused(variable, text, f"this machine has {size_text(machine)}")
    return int(memory)


def _refused(variable: str, text: str, reason: str) -> MachineError:
    return MachineError(
        f"the engine cannot start with {variable}={text}: {reason}",
        hint=f"name a share such as {variable}=60%, or an amount such as {variable}=6GB",
    )


def machine_memory() -> int:
    """What this machine has, or what the container leaves this process of it."""
    bounds = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), *_group_bounds()]
    return min(bounds)


def _group_bounds() -> list[int]:
    """The limits of the control groups this process is in (Linux; both versions)."""
    candidates = [
        _CGROUPS / "memory.max",
        _CGROUPS / "memory/memory.limit_in_bytes",
        *(group / "memory.max" for group in _own_groups()),
    ]
    bounds = []
    for path in candidates:
        try:
            text = path.read_text().strip()
        except OSError:
            continue
        if text.isdecimal():  # "max" where there is none
            bounds.append(int(text))
    return bounds


def _own_groups() -> list[Path]:
    """The directories of this process's group and of those around it (version 2)."""
    try:
        lines = Path(f"/proc/{os.getpid()}/cgroup").read_text().splitlines()
    except OSError:
        return []
    own = [Path(line.partition("::")[2].lstrip("/")) for line in lines if line.startswith("0::")]
    return [_CGROUPS / part for group in own for part in (group, *group.parents)]


def size_text(count: int) -> str:
    """A number of bytes as people read it: `2.4 GB`."""
    for unit, size in (("GB", 1024**3), ("MB", 1024**2)):
        if count >= size:
            number = count / size
            return f"{number:,.0f} {unit}" if number >= 100 else f"{number:.3g} {unit}"
    return f"{count} bytes"
