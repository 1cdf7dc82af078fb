"""What a registered model is: its versions, its default, and how SHOW lists them. Pure values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, field, replace
from datetime import datetime
from typing import Any

from sfdag_magics.engine.borders.answers import SfType, does_not_exist
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.light_classes import dataclass

KIND = "MODEL"
_TASK = re.compile(r"^task: *(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a model.

    Attributes:
        files: the id its files are kept under.
        metadata: JSON text as the client wrote it; it keeps the metrics.
    """

    name: str
    files: str
    created_on: str
    comment: str = ""
    metadata: str = "{}"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredModel:
    """All versions, oldest first; `default` names one of them."""

    default: str
    versions: tuple[Version, ...] = field(default_factory=tuple)

    @classmethod
    def of(cls, fact: ObjectFact) -> StoredModel:
        """The model a catalogue fact describes."""
        versions = tuple(
            Version(**{**version, "aliases": tuple(version["aliases"])})
            for version in fact.detail["versions"]
        )
        return cls(default=fact.detail["default"], versions=versions)

    def detail(self) -> dict[str, Any]:
        """What the catalogue keeps."""
        return {"default": self.default, "versions": [asdict(each) for each in self.versions]}

    def version(self, name: str) -> Version:
        """A version by name, by alias, or by FIRST, LAST or DEFAULT.

        Raises:
            SqlError: there is none.
        """
        system = {
            "FIRST": self.versions[0].name,
            "LAST": self.versions[-1].name,
            "DEFAULT": self.default,
        }
        wanted = system.get(name, name)
        for version in self.versions:
            if version.name == wanted or name in version.aliases:
                return version
        raise does_not_exist("Model version", name)

    def with_changed(self, version: Version) -> StoredModel:
        """The same model with one version replaced by its changed self."""
        return replace(
            self,
            versions=tuple(version if old.name == version.name else old for old in self.versions),
        )


MODEL_COLUMNS: Mapping[str, SfType] = {
    "created_on": SfType.TIMESTAMP_LTZ,
    "name": SfType.TEXT,
    "model_type": SfType.TEXT,
    "database_name": SfType.TEXT,
    "schema_name": SfType.TEXT,
    "comment": SfType.TEXT,
    "owner": SfType.TEXT,
    "default_version_name": SfType.TEXT,
    "versions": SfType.TEXT,
    "aliases": SfType.TEXT,
}
VERSION_COLUMNS: Mapping[str, SfType] = {
    "created_on": SfType.TIMESTAMP_LTZ,
    "name": SfType.TEXT,
    "aliases": SfType.TEXT,
    "comment": SfType.TEXT,
    "database_name": SfType.TEXT,
    "schema_name": SfType.TEXT,
    "model_name": SfType.TEXT,
    "is_default_version": SfType.TEXT,
    "functions": SfType.TEXT,
    "metadata": SfType.TEXT,
    "user_data": SfType.TEXT,
    "model_attributes": SfType.TEXT,
    "runnable_in": SfType.TEXT,
    "inference_services": SfType.TEXT,
    "model_spec": SfType.TEXT,
}
FUNCTION_COLUMNS: Mapping[str, SfType] = dict.fromkeys(
    ("name", "model_name", "model_version_name", "arguments", "return_type"), SfType.TEXT
)


def _aliases_of(model: StoredModel, version: Version) -> list[str]:
    system = {
        "DEFAULT": model.default,
        "FIRST": model.versions[0].name,
        "LAST": model.versions[-1].name,
    }
    return [alias for alias, name in system.items() if name == version.name] + [*version.aliases]


def model_row(fact: ObjectFact) -> tuple[Any, ...]:
    """A row of SHOW MODELS, in the order of MODEL_COLUMNS."""
    model = StoredModel.of(fact)
    aliases = {
        alias: version.name for version in model.versions for alias in _aliases_of(model, version)
    }
    return (
        fact.created_on,
        fact.name,
        "USER_MODEL",
        fact.database,
        fact.schema,
        fact.comment,
        fact.owner,
        model.default,
        json.dumps([version.name for version in model.versions]),
        json.dumps(aliases),
    )


def version_row(
    fact: ObjectFact, model: StoredModel, version: Version, specification: str | None
) -> tuple[Any, ...]:
    """A row of SHOW VERSIONS IN MODEL, in the order of VERSION_COLUMNS."""
    task = _TASK.search(specification or "")
    return (
        datetime.fromisoformat(version.created_on),
        version.name,
        json.dumps(_aliases_of(model, version)),
        version.comment,
        fact.database,
        fact.schema,
        fact.name,
        "true" if version.name == model.default else "false",
        "[]",
        version.metadata,
        "{}",
        json.dumps({"task": task[1]} if task else {}),
        '["WAREHOUSE"]',
        "[]",
        specification,
    )
