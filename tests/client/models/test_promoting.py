"""Another default, and the one before: by what was noted, else by statements."""

import pytest

from sfdag_magics.client.models.named import model_named, version_named
from sfdag_magics.client.models.promoting import default_before, promote
from sfdag_magics.client.models.registered import models_there, versions_there
from sfdag_magics.errors import InputError
from tests.client.fake_snowflake import FakeSnowflake

NAME = "DB.S.M"


@pytest.fixture
def fake():
    found = FakeSnowflake()
    found.models.add(NAME, V1={"f1": 0.5}, V2={"f1": 0.6}, V3=None)
    return found


def model_of(fake, name="m"):
    return model_named(models_there(fake), name, fake.namespace, fake.place)


def sent(fake, *texts):
    fake.models.sent = [
        {"QUERY_TEXT": text, "DATABASE_NAME": "DB", "SCHEMA_NAME": "S"} for text in texts
    ]


def test_a_promotion_notes_what_was_the_default_and_keeps_the_comment(fake):
    fake.models.comments[NAME] = "for the fraud team"
    promote(fake, model_of(fake), "V1")
    model = model_of(fake)
    assert (model.default, model.comment) == ("V1", "for the fraud team")
    assert default_before(fake, model) == "V3"
    promote(fake, model, "V2")
    assert default_before(fake, model_of(fake)) == "V1"


def test_what_a_task_set_since_counts_and_not_the_note(fake):
    promote(fake, model_of(fake), "V1")
    fake.models.defaults[NAME] = "V2"
    assert default_before(fake, model_of(fake)) is None
    sent(
        fake, "ALTER MODEL M SET DEFAULT_VERSION=V1", 'alter model db.s.m set default_version="V2"'
    )
    assert default_before(fake, model_of(fake)) == "V1"


@pytest.mark.parametrize(
    ("texts", "before"),
    [
        (
            ["CREATE MODEL M WITH VERSION V1 FROM @s", "ALTER MODEL M SET DEFAULT_VERSION = v3"],
            "V1",
        ),
        (["ALTER MODEL M SET DEFAULT_VERSION = V3"], None),
        (
            ["ALTER MODEL M SET DEFAULT_VERSION = V2", "ALTER MODEL M SET DEFAULT_VERSION = V1"],
            None,
        ),
        (
            [
                "ALTER MODEL M SET DEFAULT_VERSION = V1",
                "ALTER MODEL X.S.M SET DEFAULT_VERSION = V2",
                "ALTER MODEL IF EXISTS M SET DEFAULT_VERSION = V3",
                "ALTER MODEL M SET DEFAULT_VERSION = V3",
                "ALTER MODEL M SET COMMENT = 'DEFAULT_VERSION'",
                "ALTER TABLE 'DEFAULT_VERSION",
            ],
            "V1",
        ),
    ],
)
def test_statements_tell_the_default_before(fake, texts, before):
    sent(fake, *texts)
    assert default_before(fake, model_of(fake)) == before


@pytest.mark.parametrize("typed", ["m", "M", '"M"', "s.m", "DB.S.M", 'db."S".m'])
def test_a_model_is_named_as_sql_names_it(fake, typed):
    fake.models.add("DB.OTHER.M", V1={})
    assert model_of(fake, typed).name.sql() == NAME


def test_a_name_with_quotes_and_spaces_is_found_as_it_is(fake):
    odd = 'DB.S."we ""ird"" #1"'
    fake.models.add(odd, V1={})
    for typed in ('we "ird" #1', '"we ""ird"" #1"', odd):
        assert model_of(fake, typed).name.sql() == odd


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("mm", "there is no model 'mm' on fake · DB.S; did you mean M?"),
        ("x.y", "there is no model 'x.y' on fake · DB.S; there are: DB.S.M"),
        ("elsewhere", "2 models are called 'elsewhere': A.S.ELSEWHERE, B.S.ELSEWHERE"),
    ],
)
def test_what_names_no_model_or_several_is_refused(fake, typed, says):
    if typed == "elsewhere":
        fake.models.add("A.S.ELSEWHERE", V1={})
        fake.models.add("B.S.ELSEWHERE", V1={})
    with pytest.raises(InputError) as raised:
        model_of(fake, typed)
    assert raised.value.message == says


@pytest.mark.parametrize(
    ("typed", "name"),
    [("v1", "V1"), ("V2", "V2"), ("first", "V1"), ("LAST", "V3"), ("default", "V3")],
)
def test_a_version_is_named_by_name_or_alias(fake, typed, name):
    model = model_of(fake)
    assert version_named(model, versions_there(fake, model.name), typed).name == name
