"""The words the gate knows: Snowflake's nouns behind CREATE, SHOW and the like. Only data.

A noun that is here but has no handler is refused by its full name; the list is for the name's sake.
"""

from __future__ import annotations

#: What a query may start with, besides WITH and parentheses.
QUERY_STARTS = ("SELECT", "VALUES")

#: Between CREATE and the noun, any number, in any order: they do not change the kind.
CREATE_MODIFIERS = (
    "LOCAL",
    "GLOBAL",
    "SCOPED",  # what Snowpark says before TEMPORARY for its intermediate objects
    "TEMP",
    "TEMPORARY",
    "VOLATILE",
    "TRANSIENT",
    "SECURE",
    "RECURSIVE",
)

#: What EXPLAIN may stand before.
EXPLAINED = ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE TABLE", "CREATE VIEW")

_SINGULAR = (
    "TABLE",
    "VIEW",
    "SCHEMA",
    "DATABASE",
    "STAGE",
    "FILE FORMAT",
    "PROCEDURE",
    "FUNCTION",
    "TASK",
    "SEQUENCE",
    "MODEL",
    "MODEL MONITOR",
    "WAREHOUSE",
    "ROLE",
    "DATABASE ROLE",
    "APPLICATION ROLE",
    "USER",
    "AGGREGATE FUNCTION",
    "ALERT",
    "APPLICATION",
    "APPLICATION PACKAGE",
    "AUTHENTICATION POLICY",
    "COMPUTE POOL",
    "CONNECTION",
    "CORTEX SEARCH SERVICE",
    "DATA METRIC FUNCTION",
    "DATASET",
    "DYNAMIC TABLE",
    "EVENT TABLE",
    "EXTERNAL FUNCTION",
    "EXTERNAL TABLE",
    "EXTERNAL VOLUME",
    "FAILOVER GROUP",
    "GIT REPOSITORY",
    "HYBRID TABLE",
    "ICEBERG TABLE",
    "IMAGE REPOSITORY",
    "INDEX",
    "API INTEGRATION",
    "CATALOG INTEGRATION",
    "EXTERNAL ACCESS INTEGRATION",
    "NOTIFICATION INTEGRATION",
    "SECURITY INTEGRATION",
    "STORAGE INTEGRATION",
    "INTEGRATION",
    "JOIN POLICY",
    "LISTING",
    "MASKING POLICY",
    "MATERIALIZED VIEW",
    "NETWORK POLICY",
    "NETWORK RULE",
    "NOTEBOOK",
    "ONLINE FEATURE TABLE",
    "PACKAGES POLICY",
    "PASSWORD POLICY",
    "PIPE",
    "PROJECTION POLICY",
    "REPLICATION GROUP",
    "RESOURCE MONITOR",
    "ROW ACCESS POLICY",
    "SECRET",
    "SEMANTIC VIEW",
    "SERVICE",
    "SESSION POLICY",
    "SHARE",
    "SNAPSHOT",
    "STREAM",
    "STREAMLIT",
    "TAG",
)

#: Said of ALTER and DESCRIBE alone.
_ONLY_ALTERED = ("ACCOUNT", "ORGANIZATION", "SESSION", "RESULT", "TRANSACTION", "VERSION")

#: By the words after CREATE, ALTER, DROP, UNDROP and DESCRIBE: the noun in the kind.
NOUNS = {noun: noun for noun in (*_SINGULAR, *_ONLY_ALTERED)}


def _plural(noun: str) -> str:
    if noun.endswith(("POLICY", "REPOSITORY")):
        return f"{noun[:-1]}IES"
    return f"{noun}{'ES' if noun.endswith('X') else 'S'}"


#: By the plural of a noun, as SHOW and GRANT … ON ALL say it, the noun.
SINGULAR_OF = {_plural(noun): noun for noun in _SINGULAR}

#: By the words after SHOW [TERSE]: the noun in the kind.
SHOWN = {noun: noun for noun in map(_plural, _SINGULAR)} | {
    "COLUMNS": "COLUMNS",
    "GRANTS": "GRANTS",
    "FUTURE GRANTS": "FUTURE GRANTS",
    "IMPORTED KEYS": "IMPORTED KEYS",
    "EXPORTED KEYS": "EXPORTED KEYS",
    "LOCKS": "LOCKS",
    "OBJECTS": "OBJECTS",
    "PARAMETERS": "PARAMETERS",
    "PRIMARY KEYS": "PRIMARY KEYS",
    "REGIONS": "REGIONS",
    "TRANSACTIONS": "TRANSACTIONS",
    "UNIQUE KEYS": "UNIQUE KEYS",
    "USER FUNCTIONS": "USER FUNCTIONS",
    "BUILTIN FUNCTIONS": "BUILTIN FUNCTIONS",
    "USER PROCEDURES": "USER PROCEDURES",
    "BUILTIN PROCEDURES": "BUILTIN PROCEDURES",
    "VARIABLES": "VARIABLES",
    "VERSIONS": "VERSIONS",
}
