"""What a task shows, as a small value: a picture, a table, a text or HTML. Ships: Python 3.9.

Knows how things draw themselves and how much of it is kept; stores nothing. Libraries are not
imported: a thing is asked for what it can.
"""

from __future__ import annotations

import base64
import io
import re
from typing import Any

#: Of one thing so many bytes are kept, so many rows, columns, and characters of a cell.
MOST_BYTES, MOST_ROWS, MOST_COLUMNS, MOST_CELL = 1_000_000, 200, 50, 200
#: A figure is drawn with at most so many dots: two thousand by two thousand.
_MOST_DOTS = 4_000_000
_LEAST_DPI = 20
#: Stands in a frame's `attrs` where nobody knows how many rows there are.
_IS_PART = "sfdag_is_part"
#: In the order of preference: what is measured is never run.
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")
_TEXTS = ("text/markdown", "text/plain")
_MAGIC = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


class Item(dict):  # type: ignore[type-arg]  # what travels is JSON
    """`kind`, its content, and `cut`: what is not there, in words; empty where all is."""


def item_of(thing: Any) -> Item:  # noqa: ANN401 - whatever a task shows
    """What is kept of `thing`; of one that is too large, why."""
    if isinstance(thing, str):
        return _text(thing)
    if isinstance(thing, (bytes, bytearray)):
        return _picture_of_bytes(bytes(thing))
    if isinstance(thing, dict) and any(isinstance(k, str) and "/" in k for k in thing):
        return _bundle(thing)
    figure = _figure_of(thing)
    if figure is not None:
        return _drawn(figure)
    frame = _frame_of(thing)
    return _bundle(_drawn_by_itself(thing)) if frame is None else _table(frame)


