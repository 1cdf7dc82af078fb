"""Shapes and runs for tests of pictures, and names that want to be markup."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.render.shape import Edge, EdgeKind, Node, NodeKind, Shape

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

#: Names as an account may hold them: markup, quotes, entities, controls, other directions, long.
HOSTILE = (
    "<script>alert(1)</script>",
    "</g></svg><img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "' onfocus='alert(1)",
    "]]><!--",
    "&lt;b&gt;",
    "a\x00b\x1b[31mc",
    "\u202egnirts",
    "\ud800",
    "javascript:alert(1)",
    "${alert(1)}{{7*7}}",
    "url(#x);}</style><style>*{display:none}",
    "back\\slash\nnew\tline",
    "漢字" * 40,
    "e\u0301" * 60,
    "😀👩‍👩‍👧",
    "__proto__",
    "constructor",
    "n0",
    " ",
    'digraph { a -> b } /* "',
    "x" * 5000,
    "<svg/onload=alert(1)>",
    "<img src=x onerror=alert`1`>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>click</a>",
    "<details open ontoggle=alert(1)>",
    "<style>@import 'https://x.invalid/a.css'</style>",
    "<foreignObject><body onload=alert(1)>",
    "<use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/>",
    "<animate onbegin=alert(1) attributeName=x dur=1s>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "<![CDATA[<script>alert(1)</script>]]>",
    "&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;",
    "\\u003cscript\\u003ealert(1)",
    "$(touch /tmp/x) `touch /tmp/x`; rm -rf .",
    "'; drop table t; --",
    "%sfdag stop --yes",
    "</title></text></a>",
)


def shape(text: str, *, name: str = "mortgage", finalizer: str | None = None) -> Shape:
    """A shape from lines such as `a -> b c; b ?> d` (`?>`: b is a branch)."""
    kinds: dict[str, NodeKind] = {}
    edges: list[Edge] = []
    for clause in text.split(";"):
        words = clause.split()
        if len(words) == 1:
            kinds.setdefault(words[0], NodeKind.PYTHON)
            continue
        tail, arrow, *heads = words
        kinds.setdefault(tail, NodeKind.PYTHON)
        if arrow == "?>":
            kinds[tail] = NodeKind.BRANCH
        kind = EdgeKind.BRANCH if arrow == "?>" else EdgeKind.AFTER
        for head in heads:
            kinds.setdefault(head, NodeKind.PYTHON)
            edges.append(Edge(tail=tail, head=head, kind=kind))
    made = Shape(
        name=name,
        nodes=tuple(Node(name=task, kind=kind) for task, kind in kinds.items()),
        edges=tuple(edges),
    )
    return made if finalizer is None else with_finalizer(made, finalizer)


def with_finalizer(made: Shape, finalizer: str) -> Shape:
    return Shape(
        name=made.name,
        nodes=(*made.nodes, Node(name=finalizer, kind=NodeKind.FINALIZER)),
        edges=(
            *made.edges,
            *(Edge(tail=x, head=finalizer, kind=EdgeKind.FINALIZER) for x in made.leaves()),
        ),
    )


FRAUD = shape(
    "setup -> feature_eng; feature_eng -> split_data; split_data -> train_model evaluate_model;"
    "train_model -> evaluate_model; evaluate_model -> check_quality;"
    "check_quality ?> mark_model_golden send_alert; mark_model_golden -> cleanup_golden;"
    "send_alert -> cleanup_rejected",
    name="daily_training",
    finalizer="drop_schema",
)


def run(shape: Shape, *, attempt: int = 1, **states: str) -> RunSnapshot:
    """A run of `shape` at noon; tasks not named are pending."""
    tasks = {
        node.name: task(node.name, DisplayState(states.get(node.name, "pending")), index)
        for index, node in enumerate(shape.nodes)
    }
    found = {task.state for task in tasks.values()}
    state = GraphRunState.EXECUTING
    if not found & {DisplayState.RUNNING, DisplayState.PENDING, DisplayState.RETRYING}:
        failed = DisplayState.FAILED in found
        state = GraphRunState.FAILED if failed else GraphRunState.SUCCEEDED
    return RunSnapshot(
        graph=shape.name,
        root=f"DB.S.{shape.name}",
        group_id="0196-group",
        attempt=attempt,
        state=state,
        started=NOON,
        completed=NOON + timedelta(seconds=130) if state is not GraphRunState.EXECUTING else None,
        tasks=MappingProxyType(tasks),
    )


STARTED = {"running", "succeeded", "failed", "reused", "cancelled"}


def task(name: str, state: DisplayState, index: int = 0) -> TaskRun:
    started = NOON + timedelta(seconds=8 * index) if state in STARTED else None
    ended = started is not None and state is not DisplayState.RUNNING
    return TaskRun(
        name=name,
        state=state,
        query_id=f"q-{index}" if started else None,
        started=started,
        completed=started + timedelta(seconds=7.4) if started and ended else None,
        error_code="100357" if state is DisplayState.FAILED else None,
        error_message="ValueError: 3 columns are missing\n  cell 7, line 12, in train_model"
        if state is DisplayState.FAILED
        else None,
        return_value='{"rows": 120000}' if state is DisplayState.SUCCEEDED else None,
    )


FRAUD_FAILED = run(
    FRAUD,
    setup="succeeded",
    feature_eng="reused",
    split_data="succeeded",
    train_model="failed",
    evaluate_model="blocked",
    check_quality="running",
    mark_model_golden="skipped",
    send_alert="retrying",
    cleanup_golden="cancelled",
    cleanup_rejected="unknown",
)


def ranks(many: int, wide: int) -> Shape:
    """So many ranks of tasks, each after all of the rank above."""
    names = [[f"refresh_{rank}_{at}" for at in range(wide)] for rank in range(many)]
    pairs = itertools.pairwise(names)
    lines = (f"{tail} -> {' '.join(heads)}" for tails, heads in pairs for tail in tails)
    return shape("; ".join(lines), name=f"{many}_x_{wide}")


def scattered(many: int) -> Shape:
    """Tasks after one or two of those shortly before, in no order that could be seen."""
    chance = random.Random(1)  # noqa: S311 - the same each time
    pairs = (
        (chance.randrange(max(0, at - 12), at), at)
        for at in range(1, many)
        for _ in range(chance.choice((1, 1, 2)))
    )
    lines = (f"refresh_{tail} -> refresh_{head}" for tail, head in dict.fromkeys(pairs))
    return shape("; ".join(lines), name="scattered")
