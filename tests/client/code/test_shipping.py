from importlib.metadata import version

import IPython
import pytest

from sfdag_magics.bundle.modules import installed_part
from sfdag_magics.client.code.deployed_code import DeployedCode, create_procedure
from sfdag_magics.client.code.shipping import code_of, packages_of, pinned
from sfdag_magics.errors import CaptureError
from sfdag_magics.graph.model import TaskGraph, python_task, sql_task, task_function
from sfdag_magics.sqltext import QualifiedName


def graph(text, namespace=None, **options):
    made = TaskGraph("g")
    source = task_function(text, cell="Cell [1] f", namespace=lambda: namespace or {})
    made.add(python_task(source, **options))
    return made


def test_a_graph_of_sql_has_no_code():
    made = TaskGraph("g")
    made.add(sql_task("a", "select 1"))
    assert code_of(made) is None


def test_the_code_names_its_packages_once_and_what_ships():
    made = graph("def f(session):\n    return p\n", {"p": IPython}, packages=["numpy"])
    made.configure(packages=("snowflake-snowpark-python==1.56.0", "numpy"))
    code = code_of(made)
    assert code.packages == (
        "snowflake-snowpark-python==1.56.0",
        f"numpy=={version('numpy')}",
        f"ipython=={version('ipython')}",
    )
    assert any("p (import" in line for lines in code.report.values() for line in lines)
    assert list(code.tasks) == ["f"]
    assert code.handler == "sfdag_bundle.run"


def test_packages_are_not_pinned_where_the_graph_says_so():
    made = graph("def f(session):\n    return p\n", {"p": IPython}, packages=["numpy"])
    made.configure(unpinned=True)
    assert code_of(made).packages == ("numpy", "ipython", "snowflake-snowpark-python")


@pytest.mark.parametrize(
    ("package", "pin"),
    [
        ("numpy", f"numpy=={version('numpy')}"),
        ("numpy>=1", "numpy>=1"),
        ("snowflake-snowpark-python", "snowflake-snowpark-python"),
        ("never_heard_of", "never_heard_of"),
    ],
)
def test_a_pin_is_this_environments_release(package, pin):
    assert pinned(package) == pin


@pytest.mark.parametrize(
    ("named", "repository"),
    [
        (None, "snowflake.snowpark.pypi_shared_repository"),
        ("pypi", "snowflake.snowpark.pypi_shared_repository"),
        ("Anaconda", "snowflake.snowpark.anaconda_shared_repository"),
        ("DB.S.OURS", "DB.S.OURS"),
    ],
)
def test_the_procedure_says_where_its_packages_come_from(named, repository):
    made = graph("def f(session): return 1\n", {})
    made.configure(packages_from=named)
    name = QualifiedName("G$RUN", "S", "DB")
    sql = create_procedure(name, code_of(made), "@DB.S.CODE/g/1.zip", DeployedCode())
    assert f"  ARTIFACT_REPOSITORY = {repository}\n" in sql


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("snowflake.ml", "snowflake-ml-python"),
        ("snowflake.snowpark", "snowflake-snowpark-python"),
        ("IPython", "ipython"),
        ("never_heard_of", "never_heard_of"),
    ],
)
def test_a_modules_package_is_found(module, package):
    assert list(packages_of((module,))) == [package]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("shared_xq.cloud.storage", "xq-storage"),
        ("shared_xq.cloud.bigquery", "xq-bigquery"),
        ("shared_xq.single", "xq-bigquery"),
    ],
)
def test_a_package_that_shares_its_top_is_found_by_its_files(
    tmp_path, monkeypatch, module, package
):
    files = {
        "xq-storage": ["cloud/storage/__init__.py"],
        "xq-bigquery": ["cloud/bigquery/__init__.py", "single.py"],
    }
    for name, own in files.items():
        about = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (about / "RECORD").write_text("".join(f"shared_xq/{file},,\n" for file in own))
        for file in own:
            path = tmp_path / "shared_xq" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("V = 1")
    monkeypatch.syspath_prepend(tmp_path)
    assert list(packages_of((installed_part(f"{module}.Client"),))) == [package]


def test_what_cannot_be_shipped_is_refused():
    with pytest.raises(CaptureError, match="held"):
        code_of(graph("def f():\n    return held\n", {"held": (n for n in ())})).check()
