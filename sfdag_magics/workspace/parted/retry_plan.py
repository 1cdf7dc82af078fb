"""How a failed run goes on, decided and not yet done. Pure."""

from __future__ import annotations

from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.parts.bridge_plan import BridgePlan
from sfdag_magics.client.parts.original_code import OriginalCode
from sfdag_magics.client.parts.retried import RetryAsked
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPlan:
    """How a run goes on.

    Attributes:
        code: the plan whose code is shipped first; None where what is deployed runs again.
        deploys: all of that plan is carried out first, for the run needs more than its code.
        why: why the service's own retry cannot do it, so that a bridge does; else empty.
        bridge: as it would be made of what is deployed now; None where the service retries.
        original: the code that the run began with, where its tasks are to run that again and
            another is deployed; None where they run what is deployed.
        gone: the tasks that did not succeed and that the graph has no more: none of them runs.
    """

    asked: RetryAsked
    code: Plan | None
    deploys: bool = False
    why: str = ""
    bridge: BridgePlan | None = None
    original: OriginalCode | None = None
    gone: tuple[str, ...] = ()

    @property
    def edited(self) -> tuple[str, ...]:
        """The tasks whose newer code goes along."""
        return self.code.edited if self.code is not None else ()
