"""Options of every pytest run: tests marked `full` run only with --full."""

import pytest


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="also run the tests that take minutes")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--full"):
        return
    skip = pytest.mark.skip(reason="takes minutes; run ./dev test --full")
    for item in items:
        if "full" in item.keywords:
            item.add_marker(skip)
