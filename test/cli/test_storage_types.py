"""f8 and integers of 4 bits in .npy files: NumPy's V1, which is read as the type of the input that it is for."""

import ml_dtypes
import numpy as np
import pytest
from commands import INPUTS

MODEL = INPUTS / "storage.mlir"
X = np.array([-8, -1, 0, 3, 7]).astype(ml_dtypes.int4)
W = np.array([1.5, 0.3, -2, 448, 464]).astype(ml_dtypes.float8_e4m3fn)


@pytest.fixture
def inputs(cli):
    return ["--input", f"x={cli.save('x', X)}", "--input", f"w={cli.save('w', W)}"]


def check(outputs):
    product = X.astype(np.float32) * W.astype(np.float32)
    assert outputs["y"].dtype == outputs["bits"].dtype == np.dtype("V1")
    assert outputs["y"].tobytes() == product.astype(ml_dtypes.float8_e5m2).tobytes()
    assert outputs["bits"].view(np.uint8).tolist() == [8, 15, 0, 3, 7]


@pytest.mark.parametrize("engine", ["jit", "interp"])
def test_run(cli, inputs, engine):
    check(cli.outputs(MODEL, *inputs, "--engine", engine))
    assert "y: f8e5m2[5] = -12 -0.3125 -0 1280 3072" in cli.run("run", MODEL, *inputs, "--engine", engine).stdout


def test_executable(cli, inputs):
    cli.run("compile", MODEL, "--emit=exe", "-o", "model")
    check(cli.execute([cli.folder / "model", *inputs]))


def test_v1_is_no_other_type(cli, inputs):
    model = cli.folder / "m.mlir"
    model.write_text(MODEL.read_text().replace("tensor<5xi4>", "tensor<5xi8>").replace("ui4", "ui8"))
    for engine in ("jit", "interp"):
        message = cli.fail("run", model, *inputs, "--engine", engine)
        assert message.endswith("expected a dtype that names a type, but got 'V1', which f8, i4 and u4 share")
