"""Where Snowsight, the service's own page, shows a task or a query. Of the embedded engine nowhere.

An address is made of the names of organization and account, which the session tells.
"""

from __future__ import annotations

from urllib.parse import quote

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName

_PAGE = "https://app.snowflake.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snowsight:
    """The pages of one account."""

    organization: str
    account: str

    def query(self, query_id: str) -> str:
        """The page of a query.

        >>> Snowsight(organization="ACME", account="EU WEST").query("01b7")
        'https://app.snowflake.com/ACME/EU%20WEST/#/compute/history/queries/01b7/detail'
        """
        return f"{self._start}/compute/history/queries/{quote(query_id, safe='$')}/detail"

    def task(self, name: QualifiedName) -> str:
        """The page of a task; of a root it has the graph and its runs.

        Args:
            name: a full one, as it is stored.
        """
        database, schema, task = (
            quote(part or "", safe="$") for part in (name.database, name.schema, name.name)
        )
        return f"{self._start}/data/databases/{database}/schemas/{schema}/task/{task}"

    @property
    def _start(self) -> str:
        places = (quote(part, safe="") for part in (self.organization, self.account))
        return "/".join((_PAGE, *places, "#"))


def snowsight_of(backend: Backend) -> Snowsight | None:
    """The pages of a session's account; None of the embedded engine, and where nobody tells.

    One request on the service.
    """
    if backend.is_embedded:
        return None
    try:
        (row,) = backend.rows(
            "SELECT CURRENT_ORGANIZATION_NAME() AS ORGANIZATION, CURRENT_ACCOUNT_NAME() AS ACCOUNT"
        )
    except ConnectError:
        raise
    except BackendError:  # a link is missing, and nothing else
        return None
    names = {key: str(row[key] or "") for key in ("ORGANIZATION", "ACCOUNT")}
    if not all(names.values()):
        return None
    return Snowsight(organization=names["ORGANIZATION"], account=names["ACCOUNT"])
