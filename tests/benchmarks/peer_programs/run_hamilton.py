"""A dataflow of Hamilton whose functions do nothing, one after the other in this process."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from answering import answer, graph
from hamilton import ad_hoc_utils, driver

GRAPH = graph()


def function_of(name: str, above: list[str]) -> Callable[..., int]:
    def work(**_above: int) -> int:
        return 1

    work.__name__ = name
    work.__annotations__ = {**dict.fromkeys(above, int), "return": int}
    work.__signature__ = _signature(above)
    return work


def _signature(above: list[str]) -> inspect.Signature:
    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter(name, kind, annotation=int) for name in above]
    return inspect.Signature(parameters, return_annotation=int)


MODULE = ad_hoc_utils.create_temporary_module(
    *(function_of(name, above) for name, above in GRAPH.items()), module_name="benchmark"
)
DRIVER = driver.Builder().with_modules(MODULE).build()

answer(lambda: DRIVER.execute(list(GRAPH)))
