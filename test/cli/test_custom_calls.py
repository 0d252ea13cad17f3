"""A program that calls a function of the user's own, through every form of the command."""

import ctypes
import json
import subprocess

import numpy as np
import pytest
from commands import INPUTS
from libraries import MESSAGE_BYTES, Library

MODEL = INPUTS / "custom_call.mlir"
MISSING = "expected a registered function for custom call 'halve', but found none: register it before the program runs"
PLACE = f"{MODEL}:4:8"


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


def test_an_executable_has_no_function_to_call(cli):
    message = cli.fail("compile", MODEL, "--emit=exe", "-o", "m")
    assert message == (
        "expected no custom call in an executable, which has no function to call, but got 'halve' in 'dlc.custom_call' "
        f"at {PLACE}: use --emit=shared or obj, and register the function in the program that links it"
    )
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
