"""What was changed of a deployed graph since a run of it began: such a run cannot be continued.

Only what a run notes of its code and its definitions is compared; the service, which knows the
graph's versions, may refuse for more than that.
"""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.client.code.deployed_code import NOTED_SQL, noted_code, noted_definitions
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.graph.names import key_of


def modified_text(seen: RunSnapshot, now: DeployedGraph) -> str:
    """What is different, as `added: a; dropped: b; other SQL: c`; empty where nothing is known."""
    if named := _named(seen.code, now):
        return named
    made = noted_definitions(now)
    return "tasks or options" if made and seen.definitions not in ("", made) else ""


def _named(noted: Mapping[str, str], now: DeployedGraph) -> str:
    there = noted_code({name: "" for name, task in now.tasks.items() if task.is_python}, "", now)
    ran, has = ({key_of(name) for name in each} for each in (noted, there))
    if not ran or not has or not ran & has:  # of a large graph only sums are noted
        return ""
    sql = [
        name
        for name, digest in there.items()
        if digest.startswith(NOTED_SQL) and noted.get(name, digest) != digest
    ]
    found = {
        "added": [name for name in there if key_of(name) not in ran],
        "dropped": [name for name in noted if key_of(name) not in has],
        "other SQL": sql,
    }
    return "; ".join(f"{what}: {listed(names)}" for what, names in found.items() if names)
