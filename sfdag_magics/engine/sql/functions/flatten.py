"""FLATTEN and SPLIT_TO_TABLE behind FROM, in the order of what they take apart. Trees and macros.

DuckDB keeps that order where it can put the `unnest` of a correlated table into the plan instead of
a join. *Tried on 2.0.1:* it does not once a condition on these rows was pushed below the join, nor
where the rows before are constants or a CTE's, which it reads twice instead. So such a condition
becomes one of QUALIFY, and such rows get one that nobody can fold.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sfdag_magics.engine.borders.answers import unsupported
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.let import let

_COLUMNS = ("SEQ", "KEY", "PATH", "INDEX", "VALUE", "THIS")
#: Noted on SPLIT_TO_TABLE that takes out the pieces between any of several characters.
_TOKENS = "tokens"
_MODES = ("BOTH", "ARRAY", "OBJECT")
_ROW = (
    'struct_pack("SEQ" := seq, "KEY" := {key}, "PATH" := {path}, "INDEX" := {index},'
    ' "VALUE" := {value}, "THIS" := _sf_j)'
)
_NO_INDEX = "CAST(NULL AS BIGINT)"
_ELEMENT = _ROW.format(
    key="CAST(NULL AS VARCHAR)",
    path="prefix || '[' || CAST(_sf_n - 1 AS VARCHAR) || ']'",
    index="CAST(_sf_n - 1 AS BIGINT)",
    value="coalesce(_sf_e, json('null'))",
)
_FIELD = _ROW.format(
    key="_sf_e.key",
    path="_sf_flatten_path(prefix, _sf_e.key)",
    index=_NO_INDEX,
    value="coalesce(_sf_e.value, json('null'))",
)
_NOTHING = _ROW.format(
    key="CAST(NULL AS VARCHAR)",
    path="CAST(NULL AS VARCHAR)",
    index=_NO_INDEX,
    value="CAST(NULL AS JSON)",
)

HELPERS: tuple[tuple[str, str], ...] = (
    ("_sf_flatten_seq(x)", "CAST(hash(x) >> 1 AS BIGINT)"),
    (
        "_sf_flatten_path(prefix, name)",
        "CASE WHEN NOT regexp_full_match(name, '[A-Za-z_]\\w*') THEN prefix || '[''' || name"
        " || ''']' WHEN prefix = '' THEN name ELSE prefix || '.' || name END",
    ),
    (
        "_sf_flatten_rows(j, seq, prefix, mode)",
        "CASE WHEN mode <> 'OBJECT' AND json_type(j) = 'ARRAY' THEN "
        + let(
            "_sf_j",
            "j",
            f"list_transform(CAST(_sf_j AS JSON[]), lambda _sf_e, _sf_n: {_ELEMENT})",
        )
        + " WHEN mode <> 'ARRAY' AND json_type(j) = 'OBJECT' THEN "
        + let(
            "_sf_j",
            "j",
            "list_transform(list_sort(map_entries(CAST(_sf_j AS MAP(VARCHAR, JSON)))),"
            f" lambda _sf_e: {_FIELD})",
        )
        + " END",
    ),
    # of all that is within, by `_sf_rows_within`
    (
        "_sf_flatten_within(j, seq, prefix, mode)",
        "list_transform(CAST(_sf_rows_within(CAST(j AS VARCHAR), prefix, mode) AS JSON[]),"
        ' lambda _sf_e: struct_pack("SEQ" := seq, "KEY" := json_extract_string(_sf_e, \'$[0]\'),'
        " \"PATH\" := json_extract_string(_sf_e, '$[1]'),"
        " \"INDEX\" := CAST(json_extract_string(_sf_e, '$[2]') AS BIGINT),"
        " \"VALUE\" := json_extract(_sf_e, '$[3]'), \"THIS\" := json_extract(_sf_e, '$[4]')))",
    ),
    (
        "_sf_flatten_or_nothing(found, j, seq)",
        "CASE WHEN len(found) > 0 THEN found ELSE " + let("_sf_j", "j", f"[{_NOTHING}]") + " END",
    ),
)
_UNNESTED = (
    ' SELECT e."SEQ" AS "SEQ", e."KEY" AS "KEY", e."PATH" AS "PATH", e."INDEX" AS "INDEX",'
    ' e."VALUE" AS "VALUE", e."THIS" AS "THIS" FROM (SELECT unnest({}) AS e)'
)
#: What is in a value, and all that is within it.
_KINDS = (("", "rows"), ("_all", "within"))
_SPLIT = (
    "CREATE OR REPLACE MACRO {}(s, separator, seq) AS TABLE"
    ' SELECT e."SEQ" AS "SEQ", e."INDEX" AS "INDEX", e."VALUE" AS "VALUE" FROM (SELECT'
    " unnest(list_transform({}, lambda _sf_e, _sf_n:"
    ' struct_pack("SEQ" := seq, "INDEX" := _sf_n, "VALUE" := _sf_e))) AS e)'
)
TABLE_MACROS = (
    *(
        f"CREATE OR REPLACE MACRO _sf_flatten{which}(j, seq, prefix, mode) AS TABLE"
        + _UNNESTED.format(f"_sf_flatten_{rows}(j, seq, prefix, mode)")
        for which, rows in _KINDS
    ),
    *(
        f"CREATE OR REPLACE MACRO _sf_flatten{which}_outer(j, seq, prefix, mode) AS TABLE"
        + _UNNESTED.format(
            f"_sf_flatten_or_nothing(_sf_flatten_{rows}(j, seq, prefix, mode), j, seq)"
        )
        for which, rows in _KINDS
    ),
    _SPLIT.format("_sf_split_to_table", "string_split(s, separator)"),
    _SPLIT.format(
        "_sf_tokens_to_table",
        "list_filter(string_split(translate(s, separator,"
        " repeat(left(separator, 1), length(separator))), left(separator, 1)),"
        " lambda _sf_p: _sf_p <> '')",
    ),
)


def tokens_to_table(arguments: list[exp.Expr]) -> exp.Expr:
    """STRTOK_SPLIT_TO_TABLE, whose separator is one of several characters."""
    text, *given = arguments
    made = exp.SplitToTable(this=text, expression=given[0] if given else exp.Literal.string(" "))
    made.meta[_TOKENS] = True
    return made


def ordered(node: exp.Expr) -> exp.Expr:
    """A SELECT in whose rows the order of what it takes apart is kept."""
    if not isinstance(node, exp.Select):
        return node
    taken_apart = list(_taken_apart(node))
    if taken_apart:
        _qualify(node, taken_apart)
        from_ = node.args["from_"]
        if isinstance(from_.this, exp.Values) or _is_cte(from_.this):
            from_.set("this", _unfolded(from_.this))
    if _is_constant(node) and _takes_apart(node.root()):
        node.where(_unknown(), copy=False)
    return node


def _taken_apart(select: exp.Select) -> Iterator[exp.Expr]:
    for join in select.args.get("joins") or []:
        if isinstance(join.this, exp.Lateral | exp.TableFromRows) and isinstance(
            join.this.this, exp.Explode | exp.SplitToTable
        ):
            yield join.this


def _takes_apart(tree: exp.Expr) -> bool:
    return tree.find(exp.Explode, exp.SplitToTable) is not None


def _is_constant(select: exp.Select) -> bool:
    """Whether its rows are written in it."""
    from_ = select.args.get("from_")
    if select.args.get("joins") or any(select.find_all(exp.AggFunc)):
        return False
    return from_ is None or isinstance(from_.this, exp.Values)


def _qualify(select: exp.Select, taken_apart: list[exp.Expr]) -> None:
    """Put conditions on what is taken apart where they are not pushed down."""
    where = select.args.get("where")
    if where is None or select.args.get("group") or select.find(exp.AggFunc, exp.Window):
        return
    parts = list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
    moved = [part for part in parts if any(_reads(part, one) for one in taken_apart)]
    if not moved:
        return
    kept = [part for part in parts if part not in moved]
    select.set("where", exp.Where(this=exp.and_(*kept)) if kept else None)
    rows = exp.Window(this=exp.RowNumber())
    streamed = exp.GT(this=rows, expression=exp.Literal.number(0))
    select.set("qualify", exp.Qualify(this=exp.and_(streamed, *moved)))


def _reads(condition: exp.Expr, taken_apart: exp.Expr) -> bool:
    alias = taken_apart.alias
    return any(
        column.table == alias if column.table else column.name in _COLUMNS
        for column in condition.find_all(exp.Column)
    )


def flattened(node: exp.Expr) -> exp.Expr:
    """FLATTEN with its arguments as a macro's, or an error for what is not done."""
    if not isinstance(node, exp.Lateral | exp.TableFromRows):
        return node
    if isinstance(node.this, exp.SplitToTable):
        text = node.this.this
        name = "_sf_tokens_to_table" if _TOKENS in node.this.meta else "_sf_split_to_table"
        call = macro(name, text, node.this.expression, _sequence(text))
        return exp.Table(this=call, alias=node.args.get("alias"))
    if not isinstance(node.this, exp.Explode):
        return node
    given = _arguments(node.this)
    source = given.pop("INPUT", None)
    if source is None:
        raise unsupported("FLATTEN without INPUT")
    is_outer = _flag(given.pop("OUTER", None)) or _was_left_join(node)
    mode = given.pop("MODE", exp.Literal.string("BOTH")).name.upper()
    path = given.pop("PATH", exp.Literal.string("")).name
    which = "_all" if _flag(given.pop("RECURSIVE", None)) else ""
    if given or mode not in _MODES:
        raise unsupported(f"FLATTEN with {', '.join(given) or f'MODE => {mode}'}")
    value = macro("to_json", source)
    seq = _sequence(source)
    if path:
        value = macro("json_extract", value, exp.Literal.string(f"$.{path}"))
    call = macro(
        f"_sf_flatten{which}_outer" if is_outer else f"_sf_flatten{which}",
        value,
        seq,
        exp.Literal.string(path),
        exp.Literal.string(mode),
    )
    table = exp.Table(this=call, alias=node.args.get("alias"))
    if source.find(exp.Column) is not None or not isinstance(node.parent, exp.From):
        return table
    return _unfolded(table)


