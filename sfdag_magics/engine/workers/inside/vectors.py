"""Functions over rows: Arrow columns in, one Arrow column out, batch after batch.

A scalar handler is called once per row, a vectorised one (`_sf_vectorized_input`) once per batch
with a DataFrame whose columns are numbered from 0. Columns come and go in the plain Arrow types of
`engine.borders.answers.Result`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.borders.plain_types import plain_types
from sfdag_magics.engine.workers.channel import Channel, Message
from sfdag_magics.engine.workers.inside.handlers import MOST_ROWS, VECTORIZED, Handler
from sfdag_magics.engine.workers.jobs import Job
from sfdag_magics.engine.workers.values import (
    ConversionError,
    DeclaredType,
    declared_type,
    decoded,
    encoded,
)

if TYPE_CHECKING:
    import pyarrow as pa

_SEMISTRUCTURED = (SfType.VARIANT, SfType.OBJECT, SfType.ARRAY)


def answer_batches(channel: Channel, handler: Handler, job: Job) -> None:
    """Answer each batch with a column of as many values, until the engine hangs up.

    Raises:
        BaseException: whatever the handler raises; the conversation is over then.
    """
    types = [declared_type(text) for text in job.argument_types]
    returns = declared_type(job.returns or "VARIANT")
    channel.send(Message(kind="ready"))
    while (message := channel.receive()) is not None:
        batch = table_from_bytes(message.payload)
        column = evaluated(handler, batch, types, returns, strict=job.strict)
        channel.send(Message(kind="column", payload=bytes_from_column(column)))


def evaluated(
    handler: Handler,
    batch: pa.Table,
    types: list[DeclaredType],
    returns: DeclaredType,
    *,
    strict: bool = False,
) -> pa.Array:
    """The handler's answers to the rows of `batch`, in its order.

    Args:
        strict: a row with a NULL gets NULL without the handler (for scalar handlers; a vectorised
            one sees its NULLs in any case).

    Raises:
        ConversionError: an answer does not fit the type, or their number the rows'.
    """
    if getattr(handler, VECTORIZED, None) is None:
        answers: list[Any] = [
            None if strict and None in row else handler(*row) for row in _rows(batch, types)
        ]
    else:
        answers = []
        most = getattr(handler, MOST_ROWS, None) or max(batch.num_rows, 1)
        for start in range(0, batch.num_rows, most):
            part = _listed(handler(_frame(batch.slice(start, most), types)))
            answers.extend(map(_null_if_nan, part))
    if len(answers) != batch.num_rows:
        raise ConversionError(f"{batch.num_rows} rows went in, {len(answers)} values came out")
    return arrow_column([encoded(answer, returns) for answer in answers], returns)


def arrow_type(declared: DeclaredType) -> pa.DataType:
    """The plain Arrow type that a result has for a declared type."""
    import pyarrow as pa  # heavy, and preloaded by the zygote

    precision, scale = declared.precision or 38, declared.scale or 0
    if declared.family is SfType.FIXED and (precision > 18 or scale):
        return pa.decimal128(precision, scale)
    return plain_types().get(declared.family, pa.string())


def arrow_column(values: list[Any], declared: DeclaredType) -> pa.Array:
    """Values in their JSON form as an Arrow array of the plain type."""
    import pyarrow as pa  # heavy, and preloaded by the zygote

    kind = arrow_type(declared)
    if declared.family in _SEMISTRUCTURED:
        return pa.array(values, kind)
    objects = [decoded(value, declared) for value in values]
    if declared.family is SfType.FIXED and pa.types.is_decimal(kind):
        objects = [None if value is None else Decimal(str(value)) for value in objects]
    if declared.family is SfType.TIMESTAMP_TZ:
        objects = [None if value is None else _instant_and_offset(value) for value in objects]
    return pa.array(objects, kind)


def table_from_bytes(data: bytes) -> pa.Table:
    """The table of an Arrow stream."""
    import pyarrow as pa  # heavy, and preloaded by the zygote

    return pa.ipc.open_stream(data).read_all()


def bytes_from_table(table: pa.Table) -> bytes:
    """A table as an Arrow stream."""
    import pyarrow as pa  # heavy, and preloaded by the zygote

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def bytes_from_column(column: pa.Array) -> bytes:
    """An array as an Arrow stream of one column."""
    import pyarrow as pa  # heavy, and preloaded by the zygote

    return bytes_from_table(pa.table({"0": column}))


def _instant_and_offset(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a datetime by its family
    offset = value.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    return {"utc": (value - offset).replace(tzinfo=None), "offset_minutes": minutes}


def _rows(batch: pa.Table, types: list[DeclaredType]) -> Iterator[tuple[Any, ...]]:
    columns = [
        [_object(value, declared) for value in batch.column(index).to_pylist()]
        for index, declared in enumerate(types)
    ]
    return zip(*columns, strict=True) if columns else iter([()] * batch.num_rows)


def _object(value: Any, declared: DeclaredType) -> Any:  # noqa: ANN401 - any SQL value
    if value is None:
        return None
    if declared.family in _SEMISTRUCTURED:
        return json.loads(value)
    if declared.family is SfType.FIXED and not declared.scale:
        return int(value)
    return value


def _frame(batch: pa.Table, types: list[DeclaredType]) -> Any:  # noqa: ANN401 - a pandas DataFrame
    import pandas as pd

    columns: dict[int, Any] = {}
    for index, declared in enumerate(types):
        column = batch.column(index)
        if declared.family in _SEMISTRUCTURED:
            columns[index] = pd.Series([_object(value, declared) for value in column.to_pylist()])
        else:
            columns[index] = _series(column, declared)
    return pd.DataFrame(columns, index=range(batch.num_rows))


def _series(column: Any, declared: DeclaredType) -> Any:  # noqa: ANN401 - Arrow's to pandas'
    """As Snowflake's "type support" of vectorised functions has it."""
    match declared.family:
        case SfType.FIXED if not declared.scale and not column.null_count:
            return _whole_numbers(column.cast("int64").to_numpy())
        case SfType.FIXED | SfType.REAL:
            return column.cast("float64").to_pandas()
        case SfType.BOOLEAN:
            return column.to_pandas().astype("boolean")
        case SfType.DATE:
            return column.cast("timestamp[ms]").to_pandas().astype("datetime64[ns]")
        case SfType.TIME:
            return column.cast("int64").cast("duration[us]").to_pandas().astype("timedelta64[ns]")
        case _:
            return column.to_pandas()


def _whole_numbers(values: Any) -> Any:  # noqa: ANN401 - numpy's to pandas'
    """In 16, 32 or 64 bits, as the batch needs."""
    import numpy as np
    import pandas as pd

    for kind in (np.int16, np.int32):
        bounds = np.iinfo(kind)
        if ((values >= bounds.min) & (values <= bounds.max)).all():
            return pd.Series(values.astype(kind))
    return pd.Series(values)


def _listed(answers: Any) -> list[Any]:  # noqa: ANN401 - Series, array, DataFrame of one or list
    if hasattr(answers, "iloc") and getattr(answers, "ndim", 1) > 1:
        answers = answers.iloc[:, 0]
    return answers.tolist() if hasattr(answers, "tolist") else list(answers)


def _null_if_nan(value: Any) -> Any:  # noqa: ANN401 - any value a handler gives
    """In a vectorised answer a missing value is NaN or NaT; both are NULL in SQL."""
    try:
        return None if value != value else value
    except (TypeError, ValueError):
        return value
