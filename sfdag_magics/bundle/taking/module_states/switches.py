"""Settings of libraries that are otherwise in this kernel than in a new process.

`pandas.set_option`, `numpy.seterr`, the context of `decimal`: what computes with them gives another
result. Each is read from the library, where it is loaded, and compared with the library's own
default. Knows libraries by their names: it imports none that is not loaded.
"""

from __future__ import annotations

import calendar
import csv
import decimal
import locale
import logging
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from dataclasses import field, replace
from functools import cache
from typing import Any

from sfdag_magics.bundle.inspection import is_a, module_of
from sfdag_magics.bundle.literals.standard_types import other_in_context
from sfdag_magics.bundle.written.cells import Cells
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A call that sets, where the task runs, what is set here: `numpy.seterr(all='raise')`.

    Attributes:
        imports: what has to be imported before.
    """

    module: str
    function: str
    arguments: tuple[object, ...] = ()
    keywords: Mapping[str, object] = field(default_factory=dict)
    imports: tuple[str, ...] = ()

    @property
    def several(self) -> Mapping[str, object]:
        """`{key: value}` of a call that sets several things."""
        match self.arguments:
            case (dict() as given,):
                return given
        return self.keywords if not self.arguments else {}

    def only(self, keys: Container[str]) -> Setting:
        """The call for some of these alone."""
        left = {key: value for key, value in self.several.items() if key in keys}
        return replace(self, arguments=(left,)) if self.arguments else replace(self, keywords=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Switch:
    """Settings of one library.

    Attributes:
        library: the module that has to be loaded.
        users: words of the task's modules and texts that make it count; none: it always does.
        read: what is set otherwise.
        of_thread: whether each thread has its own settings; those of the cells count.
    """

    library: str
    users: tuple[str, ...]
    read: Callable[[Any], Iterator[Setting]]
    of_thread: bool = False


#: What the main thread had when it was last asked, for when a thread of the live view asks.
_LAST: dict[str, tuple[Setting, ...]] = {}
_NUMBERS = ("numpy", "pandas", "sklearn", "scipy", "statsmodels", "xgboost", "lightgbm")
#: Words of code that draws, by whatever library.
OF_MATPLOTLIB = ("matplotlib", "seaborn", ".plot", ".hist(")
_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
_PRINTED: dict[str, object] = {
    "edgeitems": 3,
    "threshold": 1000,
    "precision": 8,
    "suppress": False,
    "linewidth": 75,
    "nanstr": "nan",
    "infstr": "inf",
    "sign": "-",
    "floatmode": "maxprec",
    "formatter": None,
    "legacy": False,
}
#: What a kernel sets by itself, and where files are.
_NOT_OF_CELLS = ("backend", "interactive", "toolbar", "savefig.directory", "webagg", "datapath")
#: What jedi, which completes names in a kernel, raises it to.
_DEPTH = 3000
_FIELD = 131_072
_DIGITS = 4300


def settings(words: Collection[str], texts: Collection[str]) -> Iterator[Setting]:
    """What to set for a task of these modules and texts.

    Args:
        words: modules that it uses.
        texts: its code.
    """
    for switch in _SWITCHES:
        library = sys.modules.get(switch.library)
        if library is not None and is_used(switch.users, words, texts):
            yield from _read(switch, library)


def is_used(users: Collection[str], words: Collection[str], texts: Collection[str]) -> bool:
    """Whether a task of these modules and texts has one of these; of none, every task has it."""
    tops = {word.partition(".")[0] for word in words}
    return not users or any(u in tops or any(u in text for text in texts) for u in users)


def setting_notes(words: Collection[str], texts: Collection[str]) -> Iterator[str]:
    """Settings that are not the same elsewhere, and so are not set there: see `settings`."""
    names = ("LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY")
    here = {name: locale.setlocale(getattr(locale, name)) for name in names}
    other = [f"{k} ({v})" for k, v in here.items() if v != "POSIX" and v.partition(".")[0] != "C"]
    if other:
        yield f"the locale {', '.join(other)} is set in this kernel and not where the task runs"
    root, logs = logging.getLogger(), "logging" in words or any("logging" in t for t in texts)
    if root.level != logging.WARNING and logs:
        yield (
            f"the root logger's level is {logging.getLevelName(root.level)} here; where the task "
            "runs, LOG_LEVEL of the target counts"
        )
    if logging.root.manager.disable and logs:
        yield "logging is disabled here and not where the task runs"


def warning_settings(cells: Cells) -> Iterator[Setting]:
    """The filters that turn warnings into errors, and what stands before them, in order."""
    if not cells.where(_makes_errors):
        return
    filters = [each for each in warnings.filters if not _is_of_kernel(each[2])]
    errors = [i for i, each in enumerate(filters) if each[0] == "error"]
    for each in reversed(filters[: errors[-1] + 1] if errors else []):
        action, message, category, module, line = each
        texts = [getattr(part, "pattern", part) or "" for part in (message, module)]
        keywords = {"message": texts[0], "category": category, "module": texts[1], "lineno": line}
        given = {key: value for key, value in keywords.items() if value}
        yield Setting(
            module="warnings", function="filterwarnings", arguments=(action,), keywords=given
        )


def _makes_errors(text: str) -> bool:
    return "error" in text and ("filterwarnings" in text or "simplefilter" in text)


def _is_of_kernel(category: object) -> bool:
    """Whether a kernel warns of it, which a task has not: IPython sets a filter for its own."""
    module = module_of(category) if is_a(category, type) else ""
    return module.partition(".")[0] in ("IPython", "ipykernel")


def _read(switch: _Switch, library: Any) -> tuple[Setting, ...]:  # noqa: ANN401 - a module
    if switch.of_thread and threading.current_thread() is not threading.main_thread():
        return _LAST.get(switch.library, ())
    _LAST[switch.library] = tuple(switch.read(library))
    return _LAST[switch.library]


def _pandas(_pandas: Any) -> Iterator[Setting]:  # noqa: ANN401 - a module
    config = sys.modules.get("pandas._config.config")
    known = getattr(config, "_registered_options", {})
    for key, option in sorted(known.items()):
        value = getattr(config, "_global_config", {})
        for part in key.split("."):  # not get_option, which warns of those that go away
            value = value[part]
        if value is not option.defval and value != option.defval:
            yield Setting(module="pandas", function="set_option", arguments=(key, value))


def _numpy(numpy: Any) -> Iterator[Setting]:  # noqa: ANN401 - a module
    if numpy.geterrcall() is not None:
        yield Setting(module="numpy", function="seterrcall", arguments=(numpy.geterrcall(),))
    errors = {k: v for k, v in numpy.geterr().items() if _ERRORS.get(k, v) != v}
    if errors:
        yield Setting(module="numpy", function="seterr", keywords=errors)
    printed = {k: v for k, v in numpy.get_printoptions().items() if _PRINTED.get(k, v) != v}
    if printed:
        yield Setting(module="numpy", function="set_printoptions", keywords=printed)


def _sklearn(sklearn: Any) -> Iterator[Setting]:  # noqa: ANN401 - a module
    default = getattr(sys.modules.get("sklearn._config"), "_global_config", {})
    other = {k: v for k, v in sklearn.get_config().items() if default.get(k, v) != v}
    if other:
        yield Setting(module="sklearn", function="set_config", keywords=other)


def _xgboost(xgboost: Any) -> Iterator[Setting]:  # noqa: ANN401 - a module
    default = {"verbosity": 1, "use_rmm": False}
    now = xgboost.get_config()
    other = {key: now[key] for key, value in default.items() if now.get(key, value) != value}
    if other:
        yield Setting(module="xgboost", function="set_config", keywords=other)


def _matplotlib(matplotlib: Any) -> Iterator[Setting]:  # noqa: ANN401 - a module
    default = matplotlib.rcParamsDefault
    other = {}
    for key, value in dict.items(matplotlib.rcParams):  # not items(), which chooses a backend
        said = dict.get(default, key)
        if value is said and type(value) is list:  # which both have: a change is one of both
            said = _lists_of_file(matplotlib).get(key, value)
        if value != said and not key.startswith(_NOT_OF_CELLS):
            other[key] = str(value) if type(value).__name__ == "Cycler" else value
    if other:
        yield Setting(module="matplotlib", function="rcParams.update", arguments=(other,))


def _colours(colors: Any) -> Iterator[Setting]:  # noqa: ANN401 - a module
    """Names of colours that mean another one: seaborn gives one-letter names other ones."""
    tables = ("XKCD_COLORS", "CSS4_COLORS", "TABLEAU_COLORS", "BASE_COLORS")
    default = {key: value for table in tables for key, value in getattr(colors, table).items()}
    default |= {key.replace("grey", "gray"): each for key, each in default.items()}
    default |= {key.replace("gray", "grey"): each for key, each in default.items()}
    now = dict(colors.get_named_colors_mapping())
    other = {key: value for key, value in now.items() if default.get(key) != value}
    function = "get_named_colors_mapping().__setitem__"  # which forgets what it has looked up
    for each in other.items():
        yield Setting(module="matplotlib.colors", function=function, arguments=each)


@cache
def _lists_of_file(matplotlib: Any) -> dict[str, list[object]]:  # noqa: ANN401 - a module
    """The lists that the library's own file of defaults gives its settings."""
    read = getattr(matplotlib, "_rc_params_in_file", None)
    if read is None:
        return {}
    path = f"{matplotlib.get_data_path()}/matplotlibrc"
    found = read(path, transform=lambda line: line.removeprefix("#"), fail_on_error=False)
    return {key: each for key, each in dict.items(found) if type(each) is list}


