"""The plan of an edit: what changes what runs is a change, and nothing else is."""

from __future__ import annotations

import dis
import functools
import importlib
import random
import sys
import types

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfdag_magics.bundle.taking.terms.pieces import Written
from sfdag_magics.bundle.written.same_code import codes_in, same_code
from sfdag_magics.errors import InputError
from tests.bundle.notebook import Notebook, Shipped, forget_cells

#: A cell as people write them: texts over lines, comments, a lambda, a prompt with hashes.
HELPERS = '''import re
LIMIT = 3

# what counts as a word
WORD = re.compile(r"\\w+")  # of a name

def prompt(x, *, tone="kind"):
    """Say it.

    # not a comment
    """
    text = f"""
# Role
You are {x}, {tone}.
"""
    return text.strip()  # no blank ends


class Counter:
    start = 0

    def __init__(self, step=1):
        self.step = step

    def up(self, n):
        # a comment inside
        for _ in range(n):
            if n > LIMIT:
                break
        return self.start + self.step * n


squares = [lambda x: x ** 2, lambda x: x * x]
'''
TASK = """def the_task(session, *, rate: float = 0.1) -> str:
    found = [w for w in WORD.findall(prompt("a judge")) if len(w) > LIMIT]
    return str((found, Counter(2).up(3), squares[0](rate)))
"""
SETTINGS = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def built(helpers=HELPERS, task=TASK):
    notebook = Notebook()
    notebook.run(helpers)
    notebook.task(task)
    bundle = notebook.build()
    assert bundle.problems == ()
    return bundle


@functools.cache
def unedited():
    return built()


def hash_of(helpers=HELPERS):
    return built(helpers).hashes["the_task"]


def edited(text, draw):
    """The text after one random edit of its characters or lines."""
    lines = text.split("\n")
    at = draw.randrange(len(lines))
    kind = draw.choice(["comment line", "comment", "blank", "digit", "letter", "swap", "insert"])
    if kind == "comment line":
        lines.insert(at, draw.choice(["", "    ", "        "]) + "# " + draw.choice("abc"))
    elif kind == "comment":
        lines[at] += "  # " + draw.choice("abc")
    elif kind == "blank":
        lines.insert(at, "")
    elif kind == "swap":
        other = draw.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    else:
        line = lines[at]
        where = draw.randrange(len(line) + 1)
        new = {"digit": "0123456789", "letter": "abxyz", "insert": " \t\f\u2028\x85#'\"()=.:,"}[
            kind
        ]
        lines[at] = line[:where] + draw.choice(new) + line[where:]
    return "\n".join(lines)


def runs(helpers, task):
    """Whether a kernel would take both cells; others are never captured."""
    notebook = Notebook()
    try:
        notebook.run(helpers)
        notebook.run(task)
    except Exception:  # noqa: BLE001 - whatever a random edit does
        return False
    return True


@pytest.mark.slow
@SETTINGS
@given(seed=st.integers(0, 10**9))
def test_an_edit_is_planned_exactly_when_it_changes_what_runs(seed):
    draw = random.Random(seed)  # noqa: S311 - edits, no secrets
    helpers, task = HELPERS, TASK
    forget_cells()  # of the examples before
    if draw.random() < 0.5:
        helpers = edited(helpers, draw)
    else:
        task = edited(task, draw)
    if not runs(helpers, task):
        return
    notebook = Notebook()
    notebook.run(helpers)
    try:
        notebook.task(task)
        bundle = notebook.build()
    except InputError:  # the edit leaves no task
        return
    if bundle.problems or "the_task" not in bundle.hashes:
        return
    before = unedited()
    unchanged = bundle.hashes["the_task"] == before.hashes["the_task"]
    assert unchanged == same_programs(bundle, before)


def same_programs(one, other):
    """Whether two bundles compile to the same, wherever their lines stand."""
    here, there = (compiled(each.tasks[0]) for each in (one, other))
    return len(here) == len(there) and all(map(same_code, here, there))


def compiled(task):
    pieces = [p.text if isinstance(p, Written) else "\n".join(p.lines) for p in task.pieces]
    texts = ["\n".join(task.imports), *pieces]
    return [compile(text, "<piece>", "exec", dont_inherit=True) for text in texts]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# Role", "# Another role"),
        ("# not a comment", "# no comment"),
        ("LIMIT = 3", "LIMIT = 4"),
        ("x ** 2", "x ** 3"),
        ('tone="kind"', 'tone="dry"'),
        ("step=1", "step=2"),
        ("start = 0", "start = 1"),
        ("You are", "You\u2028are"),
    ],
)
def test_an_edit_of_what_runs_is_a_change(before, after):
    assert before in HELPERS
    assert hash_of(HELPERS.replace(before, after, 1)) != hash_of()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# a comment inside", "# another"),
        ("  # of a name", ""),
        ("# what counts as a word\n", ""),
        ("\n\n\nclass", "\n\n\n\n\nclass"),
        ("\n", "\r\n"),
        ("def prompt(x, *, tone", "def prompt(x,  *,  tone"),
        ("self.step * n", "(self.step * n)"),
    ],
)
def test_an_edit_of_nothing_that_runs_is_none(before, after):
    assert before in HELPERS
    assert hash_of(HELPERS.replace(before, after)) == hash_of()


