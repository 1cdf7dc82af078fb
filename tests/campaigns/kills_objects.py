"""Objects of every kind, made and changed while the engine is killed: the old one or the new one.

For a session of its own, as some of the statements change what names mean in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.campaigns.kills_load import Client

#: What a kind needs behind its name.
KINDS = {
    "database": "",
    "schema": "",
    "stage": "",
    "file format": "type = csv",
    "sequence": "",
    "view": "as select 1 as a",
    "task": "as select 1",
}
_HERE = "sfdag.public"


def named(client: Client) -> Sequence[int]:
    """An object of some kind that stays, and one that goes: a second time each is an error."""
    [key] = client.keys(1)
    kind = list(KINDS)[key % len(KINDS)]
    for name in (f"stays_{key}", f"goes_{key}"):
        place = {"database": name, "schema": f"sfdag.{name}"}.get(kind, f"{_HERE}.{name}")
        client.run(f"create {kind} {place} {KINDS[kind]}")
        if name.startswith("goes"):
            client.run(f"drop {kind} {place}")
    client.told.made[f"{kind}s"].add(f"STAYS_{key}")
    return []


def replaced(client: Client) -> Sequence[int]:
    """A table in the place of another, and its clone: whoever looks finds one."""
    [key] = client.keys(1)
    table = f"{_HERE}.instead_{client.number}"
    client.run(f"create or replace table {table} as select {key} as k")
    client.expect(f"select k from {table}", key)
    client.run(f"create or replace table {table}_cloned clone {table}")
    client.expect(f"select k from {table}_cloned", key)
    return []


def renamed(client: Client) -> Sequence[int]:
    """A table with another name, and two that change places: a second time shows."""
    [key] = client.keys(1)
    first, second = (f"{_HERE}.{word}_{key}" for word in ("first", "second"))
    client.run(f"create table {first} as select 1 as k")
    client.run(f"alter table {first} rename to {second}")
    client.run(f"create table {first} as select 2 as k")
    client.run(f"alter table {first} swap with {second}")
    client.expect(f"select k from {first}", 1)
    client.expect(f"select k from {second}", 2)
    return []


def remade(client: Client) -> Sequence[int]:
    """The table that all the others write to, made anew under them."""
    [key] = client.keys(1)
    client.run(f"alter table {_HERE}.rows_ alter column k comment '{key}'")
    return []


MAKING: Mapping[Callable[[Client], Sequence[int]], int] = {
    named: 3,
    replaced: 1,
    renamed: 1,
    remade: 1,
}
