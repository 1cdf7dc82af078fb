import pytest

from .fakes import FakeEngine


@pytest.fixture
def engine(tmp_path):
    engine = FakeEngine(tmp_path)
    yield engine
    engine.close()
