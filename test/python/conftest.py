"""Every test of the Python package runs on each engine: results have the same bits."""

import pytest

import dlc

ENGINES = ("interp", "jit")


@pytest.fixture(autouse=True, params=ENGINES)
def engine(request):
    before = dlc.set_engine(request.param)
    yield request.param
    dlc.set_engine(before)
