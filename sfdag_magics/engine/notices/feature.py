"""Notices as one feature of SQL. Only puts together."""

from __future__ import annotations

from sfdag_magics.engine.borders.ports import SqlFeature
from sfdag_magics.engine.notices import integrations
from sfdag_magics.engine.notices.captured import Captured
from sfdag_magics.engine.notices.elsewhere import Elsewhere
from sfdag_magics.engine.notices.messages import Messages
from sfdag_magics.engine.notices.parts_of_messages import find_part


def notices_feature(captured: Captured, *, succeeds_elsewhere: bool = False) -> SqlFeature:
    """What SQL gains: integrations, what is sent by them, log records, and what runs elsewhere.

    Args:
        captured: keeps what is not sent.
        succeeds_elsewhere: what is not simulated does nothing and succeeds, instead of failing.
    """
    return SqlFeature(
        statements={
            **integrations.STATEMENTS,
            **Elsewhere(captured, succeeds=succeeds_elsewhere).table(),
        },
        functions=Messages(captured).table(),
        user_functions=find_part,
    )
