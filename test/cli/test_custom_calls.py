"""A program that calls a function of the user's own, through every form of the command."""

import ctypes
import json
import re
import subprocess

import numpy as np
import pytest
from commands import INPUTS, ROOT, same_bits
from libraries import MESSAGE_BYTES, Library

MODEL = INPUTS / "custom_call.mlir"
MISSING = "expected a registered function for custom call 'halve', but found none: register it before the program runs"
PLACE = f"{MODEL}:4:8"
MISSING_FUNCTION = (
    "expected a C function 'halve' in the files of --link, for the custom call in 'dlc.custom_call' at "
    f"{PLACE}, but got {{}}"
)


@pytest.fixture
def inputs(cli):
    return ["--input", f"x={cli.save('x', np.linspace(-1, 1, 7, dtype=np.float32))}"]


def test_an_unregistered_name_is_one_clear_error(cli, inputs):
    assert cli.fail("run", MODEL, *inputs) == f"'dlc.custom_call' at {PLACE}: {MISSING}"
    assert cli.fail("run", MODEL, *inputs) == f"'dlc.custom_call' at {PLACE}: {MISSING}"  # from the cache
    assert cli.fail("run", MODEL, *inputs, "--engine", "interp") == f"{PLACE}: {MISSING}"
    cli.run("compile", MODEL, "--emit=package", "-o", "m.dlc")
    assert MISSING in cli.fail("run", "m.dlc", *inputs)


@pytest.mark.parametrize("form", ["mlir", "bytecode"])
def test_a_call_survives_every_form_of_the_ir(cli, form):
    cli.run("compile", MODEL, f"--emit={form}", "-o", "m")
    text = cli.run("compile", "m", "--emit=mlir").stdout
    assert 'dlc.custom_call "halve"(%0) attributes "by=2"' in text
    assert text == cli.run("compile", MODEL, "--emit=mlir").stdout


def test_explain_and_inspect_show_the_call(cli):
    report = json.loads(cli.run("explain", MODEL, "--json").stdout)
    assert report["custom_calls"] == [{"target": "halve", "place": PLACE}] and report["launches"] == 2
    edges = [(e["producer"], e["consumer"], e["reason"]) for e in report["unfused"]]
    reason = "a custom call is a function of the user's own, and no part of any kernel"
    assert edges == [("dlc.exp", "dlc.custom_call", reason), ("dlc.custom_call", "dlc.neg", reason)]
    assert f"\ncustom calls:\n  'halve' at {PLACE}\n" in cli.run("explain", MODEL).stdout
    cli.run("compile", MODEL, "--emit=package", "-o", "m.dlc")
    commands = json.loads(cli.run("inspect", "m.dlc", "--json").stdout)["program"]["commands"]
    assert any(': call "halve"(arena ' in line and "; " in line for line in commands)


def test_an_executable_must_be_linked_with_the_function(cli):
    message = cli.fail("compile", MODEL, "--emit=exe", "-o", "m")
    assert message == MISSING_FUNCTION.format("no files")
    assert not (cli.folder / "m").exists()


@pytest.mark.parametrize("flags", [["--emit=ptx"], ["--to=fuse", "--target=cuda"]])
def test_cuda_makes_no_calls(cli, flags):
    message = cli.fail("compile", MODEL, *flags)
    assert (
        f"{PLACE}: 'dlc.custom_call' op expected a target that makes custom calls, but got cuda: its kernels" in message
    )


MAIN = r"""
#include "half.h"
#include <stdio.h>
#include <string.h>

static int halve(const dlc_custom_call *call, void *user_data) {
  if (strcmp(call->attributes, "by=2"))
    return call->fail(call, 1, "expected by=2, but got another text");
  for (int64_t i = 0; i < call->inputs[0].dims[0]; ++i)
    ((float *)call->outputs[0].data)[i] = ((const float *)call->inputs[0].data)[i] * *(float *)user_data;
  return 0;
}

int main(void) {
  char message[256];
  float factor = 0.5f, x[3] = {0, 0, 0}, y[3];
  half_tensor in = {x, 13, 1, {3}}, out = {y, 13, 1, {3}};
  half *model;
  if (half_open(1, &model, message, sizeof message))
    return 1;
  int code = half_run(model, &in, &out, message, sizeof message);
  printf("%d %s\n", code, message);
  half_register_custom_call("halve", halve, &factor, message, sizeof message);
  code = half_run(model, &in, &out, message, sizeof message);
  printf("%d %g\n", code, y[2]);
  half_close(model);
  return 0;
}
"""


