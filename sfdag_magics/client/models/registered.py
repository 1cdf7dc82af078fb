"""Models of the registry and their versions, as SHOW tells of them: the statements, and values.

The registry is Snowflake's own and nothing is added to it: metrics stand in a version's metadata,
where `snowflake.ml` puts them. That package is not needed here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from sfdag_magics.client.connecting.backend import Backend, Row, utc
from sfdag_magics.client.models.maker import Maker
from sfdag_magics.client.observing.deployed import split_comment
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName

#: Aliases that every model has, and that say what else is known of a version.
_SYSTEM_ALIASES = ("DEFAULT", "FIRST", "LAST")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModelVersion:
    """One version of a model.

    Attributes:
        name: as it is stored.
        aliases: those that somebody gave it.
        metrics: `{name: value}` in the order in which they were set; any value that JSON has.
        made_by: the run that made it; None where no run did, or that is not known any more.
    """

    name: str
    created: datetime | None = None
    is_default: bool = False
    aliases: tuple[str, ...] = ()
    comment: str = ""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    made_by: Maker | None = None

    def __repr__(self) -> str:
        return f"ModelVersion({self.name})"

    def number(self, metric: str) -> float | None:
        """A metric as a number; None where it has none, or what it has is no number."""
        value = self.metrics.get(metric)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if math.isfinite(value) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model of the registry, without what its versions hold.

    Attributes:
        version_names: of all its versions, the oldest first.
        comment: without what this package notes there.
        mark: what this package notes there.
    """

    name: QualifiedName
    default: str
    version_names: tuple[str, ...]
    comment: str = ""
    mark: Mapping[str, Any] = field(default_factory=dict)


def models_there(backend: Backend) -> tuple[Model, ...]:
    """All models that the session may see, by place and name. One request, without a warehouse.

    Raises:
        BackendError: the target refuses.
    """
    found = map(_model, backend.rows("SHOW MODELS IN ACCOUNT"))
    return tuple(sorted(found, key=lambda model: model.name.sql()))


def versions_there(backend: Backend, model: QualifiedName) -> tuple[ModelVersion, ...]:
    """A model's versions, the oldest first. One request, without a warehouse.

    Raises:
        BackendError: the model is not there, or may not be seen.
    """
    rows = backend.rows(f"SHOW VERSIONS IN MODEL {model.sql()}")
    return tuple(sorted(map(_version, rows), key=_age))


def metric_names(versions: Iterable[ModelVersion]) -> tuple[str, ...]:
    """The metrics that any version has as a number, in the order in which they were first set."""
    return tuple(
        dict.fromkeys(
            name
            for version in versions
            for name in version.metrics
            if version.number(name) is not None
        )
    )


def _age(version: ModelVersion) -> float:
    return version.created.timestamp() if version.created else 0.0


def _model(row: Row) -> Model:
    comment, mark = split_comment(str(row["comment"] or ""))
    return Model(
        name=QualifiedName(str(row["name"]), str(row["schema_name"]), str(row["database_name"])),
        default=str(row["default_version_name"] or ""),
        version_names=tuple(map(str, _json(row["versions"], list))),
        comment=comment,
        mark=mark,
    )


def _version(row: Row) -> ModelVersion:
    metrics = _json(row["metadata"], dict).get("metrics")
    aliases = _json(row["aliases"], list)
    return ModelVersion(
        name=str(row["name"]),
        created=utc(row["created_on"]),
        is_default=str(row["is_default_version"]).lower() == "true",
        aliases=tuple(str(each) for each in aliases if each not in _SYSTEM_ALIASES),
        comment=str(row["comment"] or ""),
        metrics=metrics if isinstance(metrics, dict) else {},
    )


def _json(text: object, kind: type[Any]) -> Any:  # noqa: ANN401 - JSON
    """What a cell of SHOW holds as JSON; nothing of that kind where it holds something else."""
    try:
        value = json.loads(str(text)) if text else kind()
    except ValueError:
        return kind()
    return value if isinstance(value, kind) else kind()
