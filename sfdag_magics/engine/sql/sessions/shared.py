"""What all sessions of one engine share. Only holds; the engine puts it together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.borders.cloning import CloneOthers
from sfdag_magics.engine.borders.object_facts import FactsView, ObjectFact
from sfdag_magics.engine.borders.owning import OwnedObjects
from sfdag_magics.engine.borders.ports import (
    ModelMethods,
    SqlSession,
    StagedSources,
    Statement,
    StatementHandler,
    SystemFunction,
    TableFunction,
    UserFunctions,
    Value,
    VirtualTable,
)
from sfdag_magics.engine.borders.tagging import TaggedObjects
from sfdag_magics.engine.sql.functions.vocabulary import Vocabulary
from sfdag_magics.engine.sql.results.draining import Drain
from sfdag_magics.engine.sql.results.result_cache import ResultCache
from sfdag_magics.engine.sql.sessions.executions import Watch
from sfdag_magics.engine.sql.sessions.query_log import QueryLog
from sfdag_magics.engine.sql.sessions.remembered_translations import Translations
from sfdag_magics.engine.sql.stored.commit_clock import CommitClock
from sfdag_magics.engine.store.catalogue import Catalogue
from sfdag_magics.engine.store.duck import DuckStore
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The parts of one engine that every session uses."""

    store: DuckStore
    vocabulary: Vocabulary
    catalogue: Catalogue
    statements: Mapping[str, StatementHandler]
    #: Kinds whose handlers run while other statements of the session may get in.
    unlocked: frozenset[str]
    functions: Mapping[str, SystemFunction]
    table_functions: Mapping[str, TableFunction]
    virtual_tables: Mapping[str, VirtualTable]
    staged_sources: tuple[StagedSources, ...]
    tagged: tuple[TaggedObjects, ...]
    #: By kind.
    owned: Mapping[str, OwnedObjects]
    #: Finds functions of the user's in all features.
    user_functions: UserFunctions
    #: Finds methods of models; empty where no feature has any.
    model_methods: tuple[ModelMethods, ...]
    objects_dropped: tuple[Callable[[Sequence[ObjectFact]], None], ...]
    namespace_dropped: tuple[Callable[[str, str | None], None], ...]
    namespace_cloned: tuple[CloneOthers, ...]
    namespace_renamed: tuple[Callable[[str, str | None, str], None], ...]
    parameters_set: tuple[Callable[[FactsView], None], ...]
    dispatch: Callable[[Statement, SqlSession], Result]
    describe: Callable[[Statement, SqlSession], Result]
    #: Sees that a statement can be carried out.
    check: Callable[[Statement], None]
    #: The rows of a virtual table, None where there is none of that name.
    computed: Callable[[QualifiedName, SqlSession], Result | None]
    batch: Callable[[Statement, Sequence[Sequence[Value]], SqlSession], Result]
    drain: Drain
    watch: Watch
    results: ResultCache
    #: What ended lately.
    query_log: QueryLog = field(default_factory=QueryLog)
    #: Queries in DuckDB's SQL, by text and what they rely on.
    translations: Translations[Any] = field(default_factory=Translations)
    clock: CommitClock = field(default_factory=CommitClock)

    def dropped(
        self, facts: Sequence[ObjectFact], namespaces: Sequence[tuple[str, str | None]] = ()
    ) -> None:
        """Tell the features what went without a statement of its own."""
        if facts:
            for told in self.objects_dropped:
                told(facts)
        for database, schema in namespaces:
            for tell in self.namespace_dropped:
                tell(database, schema)
