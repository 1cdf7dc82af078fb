"""What is reported of what a task takes, and by what it is known to be the same later."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from sfdag_magics.bundle.meaning import content_hash, meaning_of_file
from sfdag_magics.bundle.modules import is_local
from sfdag_magics.bundle.taking.terms.captured import Taken, TakenAs, TaskCapture
from sfdag_magics.bundle.taking.terms.pickles import Pickled
from sfdag_magics.bundle.taking.terms.pieces import Item, made_texts
from sfdag_magics.graph.source import FunctionSource


class Report:
    """All that one task takes, by name."""

    def __init__(self) -> None:
        self._taken: dict[str, Taken] = {}
        self.fingerprints: dict[str, str] = {}

    def add(self, name: str, how: TakenAs, shown: str, shipped: str) -> None:
        """One thing travels: `shipped`, in short `shown`."""
        self._taken[name] = Taken(name=name, how=how, text=shown, size=len(shipped.encode()))
        self.fingerprints[name] = content_hash(shipped.encode())

    def add_pickle(self, name: str, shipped: Pickled) -> None:
        """A pickle travels, which some versions alone read."""
        how, text = TakenAs.PICKLE, f"read by {shipped.bound} alone"
        self._taken[name] = Taken(name=name, how=how, text=text, size=shipped.size)
        self.fingerprints[name] = content_hash(shipped.piece.told_as.encode())

    def add_files(self, files: Mapping[str, bytes]) -> None:
        """Modules beside the notebook travel."""
        self._taken.update(
            (path, Taken(name=path, how=TakenAs.FILE, text=path, size=len(content)))
            for path, content in files.items()
        )
        self.fingerprints.update(_prints_of(files))

    def add_state(self, items: Sequence[Item], names: Container[str]) -> None:
        """Lines of ours travel, which say what things keep: known by what the notebook calls these.

        Args:
            names: the notebook's.
        """
        following: dict[Item, list[Item]] = {}
        for item in items:
            if item.follows is not None:
                following.setdefault(item.follows, []).append(item)
        number = {item: count for count, item in enumerate(items)}
        for item in items:
            if item.name and item.name in names:
                parts = sorted(_parts_of(item, following, names), key=lambda e: number.get(e, -1))
                text = "\n".join(made_texts(parts))
                known = self.fingerprints.get(item.name, "")
                self.fingerprints[item.name] = content_hash(f"{known}\n{text}".encode())

    def as_they_run(self, ordered: Sequence[Item]) -> tuple[Taken, ...]:
        """What is reported, imports first."""
        number = {item.name: count for count, item in enumerate(ordered)}
        return tuple(sorted(self._taken.values(), key=lambda each: number.get(each.name, -1)))

    def changed_since(self, source: FunctionSource) -> list[str]:
        """The names of what was otherwise when the task's cell ran."""
        prints = self.fingerprints.items()
        return [name for name, now in prints if source.seen.get(name, now) != now]

    def told_unlike(
        self, before: TaskCapture, names: Container[str], line_of: Mapping[str, str]
    ) -> str:
        """The names of what another walk over the same found otherwise.

        Args:
            names: the notebook's.
            line_of: the imports, by the names that they give.
        """
        now = self.fingerprints
        changed = sorted(n for n in now if now[n] != before.fingerprints.get(n))
        named = [name for name in changed if name in names]
        # Else it is what a module beside the notebook keeps, under whatever name of ours.
        lines = line_of.items()
        given = [name for name, line in lines if name and is_local(line.split()[1])]
        return ", ".join(named or given or changed)

    def redefined(self, source: FunctionSource) -> Iterator[str]:
        """Notes of these."""
        for name in self.changed_since(source):
            yield f"{name!r} was changed after {source.cell} ran: what it is now is shipped"


def _parts_of(
    item: Item, following: Mapping[Item, Sequence[Item]], names: Container[str]
) -> set[Item]:
    """What makes a thing, and its parts that have no name in the notebook."""
    met: set[Item] = set()
    waiting = [item]
    while waiting:
        each = waiting.pop()
        if each not in met:
            met.add(each)
            parts = (*following.get(each, ()), *each.needs)
            waiting += [part for part in parts if not part.name or part.name not in names]
    return met


def _prints_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """One fingerprint for each module or package beside the notebook: `features.py`, `prices/`."""
    parts: dict[str, list[str]] = {}
    for path, content in files.items():
        top, slash, _ = path.partition("/")
        said = content_hash(meaning_of_file(path, content))
        parts.setdefault(top + slash, []).append(f"{path} {said}")
    return {top: content_hash("\n".join(lines).encode()) for top, lines in parts.items()}
