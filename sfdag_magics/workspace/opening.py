"""Opens a target for Python: by its name, its settings, or what is open already."""

from __future__ import annotations

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.observing.questions import Agrees
from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.calls import told_call
from sfdag_magics.graph.arguments.option_values import shortly
from sfdag_magics.workspace.deploys import Say
from sfdag_magics.workspace.open_target import OpenTarget
from sfdag_magics.workspace.registry import REGISTRY
from sfdag_magics.workspace.workspace import Workspace


def _say_nothing(_: str) -> None:
    """Hears nothing."""


@told_call
def open_target(
    where: object = None,
    *,
    production: str | None = None,
    agrees: Agrees | None = None,
    say: Say = _say_nothing,
) -> OpenTarget:
    """A place to deploy to and to run on; the session is opened by the first call that needs it.

    Args:
        where: a name of `sfdag.toml` beside the working directory, or `embedded`; a `Target`; an
            open Snowpark session, connection or `Root`, which stays open. None is the file's
            default, else the embedded engine of this machine.
        production: the name of a production target that is meant; there, whatever changes
            something asks for it, but a retry without new code.
        agrees: asked before production or another's work is changed; else that is an error.
        say: told what is done meanwhile, a line at a time, such as `print`.

    Raises:
        InputError: there is no target of this name, or the value is none of these.
        ConnectError: Snowflake's file of connections cannot be read.
    """
    workspace = Workspace(REGISTRY)
    if isinstance(where, Target):
        workspace.places.use_target(where)
    elif isinstance(where, str):
        workspace.places.use(where)
    elif where is not None:
        _use_opened(workspace, where)
    return OpenTarget(workspace, production=production, agrees=agrees, say=say)


def _use_opened(workspace: Workspace, value: object) -> None:
    try:
        workspace.places.use_value(value, "session")
    except InputError as error:
        raise InputError(
            f"{shortly(value)} is no target: neither a name, a Target nor an open Session, "
            "connection or Root",
            hint='open_target("embedded"), or none of it for the default',
        ) from error
