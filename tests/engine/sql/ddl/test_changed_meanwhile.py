"""An object that another session changes between the look for it and the change of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.sql.sql_engine import open_engine
from sfdag_magics.engine.store.facts import FactsTransaction
from tests.engine.furnished import furnished
from tests.engine.sql.conftest import Asker

#: What another session does first, what one says then, and what of it all is there in the end.
TOLD = {
    "a comment and a new name": (
        "alter table t rename to u",
        "comment on table t is 'said'",
        {("U", "")},
    ),
    "a column and a new name": (
        "alter table t rename to u",
        "alter table t add column b int",
        {("U", "")},
    ),
    "two names": ("alter table t rename to u", "alter table t rename to v", {("U", "")}),
    "a drop and a new name": ("alter table t rename to u", "drop table t", {("U", "")}),
    "a comment and a drop": ("drop table t", "comment on table t is 'said'", set()),
    "two comments": (
        "comment on table t is 'first'",
        "comment on table t is 'said'",
        {("T", "said")},
    ),
    "a column and a comment": (
        "comment on table t is 'first'",
        "alter table t add column b int",
        {("T", "first")},
    ),
}


@pytest.fixture
def first(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Has something done before the next lock of the catalogue, once."""
    lock = FactsTransaction.lock

    def do(action: Callable[[], object]) -> None:
        left = [action]

        def locked(self: Any) -> None:
            if left:
                left.pop()()
            lock(self)

        monkeypatch.setattr(FactsTransaction, "lock", locked)

    return do


def tables(ask: Asker) -> set[tuple[str, str]]:
    columns = ask.columns("show tables")
    wanted = [columns.index(name) for name in ("name", "comment")]
    return {tuple(row[index] for index in wanted) for row in ask("show tables")}


@pytest.mark.parametrize(("before", "text", "left"), TOLD.values(), ids=TOLD)
def test_what_was_told_is_there_now_and_in_the_next_engine(
    tmp_path, monkeypatch, first, before, text, left
):
    options = SessionOptions(database="SFDAG", schema="PUBLIC")
    for begins in (True, False):
        engine = open_engine(furnished(tmp_path))
        one, other = (Asker(engine.open_session(options)) for _ in range(2))
        if begins:
            one("create table t (a int)")
            first(partial(other, before))
            with contextlib.suppress(SqlError):
                one(text)
        assert tables(one) == left
        for name, _ in left:
            assert one(f"select count(*) from {name}") == [(0,)]
        for each in (one, other):
            each.session.close()
        engine.close()
