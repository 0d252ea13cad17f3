"""Wrong command lines and hostile files: one clear error each, exit code 2 for the first and 1 for the second."""

import os

import numpy as np
import pytest
from commands import INPUTS, is_root

SCALE = INPUTS / "scale.mlir"
GATHER = INPUTS / "gather.mlir"


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["run", SCALE, "--nonsense"], "--nonsense"),
        (["nonsense"], "nonsense"),
        ([], "expected a subcommand (see --help), but got none"),
        (["run"], "MODEL is required"),
        (["run", SCALE, "--threads", "0"], "expected a number in 1.."),
        (["run", SCALE, "--threads", "two"], "but got 'two'"),
        (["run", SCALE, "--engine", "magic"], "expected one of jit|interp, but got 'magic'"),
        (["run", SCALE, "--input", "x"], "expected --input NAME=FILE.npy, but got 'x'"),
        (["run", SCALE, "--mcpu", "z80"], "but got z80"),
        (["compile", SCALE, "--to=nowhere"], "but got 'nowhere'"),
        (["compile", SCALE, "--emit=exe"], "expected -o FILE with --emit=exe"),
        (["compile", SCALE, "--emit=exe", "--to=fuse", "-o", "x"], "expected --to with --emit=mlir"),
        (["compile", SCALE, "--to=fuse", "--dump=lower"], "expected --dump to name a phase up to fuse, but got lower"),
        (["cache", "burn"], "but got 'burn'"),
    ],
    ids=str,
)
def test_wrong_command_lines(cli, arguments, message):
    assert message in cli.fail(*arguments, code=2)


@pytest.mark.parametrize("command", ["run", "compile", "explain", "inspect"])
def test_missing_file(cli, command):
    assert "'missing.mlir': No such file or directory" in cli.fail(command, "missing.mlir")


@pytest.mark.parametrize(
    "text, message",
    [
        ("func.func @main(", "bad.mlir:1:"),
        ("", "bad.mlir: expected a model, but got an empty file"),
        ("module {}", "expected a function @main or one public function, but got 0"),
        ("func.func @main() { dlc.nonsense }", "dlc.nonsense"),
        (
            "func.func @main(%x: tensor<4xf32>, %y: tensor<5xf32>) -> tensor<4xf32> {\n"
            "  %0 = dlc.add %x, %y : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>\n"
            "  return %0 : tensor<4xf32>\n}",
            "bad.mlir:2:",
        ),
        ("\x00\x01\x02", "bad.mlir:1:"),
        ("ML\xefR\x07garbage", "bad.mlir"),
    ],
)
def test_corrupt_model(cli, text, message):
    (cli.folder / "bad.mlir").write_text(text, encoding="latin-1")
    result = cli.run("run", "bad.mlir", code=1)
    assert result.stderr.startswith("error: ") and message in result.stderr, result.stderr
    assert message in cli.run("run", "bad.mlir", "--engine", "interp", code=1).stderr


def test_truncated_bytecode(cli):
    cli.run("compile", SCALE, "--emit=bytecode", "-o", "whole")
    whole = (cli.folder / "whole").read_bytes()
    for size in range(5, len(whole), 37):
        (cli.folder / "cut").write_bytes(whole[:size])
        assert "cut" in cli.run("compile", "cut", code=1).stderr


