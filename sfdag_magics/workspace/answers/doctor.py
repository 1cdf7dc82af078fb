"""Whether a deploy would be let in: privileges, packages, Python and logs of a target."""

from __future__ import annotations

from sfdag_magics.client.checking.doctor import Diagnosis, Wants, examined
from sfdag_magics.client.code.deployed_code import DEFAULT_STAGE
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.refused_for import wants_of
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.sqltext import QualifiedName, TokenReader, identifier_from_sql
from sfdag_magics.workspace.workspace import Workspace


def doctor(workspace: Workspace, graph: TaskGraph, target: str | None = None) -> Diagnosis:
    """What a deploy of the graph needs on a target and is missing there. Changes nothing.

    Raises:
        BackendError: the target does not say what the session's role has.
        GraphError: the graph has a cycle.
        InputError: the target names no schema, or the tasks have no warehouse.
    """
    backend, there = workspace.places.backend(target), workspace.places.target(target)
    if None in backend.namespace and there.database and there.schema:
        return examined(backend, _wants_alone(backend, there))
    try:
        standing = workspace.deploys.standing(graph, target)
    except ConnectError:
        raise
    except BackendError:  # what is there may not be looked at, for want of what is looked for
        found = examined(backend, _wants_alone(backend, there))
        if not found.is_refused:
            raise
        return found
    code = workspace.deploys.code_to_mend(standing.whole) if graph.tasks else None
    packages = standing.found_of_packages(code)
    wrong = [each.in_a_line for each in packages.problems]
    return examined(backend, wants_of(standing, code), wrong)


def _wants_alone(backend: Backend, there: Target) -> Wants:
    """Of a schema that the session may not look into: its role may not, or it is not made."""
    database, schema = backend.namespace
    root = QualifiedName("", schema or _stored(there.schema), database or _stored(there.database))
    stage = TokenReader((there.stage or DEFAULT_STAGE).lstrip("@")).qualified_name()
    named = _stored(there.warehouse) or backend.warehouse
    return Wants(
        root=root,
        stage=stage.within(root.database, root.schema),
        has_stage=False,
        has_code=True,
        warehouses=frozenset({named}),
    )


def _stored(named: str | None) -> str | None:
    return identifier_from_sql(named) if named else None
