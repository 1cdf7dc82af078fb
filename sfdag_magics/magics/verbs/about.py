"""Verbs about where one is: target, session, version."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path

from sfdag_magics.client.connecting.explained import explained
from sfdag_magics.client.connecting.releases import (
    ServingEngine,
    installed_release,
    python_release,
)
from sfdag_magics.client.connecting.sessions import active_session
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import nearest
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.showing.records import explained_record, target_record
from sfdag_magics.magics.verbs.verb import ActsOn, Desk, Verb, json_text

#: Names the session that is active in this process, such as in Snowflake's own notebooks.
_ACTIVE = "active"


def _version(desk: Desk, options: Options) -> object:
    places = desk.workspace.places
    target, engine = places.target(options.target), places.serving_engine(options.target)
    said = {"version": installed_release(), "python": python_release(), "target": target.name}
    if options.json:
        desk.notebook.write(json_text({**said, "engine": asdict(engine) if engine else None}))
        return None
    if places.is_brought(target.name):  # whichever engine that may be of
        where = "a session that was opened here"
    else:
        where = _engine_said(engine) if target.is_embedded else f"connection {target.connection}"
    desk.notebook.say(
        f"sfdag_magics {said['version']} · Python {said['python']}\ntarget {target.name}: {where}"
    )
    return None


def _engine_said(engine: ServingEngine | None) -> str:
    if engine is None:
        return "no engine runs; one of this release starts with the first statement"
    running = f"engine {engine.release}, process {engine.process}"
    if not engine.is_older:
        return running
    data = f" --data {shlex.quote(engine.data)}" if engine.data else ""
    same = engine.release == installed_release()
    other = "older than what" if same else "another release than"
    return (
        f"{running}, {other} is installed here\n"
        f"  next: !sfdag local stop{data}; the next statement starts what is installed"
    )


def _target_options(parser: OptionParser) -> None:
    parser.word("what", help="`use`, or a name", elsewhere=("-t", "--target"))
    parser.word("name", help="a target, or a variable with a Session, connection or Root")
    parser.flag("--local", help="the embedded engine; NAME is then its data directory")
    parser.value("-c", "--connection", metavar="NAME", help="of Snowflake's connections.toml")
    parser.flag("--mine", help="there, in a schema of your own: PUBLIC_ADA beside PUBLIC")
    parser.value("--explain", metavar="KEY", help="where a setting comes from; chooses nothing")


def _target(desk: Desk, options: Options) -> object:
    workspace = desk.workspace
    if options.explain:
        return _explained(desk, options)
    if options.what == "show":
        named = options.name
    else:
        named = options.name if options.what == "use" else options.what
        if options.local:
            workspace.places.use_target(
                Target(name="local" if named else "embedded", path=_path(named))
            )
        elif options.connection:
            workspace.places.use_target(
                Target(name=options.connection, connection=options.connection)
            )
        elif named:
            _use(desk, named)
        if options.mine:
            workspace.places.use(workspace.places.mine())
    chosen = workspace.places.target_name
    if options.json:
        known = [target_record(target) for target in workspace.places.known_targets()]
        desk.notebook.write(json_text({"chosen": chosen, "targets": known}))
        return None
    for target in workspace.places.known_targets():
        mark = "→" if target.name == chosen else " "
        desk.say(options, f"{mark} {target.name}  {_described(target)}")
    return None


def _explained(desk: Desk, options: Options) -> object:
    places, graph = desk.workspace.places, desk.workspace.registry.current
    named = options.name if options.what in ("use", "show") else options.what
    target = places.target(places.mine(named) if options.mine else named)
    found = explained(
        options.explain,
        target,
        places.targets,
        graph=graph.options,
        tasks=graph.tasks,
        opened=places.backend(target.name) if places.is_brought(target.name) else None,
        chosen=places.chosen,
    )
    if options.json:
        desk.notebook.write(json_text(explained_record(found)))
    else:
        desk.say(options, str(found))
    return found


def _use(desk: Desk, named: str) -> None:
    places, variables = desk.workspace.places, desk.notebook.variables
    known = {target.name for target in places.known_targets()}
    # A variable that was used before may have been bound to another session since.
    if named in variables and (named not in known or places.is_brought(named)):
        places.use_value(variables[named], named)
        return
    if named == _ACTIVE and named not in known:
        places.use_value(active_session(), _ACTIVE)
        return
    if named not in known and places.targets.found(named) is None:
        near = nearest(named, [*known])
        did = f"; did you mean {near}?" if near else ""
        raise InputError(f"there is no target {named!r}{did}", hint="%sfdag target")
    places.use(named)


def _session(desk: Desk, options: Options) -> object:
    session = desk.workspace.places.notebook_session(options.target)
    place = desk.workspace.places.backend(options.target).place
    if options.json:
        target = desk.workspace.places.target(options.target).name
        desk.notebook.write(json_text({"target": target, "place": place}))
    else:
        desk.say(options, f"session to {place}")
    return session


def _path(named: str | None) -> str | None:
    return str(Path(named).expanduser()) if named else None


def _described(target: Target) -> str:
    where = "embedded engine" if target.is_embedded else f"connection {target.connection}"
    parts = [where, target.path, target.database and f"database {target.database}"]
    parts.append("production" if target.production else None)
    return " · ".join(part for part in parts if part)


ABOUT_VERBS = (
    Verb(
        name="target",
        only_describes=True,
        acts_on=frozenset(),
        summary="Lists where graphs can be deployed to, and chooses one.",
        example="%sfdag target use prod",
        act=_target,
        options=_target_options,
    ),
    Verb(
        name="session",
        acts_on=frozenset({ActsOn.TARGET}),
        summary="Returns a Snowpark session to the target, for the notebook's own queries.",
        example="session = %sfdag session",
        act=_session,
    ),
    Verb(
        name="version",
        acts_on=frozenset({ActsOn.TARGET}),
        summary="Says which releases run here, and whether an older engine does.",
        example="%sfdag version",
        act=_version,
    ),
)