#: A module beside the notebook; the task uses all of it.
BESIDE = '''"""Scales."""
import math

K = 2
# what is scaled by


def scale(x, k=K, *, much=True):
    """Scale it.

    # not a comment
    """
    text = f"""
# Role {x}
"""
    return x * k + len(text) if much else math.sqrt(x)  # at once


class Scaler:
    steps = [1, 2]

    def up(self, n):
        # a comment inside
        return [n * each for each in self.steps]
'''
NAME = "scales_xq"


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """The bundle of a task that uses a module with this text, and what the text compiles to."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, NAME, raising=False)

    def bundle(text, then=""):
        (tmp_path / f"{NAME}.py").write_text(text, newline="")
        sys.modules.pop(NAME, None)
        importlib.invalidate_caches()
        notebook = Notebook()
        notebook.run(f"import {NAME}\n{then}")
        notebook.task(f"def the_task():\n    return {NAME}.scale(2), {NAME}.Scaler().up(3)")
        return notebook.build()

    yield bundle
    sys.modules.pop(NAME, None)


@pytest.mark.slow
@settings(SETTINGS, max_examples=50)
@given(seed=st.integers(0, 10**9))
def test_an_edit_of_a_module_beside_is_planned_exactly_when_it_changes_what_runs(beside, seed):
    text = edited(BESIDE, random.Random(seed))  # noqa: S311 - edits, no secrets
    try:
        after = compile(text, NAME, "exec", dont_inherit=True)
        bundle = beside(text)
    except Exception:  # noqa: BLE001 - whatever a random edit does: no cell would import it
        return
    if bundle.problems:
        return
    before = compile(BESIDE, NAME, "exec", dont_inherit=True)
    unchanged = bundle.hashes == beside(BESIDE).hashes
    assert unchanged == (instructions(before) == instructions(after))


def instructions(code):
    """What runs of all code in it; a bare number leaves a NOP, for the sake of its line."""
    codes = (code, *codes_in(code))
    docs = [[c for c in inner.co_consts[:1] if isinstance(c, str)] for inner in codes]
    taken = [(inner.co_varnames, inner.co_argcount, inner.co_flags) for inner in codes]
    return (
        docs,
        taken,
        [
            (each.opname, "code" if isinstance(each.argval, types.CodeType) else repr(each.argval))
            for inner in codes
            for each in dis.get_instructions(inner)
            if each.opname != "NOP" and each.opcode not in (*dis.hasjrel, *dis.hasjabs)
        ],
    )


@pytest.mark.parametrize(
    ("before", "after", "is_change"),
    [
        ("# what is scaled by\n", "", False),
        ("# a comment inside", "# another", False),
        ("  # at once", "", False),
        ("\n", "\r\n", False),
        ("        return [n", "            return [n", False),
        ("    steps = [1, 2]\n\n    def", "    steps = [1, 2]\n\n\x0c\n    def", False),
        ("K = 2", "K  =  2 ", False),
        ("\n\n\nclass", "\n\n\n\n# here\nclass", False),
        ("n * each", "(n*each)", False),
        ("[1, 2]", "[1, 2,]", False),
        ("        # a comment inside", "        pass", False),
        ("\n\n\nclass", "\n'not said of it'\n\nclass", False),
        ('"""Scales."""', "pass", True),
        ("K = 2", "K = 3", True),
        ("K = 2", "K = 2.0", True),
        ("Scale it", "Scale all", True),
        ("# Role", "# Part", True),
        ("much=True", "much=False", True),
    ],
)
def test_an_edit_of_a_module_beside_is_as_one_of_a_cell(beside, before, after, is_change):
    assert before in BESIDE
    text = BESIDE.replace(before, after)
    assert (beside(text).hashes != beside(BESIDE).hashes) is is_change


@pytest.mark.parametrize(
    "line",
    [
        "START = time.time_ns()",
        "class C:\n    start = uuid.uuid4()",
        "def f(x=uuid.uuid4()): return x",
        "class O:\n    def __init__(self, x): self.x = x\nSTART = O(time.time_ns())",
    ],
)
def test_what_a_module_asks_anew_at_each_import_is_no_edit(beside, line):
    asks = f"import time, uuid\n{BESIDE}\n{line}\n"
    first, second = beside(asks), beside(asks)
    assert first.archive != second.archive
    assert first.hashes == second.hashes != beside(BESIDE).hashes


@pytest.mark.parametrize(
    ("text", "call", "is_change"),
    [
        ("START = time.time_ns()\ndef put(v):\n    global START\n    START = v", "put({v})", True),
        (
            "class C:\n    at = uuid.uuid4()\n    @classmethod\n    def put(cls, v): cls.at = v",
            "C.put({v})",
            True,
        ),
        (
            "class O:\n    def __init__(self, x): self.x = x\nO_ = O(time.time_ns())",
            "O_.x = {v}",
            True,
        ),
        ("D = {'t': time.time_ns()}\ndef put(v): D['v'] = v", "put({v})", True),
        (
            "START = time.time_ns()\ndef put(v):\n    global START\n    START = v",
            "scale({v})",
            False,
        ),
        ("def f(x=uuid.uuid4()): return x", "f()", False),
    ],
)
def test_what_was_set_since_a_module_asked_for_it_is_an_edit(beside, text, call, is_change):
    asks = f"import time, uuid\n{BESIDE}\n{text}\n"
    first, second = (beside(asks, f"{NAME}.{call.format(v=v)}") for v in (5, 6))
    assert (first.hashes != second.hashes) is is_change


def test_a_module_ships_as_it_is(beside, tmp_path):
    text = BESIDE.replace("K = 2", "K = 2  # two")
    bundle = beside(text)
    assert bundle.hashes == beside(BESIDE).hashes
    assert Shipped(bundle.archive, tmp_path).text(f"{NAME}.py") == text


def test_a_comment_counts_for_a_module_that_reads_itself(beside):
    reads = BESIDE + "\nimport inspect\nSOURCE = inspect.getsource(scale)\n"
    assert beside(reads + "# more").hashes != beside(reads).hashes
