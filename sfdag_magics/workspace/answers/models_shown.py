"""Models of the registry as they are shown: a list, one with its versions, one version, a metric.

Values that print as text and turn into tables. Asks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sfdag_magics.bundle import CodeLine
from sfdag_magics.client.models.registered import Model, ModelVersion, metric_names
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.calls import tells_arguments
from sfdag_magics.graph.displayed import Displayed, data_frame, table_lines
from sfdag_magics.graph.names import counted, nearest
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type
from sfdag_magics.render.metrics.numbers import column_text, number_text
from sfdag_magics.render.plots.metric_plot import Point, plot_svg, plot_text
from sfdag_magics.render.run_seen import config_text
from sfdag_magics.workspace.answers.listings import clock

if TYPE_CHECKING:
    import pandas as pd

#: A table with more metrics than these is wider than a page: the rest stands with each version.
_MOST_METRICS = 5
_NONE = "–"


class ModelListing(tuple[Model, ...], Displayed):
    """The models that are there, by place and name; prints as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{counted(len(self), 'model')}>" if self else "<no models>"

    def __str__(self) -> str:
        heads = ("model", "versions", "default", "newest")
        return "\n".join(table_lines([heads, *map(_model_cells, self)])) if self else ""

    def to_pandas(self) -> pd.DataFrame:
        """A row per model. Raises MachineError where pandas is not installed."""
        columns = ("model", "default", "versions", "comment")
        return data_frame(
            (
                {
                    "model": model.name.sql(),
                    "default": model.default,
                    "versions": model.version_names,
                    "comment": model.comment,
                }
                for model in self
            ),
            columns,
        )


def _model_cells(model: Model) -> tuple[str, ...]:
    newest = model.version_names[-1] if model.version_names else _NONE
    return model.name.sql(), str(len(model.version_names)), model.default or _NONE, newest


