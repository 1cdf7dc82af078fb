"""What to do instead of shipping a value: hints by type. Knows names of types, imports none."""

from __future__ import annotations

import sys

from sfdag_magics.bundle.inspection import module_of, place_in_module

_ANYTHING = (
    "make it inside the function, or let it be a return value of a task above, a table, "
    "or a config key"
)
_BY_TYPE = {
    "snowflake.snowpark.session.Session": "take it as a parameter: def f(session, …)",
    "snowflake.connector.connection.SnowflakeConnection": "take a parameter: def f(session, …)",
    "snowflake.snowpark.dataframe.DataFrame": "name its table and read it: session.table(…)",
    "snowflake.snowpark.table.Table": "name the table and read it in the task: session.table(…)",
    "pandas.core.frame.DataFrame": "write it to a table and read it there: session.table(…)",
    "pandas.DataFrame": "write it to a table and read it there: session.table(…)",
    "pandas.core.series.Series": "write it to a table and read it there: session.table(…)",
    "pandas.Series": "write it to a table and read it there: session.table(…)",
    "numpy.ndarray": "write it to a table, or make it inside the function",
}
_UNITS = ("bytes", "kB", "MB", "GB")


def type_name(value: object) -> str:
    """The full name of a value's type, without `builtins`."""
    kind = type(value)
    return f"{module_of(kind)}.{place_in_module(kind)}".removeprefix("builtins.")


def way_out(value: object) -> str:
    """What to do instead of taking `value` from the notebook."""
    return _BY_TYPE.get(type_name(value), _ANYTHING)


def way_out_of_secret(name: str) -> str:
    """What to do instead of shipping something that looks like a secret."""
    read = "read it inside the task from a Snowflake secret"
    return f"{read}, or, if it is none: %%sftask … --allow-secret {name}" if name else read


def described(value: object) -> str:
    """A value by type and size, such as `a pandas.DataFrame of 1.6 MB`; never by content."""
    try:
        size = float(sys.getsizeof(value))
    except Exception:  # noqa: BLE001 - a `__sizeof__` of somebody's own
        return f"a {type_name(value)}"
    unit = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"a {type_name(value)} of {size:.{0 if unit == 0 else 1}f} {_UNITS[unit]}"
