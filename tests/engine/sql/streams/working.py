"""A process that changes a table and reads its stream for good until it is killed.

Writes a line for each change that it was told is durable. Run by `test_stream_kills`.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from pathlib import Path

from sfdag_magics.engine.borders.ports import SessionOptions, SqlSession
from sfdag_magics.engine.sql.sql_engine import SqlEngine, open_engine


def opened(engine: SqlEngine) -> SqlSession:
    """A session where the table is."""
    return engine.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))


def changing(session: SqlSession, picked: random.Random, first: int) -> None:
    """Insert, update, delete and merge, some of it in transactions, for ever."""
    number = first
    while True:
        in_transaction = picked.random() < 0.4
        if in_transaction:
            session.execute("begin")
        for _ in range(picked.randint(1, 3)):
            number += 1
            some = picked.randint(first, number)
            session.execute(f"insert into t values ({number}, 0)")
            session.execute(f"update t set b = b + 1 where a = {some}")
            session.execute(f"delete from t where a = {picked.randint(first, number)}")
            session.execute(
                f"merge into t using (select {some} a) q on t.a = q.a when matched and t.b > 3"
                " then delete when matched then update set b = t.b + 10"
            )
        if in_transaction:
            session.execute("commit" if picked.random() < 0.8 else "rollback")
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def reading(session: SqlSession, picked: random.Random) -> None:
    """Read the stream for good, some of it in transactions, for ever."""
    taking = "insert into sink select a, b, metadata$action from s"
    while True:
        if picked.random() < 0.5:
            session.execute(taking)
        else:
            for text in ("begin", taking, "commit" if picked.random() < 0.8 else "rollback"):
                session.execute(text)


def main(data: Path, seed: int) -> None:
    """Work until the process ends, also where the other thread fails."""
    threading.excepthook = lambda _: os._exit(1)
    engine = open_engine(data)
    picked = random.Random(seed)  # noqa: S311 - a story that can be told again
    others = random.Random(seed + 1)  # noqa: S311
    threading.Thread(target=reading, args=(opened(engine), others), daemon=True).start()
    changing(opened(engine), picked, seed * 1_000_000)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
