"""`dlc compile`: the IR after each phase, and `dlc grad`."""

import numpy as np
import pytest
from commands import INPUTS, same_bits

SCALE = INPUTS / "scale.mlir"
LOSS = INPUTS / "loss.mlir"
MARKS = {
    "trace": "dlc.tanh",
    "autodiff": "dlc.tanh",
    "simplify": "dlc.tanh",
    "fuse": "rt.kernel @k_add_tanh_relu",
    "schedule": 'kind = "pointwise"',
    "bufferize": "rt.arena = #dlc.dims<[0]>",
    "lower": "llvm.func @k_add_tanh_relu_compute",
}


@pytest.mark.parametrize("phase", MARKS)
def test_stops_after_a_phase(cli, phase):
    text = cli.run("compile", SCALE, f"--to={phase}").stdout
    assert MARKS[phase] in text
    (cli.folder / "again.mlir").write_text(text)
    if phase in ("trace", "autodiff", "simplify"):  # before fuse what is written can be compiled again
        assert cli.run("compile", "again.mlir", f"--to={phase}").stdout == text


def test_dumps_a_phase_on_the_way(cli):
    result = cli.run("compile", SCALE, "--to=fuse", "--dump=autodiff")
    assert "rt.kernel" not in result.stderr and "dlc.tanh" in result.stderr
    assert "rt.kernel" in result.stdout


def test_bytecode_is_a_model_too(cli, scale_inputs):
    cli.run("compile", SCALE, "--emit=bytecode", "-o", "scale.mlirbc")
    expected = cli.outputs(SCALE, *scale_inputs)["y"]
    assert same_bits(cli.outputs("scale.mlirbc", *scale_inputs)["y"], expected)


def test_assembly(cli):
    assert "vmovups" in cli.run("compile", SCALE, "--emit=asm").stdout
    assert "zmm" in cli.run("compile", SCALE, "--emit=asm", "--mcpu=x86-64-v4").stdout
    assert "zmm" not in cli.run("compile", SCALE, "--emit=asm").stdout, "artifacts are for x86-64-v3"


def test_gradient_of_a_scalar(cli):
    w, x = np.arange(8, dtype=np.float32), np.linspace(-1, 1, 8, dtype=np.float32)
    flags = ["--input", f"w={cli.save('w', w)}", "--input", f"x={cli.save('x', x)}"]
    cli.run("grad", LOSS, "--wrt", "w,x", "--of", "loss", "-o", "g.mlir")
    assert "dlc.vjp" not in (cli.folder / "g.mlir").read_text()
    out = cli.outputs("g.mlir", *flags)
    np.testing.assert_allclose(out["grad_w"], 2 * w * x * x, rtol=1e-6)
    np.testing.assert_allclose(out["grad_x"], 2 * w * w * x, rtol=1e-6)
    assert same_bits(out["loss"], cli.outputs(LOSS, *flags)["loss"])
    for name, value in cli.outputs("g.mlir", *flags, "--engine", "interp").items():
        assert same_bits(value, out[name])


def test_gradient_with_a_cotangent(cli):
    w, x = np.arange(8, dtype=np.float32), np.linspace(-1, 1, 8, dtype=np.float32)
    ct = np.full(8, 3, dtype=np.float32)
    cli.run("grad", LOSS, "--wrt", "w", "--of", "product", "-o", "g.mlir")
    files = {"w": w, "x": x, "ct_product": ct}
    out = cli.outputs("g.mlir", *(f"--input={name}={cli.save(name, value)}" for name, value in files.items()))
    np.testing.assert_array_equal(out["grad_w"], 3 * x)


def test_gradient_of_what_is_not_there(cli):
    assert "expected --wrt to name an input of 'main', but got 'q'" in cli.fail(
        "grad", LOSS, "--wrt", "q", "--of", "loss"
    )
    assert "expected --of to name an output of 'main'" in cli.fail("grad", LOSS, "--wrt", "w", "--of", "q")
    assert "expected --of to say which output, but 'main' has 2" in cli.fail("grad", LOSS, "--wrt", "w")
    assert "--wrt is required" in cli.fail("grad", LOSS, code=2)
