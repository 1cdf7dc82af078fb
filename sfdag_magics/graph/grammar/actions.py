"""What ALTER TASK does, as frozen values that write themselves as SQL. Knows no reading."""

from __future__ import annotations

from sfdag_magics.graph.grammar.clauses import SetTag, contact_list, name_list, tag_list
from sfdag_magics.graph.grammar.properties import TaskProperties
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName


@dataclass(frozen=True, slots=True)
class ResumeTask:
    """ALTER TASK … RESUME."""

    def to_sql(self) -> str:
        """The action's SQL."""
        return "RESUME"


@dataclass(frozen=True, slots=True)
class SuspendTask:
    """ALTER TASK … SUSPEND."""

    def to_sql(self) -> str:
        """The action's SQL."""
        return "SUSPEND"


@dataclass(frozen=True, slots=True)
class AddAfter:
    """ALTER TASK … ADD AFTER."""

    names: tuple[QualifiedName, ...]

    def to_sql(self) -> str:
        """The action's SQL."""
        return f"ADD AFTER {name_list(self.names)}"


@dataclass(frozen=True, slots=True)
class RemoveAfter:
    """ALTER TASK … REMOVE AFTER."""

    names: tuple[QualifiedName, ...]

    def to_sql(self) -> str:
        """The action's SQL."""
        return f"REMOVE AFTER {name_list(self.names)}"


@dataclass(frozen=True, slots=True)
class SetProperties:
    """ALTER TASK … SET, with at least one property; FINALIZE is one of them."""

    properties: TaskProperties

    def to_sql(self) -> str:
        """The action's SQL."""
        contacts = self.properties.contacts or {}
        said = [*self.properties.to_sql(), *(f"CONTACT {each}" for each in contact_list(contacts))]
        return f"SET {', '.join(said)}"


@dataclass(frozen=True, slots=True)
class UnsetProperties:
    """ALTER TASK … UNSET; upper-case names of properties and session parameters."""

    names: tuple[str, ...]

    def to_sql(self) -> str:
        """The action's SQL."""
        return f"UNSET {', '.join(self.names)}"


@dataclass(frozen=True, slots=True)
class ModifyBody:
    """ALTER TASK … MODIFY AS; the body as it was written."""

    body: str

    def to_sql(self) -> str:
        """The action's SQL."""
        return f"MODIFY AS\n{self.body}"


@dataclass(frozen=True, slots=True)
class ModifyWhen:
    """ALTER TASK … MODIFY WHEN; the condition as it was written."""

    condition: str

    def to_sql(self) -> str:
        """The action's SQL."""
        return f"MODIFY WHEN {self.condition}"


@dataclass(frozen=True, slots=True)
class RemoveWhen:
    """ALTER TASK … REMOVE WHEN."""

    def to_sql(self) -> str:
        """The action's SQL."""
        return "REMOVE WHEN"


@dataclass(frozen=True, slots=True)
class SetTags:
    """ALTER TASK … SET TAG."""

    tags: tuple[SetTag, ...]

    def to_sql(self) -> str:
        """The action's SQL."""
        return f"SET TAG {tag_list(self.tags)}"


@dataclass(frozen=True, slots=True)
class UnsetTags:
    """ALTER TASK … UNSET TAG."""

    names: tuple[QualifiedName, ...]

    def to_sql(self) -> str:
        """The action's SQL."""
        return f"UNSET TAG {name_list(self.names)}"


AlterAction = (
    ResumeTask
    | SuspendTask
    | AddAfter
    | RemoveAfter
    | SetProperties
    | UnsetProperties
    | ModifyBody
    | ModifyWhen
    | RemoveWhen
    | SetTags
    | UnsetTags
)