@pytest.mark.parametrize("kind, name", [("obj", "half.o"), ("shared", "libhalf.so")])
def test_a_linked_model_calls_what_its_program_registers(cli, kind, name):
    cli.run("compile", MODEL, f"--emit={kind}", "-o", name)
    (cli.folder / "main.c").write_text(MAIN)
    subprocess.run(
        ["cc", "-Wall", "-Werror", "main.c", f"./{name}", "-pthread", "-Wl,-rpath,$ORIGIN", "-o", "main"],
        cwd=cli.folder,
        check=True,
    )
    lines = subprocess.run(["./main"], cwd=cli.folder, check=True, capture_output=True, text=True).stdout.splitlines()
    assert lines == ["1 " + f"'dlc.custom_call' at {PLACE}: {MISSING}"[: MESSAGE_BYTES - 1], "0 -0.5"]


def test_a_shared_library_reports_what_the_function_says(cli):
    cli.run("compile", MODEL, "--emit=shared", "-o", "libm.so")
    with Library(cli.folder / "libm.so", "m") as model:
        function = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda call, data: 5)
        assert model.register("halve", function) == (0, "")
        x = np.zeros(2, np.float32)
        code, message = model.run_into([x], [np.zeros(2, np.float32)])
        assert code == 1 and message.endswith("custom call 'halve' failed: it returned 5 without a message")
        assert model.register("", function) == (1, "expected the name of a custom call, but got an empty text")
        assert model.register("halve", None) == (0, "")
        assert MISSING[:60] in model.run_into([x], [np.zeros(2, np.float32)])[1]


HALVE = r"""
#include "dlc-c/custom_call.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

int halve(const dlc_custom_call *call, void *user_data) {
  char text[32];
  snprintf(text, sizeof text, "by=%d", 2);
  if (strcmp(call->attributes, text) || user_data)
    return call->fail(call, 1, "expected by=2, but got another text");
  if (call->inputs[0].dims[0] > 100)
    return call->fail(call, 1, "expected at most 100 elements, but got more");
  for (int64_t i = 0; i < call->inputs[0].dims[0]; ++i)
    ((float *)call->outputs[0].data)[i] = ldexpf(((const float *)call->inputs[0].data)[i], '1' - call->attributes[3]);
  return 0;
}
"""


def expected(cli, inputs) -> np.ndarray:
    """What MODEL gives if halve does what it is called."""
    kind = "tensor<?xf32, #dlc.dims<[N]>>"
    half = (
        f"%c = dlc.constant dense<0.5> : tensor<f32>\n  %h = dlc.broadcast %c {{shape = #dlc.dims<[N]>, dims = "
        f"array<i64>}} : (tensor<f32>) -> {kind}\n  %1 = dlc.mul %0, %h : {kind}"
    )
    (cli.folder / "plain.mlir").write_text(re.sub("%1 = .*", half, MODEL.read_text()))
    return cli.outputs("plain.mlir", *inputs)["y"]


def compile_c(cli, name: str, source: str, *flags: str) -> None:
    """Makes NAME.o and, with it alone, NAME.a."""
    (cli.folder / f"{name}.c").write_text(source)
    line = ["cc", "-O2", "-c", "-I", ROOT / "include", *flags, f"{name}.c", "-o", f"{name}.o"]
    subprocess.run(line, cwd=cli.folder, check=True)
    subprocess.run(["ar", "rc", f"{name}.a", f"{name}.o"], cwd=cli.folder, check=True)


