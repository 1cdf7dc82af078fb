"""Any order of changes, transactions and reading: the streams show what a list of rows says.

One session has transactions, the other one adds rows and looks on. The model keeps the rows that
are committed, and of each stream a copy of those at its offset.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.sql.conftest import Asker

_STREAMS = ("s1", "s2", "added")
_ids, _versions = count(), count()

#: A row: what its cells are, and which of its states.
Rows = dict[int, tuple[int, int, int]]


@dataclass
class World:
    """What is committed, and the first session's transaction."""

    rows: Rows = field(default_factory=dict)
    added: list[tuple[int, int]] = field(default_factory=list)
    offsets: dict[str, Rows] = field(default_factory=lambda: {"s1": {}, "s2": {}})
    read_up_to: int = 0
    # of the open transaction
    own: Rows | None = None
    own_added: list[tuple[int, int]] = field(default_factory=list)
    began: Rows = field(default_factory=dict)
    began_added: int = 0
    snapshot: Rows | None = None
    taken: set[str] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        return self.own is not None

    def begin(self) -> None:
        self.own, self.own_added, self.taken = {}, [], set()
        self.began, self.began_added, self.snapshot = dict(self.rows), len(self.added), None

    def end(self, *, commits: bool) -> None:
        if commits:
            if self.snapshot is not None:
                others = {k: v for k, v in self.rows.items() if k not in self.snapshot}
                self.rows = {**self.own, **others}
            self.added += self.own_added
            for stream in self.taken - {"added"}:
                self.offsets[stream] = self.began
            if "added" in self.taken:
                self.read_up_to = self.began_added
        self.own, self.snapshot = None, None

    def written(self) -> Rows:
        """The rows that the first session writes to; its transaction sees no others from now on."""
        if not self.is_open:
            return self.rows
        if self.snapshot is None:
            self.snapshot, self.own = dict(self.rows), dict(self.rows)
        return self.own

    def insert(self, rows: Rows, added: list[tuple[int, int]], a: int, b: int) -> None:
        rows[next(_ids)] = (a, b, next(_versions))
        added.append((a, b))

    def shown(self, stream: str, *, within: bool) -> Counter[tuple[int, int, str, bool]]:
        """What a stream shows: to the transaction, or to everybody else."""
        if within and self.snapshot is None:
            self.written()  # looking at a stream lets the transaction stay with what is there
        if stream == "added":
            until = self.began_added if within else len(self.added)
            return Counter((*row, "INSERT", False) for row in self.added[self.read_up_to : until])
        before, after = self.offsets[stream], self.began if within else self.rows
        found: Counter[tuple[int, int, str, bool]] = Counter()
        for key in before.keys() | after.keys():
            if before.get(key) == after.get(key):
                continue
            both = key in before and key in after
            if key in before:
                found[(*before[key][:2], "DELETE", both)] += 1
            if key in after:
                found[(*after[key][:2], "INSERT", both)] += 1
        return found

    def take(self, stream: str) -> None:
        if self.is_open:
            self.taken.add(stream)
        elif stream == "added":
            self.read_up_to = len(self.added)
        else:
            self.offsets[stream] = dict(self.rows)


Step = tuple[str, int, int]
_steps = st.lists(
    st.tuples(
        st.sampled_from(
            (
                *("insert", "update", "key", "delete", "merge", "truncate", "overwrite", "begin"),
                *("commit", "rollback", "take", "take", "other", "look", "insert", "update"),
            )
        ),
        st.integers(0, 4),
        st.integers(0, 2),
    ),
    min_size=4,
    max_size=25,
)


