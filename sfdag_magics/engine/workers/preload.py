"""What preloaded processes import, by the packages that jobs ask for. Names only; imports nothing.

Importing costs seconds of processor time, so it happens once, and only for what somebody asks for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from sfdag_magics.light_classes import dataclass

_NAME = re.compile(r"\s*([A-Za-z0-9._-]+)")
_SEPARATORS = re.compile(r"[-_.]+")

#: What every worker needs.
SNOWPARK = (
    "snowflake.connector",
    "snowflake.connector.cursor",
    "snowflake.snowpark",
    "snowflake.snowpark.functions",
    "snowflake.snowpark.context",
    "sfdag_magics.engine.workers.inside.late_session",
    # what Snowpark imports when it is first used, and not when it is imported
    "snowflake.snowpark._internal.compiler.plan_compiler",
    "snowflake.snowpark._internal.compiler.large_query_breakdown",
    "snowflake.snowpark._internal.compiler.repeated_subquery_elimination",
    "snowflake.connector.pandas_tools",
    "snowflake.connector.minicore",
    "snowflake.connector.file_transfer_agent",
    "snowflake.connector.converter_snowsql",
    "opentelemetry.trace.propagation.tracecontext",
    "pyarrow.parquet",
    "pyarrow.pandas_compat",
    "pandas.core.arrays.arrow.extension_types",
    "cloudpickle",
    "numpy",
    "pandas",
    "pyarrow",
)
#: Several seconds.
MACHINE_LEARNING = (
    "sklearn.compose",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "sklearn.metrics",
    "xgboost",
    "snowflake.ml.registry",
    "snowflake.ml.modeling.pipeline",
    "snowflake.ml.modeling.preprocessing",
    "snowflake.ml.modeling.xgboost",
    "tqdm",  # what the registry's progress is shown with
)
#: Two to three seconds.
CORE = ("snowflake.core.task.context",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preloading:
    """What to import always, and what for the sake of which package."""

    always: tuple[str, ...]
    by_package: Mapping[str, tuple[str, ...]]

    def modules_for(self, packages: Sequence[str]) -> tuple[str, ...]:
        """What a job with these requirements wants imported, in an order of its own."""
        names = _names(tuple(packages))
        wanted = [modules for package, modules in self.by_package.items() if package in names]
        return tuple(dict.fromkeys([*self.always, *(name for each in wanted for name in each)]))


@lru_cache(maxsize=1000)
def _names(packages: tuple[str, ...]) -> frozenset[str]:
    found = (_NAME.match(text) for text in packages)
    return frozenset(_SEPARATORS.sub("-", name[1]).lower() for name in found if name)


PRELOADING = Preloading(
    always=SNOWPARK,
    by_package={
        "snowflake-ml-python": MACHINE_LEARNING,
        "xgboost": MACHINE_LEARNING,
        "scikit-learn": MACHINE_LEARNING,
        "snowflake-core": CORE,
        "snowflake": CORE,
    },
)
NOTHING = Preloading(always=(), by_package={})
