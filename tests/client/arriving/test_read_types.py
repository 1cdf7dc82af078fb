"""Which type texts are of."""

import pyarrow as pa
import pytest

from sfdag_magics.client.arriving.read_types import TypeOfTexts


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1", "-20", None], "NUMBER(38,0)"),
        (["1.50", "2"], "NUMBER(38,2)"),
        (["1" * 38], "NUMBER(38,0)"),
        (["1" * 39], "VARCHAR"),
        (["1" * 37 + ".25", "1"], "FLOAT"),
        (["0.1234567891"], "FLOAT"),
        (["1e5", "2"], "FLOAT"),
        (["007", "8"], "VARCHAR"),
        (["-0.5", ".5"], "FLOAT"),
        (["TRUE", "false"], "BOOLEAN"),
        (["2024-02-29"], "DATE"),
        (["2024-02-30"], "VARCHAR"),
        (["9999-12-31 00:00:00"], "TIMESTAMP_NTZ"),
        (["2024-01-01", "2024-01-01T12:00"], "TIMESTAMP_NTZ"),
        (["2024-01-01T12:00:00Z", "2024-01-01 12:00:00.5+02:00"], "TIMESTAMP_TZ"),
        (["2024-01-01T12:00:00Z", "2024-01-01 12:00:00"], "VARCHAR"),
        (["12:00", "23:59:59.5"], "TIME"),
        (["1", "x"], "VARCHAR"),
        ([""], "VARCHAR"),
        ([None], "VARCHAR"),
    ],
)
def test_the_narrowest_type_that_all_fit(texts, kind):
    seen = TypeOfTexts()
    for text in texts:  # each in a block of its own: what one says the next may take back
        seen.see(pa.array([text], pa.string()))
    assert seen.column("A").type == kind
