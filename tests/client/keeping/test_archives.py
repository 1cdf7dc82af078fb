"""Which archives of code `local clean` takes for unnamed: whatever names one keeps it."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from sfdag_magics.client.keeping.archives import free_archives, unnamed_archives

NOW = datetime(2026, 12, 1, tzinfo=UTC)


class Stages:
    """Graphs in two schemas, with all that may name an archive of theirs."""

    def __init__(self, seed):
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self.files = {}
        self.named = set()
        self.procedures, self.functions, self.configs, self.removed = [], [], [], []
        for schema in ("PUBLIC", "Dev s"):
            for graph in ("daily", "weekly", "dropped"):
                self._graph(schema, graph)

    def _graph(self, schema, graph):
        archives = [f"{self._chance.getrandbits(64):016x}.zip" for _ in range(6)]
        for archive in archives:
            self.files[schema, f"{graph}/{archive}"] = NOW - timedelta(days=1)
        self.files[schema, f"{graph}/mine.zip"] = NOW - timedelta(days=1)
        now, before, kept, ran, imported, young = archives
        places = [("version", kept), ("run", ran), ("import", imported), ("young", young)]
        if graph != "dropped":
            places += [("procedure", now), ("procedure", before)]
        said = [place for place in places if self._chance.random() < 0.5]
        self.named |= {archive for _, archive in said}
        for how, archive in said:
            self._say(how, archive, schema, graph)

    def _say(self, how, archive, schema, graph):
        match how:
            case "version":
                digest = archive.removesuffix(".zip")
                self.files[schema, f"{graph}/version-1-{digest}-ab.json.gz"] = NOW
            case "run":
                self.configs.append(f'{{"bridge": {{"archive": "@X.Y.Z/{graph}/{archive}"}}}}')
            case "young":
                self.files[schema, f"{graph}/{archive}"] = NOW - timedelta(minutes=5)
            case "import":
                self.functions.append((schema, f"@S/{graph}/{archive}"))
            case _:
                self.procedures.append(f'graph [{{"archives": [[1, "{archive}"]]}}]')

    def rows(self, sql):
        if sql.startswith("SHOW STAGES"):
            place = {"name": "SFDAG_CODE", "database_name": "DB"}
            return [{**place, "schema_name": schema} for schema in ("PUBLIC", "Dev s")]
        if sql.startswith("LIST"):
            wanted = "Dev s" if "Dev s" in sql else "PUBLIC"
            return [
                {"name": f"sfdag_code/{n}", "size": 10, "last_modified": format_datetime(came)}
                for (schema, n), came in self.files.items()
                if schema == wanted
            ]
        if sql.startswith("SELECT CONFIG"):
            return [{"CONFIG": config, "MANY": 2} for config in self.configs]
        if sql.startswith("SHOW PROCEDURES"):
            return [{"description": said} for said in self.procedures]
        if sql.startswith("SHOW USER FUNCTIONS"):
            common = {"description": None, "catalog_name": "DB", "arguments": "F(A) RETURN B"}
            return [
                {**common, "name": f"F{number}", "schema_name": schema}
                for number, (schema, _) in enumerate(self.functions)
            ]
        if sql.startswith("DESCRIBE FUNCTION"):
            number = int(sql.rpartition(".F")[2].partition("(")[0])
            return [{"property": "imports", "value": self.functions[number][1]}]
        self.removed.append(sql)
        return []


@pytest.mark.parametrize("seed", range(20))
def test_what_anything_names_stays_and_all_else_goes(seed):
    stages = Stages(seed)
    found = unnamed_archives(stages, NOW)
    ours = {name.partition("/")[2] for _, name in stages.files} - {"mine.zip"}
    archives = {name for name in ours if name.endswith(".zip")}
    assert {each.name for each in found} == archives - stages.named
    free_archives(stages, found)
    assert all(any(each.name[:16] in sql for sql in stages.removed) for each in found)
    assert not any(name[:16] in sql for name in stages.named for sql in stages.removed)


def test_where_the_history_has_more_than_it_gives_nothing_goes():
    stages = Stages(0)
    assert unnamed_archives(stages, NOW)
    stages.configs = ["{}"] * 5000
    assert unnamed_archives(stages, NOW) == ()
