"""No secret that a task's process has been given stays in what it says."""

import pytest

from sfdag_magics.engine.borders.redaction import redacted
from sfdag_magics.engine.borders.tickets import Tickets
from sfdag_magics.engine.wire.tokens import Keys, Kind, new_token

ID = "0123456789abcdef" * 2
KEYS = Keys(new_token())
SECRETS = {
    "session": KEYS.issue(Kind.SESSION, ID),
    "master": KEYS.issue(Kind.MASTER, ID),
    "ticket": Tickets().issue(None),
}


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("text", ["{}", 'Snowflake Token="{}"', "a {} b {}\n", "x={},y"])
def test_secrets_are_found_wherever_they_stand(name, text):
    told = redacted(text.format(*[SECRETS[name]] * 2))
    assert SECRETS[name] not in told
    assert SECRETS[name].rpartition(".")[2] not in told
    assert told == text.format(*[f"{SECRETS[name][0]}.********"] * 2)


@pytest.mark.parametrize(
    "text", ["", "s.1.2", ID, f"version 1.{ID}", "v.0123.4567", f"{ID}.{ID}{ID}"]
)
def test_other_texts_stay_as_they_are(text):
    assert redacted(text) == text
