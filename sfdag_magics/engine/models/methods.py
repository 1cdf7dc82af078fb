"""What a version's methods are: read from the manifest that the registry's client writes.

Knows the manifest (`MANIFEST.yml`: runtimes, methods with their handlers, inputs and outputs) and
that a method's parameters may be left out. Runs nothing and knows no stage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.light_classes import dataclass

MANIFEST = "MANIFEST.yml"
_TABLE_FUNCTION = "TABLE_FUNCTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method of a version, as SQL calls it.

    Attributes:
        handler: `package.module.function`, among the version's files.
        names, types: of its inputs and, behind them, its parameters.
        optional: how many of the last are parameters, which have a default of their own.
        returns: its type; of a table the columns.
        imports: files and folders of the version that lie beside the handler's package.
        environments: files of the version that name the packages it needs.
    """

    name: str
    handler: str
    names: tuple[str, ...]
    types: tuple[str, ...]
    optional: int
    returns: str
    returns_table: bool
    imports: tuple[str, ...]
    environments: tuple[str, ...]

    @property
    def signature(self) -> str:
        """The types of its arguments: `(FLOAT, VARCHAR)`."""
        return f"({', '.join(self.types)})"

    @property
    def folders(self) -> tuple[str, ...]:
        """What of the version its handler must find: the imports, and the handler's package."""
        return tuple(dict.fromkeys([*self.imports, self.handler.partition(".")[0]]))


def methods_of(manifest: str | None, version: str) -> tuple[Method, ...]:
    """The methods that a manifest lists.

    Args:
        manifest: its text; None where the version has none, and so no methods.
        version: how a message calls the version.

    Raises:
        SqlError: it is no manifest.
    """
    if manifest is None:
        return ()
    import yaml  # no part of a start

    try:
        read = yaml.safe_load(manifest)
        return tuple(_method(each, read["runtimes"]) for each in read["methods"])
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as problem:
        raise SqlError(
            f"SQL compilation error:\nThe {MANIFEST} of {version} does not say what methods it has:"
            f" {type(problem).__name__}: {problem}. Log the model again."
        ) from problem


def packages_of(environments: Sequence[str]) -> tuple[str, ...]:
    """The packages that files of an environment name: pip's lines, or conda's list."""
    import yaml  # no part of a start

    found: list[str] = []
    for text in environments:
        read = yaml.safe_load(text)
        listed = read.get("dependencies", ()) if isinstance(read, dict) else text.splitlines()
        found += [each.rpartition("::")[2] for each in listed if isinstance(each, str)]
    return tuple(found)


def _method(given: Mapping[str, Any], runtimes: Mapping[str, Any]) -> Method:
    runtime = runtimes[given["runtime"]]
    parameters = given.get("params") or ()
    arguments = [*given["inputs"], *parameters]
    is_table = given["type"] == _TABLE_FUNCTION
    outputs = ", ".join(_output(each) for each in given["outputs"])
    dependencies = runtime.get("dependencies") or {}
    return Method(
        name=given["name"],
        handler=given["handler"],
        names=tuple(each["name"] for each in arguments),
        types=tuple(each["type"] for each in arguments),
        optional=len(parameters),
        returns=f"TABLE ({outputs})" if is_table else outputs,
        returns_table=is_table,
        imports=tuple(each.strip("/") for each in runtime.get("imports") or ()),
        environments=tuple(dependencies[kind] for kind in ("conda", "pip") if kind in dependencies),
    )


def _output(given: Mapping[str, Any]) -> str:
    return f"{given['name']} {given['type']}" if "name" in given else str(given["type"])
