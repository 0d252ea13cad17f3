"""The examples of docstrings do what they show."""

import doctest
import importlib
import pkgutil

import _dlc
import pytest

import dlc

MODULES = sorted(m.name for m in pkgutil.iter_modules(dlc.__path__))


@pytest.fixture
def empty_cache(tmp_path):
    before = _dlc.cache_dir()
    _dlc.set_cache_dir(bytes(tmp_path))
    yield
    _dlc.set_cache_dir(before)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name, empty_cache):
    module = importlib.import_module(f"dlc.{name}")
    assert doctest.testmod(module).failed == 0


def test_public_functions_are_documented():
    public = [v for n, v in vars(dlc).items() if not n.startswith("_") and callable(v)]
    assert len(public) > 100
    assert [v for v in public if not v.__doc__] == []
