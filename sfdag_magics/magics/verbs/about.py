"""The verb that says what runs here: which releases, and on which engine."""

from __future__ import annotations

import shlex
from dataclasses import asdict

from sfdag_magics.client.connecting.releases import (
    ServingEngine,
    installed_release,
    python_release,
)
from sfdag_magics.magics.reading.options import Options
from sfdag_magics.magics.verbs.verb import ActsOn, Desk, Verb, json_text


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


ABOUT_VERBS = (
    Verb(
        name="version",
        acts_on=frozenset({ActsOn.TARGET}),
        has_json=True,
        summary="Says which releases run here, and whether an older engine does.",
        example="%sfdag version",
        act=_version,
    ),
)
