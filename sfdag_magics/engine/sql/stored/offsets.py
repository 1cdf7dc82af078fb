"""How what reads a stream moves its offset: with the effect of the statement, or with COMMIT."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.stored.transaction import SessionTransaction, Write
from sfdag_magics.engine.store import changes


def moves(
    streams: Iterable[ObjectFact], shown: int | None, transaction: SessionTransaction
) -> tuple[Write, ...]:
    """The writes by which a statement that has read these streams up to `shown` moves them there.

    Not to where they could be read now: what others have committed since was not shown. A stream
    that the open transaction has read before is moved already.
    """
    return tuple(
        Write(
            sql=changes.MOVED,
            parameters={
                "stream_id": fact.id,
                "number": shown,
                "at": changes.moment(),
            },
        )
        for fact in streams
        if fact.id not in transaction.consumed
    )


def moved(streams: Iterable[ObjectFact], transaction: SessionTransaction) -> None:
    """Remember what the open transaction has read for good."""
    if transaction.is_open:
        transaction.consumed.update(fact.id for fact in streams)


@contextmanager
def read_for_good(
    transaction: SessionTransaction, read: dict[str, ObjectFact], *, alone: bool
) -> Iterator[None]:
    """Around what reads streams and writes elsewhere; they get into `read` meanwhile.

    With `alone` it is a transaction of its own, where none is open.
    """
    ends_here = alone and not transaction.is_open
    transaction.begin()
    read.clear()
    try:
        yield
        streams = tuple(read.values())
        if offsets := moves(streams, transaction.shown_changes(), transaction):
            transaction.write(offsets)
            moved(streams, transaction)
        if ends_here:
            transaction.commit()
    except BaseException:
        if ends_here:
            transaction.rollback()
        raise
