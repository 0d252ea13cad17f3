"""Models that are no models of dlc: each is refused with one clear error, by the compiler and the interpreter alike."""

import subprocess

import numpy as np
import pytest
from commands import DLC, INPUTS

DEEP = 100_000
MANY = "brackets that nest at most 256 deep"
ONE = 'func.func @main(%x: tensor<4xf32> {dlc.name = "x"}) -> tensor<4xf32>'


def model(argument: str, attributes: str = "") -> str:
    return f"func.func @main(%x: {argument}) -> {argument} {attributes} {{ return %x : {argument} }}"


@pytest.mark.parametrize(
    "text, message",
    [
        (f"func.func @main(%x: {'tuple<' * DEEP}f32{'>' * DEEP}) {{ return }}", MANY),
        (f"module attributes {{a = {'[' * DEEP}{']' * DEEP}}} {{}}", MANY),
        ("module {" * DEEP + "}" * DEEP, MANY),
        (f'module {{}} loc({"callsite(" * DEEP}"a" at "b"{")" * DEEP})', MANY),
        (f"module attributes {{a = affine_map<(d0) -> ({'-' * DEEP}d0)>}} {{}}", "at most 4096 operators in a row"),
        (f"module attributes {{a = affine_map<(d0) -> ({'d0 + ' * DEEP}d0)>}} {{}}", "at most 4096 operators in a row"),
        (f"func.func @main(%x: tensor<?xf32, #dlc.dims<[{'floordiv(' * 100}B{', 2)' * 100}]>>)", "bad.mlir:1:"),
    ],
    ids=["types", "attributes", "regions", "locations", "signs", "sums", "extents"],
)
def test_deep_nesting(cli, text, message):
    (cli.folder / "bad.mlir").write_text(text)
    for command in (["compile"], ["run"], ["explain"], ["grad", "--wrt", "x"]):
        assert message in cli.run(*command[:1], "bad.mlir", *command[1:], code=1).stderr


