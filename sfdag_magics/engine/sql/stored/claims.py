"""Tables that are made anew while others write to them: no row gets into the old one unseen.

A table gets another form by a copy of its rows as they were at one moment. Who makes the copy
claims the table. What others have committed to it since that moment, or are committing, stands in
the way of the claim; the claim stands in the way of their commits until the new table is there. Who
meets the other loses, as in any conflict, and is carried out again. Knows DuckDB's names of tables.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import duckdb

from sfdag_magics.engine.sql.results.duck_error_table import MADE_ANEW


class Claim:
    """What one transaction makes anew; made by `Claims.claiming`."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        #: The tables that others have committed rows to since it began.
        self.missed: set[str] = set()
        self.tables: set[str] = set()

    def add(self, table: str) -> None:
        """From now on nobody commits rows to this table.

        Raises:
            duckdb.TransactionException: its rows may be others than at the transaction's beginning.
        """
        self._claims.add(self, table)


class Claims:
    """All claims of one engine. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claims: list[Claim] = []
        self._committing: Counter[str] = Counter()

    @contextmanager
    def claiming(self) -> Iterator[Claim]:
        """Around a transaction that may make tables anew, from before its beginning."""
        claim = Claim(self)
        with self._lock:
            self._claims.append(claim)
        try:
            yield claim
        finally:
            with self._lock:
                self._claims.remove(claim)

    @contextmanager
    def committing(self, tables: Collection[str]) -> Iterator[None]:
        """Around a commit of rows to these tables.

        Raises:
            duckdb.TransactionException: one of them is being made anew.
        """
        with self._lock:
            if not self._claimed().isdisjoint(tables):
                raise _conflict()
            self._committing.update(tables)
        try:
            yield
        finally:
            with self._lock:
                self._committing -= Counter(tables)
                for claim in self._claims:
                    claim.missed.update(tables)

    def add(self, claim: Claim, table: str) -> None:
        """See `Claim.add`."""
        with self._lock:
            is_taken = table in self._claimed() - claim.tables
            if is_taken or table in claim.missed or self._committing[table]:
                raise _conflict()
            claim.tables.add(table)

    def _claimed(self) -> set[str]:
        return {table for claim in self._claims for table in claim.tables}


def _conflict() -> duckdb.TransactionException:
    return duckdb.TransactionException(MADE_ANEW)