def file_of(name: str) -> str:
    """The file that keeps what is shown under `name`; another name is another file."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return f"shown-{plain}-{base64.b32encode(_digest(name)).decode().lower()[:8]}.json"


def _digest(name: str) -> bytes:
    import hashlib

    return hashlib.sha256(name.encode("utf-8", "replace")).digest()


def _text(text: str) -> Item:
    kept = text.encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore")
    cut = f"the first {len(kept):,} of {len(text):,} characters" if len(kept) < len(text) else ""
    return Item(kind="text", text=kept, cut=cut)


def _refused(what: str) -> Item:
    return Item(kind="text", text="", cut=f"{what}, of which nothing is kept")


def _picture_of_bytes(content: bytes, mime: str | None = None) -> Item:
    found = mime or next((mime for start, mime in _MAGIC if content.startswith(start)), None)
    if found is None:
        return _refused(f"{len(content):,} bytes that are no PNG, JPEG or GIF")
    if len(content) > MOST_BYTES:
        return _refused(f"a picture of {_size(len(content))}; at most {_size(MOST_BYTES)} are kept")
    return Item(kind="picture", mime=found, data=base64.b64encode(content).decode(), cut="")


def _size(count: int) -> str:
    return f"{count / 1_000_000:,.1f} MB"


def _bundle(bundle: dict[str, Any]) -> Item:
    """The best of a MIME bundle, as Jupyter has them: binary forms as base64 or as bytes."""
    for mime in _PICTURES:
        if mime in bundle:
            return _picture_of_bytes(_bytes(bundle[mime], is_text=mime == "image/svg+xml"), mime)
    html = bundle.get("text/html")
    if isinstance(html, str):
        if len(html.encode("utf-8", "replace")) > MOST_BYTES:
            return _refused(f"HTML of {_size(len(html))}; at most {_size(MOST_BYTES)} are kept")
        return Item(kind="html", text=html, cut="")
    for mime in _TEXTS:
        if mime in bundle:
            return _text(str(bundle[mime]))
    return _refused(f"a bundle of {', '.join(map(str, bundle)) or 'nothing'}")


def _bytes(content: Any, *, is_text: bool) -> bytes:  # noqa: ANN401 - as a bundle has it
    if isinstance(content, (bytes, bytearray)):
        return bytes(content)
    return str(content).encode("utf-8", "replace") if is_text else base64.b64decode(content)


def _drawn_by_itself(thing: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a task shows
    """What it says to a notebook."""
    whole = getattr(thing, "_repr_mimebundle_", None)
    if callable(whole):
        told = whole()
        return dict(told[0] if isinstance(told, tuple) else told)
    found = {}
    for method, mime in (
        ("_repr_png_", "image/png"),
        ("_repr_jpeg_", "image/jpeg"),
        ("_repr_svg_", "image/svg+xml"),
        ("_repr_html_", "text/html"),
    ):
        form = getattr(thing, method, None)
        drawn = form() if callable(form) else None
        if drawn is not None:
            found[mime] = drawn
    return found or {"text/plain": repr(thing)}


def _figure_of(thing: Any) -> Any:  # noqa: ANN401 - a figure of matplotlib, or None
    """The figure of axes and grids too: what has a size in inches and can be saved."""
    for each in (thing, getattr(thing, "figure", None), getattr(thing, "fig", None)):
        if callable(getattr(each, "savefig", None)) and hasattr(each, "get_size_inches"):
            return each
    return None


def _drawn(figure: Any) -> Item:  # noqa: ANN401 - a figure of matplotlib
    """A PNG with no more dots than a page needs: a larger one would cost memory to draw first."""
    wide, high = (float(side) for side in figure.get_size_inches())
    wanted = dpi = float(figure.dpi)
    dpi = min(dpi, (_MOST_DOTS / max(wide * high, 0.01)) ** 0.5)
    while dpi >= _LEAST_DPI:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=dpi)
        if buffer.tell() <= MOST_BYTES:
            item = _picture_of_bytes(buffer.getvalue(), "image/png")
            if dpi < wanted:
                item["cut"] = f"drawn smaller, at {dpi:.0f} instead of {wanted:.0f} dots per inch"
            return item
        dpi /= 2
    return _refused(f"a figure of {wide:.0f} by {high:.0f} inches")


def _frame_of(thing: Any) -> Any:  # noqa: ANN401 - a pandas DataFrame, or None
    """A frame of pandas, or what can be made one; of a table far away only the first rows."""
    if hasattr(thing, "to_frame") and hasattr(thing, "iloc") and not hasattr(thing, "columns"):
        thing = thing.to_frame()  # a Series
    if hasattr(thing, "iloc") and hasattr(thing, "columns"):
        return thing
    if callable(getattr(thing, "to_pandas", None)):
        if callable(getattr(thing, "limit", None)):  # of Snowpark: all of it need not come here
            frame = thing.limit(MOST_ROWS + 1).to_pandas()
            frame.attrs[_IS_PART] = len(frame) > MOST_ROWS
            return frame
        return thing.to_pandas()
    return None


def _table(frame: Any) -> Item:  # noqa: ANN401 - a frame of pandas
    rows, columns = len(frame), len(frame.columns)
    names = [str(name) for name in frame.index.names] if _has_index(frame) else []
    part = frame.iloc[:MOST_ROWS, :MOST_COLUMNS]
    kinds = [str(getattr(dtype, "kind", "")) for dtype in part.dtypes]
    heads = [[_cell(name if name != "None" else ""), False] for name in names]
    heads += [
        [_cell(name), kind in "iufc"] for name, kind in zip(part.columns, kinds, strict=False)
    ]
    values = [
        [_cell(each) for each in (*_labels(label, names), *row)]
        for label, row in zip(part.index, part.itertuples(index=False, name=None), strict=False)
    ]
    is_part = bool(getattr(frame, "attrs", {}).get(_IS_PART))
    of = "" if is_part else f" of {rows:,}"
    cut = [f"the first {len(part):,}{of} rows"] if len(part) < rows else []
    if columns > MOST_COLUMNS:
        cut.append(f"the first {MOST_COLUMNS} of {columns:,} columns")
    total = None if is_part else rows
    return Item(kind="table", columns=heads, rows=values, total=total, cut=", ".join(cut))


def _has_index(frame: Any) -> bool:  # noqa: ANN401 - a frame of pandas
    """Whether its index says more than the number of the row."""
    return type(frame.index).__name__ != "RangeIndex"


def _labels(label: Any, names: list[str]) -> tuple[Any, ...]:  # noqa: ANN401 - of an index
    if not names:
        return ()
    return label if isinstance(label, tuple) and len(names) > 1 else (label,)


def _cell(value: Any) -> str:  # noqa: ANN401 - of any table
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= MOST_CELL else f"{text[: MOST_CELL - 1]}…"