@tells_arguments
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModelVersions(Displayed):
    """A model with its versions, the oldest first; prints as a table."""

    model: Model
    versions: tuple[ModelVersion, ...]

    def __repr__(self) -> str:
        return f"<{self.name} with {counted(len(self.versions), 'version')}>"

    def __str__(self) -> str:
        count = counted(len(self.versions), "version")
        default = f"default {self.default.name}" if self.default else "no default"
        shown, left = self.metrics[:_MOST_METRICS], self.metrics[_MOST_METRICS:]
        heads = ("  version", "made", *shown, "by run")
        rows = [heads, *(self._cells(version, shown) for version in self.versions)]
        lines = [f"{self.name} · {count} · {default}", *table_lines(rows)]
        return "\n".join([*lines, f"also: {listed(left)}"] if left else lines)

    @property
    def name(self) -> str:
        """As SQL reads it."""
        return self.model.name.sql()

    @property
    def default(self) -> ModelVersion | None:
        """The version that everybody gets who names none."""
        return next((version for version in self.versions if version.is_default), None)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that any version has as a number."""
        return metric_names(self.versions)

    def plot(self, metric: str) -> MetricPlot:
        """A metric over the versions.

        Raises:
            InputError: no version has it as a number.
        """
        if metric not in self.metrics:
            raise self._no_metric(metric)
        return MetricPlot(
            model=self.name,
            metric=metric,
            points=tuple(
                Point(
                    name=version.name, value=version.number(metric), is_default=version.is_default
                )
                for version in self.versions
            ),
        )

    def _no_metric(self, metric: str) -> InputError:
        said = f"no version of {self.name} has a metric {metric!r} that is a number"
        if not self.metrics:
            hint = f"version.set_metric({metric!r}, …) in a task sets it"
            return InputError(f"{said}, nor another one", hint=hint)
        near = nearest(metric, self.metrics)
        did = f"; did you mean {near}?" if near else f"; there are: {listed(self.metrics)}"
        hint = str(to_type("models", name=self.name, plot=near or self.metrics[0]))
        return InputError(f"{said}{did}", hint=hint)

    def to_pandas(self) -> pd.DataFrame:
        """A row per version, with a column for each metric.

        Raises:
            MachineError: pandas is not installed.
        """
        columns = ("version", "created", "is_default", "aliases", "comment", "run", "graph", "task")
        return data_frame(map(self._row, self.versions), (*columns, *self.metrics))

    def _row(self, version: ModelVersion) -> Mapping[str, Any]:
        made = version.made_by
        return {
            **{metric: version.number(metric) for metric in self.metrics},
            "version": version.name,
            "created": version.created,
            "is_default": version.is_default,
            "aliases": version.aliases,
            "comment": version.comment,
            "run": made.group_id if made else None,
            "graph": made.graph if made else None,
            "task": made.task if made else None,
        }

    def _cells(self, version: ModelVersion, metrics: Sequence[str]) -> tuple[str, ...]:
        aliases = f" ({', '.join(version.aliases)})" if version.aliases else ""
        numbers = (version.number(metric) for metric in metrics)
        return (
            f"{'★' if version.is_default else ' '} {version.name}{aliases}",
            clock(version.created),
            *(_NONE if number is None else column_text(number) for number in numbers),
            str(version.made_by) if version.made_by else _NONE,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MetricPlot(Displayed):
    """A metric over the versions of a model: a picture in a notebook, bars of text elsewhere."""

    model: str
    metric: str
    points: tuple[Point, ...]

    def __repr__(self) -> str:
        return f"<{self.title}>"

    def __str__(self) -> str:
        return f"{self.title}\n{plot_text(self.points)}"

    @property
    def title(self) -> str:
        """What is drawn, in a few words."""
        return f"{self.metric} of {self.model}"

    def svg(self) -> str:
        """The picture."""
        return plot_svg(self.title, self.points)

    def to_pandas(self) -> pd.DataFrame:
        """A row per version. Raises MachineError where pandas is not installed."""
        rows = (
            {"version": each.name, self.metric: each.value, "is_default": each.is_default}
            for each in self.points
        )
        return data_frame(rows, ("version", self.metric, "is_default"))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class VersionSeen(Displayed):
    """A version beside the default, with the run, the configuration and the code that made it.

    Attributes:
        default: the version that is the default; None where there is none.
        run: the run that made it; None where that is not known.
        code: of the task that made it, as it ran; empty where it is not kept.
        unknown: why run or code are not known, in a sentence; else empty.
    """

    model: Model
    version: ModelVersion
    default: ModelVersion | None
    run: RunSnapshot | None = None
    code: tuple[CodeLine, ...] = ()
    unknown: str = ""

    def __repr__(self) -> str:
        return f"<{self.version.name} of {self.model.name.sql()}>"

    def __str__(self) -> str:
        version, made = self.version, self.version.made_by
        of = " · ".join(
            filter(
                None,
                (
                    f"{version.name} of {self.model.name.sql()}",
                    "the default" if version.is_default else "",
                    *(f"alias {alias}" for alias in version.aliases),
                    f"made {clock(version.created)}",
                ),
            )
        )
        lines = [of, *([f"  comment: {version.comment}"] if version.comment else [])]
        lines += [f"  {name}: {self._beside(name)}" for name in version.metrics]
        lines += [f"  by run {made}"] if made else []
        lines += [f"  {self.unknown}"] if self.unknown else []
        if self.run is not None:
            lines.append(f"  configured with: {config_text(self.run.config) or 'nothing'}")
        if self.code:
            lines += ["  code as it ran:", *(f"    {line.text}".rstrip() for line in self.code)]
        return "\n".join(lines)

    def _beside(self, metric: str) -> str:
        """A metric, and by how much it differs from the default's."""
        number = self.version.number(metric)
        if number is None:
            return str(self.version.metrics[metric])
        other = self.default.number(metric) if self.default else None
        if other is None or self.version.is_default:
            return number_text(number)
        return f"{number_text(number)}, default {number_text(other)} ({difference(number, other)})"


def difference(number: float, other: float) -> str:
    """By how much a number is above or below another.

    >>> difference(0.75, 0.5), difference(1.0, 1.5), difference(2.0, 2.0)
    ('▲ 0.25', '▼ 0.5', '=')
    """
    if number == other:
        return "="
    return f"{'▲' if number > other else '▼'} {number_text(abs(number - other))}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Promoted(Displayed):
    """What became of a model's default.

    Attributes:
        before: the version that was the default; None where there was none.
    """

    model: str
    default: str
    before: str | None

    def __repr__(self) -> str:
        return f"<{self.default} is the default of {self.model}>"

    def __str__(self) -> str:
        if self.default == self.before:
            return f"{self.default} is the default of {self.model} already"
        before = f", in place of {self.before}" if self.before else ""
        return f"{self.default} is the default of {self.model} now{before}"
