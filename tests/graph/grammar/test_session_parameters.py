"""The values of session parameters that Snowflake's page names, and the first ones beyond them."""

import pytest

from sfdag_magics.graph.grammar import SESSION_PARAMETERS

#: `name: (its lowest, its highest)`; None where the page says that there is no limit.
BOUNDS = {
    "CLIENT_PREFETCH_THREADS": (1, 10),
    "CLIENT_RESULT_CHUNK_SIZE": (16, 160),
    "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY": (900, 3600),
    "HYBRID_TABLE_LOCK_TIMEOUT": (0, None),
    "JSON_INDENT": (0, 16),
    "LOCK_TIMEOUT": (0, None),
    "MULTI_STATEMENT_COUNT": (0, None),
    "ROWS_PER_RESULTSET": (0, None),
    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": (0, None),
    "STATEMENT_TIMEOUT_IN_SECONDS": (0, 604800),
    "TWO_DIGIT_CENTURY_START": (1900, 2100),
    "WEEK_OF_YEAR_POLICY": (0, 1),
    "WEEK_START": (0, 7),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_a_number_is_taken_up_to_its_bounds(name):
    lowest, highest = BOUNDS[name]
    fits = SESSION_PARAMETERS[name].fits
    assert (fits(lowest), fits(lowest - 1)) == (True, False)
    most = highest or 10**9
    assert (fits(most), fits(most + 1)) == (True, highest is None)


@pytest.mark.parametrize(
    ("name", "taken", "refused"),
    [
        ("BINARY_INPUT_FORMAT", "utf8", "UTF16"),
        ("BINARY_OUTPUT_FORMAT", "base64", "UTF8"),
        ("CLIENT_TIMESTAMP_TYPE_MAPPING", "TIMESTAMP_NTZ", "TIMESTAMP_TZ"),
        ("DEFAULT_NULL_ORDERING", "first", "MIDDLE"),
        ("GEOGRAPHY_OUTPUT_FORMAT", "GeoJSON", "KML"),
        ("LOG_LEVEL", "fatal", "LOUD"),
        ("METRIC_LEVEL", "NONE", "SOME"),
        ("QUERY_TAG", "x" * 2000, "x" * 2001),
        ("TIMESTAMP_TYPE_MAPPING", "TIMESTAMP_TZ", "TIMESTAMP"),
        ("TIMEZONE", "America/Los_Angeles", "america/los_angeles"),
        ("TIMEZONE", "Etc/GMT", "PDT"),
        ("TRACE_LEVEL", "ON_EVENT", "SOMETIMES"),
        ("TRANSACTION_DEFAULT_ISOLATION_LEVEL", "read committed", "SERIALIZABLE"),
        ("UNSUPPORTED_DDL_ACTION", "FAIL", "WARN"),
    ],
)
def test_a_word_is_taken_if_the_page_has_it(name, taken, refused):
    fits = SESSION_PARAMETERS[name].fits
    assert (fits(taken), fits(refused)) == (True, False)
