"""The verb of the model registry: models."""

from __future__ import annotations

from typing import Any

from sfdag_magics.client.models.registered import ModelVersion
from sfdag_magics.errors import InputError
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.showing.records import iso
from sfdag_magics.magics.verbs.verb import ActsOn, Desk, Verb, json_text
from sfdag_magics.workspace.answers.models import (
    all_models,
    promoted,
    rolled_back,
    version_seen,
    versions_of,
)
from sfdag_magics.workspace.answers.models_shown import (
    MetricPlot,
    ModelListing,
    ModelVersions,
    Promoted,
    VersionSeen,
)

_Shown = ModelListing | ModelVersions | VersionSeen | MetricPlot | Promoted


def _options(parser: OptionParser) -> None:
    parser.word("model", help="the model, as SQL names it; without it all are listed")
    parser.word("version", help="one version: its run, the run's configuration and code")
    parser.value("--plot", metavar="METRIC", help="draw a metric over the versions", words=True)
    parser.value("--promote", metavar="VERSION", help="make a version the default; asks first")
    parser.flag("--rollback", help="make the version the default that was it before; asks first")


def _models(desk: Desk, options: Options) -> object:
    found = _found(desk, options)
    if found is None:
        desk.say(options, "nothing done")
        return None
    if options.json:
        desk.notebook.write(json_text(_record(found)))
    elif isinstance(found, MetricPlot) and desk.notebook.draws:
        desk.notebook.show(found)
    else:
        desk.notebook.say(str(found) or "no models")
    return found


def _found(desk: Desk, options: Options) -> _Shown | None:
    workspace, model, target = desk.workspace, options.model, options.target
    if options.promote:
        return promoted(workspace, model, options.promote, target, desk.agreeing(options))
    if options.rollback:
        return rolled_back(workspace, model, target, desk.agreeing(options))
    if options.plot:
        return versions_of(workspace, model, target).plot(options.plot)
    if options.version:
        return version_seen(workspace, model, options.version, target)
    return versions_of(workspace, model, target) if model else all_models(workspace, target)


def _check_one(options: Options) -> None:
    asked = {
        "VERSION": options.version,
        "--plot": options.plot,
        "--promote": options.promote,
        "--rollback": options.rollback,
    }
    said = [name for name, value in asked.items() if value]
    if len(said) > 1:
        raise InputError(
            f"models does one thing at a time: {' and '.join(said)} are {len(said)}",
            hint="leave one of them out",
        )


def _record(found: _Shown) -> Any:  # noqa: ANN401 - JSON
    match found:
        case ModelListing():
            return [
                {
                    "model": model.name.sql(),
                    "default": model.default,
                    "versions": list(model.version_names),
                }
                for model in found
            ]
        case ModelVersions():
            rows = [_version_record(found.model.name.sql(), each) for each in found.versions]
            return {"model": found.name, "versions": rows}
        case VersionSeen():
            return {
                **_version_record(found.model.name.sql(), found.version),
                "config": dict(found.run.config) if found.run else None,
                "code": "\n".join(line.text for line in found.code) or None,
            }
        case MetricPlot():
            points = {point.name: point.value for point in found.points}
            return {"model": found.model, "metric": found.metric, "values": points}
        case Promoted():
            return {"model": found.model, "default": found.default, "before": found.before}


def _version_record(model: str, version: ModelVersion) -> dict[str, Any]:
    made = version.made_by
    return {
        "model": model,
        "version": version.name,
        "created": iso(version.created),
        "is_default": version.is_default,
        "aliases": list(version.aliases),
        "comment": version.comment,
        "metrics": dict(version.metrics),
        "made_by": {
            "run": made.group_id,
            "graph": made.graph,
            "task": made.task,
            "attempt": made.attempt,
            "query_id": made.query_id,
        }
        if made
        else None,
    }


MODEL_VERBS = (
    Verb(
        name="models",
        asks_production=True,
        summary="Lists models and their versions: metrics, default, the run that made each.",
        example="%sfdag models DB.PUBLIC.FRAUD_DETECTION --plot f1",
        act=_models,
        check=_check_one,
        options=_options,
        acts_on=frozenset({ActsOn.TARGET}),
    ),
)