def _unfolded(table: exp.Expr) -> exp.Expr:
    """The same rows, so that they are not read twice."""
    alias = table.args.get("alias")
    if alias is None and isinstance(table.this, exp.Identifier):
        alias = exp.TableAlias(this=table.this)
    rows = exp.select("*").from_(table.copy()).where(_unknown())
    return exp.Subquery(this=rows, alias=alias.copy() if alias is not None else None)


def _is_cte(table: exp.Expr) -> bool:
    if not isinstance(table, exp.Table) or table.args.get("db") is not None:
        return False
    parent = table.parent
    while parent is not None:
        with_ = parent.args.get("with_")
        if any(cte.alias == table.name for cte in (with_.expressions if with_ else ())):
            return True
        parent = parent.parent
    return False


def _unknown() -> exp.Expr:
    return exp.GTE(this=macro("random"), expression=exp.Literal.number(0))


def _sequence(source: exp.Expr) -> exp.Expr:
    """The same for all rows of one input."""
    if source.find(exp.Column) is None:
        return exp.Literal.number(1)
    return macro("_sf_flatten_seq", source.copy())


def _flag(given: exp.Expr | None) -> bool:
    return given is not None and given != exp.false()


def _was_left_join(node: exp.Expr) -> bool:
    """Whether it stands in a LEFT JOIN without a condition, which then is a plain one."""
    join = node.parent
    if not isinstance(join, exp.Join) or join.side != "LEFT":
        return False
    if join.args.get("on") not in (None, exp.true()):
        return False
    for argument in ("side", "kind", "on"):
        join.set(argument, None)
    return True


def _arguments(call: exp.Expr) -> dict[str, exp.Expr]:
    found: dict[str, exp.Expr] = {}
    for argument in (call.this, *call.expressions):
        if isinstance(argument, exp.Kwarg):
            found[argument.this.name.upper()] = argument.expression
        else:
            found["INPUT"] = argument
    return found