def test_damaged_package(cli, scale_inputs):
    cli.run("compile", SCALE, "--emit=package", "-o", "m.dlc")
    whole = (cli.folder / "m.dlc").read_bytes()
    assert len(whole) > 1000
    inside = next(i for i in range(len(whole) // 2, len(whole)) if whole[i])  # what pads between entries is not read
    for at in (9, 40, 100, inside):
        damaged = bytearray(whole)
        damaged[at] ^= 0x20
        (cli.folder / "m.dlc").write_bytes(damaged)
        result = cli.run("run", "m.dlc", *scale_inputs, code=1)
        assert result.stderr.startswith("error: m.dlc: expected ")
    (cli.folder / "m.dlc").write_bytes(whole[:-64])
    assert cli.fail("inspect", "m.dlc").startswith("m.dlc: expected ")


def inputs_of(cli, **arrays):
    return [flag for name, array in arrays.items() for flag in ("--input", f"{name}={cli.save(name, array)}")]


X, B = np.zeros((5, 128), np.float32), np.zeros(128, np.float32)


@pytest.mark.parametrize(
    "arrays, message",
    [
        ({"x": X}, "expected a file for input b: f32[128]: pass --input b=FILE.npy"),
        ({"x": X, "b": B, "c": B}, "expected the name of an input of 'main', but got 'c'"),
        ({"x": X.astype("d"), "b": B}, "expected input 'x' to have dtype f32, but got f64"),
        ({"x": X[0], "b": B}, "expected input 'x' to have rank 2, but got 1"),
        ({"x": X[:, :7], "b": B}, "expected dimension 1 of input 'x' to be 128, but got 7"),
        ({"x": X, "b": B[:5]}, "expected dimension 0 of input 'b' to be 128, but got 5"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_inputs(cli, arrays, message):
    assert cli.fail("run", SCALE, *inputs_of(cli, **arrays)) == message


@pytest.mark.parametrize("engine", ["jit", "interp"])
def test_index_out_of_range(cli, engine):
    table, rows = np.zeros((10, 4), np.float32), np.array([1, 12, 99])
    message = cli.fail("run", GATHER, "--engine", engine, *inputs_of(cli, table=table, rows=rows))
    assert "12" in message and "10" in message and "dlc.gather" in message and "gather.mlir:4:" in message


@pytest.mark.parametrize("damage", ["empty", "cut", "other", "header"])
def test_corrupt_npy(cli, scale_inputs, damage):
    path = cli.folder / "x.npy"
    whole = path.read_bytes()
    damaged = {
        "empty": b"",
        "cut": whole[:-1],
        "other": b"PK\x03\x04" + whole,
        "header": whole.replace(b"descr", b"DESCR"),
    }
    path.write_bytes(damaged[damage])
    assert "x.npy" in cli.fail("run", SCALE, *scale_inputs)
    path.unlink()
    assert "x.npy': No such file or directory" in cli.fail("run", SCALE, *scale_inputs)


def test_unwritable_outputs(cli, scale_inputs):
    for kind in ("exe", "shared", "obj", "package", "bytecode", "asm"):
        assert "missing/m" in cli.fail("compile", SCALE, f"--emit={kind}", "-o", "missing/m")
    (cli.folder / "file").write_text("")
    for engine in ("jit", "interp"):
        message = cli.fail("run", SCALE, *scale_inputs, "--engine", engine, "--output-dir", "file/out")
        assert message.startswith("cannot make the folder 'file/out'")
    assert "file/m" in cli.fail("compile", SCALE, "--emit=exe", "-o", "file/m")


def test_full_standard_output(cli, scale_inputs):
    import subprocess

    from commands import DLC

    with open("/dev/full", "w") as full:
        result = subprocess.run([DLC, "run", SCALE, *scale_inputs], stdout=full, stderr=subprocess.PIPE, env=cli.env)
    assert result.returncode == 1 and result.stderr == b"error: cannot write to the standard output\n"


@pytest.mark.parametrize("kind", ["file", "read-only", "world"])
def test_unusable_cache_costs_a_warning_alone(cli, scale_inputs, kind):
    cache = cli.folder / "cache"
    if kind == "file":
        cache.write_text("")
    else:
        cache.mkdir()
        cache.chmod(0o555 if kind == "read-only" else 0o777)
    if kind == "read-only" and is_root():
        pytest.skip("root may write anywhere")
    expected = cli.outputs(SCALE, *scale_inputs, DLC_CACHE_DIR=str(cli.folder / "other"))["y"]
    result = cli.run("run", SCALE, *scale_inputs)
    assert result.stderr.startswith("warning: ") and result.stderr.count("\n") == 1
    assert result.stdout.startswith("y: f32[5, 128] =")
    assert cli.outputs(SCALE, *scale_inputs)["y"].tobytes() == expected.tobytes()


@pytest.mark.parametrize("damage", ["flip", "truncate", "foreign"])
def test_damaged_cache_entries_are_rebuilt(cli, scale_inputs, damage):
    expected = cli.outputs(SCALE, *scale_inputs)["y"]
    entries = [path for path in (cli.folder / "cache").rglob("*") if path.is_file()]
    assert len(entries) == 2
    for path in entries:
        whole = bytearray(path.read_bytes())
        if damage == "flip":
            whole[len(whole) // 2] ^= 1
        path.write_bytes(
            b"#!/bin/sh" if damage == "foreign" else whole[: len(whole) - 7] if damage == "truncate" else whole
        )
    result = cli.run("run", SCALE, *scale_inputs)
    assert "is damaged and will be rebuilt" in result.stderr
    assert cli.outputs(SCALE, *scale_inputs)["y"].tobytes() == expected.tobytes()
    assert "2 entries are whole, 0 damaged" in cli.run("cache", "verify").stdout
    assert os.listdir(cli.folder / "cache")


RESOURCE = """func.func @main() -> tensor<3xf32> {
  %0 = dlc.constant dense_resource<weights> : tensor<3xf32>
  return %0 : tensor<3xf32>
}
"""


@pytest.mark.parametrize("resources, message", [
    ("", "expected the elements of 'weights' at the end of the module, but got none"),
    ('{-# dialect_resources: { builtin: { weights: "0x040000000000803F" } } #-}',
     "expected 'weights' to hold a 'tensor<3xf32>', but got 4 bytes"),
])  # fmt: skip
def test_elements_at_the_end_of_a_module(cli, resources, message):
    (cli.folder / "m.mlir").write_text(RESOURCE + resources)
    assert cli.fail("run", "m.mlir") == f"m.mlir:2:8: {message}"
