import pytest

from .fakes import FakeEngine
from .on_sql import Engine


@pytest.fixture
def engine(tmp_path):
    engine = FakeEngine(tmp_path)
    yield engine
    engine.close()


@pytest.fixture
def on_sql(tmp_path):
    engine = Engine(tmp_path)
    engine.sql("CREATE DATABASE db", "USE SCHEMA db.public", "CREATE TABLE told(what VARCHAR)")
    yield engine
    engine.close()
