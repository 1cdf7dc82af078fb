"""The plain Arrow type that values of each of Snowflake's types have between the engine's rooms.

`answers.Result` promises them; only the wire turns them into Snowflake's own encoding. Imports
pyarrow when it is first asked: a worker that sends no rows does without.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sfdag_magics.engine.borders.answers import SfType


@cache
def plain_types() -> Mapping[SfType, Any]:
    """`{type: its pyarrow type}`; of FIXED the one of whole numbers up to 18 digits."""
    import pyarrow as pa  # heavy

    text = pa.string()
    return {
        SfType.FIXED: pa.int64(),
        SfType.REAL: pa.float64(),
        SfType.TEXT: text,
        SfType.BINARY: pa.binary(),
        SfType.BOOLEAN: pa.bool_(),
        SfType.DATE: pa.date32(),
        SfType.TIME: pa.time64("us"),
        SfType.TIMESTAMP_NTZ: pa.timestamp("us"),
        SfType.TIMESTAMP_LTZ: pa.timestamp("us", tz="UTC"),
        SfType.TIMESTAMP_TZ: pa.struct(
            [("utc", pa.timestamp("us")), ("offset_minutes", pa.int32())]
        ),
        SfType.VARIANT: text,
        SfType.OBJECT: text,
        SfType.ARRAY: text,
    }
