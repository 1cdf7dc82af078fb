from __future__ import annotations

from pathlib import Path

from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.borders.tickets import Tickets
from sfdag_magics.engine.sql.sql_engine import open_engine
from sfdag_magics.engine.wire.notes import Notes
from sfdag_magics.engine.wire.sessions import Sessions


def test_guests_are_forgotten_when_their_procedures_have_ended(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "data")
    tickets = Tickets()
    sessions = Sessions(
        engine.open_session,
        tickets=tickets,
        outcomes=engine.outcomes,
        notes=Notes(tmp_path / "notes"),
    )
    caller = engine.open_session(SessionOptions())

    for _run in range(5):
        ticket = tickets.issue(caller)
        guest = sessions.enter(ticket)
        assert guest is not None
        assert sessions.find(guest.id) is guest
        tickets.revoke(ticket)

    assert len(sessions) == 1
    caller.close()
    sessions.close()
    engine.close()
