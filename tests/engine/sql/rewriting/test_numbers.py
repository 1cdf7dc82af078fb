"""NUMBER that stays NUMBER: digits, precision and scale as Snowflake documents them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from random import Random

import pytest

from sfdag_magics.engine.borders.answers import SfType
from tests.engine.sql.conftest import Asker

TABLE = """CREATE TABLE t(
    i INT, n NUMBER(10,2), w NUMBER(38,10), f FLOAT, k NUMBER(5,0), g VARCHAR) AS
    SELECT * FROM VALUES
    (7, 1.25, 1234567890.5, 0.5::FLOAT, 3, 'a'), (2, 2.25, 1, 0.25::FLOAT, 3, 'b')"""


@pytest.fixture(scope="module")
def numbers(calculator: Asker) -> Asker:
    calculator(TABLE)
    return calculator


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        # division: scale max(s1, min(s1 + 6, 12)), the last digit rounded half away from zero
        ("i / k", "2.333333"),
        ("-i / k", "-2.333333"),
        ("1 / 3", "0.333333"),
        ("2 / 3", "0.666667"),
        ("n / 3", "0.41666667"),
        ("i / n", "5.600000"),
        ("w / 3", "411522630.166666666667"),
        ("10000 / 7.5", "1333.333333"),
        ("1.0 / 3.00", "0.3333333"),
        ("i / k / 2", "1.166666500000"),
        ("(i / k) / (n / 2)", "3.733332800000"),
        ("0.0000005 / 1", "0.000000500000"),
        ("5 / 10000000", "0.000001"),
        ("4 / 10000000", "0.000000"),
        ("div0(i, 0)", "0.000000"),
        ("div0(n, k)", "0.41666667"),
        ("div0null(i, 0)", "0.000000"),
        ("div0null(1, null)", "0.000000"),
        ("iff(i > 1, i / 2, 0)", "3.500000"),
        ("coalesce(null, i / 2)", "3.500000"),
        ("(SELECT sum(i) FROM t) / i", "1.285714"),
        ("to_number('12.5', 10, 1) / 2", "6.2500000"),
        ("greatest(i, n) / 2", "3.50000000"),
        # products: no more than twelve digits unless an operand has them
        ("i * n", "8.75"),
        ("n * n", "1.5625"),
        ("n * n * n * n * n * n * n", "4.768371582031"),
        ("w * w", "1524157876253619990.250000000000"),
        # whole numbers beyond 64 bits
        ("99999999999 * 99999999999", "9999999999800000000001"),
        ("9223372036854775807 + 1", "9223372036854775808"),
        ("-9223372036854775807 - 2", "-9223372036854775809"),
        # the rest
        ("i % n", "0.75"),
        ("mod(n, 3)", "1.25"),
        ("i + n", "8.25"),
        ("i - 0.5", "6.5"),
        ("round(n / 3, 2)", "0.42"),
        ("round(2.25 + k * 0, 1, 'half_to_even')", "2.2"),
        ("round(-n, 1)", "-1.3"),
        ("trunc(n, 1)", "1.2"),
        ("ceil(n, 1)", "1.3"),
        ("floor(-n, 1)", "-1.3"),
        ("decode(i, 7, n, 0) / 2", "0.62500000"),
        ("bitand(i, 4) / 2", "2.000000"),
        ("bitor(i, 8) / 2", "7.500000"),
        ("year('2024-02-29'::DATE) / 100", "20.240000"),
        ("extract(month FROM '2024-02-29'::DATE) / 4", "0.500000"),
        ("length('abc') / 2", "1.500000"),
        ("sign(n) / 2", "0.500000"),
        ("round(n, k - 2)", "1.30"),
        ("1.5e-3", "0.0015"),
        ("7.5 % 1.0e27", "7.5"),
        ("0.5 + 1e27", "1000000000000000000000000000.5"),
    ],
)
def test_an_expression_has_these_digits(numbers: Asker, expression: str, value: str):
    found = numbers(f"SELECT {expression} FROM t WHERE i = 7")[0][0]
    assert f"{found:f}" == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("avg(i)", "4.500000"),
        ("avg(n)", "1.75000000"),
        ("avg(DISTINCT k)", "3.000000"),
        ("avg(CASE WHEN i > 2 THEN 1 ELSE 0 END)", "0.500000"),
        ("avg(n) FILTER (WHERE i > 2)", "1.25000000"),
        ("avg(n / 3)", "0.583333335000"),
        ("avg(i) / avg(n)", "2.571428571429"),
        ("avg(i) * 2", "9.000000"),
        ("round(avg(n), 1)", "1.8"),
        ("sum(n)", "3.50"),
        ("sum(n) / count(*)", "1.75000000"),
        ("sum(i) / sum(k)", "1.500000"),
        ("count(*) / 2", "1.000000"),
        ("median(i)", "4.500"),
        ("median(n)", "1.75000"),
        ("median(n + i * 0.01)", "1.79500"),
        ("percentile_cont(0.25) WITHIN GROUP (ORDER BY n)", "1.50000"),
        ("percentile_cont(0.5) WITHIN GROUP (ORDER BY n + 0.01 * i)", "1.79500"),
        ("percentile_cont(0.25) WITHIN GROUP (ORDER BY i)", "3.250"),
        ("percentile_disc(0.5) WITHIN GROUP (ORDER BY n)", "1.25"),
        ("max(n) / 2", "1.12500000"),
        ("variance(i)", "12.500000"),
        ("var_pop(i)", "6.250000"),
        ("var_samp(n) / 2", "0.250000000000"),
    ],
)
def test_an_aggregate_has_these_digits(numbers: Asker, expression: str, value: str):
    assert str(numbers(f"SELECT {expression} FROM t")[0][0]) == value


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("SELECT avg(n) OVER (PARTITION BY k) FROM t", ["1.75000000"] * 2),
        ("SELECT sum(n) OVER (ORDER BY i) / sum(n) OVER () FROM t", ["0.64285714", "1.00000000"]),
        ("SELECT a / 2 FROM (SELECT avg(n) AS a FROM t)", ["0.875000000000"]),
        ("WITH c AS (SELECT sum(i) AS s FROM t) SELECT s / 4 FROM c", ["2.250000"]),
        ("SELECT column1 / 3 FROM VALUES (1), (2)", ["0.333333", "0.666667"]),
        ("SELECT avg(a) FROM VALUES (1), (2) AS v(a)", ["1.500000"]),
        ("SELECT a.i / b.k FROM t a JOIN t b USING (i)", ["0.666667", "2.333333"]),
        ("SELECT i / 7 AS q, q * 2 FROM t", ["0.571428", "2.000000"]),
        (
            "WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM r WHERE x < 3)"
            " SELECT sum(x) / count(*) FROM r",
            ["2.000000"],
        ),
        ("SELECT i / 2 FROM t UNION ALL SELECT 1", ["1.000000", "1.000000", "3.500000"]),
        ("SELECT g, avg(i) FROM t GROUP BY g HAVING avg(i) / 2 > 1", ["7.000000"]),
    ],
)
def test_types_are_followed_through_queries(numbers: Asker, query: str, values: list[str]):
    assert sorted(str(row[-1]) for row in numbers(query)) == values


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("f / i", 0.5 / 7),
        ("i / f", 14.0),
        ("1 / 3::FLOAT", 1 / 3),
        ("avg(f) OVER ()", 0.375),
        ("sqrt(i) / 2", 7**0.5 / 2),
        ("power(i, 2) / 3", 49 / 3),
        ("i * f", 3.5),
        ("approx_percentile(n, 1) OVER ()", 2.25),
    ],
)
def test_with_a_float_it_is_a_float(numbers: Asker, expression: str, value: float):
    found = numbers(f"SELECT * FROM (SELECT i, {expression} AS x FROM t) WHERE i = 7")[0][1]
    assert isinstance(found, float)
    assert found == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("i", 7),
        ("i + 1", 8),
        ("2147483647 + 1", 2147483648),
        ("i % 4", 3),
        ("floor(i)", 7),
        ("ceil(n)", 2),
        ("round(i / 3)", 2),
        ("ceil(135.135, -2)", 200),
        ("floor(-975.975, -1)", -980),
        ("trunc(975.975, -2)", 900),
        ("round(135.135, -2)", 100),
        ("sum(i) OVER ()", 9),
        ("count(*) OVER ()", 2),
        ("1e3", 1000),
        ("n::INT", 1),
    ],
)
def test_whole_numbers_stay_int(numbers: Asker, expression: str, value: int):
    found = numbers(f"SELECT * FROM (SELECT i, {expression} AS x FROM t) WHERE i = 7")[0][1]
    assert isinstance(found, int)
    assert found == value


@pytest.mark.parametrize(
    ("expression", "precision", "scale"),
    [
        ("n / 3", 16, 8),
        ("i / k", 38, 6),
        ("n * n", 20, 4),
        ("n + n", 11, 2),
        ("avg(n)", 38, 8),
        ("sum(n)", 38, 2),
        ("count(*)", 18, 0),
        ("4 / 5", 7, 6),
    ],
)
def test_precision_and_scale_are_told(numbers: Asker, expression: str, precision: int, scale: int):
    column = numbers.result(f"SELECT {expression} FROM t GROUP BY i, n, k").columns[0]
    assert (column.type, column.precision, column.scale) == (SfType.FIXED, precision, scale)


@pytest.mark.parametrize(
    ("expression", "text"),
    [("(0.8)", "0.8"), ("(4 / 5)", "0.800000"), ("avg(i)", "4.500000"), ("1.50", "1.50")],
)
def test_text_has_the_same_digits(numbers: Asker, expression: str, text: str):
    assert numbers(f"SELECT ({expression})::VARCHAR, to_char({expression}) FROM t") == [
        (text, text)
    ] * (1 if "avg" in expression else 2)


def test_tables_made_of_calculations_have_their_types(numbers: Asker):
    numbers("CREATE TABLE made AS SELECT avg(n) AS a, sum(i) / 3 AS b FROM t")
    assert [row[1] for row in numbers("DESCRIBE TABLE made")] == ["NUMBER(38,8)", "NUMBER(38,6)"]
    numbers("UPDATE made SET a = b / 4")
    numbers("INSERT INTO made SELECT 1 / 3, 1")
    assert numbers("SELECT a::VARCHAR FROM made") == [("0.75000000",), ("0.33333300",)]


def test_an_operand_is_computed_once(numbers: Asker):
    numbers("CREATE SEQUENCE s")
    assert numbers("SELECT s.NEXTVAL / 3") == [(Decimal("0.333333"),)]
    assert numbers("SELECT s.NEXTVAL") == [(2,)]


def test_division_by_zero_is_an_error(numbers: Asker):
    assert "Division by zero" in numbers.error("SELECT i / 0 FROM t").message


def test_any_quotient_is_exact(sql: Asker):
    random = Random(20241101)  # noqa: S311 - the same cases at each run
    pairs = [
        (
            random.choice([1, -1]) * random.randrange(10 ** random.randrange(1, 28)),
            random.choice([1, -1]) * random.randrange(1, 10 ** random.randrange(1, 28)),
        )
        for _ in range(300)
    ]
    rows = ", ".join(f"({n}::NUMBER(38,0), {d}::NUMBER(38,0))" for n, d in pairs)
    found = [value for (value,) in sql(f"SELECT column1 / column2 FROM VALUES {rows}")]
    with localcontext(prec=80):
        expected = [(Decimal(n) / d).quantize(Decimal("1e-6"), ROUND_HALF_UP) for n, d in pairs]
    assert found == expected


def test_width_bucket(calculator: Asker) -> None:
    values = "(-1), (0), (1.9), (2), (9.99), (10), (null)"
    rows = calculator(f"select width_bucket(column1, 0, 10, 5) from values {values}")
    assert [bucket for (bucket,) in rows] == [0, 1, 1, 2, 5, 6, None]


@pytest.mark.parametrize(
    ("expression", "value"),
    {
        "getbit(11, 3)": 1,
        "getbit(11, 2)": 0,
        "getbit(-1, 70)": 1,
        "getbit(null, 1)": None,
        "bit_and(6, 3) + bit_or(6, 3) + bit_xor(6, 3)": 14,
        "bit_shiftleft(1, 4) + bit_shiftright(16, 2) + bit_not(0)": 19,
        "bit_and_agg(column1) + bitoragg(column1) + bit_xoragg(column1)": 14,
        "hll(column1)": 2,
    }.items(),
)
def test_bits_under_their_other_names(calculator: Asker, expression: str, value: int | None):
    source = "values (6), (3)" if "column1" in expression else "(select 1)"
    assert calculator(f"select {expression} from {source}") == [(value,)]


#: A call and its value.
CONVERTED = {
    "to_decimal('2.345', 10, 2)": Decimal("2.35"),
    "to_number('12.6')": 13,
    "to_number('12.345', 10)": 12,
    "to_number('1,234.5', '9,999.9', 10, 1)": Decimal("1234.5"),
    "to_number('1.5', 'auto')": 2,
    "to_number(1.55::float, 10, 1)": Decimal("1.6"),
    "to_number(true)": 1,
    "to_number(parse_json('\"12\"'))": 12,
    "to_number('1', null)": None,
    "to_number(null, 10, 2)": None,
    "try_to_numeric('8.5', 5, 1)": Decimal("8.5"),
    "try_to_decimal('100', 2, 0)": None,
}


@pytest.mark.parametrize("call", CONVERTED)
def test_a_value_becomes_a_number_of_so_many_digits(calculator: Asker, call: str):
    assert calculator(f"select {call}") == [(CONVERTED[call],)]


def test_a_computed_number_of_digits_is_refused(calculator: Asker):
    error = calculator.error("select to_decimal('2.345', 10, column1) from values (2)")
    assert "precision or scale of TO_NUMBER that is computed" in str(error)


@pytest.mark.parametrize(
    ("places", "km"),
    [
        ("40.7127, -74.0059, 34.0500, -118.2500", 3936.385096389),  # the documentation's example
        ("0, 0, 0, 0", 0),
        ("0, 0, 0, 1", 111.194926645),
        ("0, 0, 0, 180", 20015.086796021),
        ("90, 0, -90, 0", 20015.086796021),
        ("'0', '0', '0', '1'", 111.194926645),
        ("parse_json('0'), 0, 0, 1.0::float", 111.194926645),
    ],
)
def test_the_distance_of_two_places(calculator: Asker, places: str, km: float):
    assert calculator(f"select haversine({places})") == [(pytest.approx(km),)]


def test_there_is_no_distance_without_a_place(calculator: Asker):
    assert calculator("select haversine(null, 0, 0, 0), haversine(0, 0, 0, null)") == [(None, None)]
    assert "expected 4, got 3" in str(calculator.error("select haversine(0, 0, 0)"))


def test_opposite_places_are_half_way_round(calculator: Asker):
    found = calculator(
        """select count(*), min(haversine(a, b, -a, b + 180)), max(haversine(a, b, -a, b + 180))
        from (select seq4() % 180 - 90 + 0.37 a, seq4() * 1.9 b
              from table(generator(rowcount => 2000)))"""
    )
    # a NaN would be the greatest number
    assert found == [(2000, pytest.approx(20015.086796021), pytest.approx(20015.086796021))]
