"""What functions of modules beside the notebook enclose: set in their cells, or refused."""

from __future__ import annotations

import pytest

from tests.bundle.notebook import found

COUNTER_AROUND = """
import functools, io
def make(n=0):
    seen = {}
    def count(k="x"):
        nonlocal n
        n += 1
        seen[k] = n
        return n, dict(seen)
    return count
count = make()
def registry():
    items = []
    def add(f):
        items.append(f.__name__)
        return f
    return add, lambda: items
add, names = registry()
def counted(f):
    calls = 0
    @functools.wraps(f)
    def inner(*a):
        nonlocal calls
        calls += 1
        return calls
    return inner
@counted
def f(): pass
@functools.lru_cache
@counted
def cached(x): pass
class A:
    @counted
    def m(self): pass
    @staticmethod
    @counted
    def s(): pass
    @property
    @counted
    def p(self): pass
def made():
    n = [0]
    class C:
        def f(self): n[0] += 1
    return C
C = made()
F = {"f": make()}
def late(make):
    value = None
    def get():
        nonlocal value
        value = value or make()
        return value
    return get
handle = late(lambda: io.TextIOWrapper(io.BytesIO()))
def login():
    password = ""
    def set(to):
        nonlocal password
        password = to
    return set
log_in = login()
"""


@pytest.mark.parametrize(
    ("change", "ships"),
    [
        ("{m}.count()", "{m}.count.__closure__[0].cell_contents = 1"),
        ("{m}.count('k')", "{m}.count.__closure__[1].cell_contents.update({{'k': 1}})"),
        ("@{m}.add\ndef two(): pass", "{m}.add.__closure__[0].cell_contents[:] = ['two']"),
        ("{m}.f()", "{m}.f.__closure__[0].cell_contents = 1"),
        ("{m}.cached(1)", "{m}.cached.__wrapped__.__closure__[0].cell_contents = 1"),
        ("{m}.A().m()", "{m}.A.__dict__['m'].__closure__[0].cell_contents = 1"),
        ("{m}.A.s()", "{m}.A.__dict__['s'].__func__.__closure__[0].cell_contents = 1"),
        ("{m}.A().p", "{m}.A.__dict__['p'].fget.__closure__[0].cell_contents = 1"),
        ("{m}.C().f()", "{m}.C.__dict__['f'].__closure__[0].cell_contents[:] = [1]"),
        ("{m}.F['f']()", "{m}.F['f'].__closure__[0].cell_contents = 1"),
    ],
)
def test_what_functions_of_a_module_enclose_is_set_there(module, change, ships):
    name, _file = module(COUNTER_AROUND)
    captured = found([f"import {name}", change.format(m=name)], f"{name}.count()")
    assert captured.problems == ()
    assert ships.format(m=name) in "\n".join(captured.assignments)


def test_what_functions_of_a_module_enclose_is_left_where_nobody_changed_it(module):
    name, _file = module(COUNTER_AROUND.replace("make(n=0):", "make():\n    n = 0"))
    captured = found([f"import {name}"], f"{name}.count()")
    assert (captured.problems, captured.notes, captured.assignments) == ((), (), ())


@pytest.mark.parametrize(
    ("change", "task", "says"),
    [
        ("{m}.handle()", "{m}.handle()", "handle, which keeps value = a TextIO"),
        ("{m}.log_in('hK2!s9dLq')", "{m}.log_in", "log_in, which keeps password"),
    ],
)
def test_what_functions_of_a_module_enclose_and_cannot_travel_is_refused(
    module, change, task, says
):
    name, _file = module(COUNTER_AROUND)
    captured = found([f"import {name}", change.format(m=name)], task.format(m=name))
    (problem,) = captured.problems
    assert says in str(problem)
    assert problem.hint == f"importlib.reload({name}), and call in the task what sets it"
    assert "hK2" not in str(problem)
    assert captured.assignments == ()
