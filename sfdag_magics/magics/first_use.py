"""What the first verb needs and loading does not: all verbs, and the desk they work at.

Half of what a kernel would import for `%load_ext` plans, deploys, follows and draws: no cell needs
that, so `extension` asks for this module by name, with the first verb, Tab or open view.
"""

from __future__ import annotations

from sfdag_magics.magics.kernel.notebook import Notebook
from sfdag_magics.magics.verbs.all_verbs import VERBS, carry_out, known_names
from sfdag_magics.magics.verbs.verb import Desk
from sfdag_magics.workspace.places import Openers
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.workspace import Workspace

__all__ = ["VERBS", "carry_out", "known_names", "opened_desk"]


def opened_desk(notebook: Notebook, registry: Registry, openers: Openers | None) -> Desk:
    """A desk whose views hear of the runs that begin at it."""
    desk = Desk(notebook, Workspace(registry, openers))
    desk.workspace.runs.on_began(desk.views.began)
    desk.workspace.places.on_opening(desk.views.opening)
    return desk