@pytest.mark.parametrize(
    "text, message",
    [
        (model("i32"), "expected a ranked tensor as argument 0 of 'main', but got 'i32'"),
        (model("memref<4xf32>"), "expected a ranked tensor as argument 0 of 'main', but got 'memref<4xf32>'"),
        (model("tensor<*xf32>"), "expected a ranked tensor as argument 0 of 'main', but got 'tensor<*xf32>'"),
        (model("tensor<4xf80>"), "expected an element type of dlc as argument 0"),
        (model("tensor<4xi7>"), "expected an element type of dlc as argument 0"),
        (model("tensor<4xsi32>"), "expected an element type of dlc as argument 0"),
        (model(f"tensor<{'1x' * 17}f32>"), "expected a rank of at most 16 as argument 0"),
        (model("tensor<?xf32>"), "expected a symbol for each dynamic dimension, as in tensor<?xf32, #dlc.dims<[B]>>"),
        (model("tensor<9223372036854775807x2xf32>"), "expected a size below 2^50 bytes as argument 0"),
        (model("tensor<?xf32, #dlc.dims<[9000000000000000000*B]>>"), "expected a size below 2^50 bytes"),
        (model("tensor<4xf32>", "attributes {dlc.symbols = 3}"), "expected 'dlc.symbols' to be a dictionary"),
        (
            model("tensor<4xf32>", "attributes {dlc.symbols = {B = array<i64: 4, 2, 1>}}"),
            "expected minimum, maximum and divisor of symbol 'B' as array<i64: 0, 8, 1>, but got array<i64: 4, 2, 1>",
        ),
        (model("tensor<4xf32>", "attributes {dlc.conditions = 3}"), "expected 'dlc.conditions' to be a dictionary"),
        (
            model("tensor<4xf32>", "attributes {dlc.conditions = {not_zero = 3}}"),
            "expected 'not_negative' and 'not_zero' in 'dlc.conditions' to be #dlc.dims, but got",
        ),
        (model("tensor<4xf32> {dlc.name = 3}").replace("} ->", "} ->", 1), "bad.mlir:1:"),
        (
            'func.func @main(%x: tensor<4xf32> {dlc.name = "a\\1B[2J"}) { return }',
            "expected 'dlc.name' of argument 0 to be a string of printable UTF-8",
        ),
        (
            'func.func @main(%x: tensor<f32> {dlc.name = "x"}, %y: tensor<f32> {dlc.name = "x"}) { return }',
            'expected unique names of arguments, but got "x" twice',
        ),
        (
            f"{ONE} {{ %0 = arith.addf %x, %x : tensor<4xf32>\nreturn %0 : tensor<4xf32> }}",
            "bad.mlir:1:77: expected tensors to be computed by ops of dlc, but got 'arith.addf'",
        ),
        (
            f"{ONE} {{ %0 = dlc.constant dense_resource<a> : tensor<4xf32>\nreturn %0 : tensor<4xf32> }}",
            "expected the elements of 'a' at the end of the module, but got none",
        ),
        (f"{ONE} {{ %0 = other.op %x : tensor<4xf32> }}", "bad.mlir:1:"),
        (f"{ONE} {{ return %y : tensor<4xf32> }}", "bad.mlir:1:"),
        (ONE.replace("@main", "private @main"), "expected a function @main or one public function, but got 0"),
        (f"{ONE} {{ %0 = dlc.call @f(%x) : (tensor<4xf32>) -> tensor<4xf32>\nreturn %0 : tensor<4xf32> }}", "'f'"),
    ],
    ids=str,
)
def test_no_model_of_dlc(cli, text, message):
    (cli.folder / "bad.mlir").write_text(text)
    flags = ["--input", f"x={cli.save('x', np.zeros(4, np.float32))}"]
    for engine in ("jit", "interp"):
        result = cli.run("run", "bad.mlir", "--engine", engine, *flags, code=1)
        assert result.stderr.startswith("error: ") and message in result.stderr, result.stderr
    assert message in cli.run("explain", "bad.mlir", code=1).stderr


@pytest.mark.parametrize("shape", ["1000000x1000000", "1048576x262144"])
def test_more_memory_than_there_is(cli, shape):
    (cli.folder / "m.mlir").write_text(
        f"func.func @main() -> tensor<{shape}xf32> {{ %0 = dlc.constant dense<1.0> : tensor<{shape}xf32>\n"
        f"return %0 : tensor<{shape}xf32> }}"
    )
    for engine in ("jit", "interp"):
        assert "bytes" in cli.fail("run", "m.mlir", "--engine", engine)


def test_text_that_is_no_text(cli):
    for name, text in {
        "bom": b"\xff\xfe\x00f",
        "latin": b'module attributes {a = "\xe9"} {',
        "tail": b"module {} \xff",
    }.items():
        (cli.folder / name).write_bytes(text)
        result = subprocess.run([DLC, "compile", name, "--emit=obj", "-o", "m.o"], cwd=cli.folder, capture_output=True)
        assert result.returncode == 1 and result.stderr.startswith(b"error: "), result.stderr


def test_messages_do_not_steer_the_terminal(cli):
    line = cli.run("run", INPUTS / "scale.mlir", "--input", "\x1b[2Jx=y.npy", code=1).stderr
    assert "\x1b" not in line and "\\x1b[2Jx" in line


def test_special_values_and_empty_inputs(cli):
    for rows in (np.zeros((0, 128)), np.full((2, 128), np.nan), np.full((1, 128), -np.inf), np.full((1, 128), 1e38)):
        flags = ["--input", f"x={cli.save('x', rows.astype('f'))}", "--input", f"b={cli.save('b', np.ones(128, 'f'))}"]
        values = [cli.outputs(INPUTS / "scale.mlir", *flags, "--engine", engine)["y"] for engine in ("jit", "interp")]
        np.testing.assert_array_equal(values[0], values[1])
        assert values[0].shape == rows.shape