@pytest.mark.parametrize("flags", [["-fPIC"], ["-fno-pic"], ["-fPIE", "-fstack-protector-all"]])
@pytest.mark.parametrize("file", ["own.o", "own.a"])
def test_an_executable_calls_the_function_that_it_is_linked_with(cli, inputs, file, flags):
    compile_c(cli, "own", HALVE, *flags)
    cli.run("compile", MODEL, "--emit=exe", "--link", file, "-o", "m")
    assert same_bits(cli.execute([cli.folder / "m", *inputs])["y"], expected(cli, inputs))
    np.save(cli.folder / "x.npy", np.zeros(101, np.float32))
    failed = subprocess.run(["./m", *inputs], cwd=cli.folder, capture_output=True, text=True)
    assert failed.returncode == 1
    message = "custom call 'halve' failed: expected at most 100 elements, but got more"
    assert failed.stderr == f"error: 'dlc.custom_call' at {PLACE}: {message}\n"


def test_a_shared_library_calls_the_function_that_it_is_linked_with(cli, inputs):
    compile_c(cli, "own", HALVE, "-fPIC")
    cli.run("compile", MODEL, "--emit=shared", "--link", "own.o", "-o", "libm.so")
    symbols = subprocess.run(["nm", "-D", "libm.so"], cwd=cli.folder, capture_output=True, text=True).stdout
    assert "halve" not in symbols and " U ldexpf" in symbols
    dynamic = subprocess.run(["readelf", "-d", "libm.so"], cwd=cli.folder, capture_output=True, text=True).stdout
    needed = {line.split("[")[1].rstrip("]") for line in dynamic.splitlines() if "NEEDED" in line}
    assert needed == {"libc.so.6", "libm.so.6"}
    assert " *   halve: linked in\n" in (cli.folder / "m.h").read_text()
    x, y = np.load(cli.folder / "x.npy"), np.zeros(7, np.float32)
    with Library(cli.folder / "libm.so", "m") as model:
        assert model.run_into([x], [y]) == (0, "")
        assert same_bits(y, expected(cli, inputs))
        # What the host registered before goes first.
        function = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda call, data: 5)
        assert model.register("halve", function) == (0, "")
        with Library(cli.folder / "libm.so", "m") as other:
            assert "it returned 5" in other.run_into([x], [y])[1]
        assert model.register("halve", None) == (0, "")


def test_an_object_says_what_it_needs(cli, inputs):
    compile_c(
        cli, "own", HALVE.replace("ldexpf(", "elsewhere(").replace("#include <math.h>", "float elsewhere(float, int);")
    )
    cli.run("compile", MODEL, "--emit=obj", "--link", "own.o", "-o", "half.o")
    header = (cli.folder / "half.h").read_text()
    assert " * custom calls:\n *   halve: linked in\n * undefined symbols:\n" in header
    needs = set(header.split("undefined symbols:")[1].split(" *\n")[0].replace("*", " ").split())
    listed = subprocess.run(["nm", "-u", "half.o"], cwd=cli.folder, capture_output=True, text=True).stdout
    undefined = {line.split()[-1] for line in listed.splitlines() if line.split()[0] == "U"}
    assert "elsewhere" in undefined and undefined - {"_GLOBAL_OFFSET_TABLE_"} <= needs
    (cli.folder / "main.c").write_text(
        '#include "half.h"\n#include <math.h>\n#include <stdio.h>\n'
        "float elsewhere(float x, int n) { return ldexpf(x, n); }\n"
        "int main(void) {\n  char m[256];\n  float x[1] = {0}, y[1];\n  half *model;\n"
        "  half_tensor in = {x, 13, 1, {1}}, out = {y, 13, 1, {1}};\n"
        '  printf("%d", half_open(1, &model, m, 256) || half_run(model, &in, &out, m, 256));\n'
        '  printf(" %g\\n", y[0]);\n  half_close(model);\n  return 0;\n}\n'
    )
    line = ["cc", "-Wall", "-Werror", "main.c", "half.o", "-pthread", "-lm", "-o", "main"]
    subprocess.run(line, cwd=cli.folder, check=True)
    run = subprocess.run(["./main"], cwd=cli.folder, check=True, capture_output=True, text=True)
    assert run.stdout == "0 -0.5\n"
    cli.run("compile", MODEL, "--emit=obj", "-o", "half.o")
    assert " *   halve: half_register_custom_call gives it\n" in (cli.folder / "half.h").read_text()


