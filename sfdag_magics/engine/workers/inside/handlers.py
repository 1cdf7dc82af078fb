"""From a job's code to the callable it names: imports offered, inline source compiled.

What Snowflake promises handlers: files of IMPORTS lie in one directory that is importable and known
as `sys._xoptions["snowflake_import_directory"]`, archives among them are importable themselves, and
a module `_snowflake` is there.
"""

from __future__ import annotations

import importlib
import linecache
import operator
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, cast

from sfdag_magics.engine.workers.import_sets import Imports
from sfdag_magics.engine.workers.ready_runtime import ReadyRuntime

#: The module and file name that Snowflake gives inline code; tracebacks show it.
INLINE_MODULE = "_udf_code"

#: The marks of a vectorised handler, as Snowpark sets them too.
VECTORIZED = "_sf_vectorized_input"
MOST_ROWS = "_sf_max_batch_size"

Handler = Callable[..., Any]


class HandlerError(Exception):
    """The handler's name leads to nothing that can be called."""


def load_handler(
    source: str | None, handler: str, imports: Imports, ready: ReadyRuntime | None
) -> Handler:
    """The callable that `handler` names, in inline `source` or in one of the `imports`.

    Args:
        source: the inline code, or None where the handler lies in an import.
        handler: `function`, `module.function` or `module.Class.method`.
        imports: the files, as they were laid out.
        ready: the runtime of graphs that this process has imported already.

    Raises:
        HandlerError: there is no such callable.
        BaseException: whatever the user's module raises when it is run.
    """
    if "_snowflake" not in sys.modules:
        offer_snowflake_module()
    _offer(imports, ready)
    if source is not None:
        return _attribute(_inline_module(source), handler, handler)
    module_name, _dot, attribute = handler.partition(".")
    module = sys.modules.get(module_name) or importlib.import_module(module_name)
    while _dot and "." in attribute and not hasattr(module, attribute.split(".")[0]):
        step, _dot, attribute = attribute.partition(".")
        module = importlib.import_module(f"{module.__name__}.{step}")
    return _attribute(module, attribute, handler)


def _attribute(module: ModuleType, path: str, handler: str) -> Handler:
    try:
        found = operator.attrgetter(path)(module)
    except AttributeError:
        raise HandlerError(
            f"Could not find the function '{handler}' in the handler's code"
        ) from None
    if not callable(found):
        raise HandlerError(f"The handler '{handler}' is a {type(found).__name__}, no function")
    return cast("Handler", found)


def _offer(imports: Imports, ready: ReadyRuntime | None) -> None:
    # Python has no other door to the options that Snowflake sets for its interpreter
    sys._xoptions["snowflake_import_directory"] = f"{imports.directory}/"  # noqa: SLF001 - see above
    sys.path[:0] = [imports.directory, *imports.archives]
    if ready is not None and imports.runtime == ready.digest:
        ready.offer(imports.runtime_archive, imports.unpacked)


def _inline_module(source: str) -> ModuleType:
    module = ModuleType(INLINE_MODULE)
    module.__file__ = f"{INLINE_MODULE}.py"
    sys.modules[INLINE_MODULE] = module
    lines = source.splitlines(keepends=True)
    linecache.cache[module.__file__] = (len(source), None, lines, module.__file__)
    exec(compile(source, module.__file__, "exec"), module.__dict__)  # noqa: S102 - it is the job
    return module


def offer_snowflake_module() -> None:
    """`import _snowflake`: what handlers use of it and makes sense on one machine."""

    def vectorized(
        input: type,  # noqa: A002 - Snowflake's name for it
        max_batch_size: int | None = None,
        **_other: Any,  # noqa: ANN401 - Snowflake's other options concern its own servers
    ) -> Callable[[Handler], Handler]:
        def mark(function: Handler) -> Handler:
            setattr(function, VECTORIZED, input)
            if max_batch_size is not None:
                setattr(function, MOST_ROWS, max_batch_size)
            return function

        return mark

    module = ModuleType("_snowflake", "Snowflake's own helpers, as far as this engine has them.")
    module.vectorized = vectorized  # type: ignore[attr-defined]  # made here; modules have no such name
    sys.modules["_snowflake"] = module
