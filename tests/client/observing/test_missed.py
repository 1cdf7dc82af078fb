"""What a failed task had not and the notebook has: said by what the error names."""

from __future__ import annotations

import pytest

from sfdag_magics.client.observing.missed import missed

TRACE = """Python Interpreter Error:
Traceback (most recent call last):
  File "Cell [7] train", line 2, in train
    {line}
{error}
 in function G$RUN with handler sfdag_bundle.run"""


class Here:
    """A notebook that has one of each."""

    def place_of_name(self, name):
        return "Cell [5]" if name == "rate" else None

    def place_of_attribute(self, name):
        return "Cell [2]" if name == "mine" else None

    def has_file(self, path):
        return path in ("data.csv", "/data/all.csv", "data/t.txt") or self.has_folder(path)

    def has_folder(self, path):
        return path == "out"

    def has_variable(self, name):
        return name == "STAGE"

    def has_module(self, name):
        return name.startswith("lab")


def said(error, line="x"):
    return missed("train", TRACE.format(line=line, error=error), Here())


@pytest.mark.parametrize(
    ("error", "line", "says"),
    [
        ("NameError: name 'rate' is not defined", "eval(n)", "(Cell [5]) did not travel"),
        (
            "AttributeError: Can't get attribute 'rate' on <module '__main__' (built-in)>",
            "pickle.load(f)",
            "'rate' of this notebook (Cell [5]) did not travel",
        ),
        ("NameError: name 'display' is not defined", "x", "print() it, and read %sfdag logs train"),
        ("NameError: name '__file__' is not defined", "__file__", "a cell is no file"),
        ("AttributeError: 'DataFrame' object has no attribute 'mine'", "x", "Cell [2] sets 'mine'"),
        ("AttributeError: module 'json' has no attribute 'mine'", "x", "do the same in train"),
        (
            "AttributeError: 'NoneType' object has no attribute 'user_ns'",
            "get_ipython().user_ns",
            "None where there is no notebook",
        ),
        (
            "pandas.errors.UndefinedVariableError: local variable 'rate' is not defined",
            "df.query(text)",
            "(Cell [5]) did not travel",
        ),
        ("KeyError: 'rate'", "globals()[f'{n}']", "(Cell [5]) did not travel"),
        (
            "UnboundLocalError: cannot access local variable 'rate' where it is not associated "
            "with a value",
            "rate = rate.dropna()",
            "give what train makes of it another name, such as new_rate",
        ),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: '/tmp/j/1/data/t.txt'",
            "open(HERE / 'data' / 't.txt')",
            "'data/t.txt' is a file of this notebook's machine",
        ),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'out'",
            "os.listdir('out')",
            "'out' is a folder of this notebook's machine: session.file.put('out/*', '@STAGE/out')",
        ),
        *(
            (
                "FileNotFoundError: [Errno 2] No such file or directory: 'out/a.png'",
                line,
                "os.makedirs('out', exist_ok=True) in the task",
            )
            for line in (
                "plt.savefig('out/a.png', dpi=300)",
                "df.to_csv(path)",
                "with open(f, 'wb') as file:",
                "joblib.dump(model, path)",
            )
        ),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'out/a.png'",
            "open('out/a.png', 'rb')",
            "its folder is empty",
        ),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'no-such-tool'",
            "subprocess.run(['no-such-tool'])",
            "programs such as 'no-such-tool' are not there",
        ),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'",
            "subprocess.run(['data.csv'])",
            "'data.csv' is a file of this notebook's machine",
        ),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'",
            "open(f)",
            "session.file.put('data.csv', '@STAGE') here",
        ),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: '/data/all.csv'",
            "open(f)",
            "is a file of this notebook's machine",
        ),
        (
            "NotADirectoryError: [Errno 20] Not a directory: 'other.csv/x'",
            "open(f)",
            "its folder is empty",
        ),
        (
            "sqlite3.OperationalError: unable to open database file",
            "sqlite3.connect(f)",
            "files beside the notebook are not there",
        ),
        ("KeyError: 'STAGE'", "os.environ['STAGE']", "def train(…, *, stage: str)"),
        ("ModuleNotFoundError: No module named 'lab.one'", "x", "import lab in the cell"),
        (
            "ModuleNotFoundError: No module named 'sfdag_bundle.tasks'",
            "from . import x",
            "own name",
        ),
        (
            "ImportError: attempted relative import with no known parent package",
            "from . import x",
            "a cell is in no package",
        ),
        ("EOFError: EOF when reading a line", "input()", "def train(…, *, answer: str)"),
        ("SystemExit: 0", "sys.exit(0)", "return instead"),
    ],
)
def test_it_is_said_what_is_elsewhere_and_what_to_do(error, line, says):
    assert said(error, line).startswith("train runs in a process of its own: ")
    assert says in said(error, line)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ("NameError: name 'nothing' is not defined", "x"),
        ("AttributeError: 'DataFrame' object has no attribute 'fitt'", "x"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/data/none'", "open(f)"),
        ("KeyError: 'STAGE'", "row['STAGE']"),
        ("KeyError: 'NONE'", "os.environ['NONE']"),
        ("ModuleNotFoundError: No module named 'nope'", "x"),
        ("ZeroDivisionError: division by zero", "1 / 0"),
        ("ValueError: FileNotFoundError", "x"),
    ],
)
def test_an_error_that_the_notebook_would_have_too_is_left_as_it_is(error, line):
    assert said(error, line) == ""
