"""Models called from SQL, against a real engine process: by hand-written methods and by a client.

The files of the first are those of which `snowflake.ml` makes the same by its templates.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pydantic import BaseModel
from snowflake.connector.errors import ProgrammingError
from snowflake.snowpark import Session

from tests.engine.python_code.conftest import Run

# a real engine process, with workers
pytestmark = pytest.mark.slow

FACTOR = """
import os, sys, json
import pandas as pd
from _snowflake import vectorized
directory = sys._xoptions["snowflake_import_directory"]
factor = json.load(open(os.path.join(directory, "model", "inner", "factor.json")))

@vectorized(input=pd.DataFrame, max_batch_size=100)
def infer(df):
    df.columns = ["A", "OFFSET"]
    assert len(df) <= 100
    made = df["A"] * factor + df["OFFSET"].fillna(0)
    return [{"OUT": value, "PID": os.getpid()} for value in made]
"""
BROKEN = "def infer(a): raise ValueError('this model is broken')"
MANIFEST = """
manifest_version: '1.0'
runtimes:
  python_runtime:
    language: PYTHON
    version: '3.11'
    imports: [model/]
    dependencies: {pip: runtimes/requirements.txt}
methods:
- {name: PREDICT, runtime: python_runtime, type: FUNCTION, handler: functions.predict.infer,
   inputs: [{name: A, type: FLOAT}], params: [{name: OFFSET, type: FLOAT, default: '0'}],
   outputs: [{type: OBJECT}]}
- {name: break, runtime: python_runtime, type: FUNCTION, handler: functions.broken.infer,
   inputs: [{name: A, type: FLOAT}], outputs: [{type: OBJECT}]}
- {name: EXPLAIN, runtime: python_runtime, type: TABLE_FUNCTION, handler: functions.predict.infer,
   inputs: [{name: A, type: FLOAT}], outputs: [{name: A, type: FLOAT}]}
"""
Model = Callable[..., None]


@pytest.fixture
def model(run: Run, session: Session, tmp_path: Path) -> Model:
    """Makes a version of model M that multiplies by `factor`."""

    def make(version: str, factor: int, *, statement: str, manifest: str = MANIFEST) -> None:
        files = {
            "MANIFEST.yml": manifest,
            "functions/predict.py": FACTOR,
            "functions/broken.py": BROKEN,
            "model/inner/factor.json": str(factor),
            "runtimes/requirements.txt": "pandas>=2\n",
        }
        run("create stage if not exists s")
        for name, text in files.items():
            file = tmp_path / version / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            folder = f"@s/{version}/{name}".rpartition("/")[0]
            session.file.put(str(file), folder, auto_compress=False)
        run(f"{statement} version {version} from @s/{version}")

    return make


def outs(rows: list[tuple[str]]) -> list[float]:
    return [json.loads(value)["OUT"] for (value,) in rows]


def test_a_method_answers_for_every_row_in_its_batches(model: Model, run: Run) -> None:
    model("V1", 3, statement="create model m with")
    run("create table t as select seq4() as a from table(generator(rowcount => 1000))")

    rows = run("select model(m, v1)!predict(a) from t order by a")

    assert outs(rows) == [3 * number for number in range(1000)]
    assert len({json.loads(value)["PID"] for (value,) in rows}) == 1


def test_a_version_is_named_or_the_default(model: Model, run: Run) -> None:
    model("V1", 3, statement="create model m with")
    model("V2", 5, statement="alter model m add")
    [(where,)] = run("select current_database() || '.' || current_schema()")
    said = {
        "m!predict(1)": 3,
        f"{where}.m!predict(1)": 3,
        f"model({where}.m)!predict(1)": 3,
        "model(m, last)!predict(1)": 5,
        'model(m, "V2")!predict(1)': 5,
    }

    assert {call: outs(run(f"select {call}"))[0] for call in said} == said
    named = run(
        "with a as model m version v1, b as model m version v2, q as (select 2 as x)"
        " select a!predict(x):OUT::int + b!predict(x):OUT::int from q"
    )
    assert named == [(16,)]


def test_a_parameter_may_be_left_out(model: Model, run: Run) -> None:
    model("V1", 3, statement="create model m with")

    assert run("select m!predict(1):OUT::int, m!predict(1, 10):OUT::int") == [(3, 13)]


def test_a_view_calls_the_version_that_is_the_default_then(model: Model, run: Run) -> None:
    model("V1", 3, statement="create model m with")
    model("V2", 5, statement="alter model m add")
    run("create view v as select m!predict(1):OUT::int as p")
    before = run("select p from v")
    run("alter model m set default_version = v2")

    assert [before, run("select p from v")] == [[(3,)], [(5,)]]


def test_a_failing_method_fails_its_statement(model: Model, run: Run) -> None:
    model("V1", 3, statement="create model m with")

    with pytest.raises(ProgrammingError, match="ValueError: this model is broken"):
        run('select m!"break"(1)')
    assert outs(run("select m!predict(1)")) == [3]


REFUSED = {
    "m!score(1)": "Unknown function SCORE: the methods of version V1",
    "m!predict()": "not enough arguments for function .PREDICT. expected 1, got 0",
    "m!predict(1, 2, 3)": "too many arguments for function .PREDICT. expected 2, got 3",
    "m!explain(1)": "a method that gives a table.* is not supported",
    "model(m, v9)!predict(1)": "Model version 'V9' does not exist",
    "n!predict(1)": "N' does not exist",
}


def test_what_cannot_be_called_is_named(model: Model, run: Run) -> None:
    model("V1", 3, statement="create model m with")

    for call, message in REFUSED.items():
        with pytest.raises(ProgrammingError, match=message):
            run(f"select {call}")


def test_a_manifest_that_cannot_be_read_is_told(model: Model, run: Run) -> None:
    model("V1", 3, statement="create model m with", manifest="methods: [{name: PREDICT}]")

    with pytest.raises(ProgrammingError, match=r"MANIFEST\.yml of version V1 .*Log the model"):
        run("select m!predict(1)")


# the client leaves a folder to the collection of garbage
@pytest.mark.filterwarnings("ignore:Implicitly cleaning up:ResourceWarning")
def test_the_registrys_client_logs_a_model_and_runs_it(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its import sets an entry there, which would stay for all models of other tests.
    monkeypatch.setattr(BaseModel, "model_config", {**BaseModel.model_config})
    from sklearn.linear_model import LinearRegression
    from snowflake.ml.registry import Registry

    frame = pd.DataFrame({"A": [1.0, 2.0, 3.0], "B": [0.0, 1.0, 0.0]})
    fitted = LinearRegression().fit(frame, frame["A"] * 2 + frame["B"])
    session.create_dataframe(frame).write.save_as_table("T")

    version = Registry(session).log_model(
        fitted,
        model_name="M",
        version_name="V1",
        sample_input_data=frame,
        options={"relax_version": False},
    )
    local = version.run(frame, function_name="predict")
    there = version.run(session.table("T"), function_name="predict")

    assert [each["name"] for each in version.show_functions()] == ["PREDICT"]
    assert local["output_feature_0"].round(6).tolist() == [2, 5, 6]
    assert sorted(round(row[-1], 6) for row in there.collect()) == [2, 5, 6]
    gc.collect()
