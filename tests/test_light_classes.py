import copy
import dataclasses
import inspect
import pickle
import sys
import threading

import pytest

from sfdag_magics.light_classes import dataclass

FORMS = [
    {"frozen": True, "slots": True, "kw_only": True},
    {"frozen": True, "slots": True},
    {"frozen": True, "kw_only": True},
    {"slots": True},
    {"slots": True, "kw_only": True, "eq": False},
    {"frozen": True, "slots": True, "kw_only": True, "eq": False},
    {"frozen": True, "slots": True, "kw_only": True, "repr": False},
]


def made(decorator, form):
    """A class with fields of all kinds."""

    @decorator(**form)
    class Kind:
        """Of a test."""

        name: str
        tags: list = dataclasses.field(default_factory=list)
        size: int = 3
        seen: int = dataclasses.field(default=0, compare=False, repr=False)
        loud: str = dataclasses.field(init=False)
        given: dict = dataclasses.field(init=False, default_factory=dict, hash=False)
        kept: str = dataclasses.field(init=False, default="kept")

        def __post_init__(self):
            object.__setattr__(self, "loud", self.name.upper())

    return Kind


def said(act):
    """What it answers, or how it refuses."""
    try:
        return act()
    except (TypeError, AttributeError) as error:  # FrozenInstanceError is one of the latter
        return type(error), str(error)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: " ".join(map(str, form.items())))
@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda kind: repr(kind(name="a")).partition(" at ")[0], id="repr"),
        pytest.param(lambda kind: kind(name="a", tags=[1]) == kind(name="a", tags=[1]), id="equal"),
        pytest.param(lambda kind: kind(name="a", seen=1) == kind(name="a", seen=2), id="compared"),
        pytest.param(lambda kind: kind(name="a") == kind(name="b"), id="other value"),
        pytest.param(lambda kind: kind(name="a") == "a", id="other class"),
        pytest.param(
            # Both live at once: by identity, one made after the other's end may hash as it did.
            lambda kind: len(set(map(hash, [kind(name="a", tags=(), seen=n) for n in (0, 1)]))),
            id="hash",
        ),
        pytest.param(lambda kind: isinstance(hash(kind(name="a")), int), id="hash of a list"),
        pytest.param(lambda kind: setattr(kind(name="a"), "name", "b"), id="set"),
        pytest.param(lambda kind: delattr(kind(name="a"), "name"), id="delete"),
        pytest.param(lambda kind: kind("a", [1], 4).size, id="by position"),
        pytest.param(lambda kind: kind(), id="missing"),
        pytest.param(lambda kind: kind(name="a", colour="b"), id="unknown"),
        pytest.param(lambda kind: kind(name="a").tags is kind(name="a").tags, id="own lists"),
        pytest.param(lambda kind: dataclasses.asdict(kind(name="a")), id="asdict"),
        pytest.param(lambda kind: dataclasses.replace(kind(name="a"), name="b").loud, id="replace"),
        pytest.param(
            lambda kind: [(each.name, each.kw_only) for each in dataclasses.fields(kind)],
            id="fields",
        ),
        pytest.param(lambda kind: kind.__match_args__, id="match"),
        pytest.param(lambda kind: inspect.signature(kind).parameters.keys(), id="parameters"),
        pytest.param(lambda kind: kind.__init__.__qualname__, id="name of __init__"),
        pytest.param(
            lambda kind: dataclasses.asdict(copy.deepcopy(kind(name="a", tags=[1]))), id="copy"
        ),
        pytest.param(lambda kind: kind.__doc__, id="documented"),
        pytest.param(lambda kind: hasattr(kind(name="a"), "__dict__"), id="slots"),
    ],
)
def test_a_class_does_what_that_of_the_standard_library_does(form, ask):
    ours, theirs = made(dataclass, form), made(dataclasses.dataclass, form)
    assert said(lambda: ask(ours)) == said(lambda: ask(theirs))


def test_annotations_and_defaults_show_in_the_signature():
    signature = inspect.signature(made(dataclass, FORMS[0]))
    assert signature.parameters["size"].default == 3
    assert signature.parameters["name"].annotation is str


@pytest.mark.parametrize("form", [{"frozen": True, "slots": True}, {"frozen": True}, {}])
def test_a_class_without_fields_and_one_of_a_single_one(form):
    @dataclass(**form)
    class Nothing:
        pass

    @dataclass(**form)
    class Single:
        value: object

    nan = float("nan")
    assert (Nothing(), repr(Single(1)).rpartition(".")[2]) == (Nothing(), "Single(value=1)")
    assert Single(nan) == Single(nan)  # as in a tuple: the same object is equal to itself
    assert Single(1) != Single(2)


def test_what_a_class_says_itself_stays():
    @dataclass(frozen=True, slots=True)
    class Spoken:
        name: str
        size: int = 0

        def __repr__(self):
            return "spoken"

        def __eq__(self, other):
            return other.name == self.name

        def __hash__(self):
            return hash(self.name)

    assert repr(Spoken("a")) == "spoken"
    assert {Spoken("a", 1)} == {Spoken("a", 2)}


def test_a_class_below_a_frozen_one_has_attributes_of_its_own():
    @dataclass(frozen=True, kw_only=True)
    class Above:
        name: str

    @dataclass(frozen=True, kw_only=True)
    class Below(Above):
        size: int

    class Free(Above):
        pass

    assert repr(Below(name="a", size=2)).rpartition(".")[2] == "Below(name='a', size=2)"
    free = Free(name="a")
    free.other = 1
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
        free.name = "b"
    assert Free(name="a") != Above(name="a")


def test_a_value_that_holds_itself_can_be_shown():
    @dataclass(slots=True)
    class Ring:
        held: list

    ring = Ring([])
    ring.held.append(ring)
    assert repr(ring).endswith("Ring(held=[...])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What can be pickled must have a place."""

    name: str
    size: int = 0


def test_values_travel_by_pickle():
    assert pickle.loads(pickle.dumps(Sent(name="a", size=2))) == Sent(name="a", size=2)  # noqa: S301 - just made


def test_the_first_objects_may_be_made_by_many_threads_at_once():
    kind, got = made(dataclass, FORMS[0]), []
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [
            threading.Thread(target=lambda: got.append(kind(name="a").loud)) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert got == ["A"] * 8


def test_init_is_compiled_for_the_first_object_and_repr_for_none():
    kind, other = made(dataclass, FORMS[0]), made(dataclass, FORMS[0])
    assert kind.__repr__ is other.__repr__
    assert not inspect.isfunction(inspect.getattr_static(kind, "__init__"))
    kind(name="a")
    assert inspect.isfunction(inspect.getattr_static(kind, "__init__"))
