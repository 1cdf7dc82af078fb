from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pyarrow as pa
import pytest

from sfdag_magics.engine.workers.execution import JobExecution
from sfdag_magics.engine.workers.inside.vectors import (
    arrow_column,
    bytes_from_table,
    table_from_bytes,
)
from sfdag_magics.engine.workers.jobs import Raised
from sfdag_magics.engine.workers.values import declared_type
from tests.engine.workers.conftest import Bench

VECTORIZED = """
import pandas as pd
from _snowflake import vectorized
sizes = []
@vectorized(input=pd.DataFrame, max_batch_size=3)
def main(frame):
    sizes.append(len(frame))
    return (frame[0] + frame[1]) * len(sizes)
"""


def asked(execution: JobExecution, *columns: list[object]) -> list[object]:
    names = [str(number) for number in range(len(columns))]
    batch = pa.table([pa.array(column) for column in columns], names=names)
    answer = execution.ask(bytes_from_table(batch))
    assert isinstance(answer, bytes), answer
    return table_from_bytes(answer).column(0).to_pylist()


def test_a_scalar_handler_answers_row_by_row_and_keeps_its_module(bench: Bench) -> None:
    source = "calls = []\ndef main(a, b):\n  calls.append(a)\n  return f'{a}{b}{len(calls)}'"
    execution = bench.begin(source, types=("NUMBER", "VARCHAR"), batches=True)
    assert execution.answer() == b""

    first = asked(execution, [1, 2], ["x", None])
    second = asked(execution, [3], ["z"])
    execution.close()

    assert first == ["1x1", "2None2"]
    assert second == ["3z3"]


def test_a_vectorised_handler_gets_frames_no_larger_than_it_asked_for(bench: Bench) -> None:
    execution = bench.begin(VECTORIZED, types=("FLOAT", "FLOAT"), returns="FLOAT", batches=True)
    execution.answer()

    answers = asked(execution, [1.0, 2.0, None, 4.0], [1.0, 1.0, 1.0, 1.0])
    execution.close()

    assert answers == [2.0, 3.0, None, 10.0]


def test_objects_come_and_go_as_json(bench: Bench) -> None:
    source = "def main(o): return {'n': o['n'] + 1, 'nan': float('nan')}"
    execution = bench.begin(source, types=("OBJECT",), returns="VARIANT", batches=True)
    execution.answer()

    [answer] = asked(execution, ['{"n": 1}'])
    execution.close()

    assert json.loads(str(answer)) == {"n": 2, "nan": "nan"}


def test_a_handler_that_raises_ends_the_conversation(bench: Bench) -> None:
    execution = bench.begin("def main(a): return 1 / a", types=("NUMBER",), batches=True)
    execution.answer()

    answer = execution.ask(bytes_from_table(pa.table({"0": [0]})))
    execution.close()

    assert isinstance(answer, Raised)
    assert "ZeroDivisionError" in answer.text


def test_a_module_that_prints_much_before_the_first_batch_does_not_block(bench: Bench) -> None:
    source = "print('x' * 300_000)\ndef main(a): return len(a)"
    execution = bench.begin(source, types=("VARCHAR",), returns="NUMBER", batches=True)
    execution.answer()

    answers = asked(execution, ["y" * 500_000])
    execution.close()

    assert answers == [500_000]


@pytest.mark.parametrize(
    ("text", "value", "wanted"),
    [
        ("NUMBER(9,0)", "12", 12),
        ("NUMBER(38,0)", "12", Decimal(12)),
        ("NUMBER(10,2)", "1.50", Decimal("1.50")),
        ("DATE", "2026-02-03", dt.date(2026, 2, 3)),
        ("BINARY", "00FF", b"\x00\xff"),
        ("VARIANT", '{"a":1}', '{"a":1}'),
        (
            "TIMESTAMP_TZ",
            "2026-02-03T04:05:00+02:00",
            {
                "utc": dt.datetime(2026, 2, 3, 2, 5),  # noqa: DTZ001 - it has no zone in Arrow
                "offset_minutes": 120,
            },
        ),
    ],
)
def test_answers_have_the_plain_arrow_types_of_results(
    text: str, value: object, wanted: object
) -> None:
    assert arrow_column([value, None], declared_type(text)).to_pylist() == [wanted, None]
