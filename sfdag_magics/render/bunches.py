"""Tasks that stand side by side, or in a long row, as one block of tiles. Pure.

Sixty tasks after one and before another are one column of boxes, four screens high, if each gets a
box of its own. They become a grid inside a frame: one arrow leads in, one leads out. So do equal
chains: `extract_de → load_de`, `extract_fr → load_fr`, … A chain of forty is as high; its tiles
stand in rows as words in lines. What is drawn so depends on the shape alone, so no state ever moves
a task.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.shape import EdgeKind, Node, NodeKind, Shape

#: So many tasks side by side still are a picture.
SIDE_BY_SIDE = 8
#: In a graph of more tasks than that, blocks of this size are worth their frame.
MANY, FEW_OF_MANY = 60, 3
#: Longer chains side by side are a picture of their own.
LONGEST_CHAIN = 5
#: So many boxes one below the other still are seen at once. Where there are more, chains of so
#: many are worth their frame.
IN_A_COLUMN, FEW_OF_DEEP = 8, 4

_SEPARATORS = "_-.: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Bunch:
    """Equal chains side by side, of single tasks most of the time, or one that is long.

    Attributes:
        chains: the tasks of each, in the order of the shape.
        labels: `{task: what its tile says}`: its name without what all of them begin with.
        title: what the frame says.
    """

    chains: tuple[tuple[str, ...], ...]
    labels: dict[str, str]
    title: str

    @property
    def tasks(self) -> tuple[str, ...]:
        """All its tasks."""
        return tuple(task for chain in self.chains for task in chain)


def bunches_of(shape: Shape) -> tuple[Bunch, ...]:
    """The bunches of a shape, none of which share a task."""
    around = _Neighbours(shape)
    chains = tuple(_chains(shape, around))
    alike: dict[object, list[tuple[str, ...]]] = defaultdict(list)
    for chain in chains:
        if len(chain) <= LONGEST_CHAIN:
            ends = around.before(chain[0]), around.after(chain[-1])
            alike[(*ends, len(chain), around.nodes[chain[0]].group)].append(chain)
    least = FEW_OF_MANY if len(shape.nodes) > MANY else SIDE_BY_SIDE + 1
    beside = tuple(_beside(tuple(each)) for each in alike.values() if len(each) >= least)
    taken = {task for bunch in beside for task in bunch.tasks}
    is_deep = _depth(shape) > IN_A_COLUMN
    rows = (_row(each) for each in chains if is_deep and len(each) >= FEW_OF_DEEP)
    return (*beside, *(row for row in rows if row.tasks[0] not in taken))


def _depth(shape: Shape) -> int:
    """How many tasks stand one after another at most; the finalizer and cycles are not counted."""
    names = {node.name for node in shape.nodes if node.kind is not NodeKind.FINALIZER}
    depth = dict.fromkeys(names, 1)
    after: dict[str, list[str]] = defaultdict(list)
    waits_for = dict.fromkeys(names, 0)
    for edge in shape.edges:
        if edge.tail in names and edge.head in names:
            after[edge.tail].append(edge.head)
            waits_for[edge.head] += 1
    free = [name for name in names if not waits_for[name]]
    for name in free:  # grows
        for head in after[name]:
            depth[head] = max(depth[head], depth[name] + 1)
            waits_for[head] -= 1
            if not waits_for[head]:
                free.append(head)
    return max((depth[name] for name in free), default=0)


class _Neighbours:
    """What stands before and after each task, and by which kind of arrow."""

    def __init__(self, shape: Shape) -> None:
        self.nodes: dict[str, Node] = {node.name: node for node in shape.nodes}
        self._before: dict[str, set[tuple[str, EdgeKind]]] = defaultdict(set)
        self._after: dict[str, set[tuple[str, EdgeKind]]] = defaultdict(set)
        for edge in shape.edges:
            self._before[edge.head].add((edge.tail, edge.kind))
            self._after[edge.tail].add((edge.head, edge.kind))

    def before(self, task: str) -> frozenset[tuple[str, EdgeKind]]:
        return frozenset(self._before[task])

    def after(self, task: str) -> frozenset[tuple[str, EdgeKind]]:
        return frozenset(self._after[task])

    def next_in_chain(self, task: str) -> str | None:
        """The only task after this one, where this is the only one before it."""
        if len(self._after[task]) != 1:
            return None
        ((head, kind),) = self._after[task]
        is_alone = len(self._before[head]) == 1 and kind is EdgeKind.AFTER
        return head if is_alone and self.nodes[head].group == self.nodes[task].group else None


def _chains(shape: Shape, around: _Neighbours) -> Iterator[tuple[str, ...]]:
    """Every task but the finalizer in one chain, as long as it goes on without a fork."""
    inner = {around.next_in_chain(name) for name in around.nodes}
    for node in shape.nodes:
        if node.kind is NodeKind.FINALIZER or node.name in inner:
            continue
        chain = [node.name]
        while (after := around.next_in_chain(chain[-1])) is not None:
            chain.append(after)
        yield tuple(chain)


def _beside(chains: tuple[tuple[str, ...], ...]) -> Bunch:
    length = len(chains[0])
    what = f"{len(chains)} tasks" if length == 1 else f"{len(chains)} × {length} tasks"
    return _bunch(chains, f"{what} side by side", is_short=length == 1)


def _row(chain: tuple[str, ...]) -> Bunch:
    return _bunch((chain,), f"{len(chain)} tasks one after another", is_short=True)


def _bunch(chains: tuple[tuple[str, ...], ...], what: str, *, is_short: bool) -> Bunch:
    """Where `is_short`, what all names begin with stands in the title alone."""
    tasks = [task for chain in chains for task in chain]
    shared = _shared_beginning(tasks) if is_short else ""
    named = f"{shared.rstrip(_SEPARATORS)} · " if shared else ""
    labels = {task: task.removeprefix(shared) for task in tasks}
    return Bunch(chains=chains, labels=labels, title=f"{named}{what}")


def _shared_beginning(names: list[str]) -> str:
    """What all names begin with, up to a separator, so that something is left of each."""
    first, last = min(names), max(names)
    same = next((at for at in range(len(first)) if first[at] != last[at : at + 1]), len(first))
    cut = max(first.rfind(separator, 0, same) for separator in _SEPARATORS) + 1
    return first[:cut] if all(len(name) > cut for name in names) else ""
