"""The rooms of the package and which of them each may import from: one table for rule and map.

May be skipped, never reversed. `test_architecture` holds the imports against it and the README's
map is drawn from it.
"""

from __future__ import annotations

PACKAGE = "sfdag_magics"

#: Which rooms a room may import from; its own is always allowed.
ROOMS: dict[str, set[str]] = {
    "light_classes": set(),
    "cron_times": set(),
    "run_slots": {"cron_times"},
    "place_words": {"light_classes"},
    "errors": {"light_classes", "place_words"},
    "sqltext": {"light_classes"},
    "graph": {"cron_times", "run_slots", "errors", "light_classes", "place_words", "sqltext"},
    "bundle": {"graph", "errors", "light_classes", "place_words", "sqltext"},
    "render": {"graph", "errors", "light_classes", "place_words"},
    "client": {
        "run_slots",
        "bundle",
        "graph",
        "errors",
        "light_classes",
        "sqltext",
        "place_words",
        "engine.directory",
    },
    "widget": {"render", "client", "graph", "errors", "light_classes", "place_words"},
    "simulating": {
        "engine.scheduler",
        "engine.borders",
        "graph",
        "errors",
        "light_classes",
        "place_words",
    },
    "workspace": {
        "run_slots",
        "simulating",
        "client",
        "bundle",
        "render",
        "graph",
        "errors",
        "light_classes",
        "sqltext",
        "place_words",
    },
    "magics": {
        "workspace",
        "simulating",
        "widget",
        "render",
        "client",
        "bundle",
        "graph",
        "errors",
        "light_classes",
        "sqltext",
        "place_words",
    },
    "live_view": {"magics", "workspace", "client", "graph", "errors"},
    "cli": {
        "magics",
        "workspace",
        "render",
        "client",
        "graph",
        "errors",
        "light_classes",
        "place_words",
    },
    "pytest_plugin": {"cli", "workspace", "client", "graph", "__init__"},
    "__main__": {"cli"},
    "__init__": {"magics", "workspace", "simulating", "client", "graph", "errors", "light_classes"},
    "engine": {"graph", "errors", "light_classes", "sqltext"},
}
#: The same inside the engine; the vocabulary below stands under all of its rooms.
ENGINE_VOCABULARY = {f"engine.{name}" for name in ("limits", "variants", "starting", "borders")}
ENGINE_ROOMS: dict[str, set[str]] = {
    "engine.limits": set(),
    "engine.variants": {"engine.limits"},
    "engine.starting": set(),
    "engine.borders": set(),
    "engine.directory": set(),
    "engine.store": ENGINE_VOCABULARY,
    "engine.scheduler": ENGINE_VOCABULARY,
    "engine.workers": ENGINE_VOCABULARY,
    "engine.objects": ENGINE_VOCABULARY | {"engine.workers"},
    "engine.files": ENGINE_VOCABULARY | {"engine.objects"},
    "engine.stages": ENGINE_VOCABULARY | {"engine.objects", "engine.files"},
    "engine.copying": ENGINE_VOCABULARY | {"engine.objects", "engine.files", "engine.stages"},
    "engine.python_code": ENGINE_VOCABULARY
    | {"engine.objects", "engine.stages", "engine.store", "engine.workers"},
    "engine.notices": ENGINE_VOCABULARY | {"engine.objects", "engine.workers"},
    "engine.models": ENGINE_VOCABULARY
    | {"engine.objects", "engine.stages", "engine.python_code", "engine.workers"},
    "engine.sql": ENGINE_VOCABULARY | {"engine.store", "engine.objects"},
    "engine.tasks": ENGINE_VOCABULARY | {"engine.scheduler", "engine.store"},
    "engine.resources": ENGINE_VOCABULARY | {"engine.objects"},
    "engine.wire": ENGINE_VOCABULARY,
    "engine.features": ENGINE_VOCABULARY | {"engine.files", "engine.stages", "engine.copying"},
    "engine.__init__": set(),
    "engine.composition": {"engine"},
    "engine.process": {"engine"},
    "engine.__main__": {"engine.process", "engine.starting"},
}
#: Rooms of rooms, the lowest first: which of those below it each knows. Their doors know them all.
FLOORS: dict[str, dict[str, str]] = {
    "engine.sql": {
        "values": "",
        "functions": "values",
        "reading": "values functions",
        "names": "values functions reading",
        "checking": "values reading names",
        "results": "values reading names checking",
        "stored": "values reading names results",
        "sessions": "functions reading results stored",
        "rewriting": "values functions reading names checking",
        "streams": "values reading names stored sessions",
        "translating": "values functions reading names checking results stored sessions streams"
        " rewriting",
        "statements": "values reading names results stored sessions streams translating",
        "ddl": "values reading names checking results stored sessions streams translating"
        " statements",
        "show": "reading stored sessions streams",
        "scripting": "values reading results sessions",
    },
    "engine.tasks": {"defined": "", "shown": "defined"},
    "engine.resources": {"forms": "", "kinds": "forms"},
    "bundle.taking": {
        "terms": "",
        "used": "terms",
        "notes": "terms used",
        "module_states": "terms used notes",
        "lines": "terms used module_states",
        "things": "terms used module_states lines",
    },
    "bundle.checked": {"inside": ""},
    "client": {
        "connecting": "",
        "observing": "connecting",
        "code": "connecting observing",
        "checking": "connecting observing code",
        "kept": "connecting observing code",
        "deploying": "connecting observing code checking kept",
        "exporting": "connecting observing code deploying",
        "models": "connecting observing",
        "running": "connecting observing code models",
        "tracing": "connecting observing",
        "arriving": "connecting",
        "importing": "connecting observing code deploying exporting",
        "keeping": "connecting observing code kept",
        "parts": "connecting observing code kept deploying running",
        "backfilling": "connecting observing running",
    },
    "widget": {
        "messages": "",
        "held": "messages",
        "told": "messages held",
        "asked": "messages held told",
    },
    "magics": {
        "reading": "",
        "kernel": "reading",
        "showing": "reading kernel",
        "verbs": "reading kernel showing",
    },
}
FLOOR_ROOMS: dict[str, set[str]] = {
    f"{house}.{room}": {f"{house}.{below}" for below in known.split()}
    for house, floors in FLOORS.items()
    for room, known in floors.items()
}
#: Modules that ask for one above them, by name and late: a value that is displayed is drawn there.
UPWARD = {("graph.displayed", "workspace.answers.pictures"), ("workspace.open_target", "live_view")}
#: Foreign packages that only some rooms may touch.
FOREIGN: dict[str, set[str]] = {
    "duckdb": {"engine.sql", "engine.store", "simulating"},
    "sqlglot": {"engine.sql", "engine.store", "simulating", "client.tracing"},
    "sqlite3": {"engine.store"},
    "starlette": {"engine.wire", "engine.composition", "engine.process"},
    "uvicorn": {"engine.wire", "engine.composition", "engine.process"},
    "snowflake": {"client", "engine.workers"},
    "IPython": {"magics", "live_view", "cli"},
    "anywidget": {"widget"},
    "graphviz": {"graph"},
    "opentelemetry": {"client"},
    "openlineage": {"client"},
    "pygraphviz": {"render"},
}