class Story:
    """One story, told to the engine and to the model."""

    def __init__(self, first: Asker, second: Asker) -> None:
        self.ask, self.second, self.world = first, second, World()

    def tell(self, step: Step) -> None:
        name, a, b = step
        getattr(self, name)(a, b)

    def insert(self, a: int, b: int) -> None:
        self.ask(f"insert into t select {a}, {b} union all select {a}, {b}")
        rows = self.world.written()
        for _ in range(2):
            self.world.insert(rows, self._added(), a, b)

    def _added(self) -> list[tuple[int, int]]:
        return self.world.own_added if self.world.is_open else self.world.added

    def _changed(self, is_meant: Callable[[int], bool], new: Callable[[int, int], tuple]) -> None:
        rows = self.world.written()
        for key, (a, b, _) in list(rows.items()):
            if is_meant(a):
                rows[key] = (*new(a, b), next(_versions))

    def update(self, a: int, b: int) -> None:
        self.ask(f"update t set b = b + {b} where a = {a}")
        self._changed(lambda x: x == a, lambda x, y: (x, y + b))

    def key(self, a: int, b: int) -> None:
        self.ask(f"update t set a = a + 1 from (select {a} x) q where t.a > q.x")
        self._changed(lambda x: x > a, lambda x, y: (x + 1, y))

    def delete(self, a: int, b: int) -> None:
        self.ask(f"delete from t where a = {a}")
        rows = self.world.written()
        for key in [key for key, row in rows.items() if row[0] == a]:
            del rows[key]

    def merge(self, a: int, b: int) -> None:
        self.ask(
            f"merge into t using (select column1 x from values ({a}), ({a + 1}), (90)) q"
            f" on t.a = q.x when matched and t.a = {a} then delete"
            f" when matched and t.b > {b} then update set b = 0"
            f" when not matched then insert values (q.x, {b})"
        )
        rows = self.world.written()
        there = {row[0] for row in rows.values()}
        for key, (x, y, _) in list(rows.items()):
            if x == a:
                del rows[key]
            elif x in (a + 1, 90) and y > b:
                rows[key] = (x, 0, next(_versions))
        for x in sorted({a, a + 1, 90} - there):
            self.world.insert(rows, self._added(), x, b)

    def truncate(self, a: int, b: int) -> None:
        self.ask("truncate table t" if b else "delete from t")
        self.world.written().clear()

    def overwrite(self, a: int, b: int) -> None:
        self.ask(f"insert overwrite into t values ({a}, {b})")
        rows = self.world.written()
        rows.clear()
        self.world.insert(rows, self._added(), a, b)

    def begin(self, a: int, b: int) -> None:
        if not self.world.is_open:
            self.ask("begin")
            self.world.begin()

    def commit(self, a: int, b: int) -> None:
        if self.world.is_open:
            self.ask("commit")
            self.world.end(commits=True)

    def rollback(self, a: int, b: int) -> None:
        if self.world.is_open:
            self.ask("rollback")
            self.world.end(commits=False)

    def take(self, a: int, b: int) -> None:
        stream = _STREAMS[b]
        expected = self.world.shown(stream, within=self.world.is_open)
        (taken,) = self.ask(f"insert into sink select a from {stream}")
        assert taken[0] == sum(expected.values())
        self.world.take(stream)

    def other(self, a: int, b: int) -> None:
        self.second(f"insert into t values ({a}, {b})")
        self.world.insert(self.world.rows, self.world.added, a, b)

    def look(self, a: int, b: int) -> None:
        self.compare()

    def compare(self) -> None:
        for stream in _STREAMS:
            text = f"select a, b, metadata$action, metadata$isupdate from {stream}"
            within = self.world.is_open
            assert Counter(self.ask(text)) == self.world.shown(stream, within=within), stream
            assert Counter(self.second(text)) == self.world.shown(stream, within=False), stream


@pytest.fixture
def sessions(connect: Callable[..., Asker]) -> tuple[Asker, Asker]:
    return connect(), connect()


@pytest.mark.slow
@given(steps=_steps)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_streams_show_what_the_model_says(sessions: tuple[Asker, Asker], steps: list[Step]):
    first, second = sessions
    first("rollback")
    first("create or replace table t (a int, b int)")
    first("create or replace table sink (a int)")
    for stream in _STREAMS:
        options = "append_only = true" if stream == "added" else ""
        first(f"create or replace stream {stream} on table t {options}")
    story = Story(first, second)
    for step in steps:
        story.tell(step)
    story.compare()
    story.commit(0, 0)
    story.compare()
