"""What a page chose before an action, with its tasks by their names. Knows shapes of messages."""

from __future__ import annotations

from collections.abc import Iterable

from sfdag_magics.client.observing.proposals import Chosen
from sfdag_magics.errors import InputError
from sfdag_magics.place_words import SHOW
from sfdag_magics.render.shape import Shape
from sfdag_magics.widget.messages import Ask, Request

#: Those whose values are what tasks are said to have returned.
_RETRIES = frozenset({Ask.RETRY, Ask.AGAIN})


def chosen_of(request: Request, shape: Shape) -> Chosen:
    """What is chosen, by the shape that the page shows.

    Raises:
        InputError: a task is named that the shape does not have.
    """
    if request.ask not in _RETRIES:
        return Chosen(
            values=request.values,
            code=request.code,
            plan=request.text,
            part=request.text,
        )
    numbers = [int(index) if index.isdecimal() else -1 for index in request.values]
    return Chosen(
        code=request.code,
        again=_names(request.again, shape),
        done=dict(zip(_names(numbers, shape), request.values.values(), strict=True)),
        skip=_names(request.skip, shape),
        because=request.text,
    )


def _names(indexes: Iterable[int], shape: Shape) -> tuple[str, ...]:
    found = tuple(indexes)
    if any(not 0 <= index < len(shape.nodes) for index in found):
        raise InputError("the page shows another graph than this view", hint=SHOW)
    return tuple(shape.nodes[index].name for index in found)
