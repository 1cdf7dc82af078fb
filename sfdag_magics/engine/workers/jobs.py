"""What a worker is asked to do, and what came of it. Values only, on both sides of the socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Self

from sfdag_magics.engine.workers.channel import fields_of
from sfdag_magics.engine.workers.values import Encoded
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Where a handler's code lies.

    Attributes:
        handler: `function` or `module.function`.
        source: inline code, or None where the handler lies in an import.
        imports: files on this machine that the handler may import or open, and folders whose
            content never changes under their name.
        packages: the requirements as written; they choose what the worker has preloaded.
    """

    handler: str
    source: str | None = None
    imports: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


_AS_THEY_ARE = ("label", "returns", "connection", "log_level", "strict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One execution of a procedure, or one worker's life of answering batches for a function.

    Attributes:
        label: the procedure's or function's name, for messages.
        argument_types, arguments: the types as declared, and the values in their JSON form.
        returns: the declared type; None where the procedure returns a table; not used for
            functions' batches, whose columns carry their types.
        connection: the connector's parameters for the session handed to the handler; None where
            the handler gets no session.
        log_level: the level from which `logging` records are kept.
        strict: of a function, whether rows with a NULL argument get NULL without its handler.
    """

    label: str
    code: Code
    argument_types: tuple[str, ...] = ()
    arguments: tuple[Encoded, ...] = ()
    returns: str | None = None
    connection: Mapping[str, Any] | None = None
    log_level: str = "INFO"
    strict: bool = False

    def fields(self) -> dict[str, Any]:
        """The job as JSON has it."""
        return fields_of(self) | {"code": fields_of(self.code)}

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Self:
        """The job that `fields` gave."""
        code = Code(
            **{
                **fields["code"],
                "imports": tuple(fields["code"]["imports"]),
                "packages": tuple(fields["code"]["packages"]),
            }
        )
        given = {name: fields[name] for name in _AS_THEY_ARE}
        return cls(
            code=code,
            argument_types=tuple(fields["argument_types"]),
            arguments=tuple(fields["arguments"]),
            **given,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The handler returned.

    Attributes:
        value: in the JSON form of the declared type.
        query_id: of a procedure that returns a table, the query whose result that is.
    """

    value: Encoded = None
    query_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The handler raised; `text` is the traceback as its author should see it."""

    type: str
    message: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Died:
    """The worker ended without an answer; `reason` says how, in words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Somebody stopped the worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBegun(Died):
    """It ended, with the process that started it, before it had read its job: nothing has run."""


Outcome = Returned | Raised | Died | Stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """One record of Python's `logging` in a worker."""

    level: str
    logger: str
    message: str
    path: str = ""
    function: str = ""
    line: int = 0
    attributes: Mapping[str, Any] = field(default_factory=dict)
