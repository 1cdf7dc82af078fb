import pytest

from sfdag_magics.client.checking.available import lacking, stock_here, stock_of, unsure
from sfdag_magics.client.code.deployed_code import Code
from sfdag_magics.client.connecting.looked_ahead import LookedAhead
from sfdag_magics.sqltext import QualifiedName
from tests.client.fake_snowflake import FakeSnowflake

ROOT = QualifiedName("G", "S", "DB")
SNOWPARK = ("snowflake-snowpark-python", "3.11")
THERE = {
    SNOWPARK: "1.56.0",
    ("snowflake-snowpark-python", "3.12"): "1.56.0",
    ("scikit-learn", "3.11"): "1.7.0",
    ("typing_extensions", "3.11"): "4.15.0",
    ("snowflake.core", "3.11"): "1.13.0",
    ("xgboost", "3.12"): "3.2.0",
}


@pytest.fixture
def fake():
    fake = FakeSnowflake()
    fake.packages = THERE
    return fake


def code(*packages, python="3.11", repository=None, **users):
    users = {name.replace("_", "-"): tasks for name, tasks in users.items()}
    return Code(
        archive=b"",
        digest="",
        code_hash="",
        handler="",
        python=python,
        packages=packages,
        tasks={},
        repository=repository,
        users=users,
        cells={"train": "Cell [3] train"},
    )


def problems(fake, made):
    stock = stock_of(fake, ROOT, made, made.packages, LookedAhead(fake))
    return [(p.task, p.message, p.hint) for p in lacking(made, made.packages, stock)]


@pytest.mark.parametrize(
    "package",
    [
        "scikit-learn",
        "scikit_learn",
        "Scikit-Learn==1.7.0",
        "scikit-learn>=1.6,<2",
        "scikit-learn[alldeps]~=1.7",
        "scikit-learn=1.7.0",
        "typing-extensions",
        "typing_extensions==4.15.0",
        "snowflake.core",
        "snowflake-core>1",
    ],
)
def test_a_package_is_found_in_every_spelling(fake, package):
    assert problems(fake, code(package)) == []


@pytest.mark.parametrize(
    ("package", "message", "hint"),
    [
        ("nosuchpkg", "has no package 'nosuchpkg'", "pip install nosuchpkg where it runs"),
        ("sikit-learn", "has no package 'sikit-learn'", "did you mean scikit-learn? Else pip"),
        ("scikit-learn==99.0", "has no scikit-learn==99.0 but scikit-learn 1.7.0", "one that is"),
        ("scikit_learn<1", "has no scikit_learn<1 but scikit-learn 1.7.0", "--unpinned: 1.7.0"),
    ],
)
def test_what_is_not_there_names_task_cell_and_what_is_there(fake, package, message, hint):
    name = package.partition("=")[0].partition("<")[0].replace("-", "_")
    ((task, said, advice),) = problems(fake, code(package, **{name: ("train",)}))
    assert (task, said) == ("train", f"fake · DB.S {message} (Cell [3] train)")
    assert hint in advice


def test_a_package_of_the_graph_is_no_tasks(fake):
    ((task, said, _),) = problems(fake, code("nosuchpkg"))
    assert (task, said) == (None, "fake · DB.S has no package 'nosuchpkg'")


def test_an_account_lists_packages_for_each_python(fake):
    fake.is_embedded = False
    made = code("xgboost", repository="Anaconda")
    assert [said for _, said, _ in problems(fake, made)] == ["fake · DB.S has no package 'xgboost'"]
    assert problems(fake, code("xgboost", python="3.12", repository="Anaconda")) == []


def test_a_python_that_an_account_lacks_is_named_with_those_it_has(fake):
    fake.is_embedded = False
    ((task, said, hint),) = problems(fake, code(python="3.14"))
    assert (task, said) == (None, "fake · DB.S has no Python 3.14, which this notebook runs on")
    assert hint == "run the notebook on one that it has: 3.11, 3.12"


def test_the_embedded_engine_runs_every_python_on_its_own(fake):
    assert problems(fake, code(python="3.14")) == []


def test_of_pypi_only_what_is_not_here_either_is_unsure(fake):
    fake.is_embedded = False
    made = code("nosuchpkg==1", "pytest", "scikit-learn==99")
    assert problems(fake, made) == []
    notes = [
        *unsure(made, made.packages, stock_of(fake, ROOT, made, made.packages, LookedAhead(fake)))
    ]
    assert notes == [
        "nosuchpkg==1 is not installed here, and only the deploy can tell if pypi has it"
    ]


def test_all_names_are_asked_for_only_when_one_is_missing(fake):
    problems(fake, code("scikit-learn"))
    assert len(fake.statements) == 1
    fake.is_embedded = False
    problems(fake, code("nosuchpkg"))
    assert len(fake.statements) == 3


def test_without_an_engine_this_environment_is_what_it_would_have():
    made = code("pytest", "nosuchpkg")
    (problem,) = lacking(made, made.packages, stock_here())
    assert problem.message == "embedded engine has no package 'nosuchpkg'"
