"""The dlc command of the build tree, run with a cache of its own in each test."""

import numpy as np
import pytest
from commands import Cli


@pytest.fixture
def cli(tmp_path):
    return Cli(tmp_path)


@pytest.fixture
def scale_inputs(cli):
    """The --input flags of scale.mlir, for a batch of 5."""
    random = np.random.default_rng(0)
    x = cli.save("x", random.standard_normal((5, 128), dtype=np.float32))
    b = cli.save("b", random.standard_normal(128, dtype=np.float32))
    return ["--input", f"x={x}", "--input", f"b={b}"]
