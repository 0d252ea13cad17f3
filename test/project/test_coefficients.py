"""The tables of Coefficients.h are what coefficients/generate.py prints: some always, all under --full."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "dialects" / "dlc" / "Scalar"
HEADER = (FOLDER / "Coefficients.h").read_text()


def generate(*names):
    command = [sys.executable, FOLDER / "coefficients" / "generate.py", *names]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", ["words", "expF32", "sinF32"])
def test_table_is_generated(name):
    assert generate(name) in HEADER


@pytest.mark.full
def test_every_table_is_generated():
    printed = generate().split("/// Error")
    assert len(printed) == HEADER.count("/// Error") + 1
    for table in printed:
        assert table.strip() in HEADER
