import pytest

from sfdag_magics.client.connecting.targets import read_targets
from sfdag_magics.errors import InputError


def described(tmp_path, text, name="sfdag.toml"):
    (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_without_a_file_there_is_the_embedded_engine(tmp_path):
    targets = read_targets(tmp_path)
    assert targets.named(targets.default).is_embedded


TOML = """
default = "dev"
[target.dev]
database = "DEV"
[target.prod]
connection = "company"
database = "PROD"
production = true
[target.prod.config]
sample = 1.0
"""


def test_targets_are_read_from_beside_the_notebook_and_above(tmp_path):
    (tmp_path / "below").mkdir()
    targets = read_targets(described(tmp_path, TOML) / "below")
    assert (targets.default, list(targets.known)) == ("dev", ["embedded", "dev", "prod"])
    prod = targets.named("prod")
    assert (prod.connection, prod.production, prod.config) == ("company", True, {"sample": 1.0})
    assert targets.named("dev").is_embedded


def test_a_pyproject_without_our_table_is_passed_by(tmp_path):
    described(tmp_path, "[project]\nname='x'", "pyproject.toml")
    assert list(read_targets(tmp_path).known) == ["embedded"]
    described(tmp_path, "[tool.sfdag]\ndefault='d'\n[tool.sfdag.target.d]", "pyproject.toml")
    assert read_targets(tmp_path).default == "d"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[target.a]\npassword = "x"', "has 'password', and no secret belongs in this file"),
        ('[target.a]\nprivate_key_file = "x"', "no secret belongs in this file"),
        ('[target.a]\ndatabse = "x"', "unknown key 'databse'; known:"),
        ('default = "b"', "there is no \\[target.b\\]"),
        ("default = ", "is not TOML"),
        ("[target]\na = 1", "is no table"),
        ("[prod]\na = 1", r"(?s)has \[prod\], .*\[target\.prod\]"),
        ("[targets.prod]\na = 1", r"(?s)has \[targets\], .*\[target\.prod\]"),
        ('connection = "x"', "has connection, which is nothing of ours"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_targets(described(tmp_path, text))


def test_an_unknown_target_names_the_known_ones(tmp_path):
    with pytest.raises(InputError, match="no target 'prd'; known: embedded, dev, prod"):
        read_targets(described(tmp_path, TOML)).named("prd")