@pytest.mark.parametrize("kind, name", [("exe", "m"), ("shared", "libm.so"), ("obj", "m.o")])
def test_what_is_missing_is_one_clear_error(cli, kind, name):
    def fails(*files):
        message = cli.fail("compile", MODEL, f"--emit={kind}", *(f"--link={file}" for file in files), "-o", name)
        assert not (cli.folder / name).exists()
        return message

    compile_c(cli, "other", "int other(void) { return 0; }\n", "-fPIC")
    assert fails("other.a") == MISSING_FUNCTION.format("none of this name")
    compile_c(
        cli, "hidden", "static int halve(void) { return 0; }\nint use(void) { return halve(); }\n", "-O0", "-fPIC"
    )
    assert fails("hidden.o") == MISSING_FUNCTION.format("none of this name")
    assert fails("none.o") == "cannot read 'none.o': No such file or directory"
    if kind != "obj":
        compile_c(cli, "needs", "int far_away(void);\nint halve(void) { return far_away(); }\n", "-fPIC")
        assert fails("needs.o") == "cannot link: undefined symbol: far_away"
    else:
        compile_c(cli, "needs", "int halve(void) { return 0; }\n", "-fPIC")
    (cli.folder / "again.o").write_bytes((cli.folder / "needs.o").read_bytes())
    assert fails("needs.o", "again.o") == "cannot link: duplicate symbol: halve"


def test_data_is_no_function_and_no_name_of_the_runtime_is_taken(cli):
    def fails(name, source):
        compile_c(cli, name, source)
        return cli.fail("compile", MODEL, "--emit=exe", "--link", f"{name}.o", "-o", "m")

    assert fails("data", "int halve = 1;\n") == MISSING_FUNCTION.format("data of this name in 'data.o'")
    for name in ("main", "malloc"):
        assert fails(name, f"int halve(void) {{ return 0; }}\nint {name}(void) {{ return 0; }}\n") == (
            f"expected '{name}.o' to leave alone the names of an executable's runtime and C library, but it defines "
            f"'{name}'"
        )
    assert not (cli.folder / "m").exists()


def test_files_of_other_kinds_are_refused(cli):
    def fails(file):
        message = cli.fail("compile", MODEL, "--emit=exe", "--link", file, "-o", "m")
        before = f"expected '{file}' to be an ELF object file for x86_64 or a static library of such, but got "
        assert message.startswith(before), message
        return message.removeprefix(before)

    (cli.folder / "text.o").write_text("int halve;\n")
    assert fails("text.o") == "something else"
    compile_c(cli, "own", HALVE, "-fPIC")
    subprocess.run(["cc", "-shared", "own.o", "-o", "own.so"], cwd=cli.folder, check=True)
    assert fails("own.so") == "a shared library or an executable"
    whole = (cli.folder / "own.o").read_bytes()
    (cli.folder / "short.o").write_bytes(whole[:100])
    assert fails("short.o") in ("something else", "a damaged object")
    (cli.folder / "foreign.o").write_bytes(whole[:18] + b"\xb7\x00" + whole[20:])  # e_machine: AArch64
    assert fails("foreign.o") == "an object for aarch64"
    subprocess.run(["ar", "rc", "mixed.a", "own.o", "text.o"], cwd=cli.folder, check=True)
    assert fails("mixed.a") == "an archive with something else"
    archive = (cli.folder / "own.a").read_bytes()
    (cli.folder / "short.a").write_bytes(archive[: len(archive) - 300])
    assert fails("short.a")


@pytest.mark.parametrize("kind", ["mlir", "asm", "package"])
def test_only_what_is_linked_takes_files(cli, kind):
    message = cli.fail("compile", MODEL, f"--emit={kind}", "--link", "own.o", "-o", "m", code=2)
    assert message == f"expected --link with --emit=obj, shared or exe, but got --emit={kind}"
