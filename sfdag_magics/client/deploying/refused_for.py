"""What a deploy uses of a target, for who asks beforehand or finds out why it was refused."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from sfdag_magics.client.checking.doctor import Wants, lacking_privileges
from sfdag_magics.client.checking.grants_held import read_held
from sfdag_magics.client.code.deployed_code import Code, graph_folder, listed_files
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.privileges import is_for_privileges
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.standing import Standing
from sfdag_magics.client.deploying.task_statements import Definition, definitions
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.failure_notice import integrations_of, is_notice


def wants_of(there: Standing, code: Code | None) -> Wants:
    """What a deploy would use; a graph without tasks is yet to have some in Python.

    Raises:
        GraphError: the graph has a cycle.
    """
    whole, root = there.whole, there.root
    files = listed_files(there.asks, there.stage, graph_folder(whole.name))
    return Wants(
        root=root,
        stage=there.stage,
        has_stage=files is not None,
        has_code=code is not None or not whole.tasks,
        warehouses=_warehouses(
            there.backend,
            definitions(whole, root, there.target),
            is_serverless_meant="warehouse" in there.said.without,
        ),
        owner=there.before.owner if there.before is not None else None,
        integrations=[
            name for task in whole.tasks if is_notice(task) for name in integrations_of(task)
        ],
    )


@contextlib.contextmanager
def all_lacks_told(backend: Backend, plan: Plan) -> Iterator[None]:
    """Say of a deploy that is refused for want of a privilege all that its role lacks, at once.

    Asks nobody else: what an ordinary deploy needs is not looked up before each.
    """
    try:
        yield
    except ConnectError:
        raise
    except BackendError as error:
        if backend.is_embedded or not is_for_privileges(error.message):
            raise
        with contextlib.suppress(BackendError):  # then the one that was named is all there is
            held = read_held(backend)
            if lacks := tuple(lacking_privileges(held, _wants_of_plan(backend, plan))):
                listed = "".join(f"\n  {lack}" for lack in lacks)
                error.message = f"{error.message}\n  role {held.role} lacks:{listed}"
                error.hint = f"once that is granted, {plan.command}"
        raise


def _wants_of_plan(backend: Backend, plan: Plan) -> Wants:
    made = [change.definition for change in plan.changes if change.definition is not None]
    return Wants(
        root=plan.root,
        stage=plan.stage,
        has_stage=plan.has_stage,
        has_code=plan.changes_code,
        warehouses=_warehouses(backend, made),
        owner=plan.before.owner if plan.before is not None else None,
    )


def _warehouses(
    backend: Backend, made: Iterable[Definition], *, is_serverless_meant: bool = False
) -> frozenset[str | None]:
    """Those of the tasks, and the session's own, by which the history is read.

    Args:
        is_serverless_meant: the graph says that it has none; that it says nothing is no reason on
            the embedded engine, where a task without one is on the session's.
    """
    said = [each.statement.properties for each in made]
    used = {each.warehouse for each in said}
    sizes = [each for each in said if each.user_task_managed_initial_warehouse_size]
    if backend.is_embedded and not (is_serverless_meant or sizes):
        used = {each for each in used if each}
    return frozenset({*used, *([backend.warehouse] if backend.warehouse else [])})
