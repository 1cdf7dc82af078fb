"""A version that a task logged, in few words: a metric against the default's. Pure."""

from __future__ import annotations

from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.metrics.numbers import column_text, number_text
from sfdag_magics.render.run_seen import ModelSeen, TaskSeen

#: What stands behind the number of the default itself.
DEFAULT = "★"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSeen:
    """One metric of a version.

    Attributes:
        mark: ▲ above the default's, ▼ below it, = the same, ★ the default's own; empty where the
            default has no such metric.
        says: all of it, for who asks.
    """

    name: str
    number: str
    mark: str
    says: str

    @property
    def text(self) -> str:
        """As it stands beside a task.

        >>> MetricSeen(name="f1", number="0.715", mark="▲", says="").text
        'f1 0.715 ▲'
        """
        return " ".join(filter(None, (self.name, self.number, self.mark)))


def metric_of(task: TaskSeen) -> MetricSeen | None:
    """The first metric that was set of the first version it logged; None where there is none.

    One that the default has as well goes before others.
    """
    for made in task.models:
        named = [name for name in made.metrics if name in made.beside] or [*made.metrics]
        if named:
            return _seen(made, named[0])
    return None


def models_text(task: TaskSeen) -> str:
    """All versions that it logged, with all their metrics."""
    return " · ".join(map(_whole, task.models))


def _whole(made: ModelSeen) -> str:
    said = (
        f"{name} {number_text(number)}{_beside(made, name)}"
        for name, number in made.metrics.items()
    )
    default = ", the default" if made.version == made.default else ""
    return ", ".join((f"{made.version} of {made.model}{default}", *said))


def _beside(made: ModelSeen, name: str) -> str:
    mark = _mark(made, name)
    return f" ({mark} {number_text(made.beside[name])})" if mark and mark != DEFAULT else ""


def _seen(made: ModelSeen, name: str) -> MetricSeen:
    return MetricSeen(
        name=name,
        number=column_text(made.metrics[name], digits=3),
        mark=_mark(made, name),
        says=_whole(made),
    )


def _mark(made: ModelSeen, name: str) -> str:
    if made.version == made.default:
        return DEFAULT
    if name not in made.beside:
        return ""
    own, other = made.metrics[name], made.beside[name]
    return "=" if own == other else "▲" if own > other else "▼"
