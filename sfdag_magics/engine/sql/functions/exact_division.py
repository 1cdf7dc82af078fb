"""Exact division for DuckDB, as macros over whole numbers. Only data.

A quotient with more digits is a whole number of their units: `n * p // d`, `p` being the power of
ten. Rounding half away from zero is one division too: `(2 * n * p ± d) // (2 * d)`. It is done in
64 bits where that fits (measured: as fast as DuckDB's DOUBLE), else in 128, else digit by digit.
"""

from __future__ import annotations

from sfdag_magics.engine.sql.values.let import let


def _rounded(n: str, d: str, p: str) -> str:
    sign = f"CASE WHEN ({n} < 0) = ({d} < 0) THEN {d} ELSE -{d} END"
    return f"(2 * {n} * {p} + {sign}) // (2 * {d})"


def _fits(bound: str) -> str:
    """Whether twice `n * p` and `d` stay within the type that holds nine times `bound`."""
    most = f"CAST({bound} AS HUGEINT) // p"
    return f"d BETWEEN -{bound} AND {bound} AND n BETWEEN -({most}) AND {most}"


_64, _128 = str(10**18), str(10**37)
_IN_64_BITS = _rounded("CAST(n AS BIGINT)", "CAST(d AS BIGINT)", "TRY_CAST(p AS BIGINT)")

NUMBERS: tuple[tuple[str, str], ...] = (
    (
        "_sf_quotient(n, d, p)",
        f"CASE WHEN p <= {_64} AND {_fits(_64)} THEN CAST({_IN_64_BITS} AS HUGEINT)"
        f" WHEN {_fits(_128)} THEN {_rounded('n', 'd', 'p')}"
        # DuckDB 2.0.0 computes `%` of constants wherever it stands; zero never gets here
        f" ELSE n // d * p + {_rounded('(n % nullif(d, 0))', 'd', 'p')} END",
    ),
    # n * d with digits cut off: what is above and below them apart, so that neither is too long
    ("_sf_product(n, d, p)", "n * (d // p) + _sf_quotient(n * (d % p), p, CAST(1 AS HUGEINT))"),
    # 0 below the range, one more than there are buckets above it
    (
        "_sf_width_bucket(x, low, high, n)",
        "CASE WHEN x < low THEN 0 WHEN x >= high THEN n + 1"
        " ELSE CAST(floor((x - low) * n / (high - low)) AS BIGINT) + 1 END",
    ),
    (
        "_sf_cbrt(x)",
        let(
            "_sf_root",
            "cbrt(CAST(x AS DOUBLE))",
            "CASE WHEN pow(round(_sf_root), 3) = CAST(x AS DOUBLE) THEN round(_sf_root)"
            " ELSE _sf_root END",
        ),
    ),
    # for operands that are to be computed once only
    *(
        (
            f"{macro}_once(n, d, p)",
            let(
                "_sf_operands",
                "struct_pack(n := n, d := d)",
                f"{macro}(_sf_operands.n, _sf_operands.d, p)",
            ),
        )
        for macro in ("_sf_quotient", "_sf_product")
    ),
)
