"""A loop and a branch that depend on data, through every form of the command."""

import json

import numpy as np
import pytest
from commands import INPUTS, same_bits

NEWTON = INPUTS / "newton.mlir"
PHASES = {
    "trace": "scf.while (%",
    "simplify": "scf.condition",
    "fuse": "rt.launch @k_",
    "bufferize": "rt.swap",
    "lower": "rt.load",
}


@pytest.fixture
def inputs(cli):
    x = cli.save("x", np.linspace(-9, 9, 37, dtype=np.float32))
    return lambda most: ["--input", f"x={x}", "--input", f"most={cli.save('most', np.array(most, np.int64))}"]


@pytest.mark.parametrize("most", [0, 3, 50])
def test_interpreter_jit_package_and_executable_agree(cli, inputs, most):
    flags = inputs(most)
    expected = cli.outputs(NEWTON, *flags, "--engine", "interp")
    assert expected["steps"] == min(most, expected["steps"])
    cli.run("compile", NEWTON, "--emit=package", "-o", "m.dlc")
    cli.run("compile", NEWTON, "--emit=exe", "-o", "m")
    for outputs in (
        cli.outputs(NEWTON, *flags),
        cli.outputs("m.dlc", *flags),
        cli.execute([cli.folder / "m", *flags]),
    ):
        assert outputs.keys() == expected.keys()
        assert all(same_bits(outputs[name], expected[name]) for name in expected)


@pytest.mark.parametrize("phase", PHASES)
def test_phases_are_printed(cli, phase):
    assert PHASES[phase] in cli.run("compile", NEWTON, f"--to={phase}").stdout


def test_explains_loops_and_branches(cli):
    report = json.loads(cli.run("explain", NEWTON, "--json").stdout)
    rows = [(row["kind"], row["depth"], row["place"].split(":")[-2]) for row in report["control_flow"]]
    assert rows == [("while", 0, "10"), ("if", 0, "30")] and report["read_backs"] == 2
    loop, branch = report["control_flow"]
    assert loop["swaps"] == 2 and loop["copies"] == 0 and branch["launches"] == 1 and branch["copies"] == 1
    text = cli.run("explain", NEWTON).stdout
    assert f"  while at {NEWTON}:10:10: {loop['launches']} launches, 0 copies, 2 swaps\n" in text
    assert "to what a branch gives: it is not made by the branch's own kernels" in text


def test_inspects_the_command_table(cli):
    cli.run("compile", NEWTON, "--emit=package", "-o", "m.dlc")
    commands = json.loads(cli.run("inspect", "m.dlc", "--json").stdout)["program"]["commands"]
    assert [line.split(":")[0] for line in commands] == [str(i) for i in range(len(commands))]
    assert any("launch k_" in line and "output 0" in line for line in commands)
    back = next(line for line in commands if "jump to" in line and "unless" not in line)
    assert int(back.split()[-1]) < int(back.split(":")[0])
    assert any(": unless r" in line for line in commands) and sum(": swap arena" in line for line in commands) == 2


def test_a_step_that_is_not_positive_is_named(cli):
    (cli.folder / "m.mlir").write_text("""
func.func @main(%x: tensor<2xf32>, %s: tensor<i64>) -> tensor<2xf32> {
  %0 = tensor.extract %s[] : tensor<i64>
  %step = arith.index_cast %0 : i64 to index
  %zero = arith.constant 0 : index
  %nine = arith.constant 9 : index
  %1 = scf.for %i = %zero to %nine step %step iter_args(%v = %x) -> (tensor<2xf32>) {
    %2 = dlc.neg %v : (tensor<2xf32>) -> tensor<2xf32>
    scf.yield %2 : tensor<2xf32>
  }
  return %1 : tensor<2xf32>
}
""")
    flags = ["--input", f"arg0={cli.save('x', np.ones(2, np.float32))}"]
    flags += ["--input", f"arg1={cli.save('s', np.array(0, np.int64))}"]
    assert "expected a positive step, but got 0 in 'scf.for' at m.mlir:7:8" in cli.fail("run", "m.mlir", *flags)
