"""Tags on objects, as all resources have them: set, unset, and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sfdag_magics.engine.resources.forms.fields import Field, Record, only_told, told
from sfdag_magics.engine.resources.forms.operations import IF_EXISTS, Call, Operation
from sfdag_magics.engine.resources.forms.shapes import ListOf, Name, Text, Truth
from sfdag_magics.sqltext import QualifiedName, quoted_string, sql_identifier

_REFERENCE = (
    Field("tag_database", Name(), column="TAG_DATABASE"),
    Field("tag_schema", Name(), column="TAG_SCHEMA"),
    Field("tag_name", Name(), column="TAG_NAME", required=True),
)
_ASSIGNMENT = (
    *_REFERENCE,
    Field("tag_value", Text(), column="TAG_VALUE", required=True),
    only_told("level", Text(), "LEVEL"),
)


def tag_operations(noun: str, path: str) -> Sequence[Operation]:
    """Set, unset and get the tags of what `path` names."""

    def alter(call: Call, action: str) -> dict[str, str]:
        exists = "IF EXISTS " if call.flag("ifExists") else ""
        name = call.inside(call.names["name"])
        return call.done(f"ALTER {noun} {exists}{name} {action}")

    def set_tags(call: Call) -> dict[str, str]:
        said = [f"{_name(each, call)} = {quoted_string(each['tag_value'])}" for each in call.body]
        return alter(call, f"SET TAG {', '.join(said)}")

    def unset_tags(call: Call) -> dict[str, str]:
        return alter(call, f"UNSET TAG {', '.join(_name(each, call) for each in call.body)}")

    def get_tags(call: Call) -> list[dict[str, Any]]:
        name = quoted_string(call.inside(call.names["name"]))
        rows = call.rows(
            f"SELECT * FROM TABLE({_schema(call, noun)}.TAG_REFERENCES({name}, '{noun}'))"  # noqa: S608 - names and texts are quoted
        )
        own = [row for row in rows if call.flag("withLineage") or row["LEVEL"] == noun]
        return [told(_ASSIGNMENT, row) for row in own]

    return (
        Operation(
            method="POST",
            path=f"{path}:set-tags",
            carry_out=set_tags,
            query=(IF_EXISTS,),
            body=ListOf(Record(_ASSIGNMENT), at_least=1),
        ),
        Operation(
            method="POST",
            path=f"{path}:unset-tags",
            carry_out=unset_tags,
            query=(IF_EXISTS,),
            body=ListOf(Record(_REFERENCE), at_least=1),
        ),
        Operation(
            method="GET",
            path=f"{path}:get-tags",
            carry_out=get_tags,
            query=(Field("withLineage", Truth()),),
        ),
    )


def _schema(call: Call, noun: str) -> str:
    """Whose INFORMATION_SCHEMA is asked: the object's database's, or the session's."""
    database = call.names["name"] if noun == "DATABASE" else call.names.get("database")
    return f"{sql_identifier(database)}.INFORMATION_SCHEMA" if database else "INFORMATION_SCHEMA"


def _name(reference: Mapping[str, Any], call: Call) -> str:
    """A tag's full name; what it lacks is where the object is."""
    name = QualifiedName(
        reference["tag_name"], reference.get("tag_schema"), reference.get("tag_database")
    )
    return name.within(call.names.get("database"), call.names.get("schema")).sql()
