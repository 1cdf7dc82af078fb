"""What a task may be called, and what was meant."""

from __future__ import annotations

import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import (
    branch_condition,
    check_graph_name,
    check_task_name,
    deployed_name,
    did_you_mean,
    nearest,
)


@pytest.mark.parametrize("name", ["train", "Train_2", "_x", "a" * 255])
def test_identifiers_are_names(name):
    check_task_name(name)
    check_graph_name(name)


@pytest.mark.parametrize("name", ["", "2x", "a-b", "a b", "größe", "a$b", "x'", "a" * 256])
def test_anything_else_is_refused_by_name(name):
    with pytest.raises(InputError, match=r"identifier|limit"):
        check_task_name(name)
    with pytest.raises(InputError):
        check_graph_name(name)


@pytest.mark.parametrize("name", ["session", "ctx", "Session", "CTX"])
def test_the_parameters_names_are_no_task_names(name):
    with pytest.raises(InputError, match="name of a parameter"):
        check_task_name(name)


def test_a_task_is_deployed_under_its_graph():
    assert deployed_name("mortgage", "train_Model") == "MORTGAGE$TRAIN_MODEL"
    assert branch_condition("mortgage", "check", "promote") == (
        "SYSTEM$GET_PREDECESSOR_RETURN_VALUE('MORTGAGE$CHECK') = 'promote'"
    )


def test_the_nearest_name_is_offered_whatever_its_case():
    assert nearest("train_modle", ["prepare", "Train_Model"]) == "Train_Model"
    assert nearest("xyz", ["prepare"]) is None
    assert [nearest(typed, ["logs"]) for typed in ("bogus", "lgs", "lugs", "ogs")] == [
        None, *3 * ["logs"]
    ]  # fmt: skip
    assert did_you_mean("prepar", ["prepare", "b"]) == "did you mean 'prepare'? tasks: prepare, b"
    assert did_you_mean("x", []) == "tasks: none yet"
    assert "… 20 in all" in did_you_mean("x", [f"t{n}" for n in range(20)])
