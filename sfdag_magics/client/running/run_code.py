"""The code that a run's graph is deployed with, asked for once for all who need it of one run."""

from __future__ import annotations

from sfdag_magics.client.code.deployed_code import DeployedCode, read_code
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing.deployed import DeployedGraph


class RunCode:
    """One graph's code, as it was when it was first asked for. One thread at a time."""

    def __init__(self, backend: Backend, deployed: DeployedGraph) -> None:
        self._backend = backend
        self._deployed = deployed
        self._code: DeployedCode | None = None

    def get(self) -> DeployedCode:
        """What is deployed.

        Raises:
            BackendError: it cannot be asked, as where the role may not see procedures; the next
                call asks again.
        """
        if self._code is None:
            self._code = read_code(self._backend, self._deployed.procedure)
        return self._code
