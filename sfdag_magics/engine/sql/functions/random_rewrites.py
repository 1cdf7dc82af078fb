"""RANDOM, RANDSTR, ZIPF and SAMPLE: another value in each row. Trees and macros.

DuckDB computes what does not name a row once, and orders no window by what differs at each time:
there a random order is that of the rows' hashes, with another salt in each statement.
"""

from __future__ import annotations

import secrets

from sqlglot import exp

from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.let import let

NODES = (exp.Randstr, exp.Zipf)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#: ZIPF adds so many weights one by one, and takes the integral from there on: closer than a float
#: of four digits shows.
_HEAD = 64
#: Snowflake's names of ways to take a sample, and DuckDB's.
_SAMPLED_BY = {"ROW": "BERNOULLI", "BLOCK": "SYSTEM"}
_WEIGHTS = (
    f"list_transform(range(1, least(n, {_HEAD}) + 1), lambda _sf_k: list_sum(list_transform("
    "range(1, _sf_k + 1), lambda _sf_j: pow(_sf_j, -CAST(s AS DOUBLE)))))"
)

HELPERS: tuple[tuple[str, str], ...] = (
    ("_sf_random()", "CAST(floor((random() - 0.5) * 18446744073709551615) AS BIGINT)"),
    (
        "_sf_random_seeded(seed, row)",
        "CAST(CAST(hash(seed, row) AS HUGEINT) - 9223372036854775808 AS BIGINT)",
    ),
    (
        "_sf_randstr(n, seed)",
        let(
            "_sf_seed",
            "hash(seed)",
            f"array_to_string(list_transform(range(CAST(n AS BIGINT)), lambda _sf_i: substr("
            f"'{_LETTERS}', 1 + CAST(hash(_sf_i, _sf_seed) % {len(_LETTERS)} AS BIGINT), 1)), '')",
        ),
    ),
    # the weights of all that lies beyond `_HEAD`, up to x
    (
        "_sf_zipf_tail(s, x)",
        f"CASE WHEN s = 1 THEN ln(x / {_HEAD}.5)"
        f" ELSE (pow(x, 1 - s) - pow({_HEAD}.5, 1 - s)) / (1 - s) END",
    ),
    # and the x up to which there is this much of it
    (
        "_sf_zipf_place(s, w)",
        f"CASE WHEN s = 1 THEN {_HEAD}.5 * exp(w)"
        f" ELSE pow(pow({_HEAD}.5, 1 - s) + w * (1 - s), 1 / (1 - s)) END",
    ),
    (
        "_sf_zipf(s, n, seed)",
        let(
            "_sf_heads",
            _WEIGHTS,
            let(
                "_sf_w",
                "(hash(seed) / 18446744073709551616.0) * (_sf_heads[-1] + CASE WHEN n"
                f" > {_HEAD} THEN _sf_zipf_tail(CAST(s AS DOUBLE), n + 0.5) ELSE 0 END)",
                "CASE WHEN _sf_w <= _sf_heads[-1]"
                " THEN 1 + len(list_filter(_sf_heads, lambda _sf_h: _sf_h < _sf_w))"
                " ELSE least(n, CAST(round(_sf_zipf_place(CAST(s AS DOUBLE),"
                " _sf_w - _sf_heads[-1])) AS BIGINT)) END",
            ),
        ),
    ),
)


def random_numbers(node: exp.Expr) -> exp.Expr:
    """RANDOM() is a whole number of 64 bits; with a seed, the same for the same row."""
    if not isinstance(node, exp.Rand):
        return node
    if is_in_order(node):
        seed = node.this or exp.Literal.number(secrets.randbits(32))
        return macro("hash", seed, *_row(node))
    if node.this is None:
        return macro("_sf_random")
    return macro("_sf_random_seeded", node.this, exp.Window(this=exp.RowNumber()))


def drawn(node: exp.Expr) -> exp.Expr:
    """RANDSTR and ZIPF."""
    if isinstance(node, exp.Randstr):
        seed = node.args.get("generator") or exp.Rand()
        return macro("_sf_randstr", node.this, _drawn_from(seed))
    if isinstance(node, exp.Zipf):
        return macro(
            "_sf_zipf", node.this, node.args["elementcount"], _drawn_from(node.args["gen"])
        )
    return node


def sampled(node: exp.Expr) -> exp.Expr:
    """SAMPLE (n ROWS) is of exactly so many rows; ROW and BLOCK are other names of two ways."""
    if not isinstance(node, exp.TableSample):
        return node
    method = node.args.get("method")
    if node.args.get("size") is not None:
        node.set("method", exp.var("RESERVOIR"))
    elif method is not None and method.name.upper() in _SAMPLED_BY:
        node.set("method", exp.var(_SAMPLED_BY[method.name.upper()]))
    return node


def _drawn_from(generator: exp.Expr) -> exp.Expr:
    return random_numbers(generator) if isinstance(generator, exp.Rand) else generator


def is_in_order(node: exp.Expr) -> bool:
    """Whether a window is ordered or divided by it."""
    while node.parent is not None and not isinstance(node.parent, exp.Query):
        if isinstance(node.parent, exp.Window) and node.arg_key != "this":
            return True
        node = node.parent
    return False


def _row(node: exp.Expr) -> list[exp.Expr]:
    """What tells the rows of a query from each other, but those that are alike."""
    select = node.find_ancestor(exp.Select)
    if select is None:
        return []
    group = select.args.get("group")
    if group is not None:
        return [_selected(select, key).copy() for key in group.expressions]
    from_ = [one for one in (select.args.get("from_"), *(select.args.get("joins") or [])) if one]
    sources = [*(one.this for one in from_), *(select.args.get("laterals") or [])]
    names = [name for index, source in enumerate(sources) for name in _names(source, index)]
    return [exp.column(exp.to_identifier(name, quoted=True)) for name in names]


def _names(source: exp.Expr, index: int) -> list[str]:
    """What stands for a row of what is behind FROM; a name is given to what has none."""
    if source.alias_or_name:
        return [source.alias_or_name]
    if isinstance(source, exp.Values):
        return [f"COLUMN{number + 1}" for number, _ in enumerate(source.expressions[0].expressions)]
    name = f"_sf_source_{index}"
    source.set("alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
    return [name]


def _selected(select: exp.Select, key: exp.Expr) -> exp.Expr:
    """What `GROUP BY 1` names."""
    if isinstance(key, exp.Literal) and key.name.isdigit():
        key = select.expressions[int(key.name) - 1].unalias()
    return key
