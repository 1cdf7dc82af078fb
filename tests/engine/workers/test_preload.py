from __future__ import annotations

import pytest

from sfdag_magics.engine.workers.preload import CORE, MACHINE_LEARNING, PRELOADING, SNOWPARK


@pytest.mark.parametrize(
    ("packages", "wanted"),
    [
        ((), SNOWPARK),
        (("snowflake-snowpark-python==1.56.0", "numpy"), SNOWPARK),
        (("xgboost>=2",), SNOWPARK + MACHINE_LEARNING),
        (("scikit_learn", "Snowflake-ML-Python==2.0"), SNOWPARK + MACHINE_LEARNING),
        (("snowflake.core",), SNOWPARK + CORE),
        (("snowflake-core", "xgboost"), SNOWPARK + MACHINE_LEARNING + CORE),
    ],
)
def test_jobs_ask_for_imports_by_their_packages(
    packages: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    assert PRELOADING.modules_for(packages) == wanted
