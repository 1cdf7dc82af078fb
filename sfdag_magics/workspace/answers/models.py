"""Models of the registry, asked of a target: their versions, their makers, another default."""

from __future__ import annotations

from sfdag_magics.bundle import CodeLine
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.models.made_by_runs import with_makers
from sfdag_magics.client.models.named import check_versions, model_named, version_named
from sfdag_magics.client.models.promoting import default_before, promote
from sfdag_magics.client.models.registered import (
    Model,
    ModelVersion,
    models_there,
    versions_there,
)
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.questions import Agrees, Question
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import ConnectError, InputError, SfdagError
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.answers.models_shown import (
    ModelListing,
    ModelVersions,
    Promoted,
    VersionSeen,
)
from sfdag_magics.workspace.workspace import Workspace


def all_models(workspace: Workspace, target: str | None) -> ModelListing:
    """The models that the target's session may see."""
    return ModelListing(models_there(workspace.places.backend(target)))


def versions_of(workspace: Workspace, named: str | None, target: str | None) -> ModelVersions:
    """A model's versions with the runs that made them.

    Args:
        named: the model; None where there is but one.

    Raises:
        InputError: there is no such model, several of this name, or it has no version.
    """
    backend = workspace.places.backend(target)
    model = _meant(backend, named)
    versions = versions_there(backend, model.name)
    check_versions(model, versions)
    database, _ = backend.namespace
    made = with_makers(backend, versions, database or model.name.database)
    return ModelVersions(model=model, versions=made)


def _meant(backend: Backend, named: str | None) -> Model:
    models = models_there(backend)
    if named is not None:
        return model_named(models, named, backend.namespace, backend.place)
    if not models:
        raise InputError(
            f"there is no model on {backend.place}",
            hint="Registry(session, …).log_model(…) in a task makes one",
        )
    if len(models) > 1:
        names = [model.name.sql() for model in models]
        raise InputError(f"which model? {listed(names)}", hint=to_type("models", name=names[0]))
    return models[0]


def version_seen(
    workspace: Workspace, named: str | None, version: str, target: str | None
) -> VersionSeen:
    """One version with its run, that run's configuration, and the code that made it.

    Raises:
        InputError: there is no such model or version.
    """
    found = versions_of(workspace, named, target)
    one = version_named(found.model, found.versions, version)
    run, code, unknown = _made(workspace, one, target)
    return VersionSeen(
        model=found.model,
        version=one,
        default=found.default,
        run=run,
        code=code,
        unknown=unknown,
    )


def _made(
    workspace: Workspace, version: ModelVersion, target: str | None
) -> tuple[RunSnapshot | None, tuple[CodeLine, ...], str]:
    """The run that made a version, and its task's code; with what is not known of them."""
    made = version.made_by
    if made is None:
        return None, (), "no run is known that made it"
    seen: RunSnapshot | None = None
    try:
        graph = workspace.there.graph(made.graph, target)
        run = workspace.runs.find(graph, made.group_id, target, begun=True, past=True)
        seen = run.refresh()
        return seen, run.ran_lines(made.task) if made.task else (), ""
    except ConnectError:
        raise
    except SfdagError as error:  # its graph or its code may be gone; the version stays
        return seen, (), error.message


def promoted(
    workspace: Workspace, named: str | None, version: str, target: str | None, agrees: Agrees
) -> Promoted | None:
    """Make a version the default, once somebody has agreed; None where nobody did.

    Raises:
        InputError: there is no such model or version.
    """
    backend = workspace.places.backend(target)
    model = _meant(backend, named)
    one = version_named(model, versions_there(backend, model.name), version)
    instead = str(to_type("models", name=model.name.sql(), promote=one.name))
    return _made_default(workspace, model, one.name, target, agrees, instead)


def rolled_back(
    workspace: Workspace, named: str | None, target: str | None, agrees: Agrees
) -> Promoted | None:
    """Make the version the default that was it before the present one; as `promoted`.

    Raises:
        InputError: there is no such model, or nothing tells what was the default before.
    """
    backend = workspace.places.backend(target)
    model = _meant(backend, named)
    before = default_before(backend, model)
    name = model.name.sql()
    by_hand = str(to_type("models", name=name, promote="VERSION"))
    if before is None:
        raise InputError(
            f"which version was the default of {name} before {model.default} is not known: the "
            "registry does not keep it, and no statement of the last week tells",
            hint=by_hand,
        )
    if before not in model.version_names:
        raise InputError(
            f"{before}, which was the default of {name} before {model.default}, is not there any "
            "more",
            hint=by_hand,
        )
    instead = str(to_type("models", name=name, rollback=True))
    return _made_default(workspace, model, before, target, agrees, instead)


def _made_default(
    workspace: Workspace,
    model: Model,
    version: str,
    target: str | None,
    agrees: Agrees,
    instead: str,
) -> Promoted | None:
    name, before = model.name.sql(), model.default
    done = Promoted(model=name, default=version, before=before)
    if version == before:
        return done
    backend = workspace.places.backend(target)
    what = f"make {version} the default of {name} in place of {before} on {backend.place}"
    question: Question = workspace.places.question(what, target, instead=instead)
    if not agrees(question):
        return None
    promote(backend, model, version)
    return done
