"""Answers that are fetched later: what `asyncExec` is told, and the path it is fetched from."""

from __future__ import annotations

from sfdag_magics.engine.borders.rest_calls import RestAnswer
from sfdag_magics.engine.resources.forms.operations import BASE, Call, Operation, success
from sfdag_magics.sqltext import quoted_string

_RESULTS = f"{BASE}/results"
#: Snowflake's code and words for a request that goes on.
_IN_PROGRESS = "392604"
_WORDS = (
    "Request execution in progress. Use the provided location header or result handler ID to"
    " perform query monitoring and management."
)


def accepted(call: Call) -> RestAnswer:
    """The answer to a call that need not be waited for; that of its statement is kept."""
    return RestAnswer(
        status=202,
        body={"code": _IN_PROGRESS, "message": _WORDS, "resultHandler": call.id},
        headers={"Location": f"{_RESULTS}/{call.id}"},
    )


def _result(call: Call) -> dict[str, str]:
    handler = quoted_string(call.names["result_handler"])
    scan = f"SELECT * FROM TABLE(RESULT_SCAN({handler}))"  # noqa: S608 - a quoted text
    return success(call.run(scan))


OPERATIONS = (
    Operation(
        method="GET",
        path=f"{_RESULTS}/{{result_handler}}",
        carry_out=_result,
        unnamed=("result_handler",),
    ),
)
