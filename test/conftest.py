"""Options of every pytest run: tests marked `full` run only with --full, and the disk cache is the run's own."""

import os
import tempfile

import pytest

# Set before anything imports dlc, as the conftest.py of the folders do; processes of tests inherit it.
CACHE = tempfile.TemporaryDirectory(prefix="dlc-cache-", ignore_cleanup_errors=True)
os.environ["DLC_CACHE_DIR"] = CACHE.name


def pytest_configure(config):
    config.add_cleanup(CACHE.cleanup)


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="also run the tests that take minutes")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--full"):
        return
    skip = pytest.mark.skip(reason="takes minutes; run ./dev test --full")
    for item in items:
        if "full" in item.keywords:
            item.add_marker(skip)