def _decimal(_decimal: Any) -> Iterator[Setting]:  # noqa: ANN401 - a module
    context, of_new_threads = decimal.getcontext(), decimal.DefaultContext
    others = other_in_context(of_new_threads)
    if others or other_in_context(context):
        yield Setting(module="decimal", function="setcontext", arguments=(context,))
    for name, value in others.items():
        given = dict(value) if name == "traps" else value
        function = "DefaultContext.__setattr__"
        yield Setting(module="decimal", function=function, arguments=(name, given))


def _interpreter(_sys: Any) -> Iterator[Setting]:  # noqa: ANN401 - a module
    if sys.getrecursionlimit() > _DEPTH:
        depth = sys.getrecursionlimit()
        yield Setting(module="sys", function="setrecursionlimit", arguments=(depth,))
    if sys.get_int_max_str_digits() != _DIGITS:
        digits = sys.get_int_max_str_digits()
        yield Setting(module="sys", function="set_int_max_str_digits", arguments=(digits,))


def _csv(_csv: Any) -> Iterator[Setting]:  # noqa: ANN401 - a module
    if csv.field_size_limit() != _FIELD:
        longest = csv.field_size_limit()
        yield Setting(module="csv", function="field_size_limit", arguments=(longest,))


def _calendar(_calendar: Any) -> Iterator[Setting]:  # noqa: ANN401 - a module
    if calendar.firstweekday():
        first = int(calendar.firstweekday())
        yield Setting(module="calendar", function="setfirstweekday", arguments=(first,))


def _socket(_socket: Any) -> Iterator[Setting]:  # noqa: ANN401 - a module
    wait = socket.getdefaulttimeout()
    if wait is not None:
        yield Setting(module="socket", function="setdefaulttimeout", arguments=(wait,))


_SWITCHES = (
    _Switch(library="pandas", users=("pandas",), read=_pandas),
    _Switch(library="numpy", users=_NUMBERS, read=_numpy, of_thread=True),
    _Switch(library="sklearn", users=("sklearn", "snowflake.ml"), read=_sklearn, of_thread=True),
    _Switch(library="matplotlib", users=OF_MATPLOTLIB, read=_matplotlib),
    _Switch(library="matplotlib.colors", users=OF_MATPLOTLIB, read=_colours),
    _Switch(library="xgboost", users=("xgboost",), read=_xgboost, of_thread=True),
    _Switch(library="decimal", users=(), read=_decimal, of_thread=True),
    _Switch(library="sys", users=(), read=_interpreter),
    _Switch(library="calendar", users=("calendar",), read=_calendar),
    _Switch(library="csv", users=(), read=_csv),
    _Switch(library="socket", users=(), read=_socket),
)
