"""Rows that cannot be brought into a table: files, frames and tables that are not as they must be.

A case is a file beside the notebook, or none, and the line that is refused.
"""

from __future__ import annotations

from pathlib import Path

#: `name: (file, its content, line)`.
FILES = {
    "a file that is not there": (None, b"", "%sfdag load clicks.csv"),
    "nothing to load": (None, b"", "%sfdag load"),
    "a frame that is not there": (None, b"", "%sfdag load frmae"),
    "a folder for a file": (None, b"", "%sfdag load ."),
    "no regular file": (None, b"", "%sfdag load /dev/null"),
    "an empty file": ("a.csv", b"", "%sfdag load a.csv"),
    "a workbook": ("a.xlsx", b"PK", "%sfdag load a.xlsx"),
    "a file of no kind": ("a.bin", b"PK", "%sfdag load a.bin"),
    "an encoding that is none": ("a.csv", b"a\n1\n", "%sfdag load a.csv --encoding uft8"),
    "an encoding of another": ("a.csv", b"a\ncaf\xe9\n", "%sfdag load a.csv"),
    "names in the second line": ("a.csv", b"\na,b\n1,2\n", "%sfdag load a.csv"),
    "rows of two lengths": ("a.csv", b"a,b\n1,2\n1,2,3\n", "%sfdag load a.csv"),
    "a name that is too long": ("a.csv", b"x" * 300 + b"\n1\n", "%sfdag load a.csv"),
    "a line that is no JSON": ("a.jsonl", b'{"a": 1}\n{"a":\n', "%sfdag load a.jsonl"),
    "a document over several lines": ("a.json", b'[\n{"a": 1}\n]', "%sfdag load a.json"),
    "a line that is no object": ("a.jsonl", b"[1]\n", "%sfdag load a.jsonl"),
    "objects without a key": ("a.jsonl", b"{}\n", "%sfdag load a.jsonl"),
    "JSON of another encoding": ("a.jsonl", b'{"a": "caf\xe9"}\n', "%sfdag load a.jsonl"),
    "a file that is no Parquet": ("a.parquet", b"PAR0", "%sfdag load a.parquet"),
    "a table's name of four parts": ("a.csv", b"a\n1\n", "%sfdag load a.csv --as a.b.c.d"),
    "replace and append": ("a.csv", b"a\n1\n", "%sfdag load a.csv --replace --append"),
    "an append to no table": ("a.csv", b"a\n1\n", "%sfdag load a.csv --append"),
    "an append of other columns": ("a.csv", b"z\n1\n", "%sfdag load a.csv --append --as there"),
    "a table that is there": ("a.csv", b"a\n1\n", "%sfdag load a.csv --as there"),
    "a table that is not named": (None, b"", "%sfdag pull"),
    "a table from where it goes": (None, b"", "%sfdag pull there"),
    "a sample of nothing": (None, b"", "%sfdag pull there -t prod --sample 0%"),
    "a sample that is none": (None, b"", "%sfdag pull there -t prod --sample ten"),
    "a table that is not there": (None, b"", "%sfdag pull thre -t prod"),
    "a table onto no engine": (None, b"", "%sfdag pull there -t embedded --to prod"),
    "a table into a file": (None, b"", "%sfdag pull there -t prod --to out.parquet"),
    "a type of the service alone": (None, b"", "%sfdag pull there -t prod"),
    "a column to leave out that is none": (None, b"", "%sfdag pull there -t prod --without b"),
    "no column left": (None, b"", "%sfdag pull there -t prod --without a,where_it_was"),
}
#: `name: an expression`, of a frame that is refused.
FRAMES = {
    "what is no frame": "{'a': 1}",
    "a frame without columns": "pd.DataFrame()",
    "a frame with durations": "pd.DataFrame({'a': pd.to_timedelta([1])})",
    "a frame with periods": "pd.DataFrame({'a': pd.period_range('2026-01', periods=1)})",
    "a frame with sets": "pd.DataFrame({'a': [{1}, 'x']})",
    "a frame with objects": "pd.DataFrame({'a': [object()]})",
    "a frame with too many digits": "pa.table({'a': pa.array([1], pa.decimal256(50, 0))})",
    "a frame with bytes in a list": "pa.table({'a': pa.array([{'k': pd.Timedelta(1)}])})",
}


def _of_a_file(file, content, line):
    def typed(notebook):
        notebook.fake.columns = {"DB.S.THERE": {"A": "NUMBER(38,0)", "WHERE_IT_WAS": "GEOGRAPHY"}}
        if file is not None:
            Path(file).write_bytes(content)
        notebook.run(line)

    return typed


def _of_a_frame(expression):
    def typed(notebook):
        notebook.run(f"import pandas as pd, pyarrow as pa\nframe = {expression}")
        notebook.run("%sfdag load frame")

    return typed


ROW_CASES = {
    **{name: _of_a_file(*case) for name, case in FILES.items()},
    **{name: _of_a_frame(expression) for name, expression in FRAMES.items()},
}
