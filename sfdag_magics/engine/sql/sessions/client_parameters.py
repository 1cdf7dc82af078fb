"""Session parameters by which the service switches its clients: each value, with its reason. Data.

Snowpark and the connector read these from the answer to their login and fall back to the switch
being off, which is not what users of the service have. They are decided one by one here: sent as
the service sends them, or left out on purpose. A test compares this table with what the installed
clients read.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Sent at login: the value, and why it is that one. An empty version means that no version of the
#: client has the switch on, as where the parameter does not exist.
SENT: Mapping[str, tuple[bool | str, str]] = {
    "PYTHON_SNOWPARK_ENABLE_THREAD_SAFE_SESSION": (
        True,
        "Documented since Snowpark 1.24: threads share a session; without it they take each"
        " other's cursor and get empty answers",
    ),
    "PYTHON_SNOWPARK_USE_SCOPED_TEMP_OBJECTS": (True, "Helper objects end with their caller"),
    "PYTHON_SNOWPARK_USE_SQL_SIMPLIFIER": (True, "On since Snowpark 1.0: flat statements"),
    "PYTHON_SNOWPARK_USE_LOGICAL_TYPE_FOR_CREATE_DATAFRAME": (
        True,
        "Timestamps of a pandas frame stay timestamps",
    ),
    "PYTHON_SNOWPARK_COMPILATION_STAGE_ENABLED": (
        True,
        "The stage that session.cte_optimization_enabled = True needs; it does nothing by itself",
    ),
    "PYTHON_SNOWPARK_USE_CTE_OPTIMIZATION_VERSION": (
        "",
        "Off until the session asks for it: the change that was to switch it on (BCR-1995) was"
        " cancelled",
    ),
    "PYTHON_SNOWPARK_AUTO_CLEAN_UP_TEMP_TABLE_ENABLED_VERSION": (
        "",
        "Documented default: tables of cache_result stay until the session ends",
    ),
    "PYTHON_SNOWPARK_REDUCE_DESCRIBE_QUERY_ENABLED": (
        False,
        "Documented default: columns of a frame are asked for, not guessed",
    ),
    "PYTHON_SNOWPARK_ELIMINATE_NUMERIC_SQL_VALUE_CAST_ENABLED": (
        False,
        "An experiment of the client, off until the session asks for it",
    ),
    "PYTHON_SNOWPARK_USE_LARGE_QUERY_BREAKDOWN_OPTIMIZATION_VERSION": (
        "",
        "An experiment of the client, off until the session asks for it",
    ),
    "PYTHON_SNOWPARK_DATAFRAME_JOIN_ALIAS_FIX_VERSION": (
        "",
        "Not announced as switched on for anybody",
    ),
    "PYTHON_SNOWPARK_GENERATE_MULTILINE_QUERIES": (False, "Only changes the look of statements"),
    "PYTHON_SNOWPARK_ENABLE_SCOPED_TEMP_READ_ONLY_TABLE": (
        False,
        "Would make cache_result write a kind of table that is not documented",
    ),
    "PYTHON_SNOWPARK_USE_AST": (False, "Would send each frame's syntax tree beside its statement"),
    "SNOWPARK_PANDAS_DUMMY_ROW_POS_OPTIMIZATION_ENABLED": (
        True,
        "Documented default of Snowpark pandas",
    ),
    "ENABLE_SNOWPARK_FIRST_PARTY_TELEMETRY": (False, "Nothing is reported from a local engine"),
    "PYTHON_SNOWPARK_COLLECT_TELEMETRY_AT_CRITICAL_PATH_VERSION": (
        "",
        "Nothing is reported from a local engine",
    ),
    "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": (False, "Nothing is reported from a local engine"),
}

#: Read by the clients, and not sent: the reason.
NOT_SENT: Mapping[str, str] = {
    "PYTHON_SNOWPARK_CLIENT_AST_MODE": "any value would overrule PYTHON_SNOWPARK_USE_AST",
    "PYTHON_SNOWPARK_CLIENT_MIN_VERSION_FOR_AST": "only read when syntax trees are sent",
    "PYTHON_SNOWPARK_LARGE_QUERY_BREAKDOWN_COMPLEXITY_LOWER_BOUND": "the client's own bound",
    "PYTHON_SNOWPARK_LARGE_QUERY_BREAKDOWN_COMPLEXITY_UPPER_BOUND": "the client's own bound",
    "SNOWPARK_PANDAS_HYBRID_EXECUTION_ENABLED": "any value would overrule the client's own default",
    "ENABLE_ASYNC_QUERY_IN_PYTHON_STORED_PROCS": "only read inside the service's own sandbox",
    "ENABLE_CREATE_SESSION_IN_STORED_PROCS": "only read inside the service's own sandbox",
    "ENABLE_STAGE_S3_PRIVATELINK_FOR_US_EAST_1": "stages are directories here",
    "CLIENT_STORE_TEMPORARY_CREDENTIAL": "of logins with a browser",
    "CLIENT_REQUEST_MFA_TOKEN": "of logins with a second factor",
    "CLIENT_USE_SECURE_STORAGE_FOR_TEMPORARY_CREDENTIAL": "of logins with a browser",
    "CLIENT_VALIDATE_DEFAULT_PARAMETERS": "the client sends it, and reads it nowhere",
}
