"""Tests of ops compile: the disk cache is off while they run."""

import _dlc
import pytest


@pytest.fixture(autouse=True)
def no_cache():
    before = _dlc.cache_dir()
    _dlc.set_cache_dir(b"")
    yield
    _dlc.set_cache_dir(before)
