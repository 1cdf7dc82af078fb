"""The journal of a deploy: a file on the stage that lies there while it is carried out.

Says whose it is and what has to be started when it is done, so that another can complete what
broke off. Each deploy's has a name of its own: nobody overwrites or removes another's by chance.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import platform
import uuid
from collections.abc import Collection, Iterator, Sequence
from json import dumps  # as it is now: a cell may put its own in the module

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_string

_START, _END = "deploy", ".json"
_SOMEBODY = "somebody else"
#: The tokens of what this process is carrying out now; by them it knows its own that broke off.
_HELD: set[str] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One deploy that is going on or broke off.

    Attributes:
        location: the file, such as `@DB.S.SFDAG_CODE/mortgage/deploy-3f2a.json`.
        token: tells this deploy from others; empty for one of an earlier release.
        started: stored names of the tasks that have to be started when it is done.
        who: whose it is, for people.
        machine: where its process runs; empty where that is not told.
    """

    location: str
    token: str = ""
    started: tuple[str, ...] = ()
    who: str = _SOMEBODY
    machine: str = ""
    process: int = 0

    def content(self) -> bytes:
        """What the file says."""
        said = {
            "started": list(self.started),
            "by": self.token,
            "who": self.who,
            "machine": self.machine,
            "process": self.process,
        }
        return dumps(said).encode()

    @property
    def remove(self) -> str:
        """The statement that takes the file away."""
        return f"REMOVE {quoted_string(self.location)}"

    @property
    def withdraw(self) -> str:
        """The statement that takes away all that such a deploy put there to tell of itself."""
        if not self.token or self.token not in self.location:  # of an earlier release
            return self.remove
        folder = self.location.rpartition("/")[0]
        return f"REMOVE {quoted_string(f'{folder}/')} PATTERN = '.*-{self.token}[.]json.*'"

    @property
    def has_broken_off(self) -> bool:
        """Whether nobody carries it out any more; False where that cannot be known from here."""
        return not self.machine or (self.machine == _this_machine() and not self.is_going_on)

    @property
    def is_going_on(self) -> bool:
        """Whether it is carried out; False where that cannot be known from here."""
        if self.machine != _this_machine():
            return False
        if self.process == os.getpid():
            return self.token in _HELD
        return _is_running(self.process)


@contextlib.contextmanager
def held(journal: Journal) -> Iterator[None]:
    """While inside, this process is known to carry it out."""
    _HELD.add(journal.token)
    try:
        yield
    finally:
        _HELD.discard(journal.token)


def own_journal(folder: str, token: str, started: tuple[str, ...]) -> Journal:
    """The journal of a deploy of this process, in the graph's folder on the stage."""
    return Journal(
        location=f"{folder}{_START}-{token}{_END}",
        token=token,
        started=started,
        who=f"{_login()}@{platform.node() or '?'}",
        machine=_this_machine(),
        process=os.getpid(),
    )


def read_journals(
    backend: Backend, folder: str, files: Sequence[str] | None, without: Collection[str] = ()
) -> tuple[Journal, ...]:
    """The journals among the files of the graph's folder; asks for each, and mostly there is none.

    Args:
        files: the names of the files, of `listed_files`.
        without: locations that are left out.
    """
    names = [name for name in files or () if name.startswith(_START) and name.endswith(_END)]
    places = [f"{folder}{name}" for name in names]
    found = (_read(backend, place) for place in places if place not in without)
    return tuple(journal for journal in found if journal is not None)


def _read(backend: Backend, location: str) -> Journal | None:
    try:
        content = backend.download(location)
    except ConnectError:
        raise
    except BackendError:
        return None  # it was ended since the files were listed
    try:
        said = json.loads(content)
    except ValueError:  # a file that is only half there: somebody is writing it
        return Journal(location=location, machine="unknown")
    return Journal(
        location=location,
        token=said.get("by", ""),
        started=tuple(said["started"]),
        who=said.get("who", _SOMEBODY),
        machine=said.get("machine", ""),
        process=said.get("process", 0),
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "somebody"


def _this_machine() -> str:
    return f"{platform.node()}/{uuid.getnode():x}"


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True
