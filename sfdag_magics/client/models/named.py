"""Which model and which version is meant by what was typed. Pure.

Names are read as SQL reads them; one that is there as it was typed, or but for its case, is meant
as well, so that nobody has to quote a quote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sfdag_magics.client.models.registered import Model, ModelVersion
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import nearest
from sfdag_magics.place_words import to_type
from sfdag_magics.sqltext import QualifiedName, SqlTextError, TokenReader


def model_named(
    models: Sequence[Model], typed: str, namespace: tuple[str | None, str | None], place: str
) -> Model:
    """The model of this name; of several that in the session's schema.

    Args:
        place: where they are, for people.

    Raises:
        InputError: there is none, or several in other schemas.
    """
    found = [model for model in models if _is_meant(model.name, typed)]
    here = [model for model in found if (model.name.database, model.name.schema) == namespace]
    if len(found) > 1 and len(here) != 1:
        names = [model.name.sql() for model in found]
        raise InputError(
            f"{len(found)} models are called {typed!r}: {listed(names)}",
            hint=to_type("models", name=names[0]),
        )
    if not found:
        raise _no_model(models, typed, place)
    return (here or found)[0]


def version_named(model: Model, versions: Sequence[ModelVersion], typed: str) -> ModelVersion:
    """The version of this name or alias, or the one that DEFAULT, FIRST or LAST means.

    Raises:
        InputError: there is none; names the nearest.
    """
    check_versions(model, versions)
    own = {version.name: version for version in versions}
    default = next((version for version in versions if version.is_default), None)
    system = {"FIRST": versions[0], "LAST": versions[-1], "DEFAULT": default}
    for name in _readings(typed):
        aliased = (version for version in versions if name in version.aliases)
        found = own.get(name) or next(aliased, None) or system.get(name)
        if found is not None:
            return found
    near = nearest(typed.upper(), own)
    did = f"; did you mean {near}?" if near else ""
    name = model.name.sql()
    raise InputError(f"model {name} has no version {typed!r}{did}", hint=_models(name))


def check_versions(model: Model, versions: Sequence[ModelVersion]) -> None:
    """See that there are versions.

    Raises:
        InputError: there are none.
    """
    if not versions:
        raise InputError(
            f"model {model.name.sql()} has no version",
            hint="Registry(session, …).log_model(…) in a task makes one",
        )


def _models(name: str) -> str:
    return str(to_type("models", name=name))


def _is_meant(name: QualifiedName, typed: str) -> bool:
    parts = (name.name, name.schema, name.database)
    if typed == name.name:
        return True
    reader = TokenReader(typed)
    try:
        wanted = reader.qualified_name()
    except SqlTextError:
        return typed.upper() == name.name.upper()
    if not reader.at_end:
        return typed.upper() == name.name.upper()
    said = (wanted.name, wanted.schema, wanted.database)
    return all(each is None or each == part for each, part in zip(said, parts, strict=True))


def _readings(typed: str) -> Iterable[str]:
    """What a name may be stored as: as typed, as SQL reads it."""
    yield typed
    reader = TokenReader(typed)
    try:
        read = reader.identifier()
    except SqlTextError:
        read = ""
    yield read if reader.at_end and read else typed.upper()


def _no_model(models: Sequence[Model], typed: str, place: str) -> InputError:
    if not models:
        return InputError(
            f"there is no model {typed!r}, nor any other, on {place}",
            hint="Registry(session, …).log_model(…) in a task makes one",
        )
    near = nearest(typed.upper(), [model.name.name for model in models])
    did = f"; did you mean {near}?" if near else ""
    names = listed([model.name.sql() for model in models])
    return InputError(
        f"there is no model {typed!r} on {place}{did or f'; there are: {names}'}",
        hint=to_type("models"),
    )
