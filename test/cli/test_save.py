"""dlc.compile(...).save: every form that it writes works, with the bits of the call; and .ir shows every phase."""

import subprocess

import numpy as np
import pytest
from commands import same_bits
from libraries import Library

import dlc

W = np.random.default_rng(0).standard_normal((8, 32)).astype(np.float32)
X = np.random.default_rng(1).standard_normal((5, 8)).astype(np.float32)
PHASES = {
    "trace": "dlc.dot_general",
    "autodiff": "dlc.dot_general",
    "simplify": "dlc.dot_general",
    "fuse": "rt.kernel",
    "schedule": "rt.kernel",
    "bufferize": "rt.launch",
    "lower": "llvm.func",
}


@pytest.fixture(scope="module")
def compiled():
    w = dlc.asarray(W)
    return dlc.compile(lambda x: dlc.tanh(x @ w), [dlc.spec(("B", 8))], names=["x"])


@pytest.fixture(scope="module")
def expected(compiled):
    return np.asarray(compiled(X))


def test_the_call_is_the_eager_function(expected):
    assert same_bits(expected, np.asarray(dlc.tanh(dlc.asarray(X) @ dlc.asarray(W))))


@pytest.mark.parametrize("name", ["m.mlir", "m.dlc", "m"])
def test_runs_as_a_program(cli, compiled, expected, name):
    compiled.save(cli.folder / name)
    flags = ["--input", f"x={cli.save('x', X)}"]
    outputs = cli.execute([cli.folder / name, *flags]) if name == "m" else cli.outputs(name, *flags)
    assert same_bits(outputs["out0"], expected)


def test_runs_as_a_shared_library(cli, compiled, expected):
    compiled.save(cli.folder / "libmodel.so")
    assert (cli.folder / "model.h").exists()
    with Library(cli.folder / "libmodel.so", "model") as library:
        assert (library.input_names(), library.output_names()) == (["x"], ["out0"])
        assert same_bits(library.run({"x": X})["out0"], expected)


def test_object_with_its_header(cli, compiled):
    compiled.save(cli.folder / "m.o")
    symbols = subprocess.run(["nm", "m.o"], cwd=cli.folder, capture_output=True, text=True, check=True).stdout
    for function in ("open", "infer", "run", "close"):
        assert f" T m_{function}\n" in symbols
        assert f"m_{function}(" in (cli.folder / "m.h").read_text()


@pytest.mark.parametrize("name, mark", [("m.ptx", ".visible .entry"), ("m.s", "vfmadd")])
def test_text_of_the_kernels(cli, compiled, name, mark):
    compiled.save(cli.folder / name)
    assert mark in (cli.folder / name).read_text()


def test_target_names_the_cpu(cli, compiled):
    for target in ("haswell", "x86-64-v4"):
        compiled.save(cli.folder / f"{target}.s", target=target)
    assert "zmm" not in (cli.folder / "haswell.s").read_text()
    assert "zmm" in (cli.folder / "x86-64-v4.s").read_text()
    with pytest.raises(ValueError, match="expected 'cpu' to be a CPU that LLVM knows"):
        compiled.save(cli.folder / "m.so", target="pentium9")


@pytest.mark.parametrize("phase", PHASES)
def test_ir_of_each_phase(compiled, phase):
    assert PHASES[phase] in compiled.ir(phase)


def test_ir_of_an_unknown_phase(compiled):
    with pytest.raises(ValueError, match="expected the name of a phase, but got 'link'"):
        compiled.ir("link")
