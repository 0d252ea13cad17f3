"""`--fast`: the entry function gives up exact bits; what compares bits refuses it."""

import numpy as np
import pytest
from commands import same_bits

MODEL = """
!t = tensor<?xf32, #dlc.dims<[B]>>
func.func @main(%x: !t {dlc.name = "x"}) -> (!t {dlc.name = "y"}) {
  %0 = dlc.mul %x, %x : !t
  %1 = dlc.add %0, %x : !t
  %c = dlc.constant dense<3.0> : tensor<f32>
  %three = dlc.broadcast %c {shape = #dlc.dims<[B]>, dims = array<i64>} : (tensor<f32>) -> !t
  %2 = dlc.div %1, %three : !t
  return %2 : !t
}
"""


@pytest.fixture
def model(cli):
    path = cli.folder / "m.mlir"
    path.write_text(MODEL)
    cli.save("x", np.random.default_rng(3).standard_normal(1001, dtype=np.float32))
    return path


INPUT = ["--input", "x=x.npy"]


def test_run(cli, model):
    exact = cli.outputs(model, *INPUT)["y"]
    fast = cli.outputs(model, *INPUT, "--fast")["y"]
    np.testing.assert_allclose(fast, exact, rtol=1e-5)
    assert not same_bits(fast, exact)
    assert same_bits(cli.outputs(model, *INPUT)["y"], exact), "the cache keeps them apart"
    assert same_bits(cli.outputs(model, *INPUT, "--fast")["y"], fast)


def test_compiled_models_keep_the_attribute(cli, model):
    fast = cli.outputs(model, *INPUT, "--fast")["y"]
    cli.run("compile", model, "--fast", "-o", "fast.mlir")
    text = (cli.folder / "fast.mlir").read_text()
    assert "attributes {dlc.fast}" in text
    cli.run("compile", "fast.mlir", "--emit=package", "--mcpu=x86-64-v3", "-o", "fast.dlc")
    assert "dlc.fast" in cli.run("compile", "fast.dlc").stdout
    assert same_bits(cli.outputs("fast.mlir", *INPUT)["y"], fast)
    exact = cli.outputs(model, *INPUT)["y"]
    assert same_bits(cli.outputs("fast.mlir", *INPUT, "--engine", "interp")["y"], exact), "the definition stays exact"
    np.testing.assert_allclose(cli.outputs("fast.dlc", *INPUT)["y"], exact, rtol=1e-5)


def test_gradients_of_fast_models_are_fast(cli, model):
    model.write_text(MODEL.replace(" {\n  %0", " attributes {dlc.fast} {\n  %0"))
    text = cli.run("grad", model, "--wrt", "x").stdout
    assert "@main(" in text and "dlc.fast" in text
    assert "fastmath" in cli.run("grad", model, "--wrt", "x", "--to=lower").stdout


@pytest.mark.parametrize("command", ["verify", "reduce"])
def test_bits_of_fast_functions_are_not_compared(cli, model, command):
    model.write_text(MODEL.replace(" {\n  %0", " attributes {dlc.fast} {\n  %0"))
    message = cli.fail(command, model)
    assert message == (
        "expected a function whose bits are defined, to compare them, but got 'main' with 'dlc.fast': check it without "
        "the attribute"
    )


def test_fast_models_are_reduced_by_commands(cli, model):
    model.write_text(MODEL.replace(" {\n  %0", " attributes {dlc.fast} {\n  %0"))
    cli.run("reduce", model, "--test", "grep -q dlc.div", "-o", "small.mlir")
    text = (cli.folder / "small.mlir").read_text()
    assert "dlc.div" in text and "dlc.mul" not in text


def test_wrong_use(cli, model):
    assert "expected --engine=jit with --fast, but got interp" in cli.fail(
        "run", model, *INPUT, "--fast", "--engine", "interp", code=2
    )
    cli.run("compile", model, "--emit=package", "-o", "m.dlc")
    assert "expected a model to compile with --fast, but got a package" in cli.fail(
        "run", "m.dlc", *INPUT, "--fast", code=2
    )
