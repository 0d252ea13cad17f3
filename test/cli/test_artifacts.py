"""Executables, libraries and objects: what they need, how large and quick they are, and that their bits are right."""

import os
import shutil
import statistics
import subprocess
import time

import numpy as np
import pytest
from commands import DLC, INPUTS, is_root, same_bits
from libraries import Library

SCALE = INPUTS / "scale.mlir"


@pytest.fixture
def executable(cli):
    cli.run("compile", SCALE, "--emit=exe", "-o", "scale")
    return cli.folder / "scale"


def test_executable_has_the_bits_of_run(cli, scale_inputs, executable):
    expected = cli.outputs(SCALE, *scale_inputs)["y"]
    for threads in (1, 2):
        assert same_bits(cli.execute([executable, *scale_inputs, "--threads", threads])["y"], expected)


def test_executable_is_static_and_small(cli, executable):
    text = subprocess.run(["ldd", executable], capture_output=True, text=True)
    assert "not a dynamic executable" in text.stdout + text.stderr
    assert executable.stat().st_size <= 300_000
    assert os.access(executable, os.X_OK)


def test_executable_needs_no_toolkit_to_make(cli, executable):
    empty = cli.folder / "empty"
    empty.mkdir()
    cli.run("compile", SCALE, "--emit=exe", "-o", "again", PATH=str(empty))
    assert (cli.folder / "again").read_bytes() == executable.read_bytes()


def test_executable_runs_in_an_empty_chroot(cli, scale_inputs, executable):
    if not is_root():
        pytest.skip("chroot needs root")
    expected = cli.outputs(SCALE, *scale_inputs)["y"]
    root = cli.folder / "root"
    root.mkdir()
    for name in ("scale", "x.npy", "b.npy"):
        shutil.copy(cli.folder / name, root)
    result = subprocess.run(
        ["/scale", "--input", "x=/x.npy", "--input", "b=/b.npy", "--output-dir", "/"],
        executable="/scale",
        preexec_fn=lambda: (os.chroot(root), os.chdir("/")),
        env={},
        capture_output=True,
    )
    assert result.returncode == 0, result.stderr
    assert same_bits(np.load(root / "y.npy"), expected)


def test_executable_starts_in_ten_milliseconds(cli, scale_inputs, executable):
    times = []
    for _ in range(20):
        start = time.perf_counter()
        subprocess.run([executable, *scale_inputs], capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    assert min(times) <= 0.010, f"{statistics.median(times) * 1e3:.1f} ms"


def test_executable_prints_its_signature(executable):
    text = subprocess.run([executable, "--help"], capture_output=True, text=True, check=True).stdout
    assert "x: f32[B, 128]" in text and "y: f32[B, 128]" in text


@pytest.mark.parametrize("arguments", [["--nonsense"], ["--input", "x"], ["--threads", "0"]])
def test_executable_refuses_a_wrong_command_line(executable, arguments):
    result = subprocess.run([executable, *arguments], capture_output=True, text=True)
    assert result.returncode == 2 and result.stderr.startswith("error: expected ")


def test_shared_library(cli, scale_inputs):
    cli.run("compile", SCALE, "--emit=shared", "-o", "libscale.so")
    dynamic = subprocess.run(["readelf", "-d", "libscale.so"], cwd=cli.folder, capture_output=True, text=True).stdout
    assert [line for line in dynamic.splitlines() if "NEEDED" in line and "[libc.so.6]" not in line] == []
    assert dynamic.count("NEEDED") == 1
    symbols = subprocess.run(["nm", "-D", "libscale.so"], cwd=cli.folder, capture_output=True, text=True).stdout
    exported = {line.split()[-1] for line in symbols.splitlines() if " U " not in line}
    functions = "open close input_count output_count input_name output_name infer run register_custom_call"
    assert exported == {f"scale_{f}" for f in functions.split()}
    x, b = np.load(cli.folder / "x.npy"), np.load(cli.folder / "b.npy")
    y = np.zeros_like(x)
    with Library(cli.folder / "libscale.so", "scale") as library:
        assert library.run_into([x, b], [y]) == (0, "")
        assert same_bits(y, cli.outputs(SCALE, *scale_inputs)["y"])
        code, message = library.run_into([x[:, :7].copy(), b], [y])
    assert (code, message) == (1, "expected dimension 1 of input 'x' to be 128, but got 7")


USE = r"""
#include "one.h"
#include "two.h"
#include <stdio.h>
int main(void) {
  char message[256];
  float x[128], b[128], y[128], z[128];
  for (int i = 0; i < 128; ++i) x[i] = i / 64.0f - 1, b[i] = 0.25f;
  one *first;
  two *second;
  if (one_open(1, &first, message, sizeof message) || two_open(2, &second, message, sizeof message))
    return puts(message), 1;
  one_tensor inputs[2] = {{x, 13, 2, {1, 128}}, {b, 13, 1, {128}}}, output = {y};
  two_tensor same[2] = {{x, 13, 2, {1, 128}}, {b, 13, 1, {128}}}, other = {z};
  if (one_infer(first, inputs, &output, message, sizeof message) || output.dims[1] != 128 ||
      one_run(first, inputs, &output, message, sizeof message) ||
      two_infer(second, same, &other, message, sizeof message) ||
      two_run(second, same, &other, message, sizeof message))
    return puts(message), 1;
  for (int i = 0; i < 128; ++i)
    if (y[i] != z[i])
      return 2;
  printf("%s %s %zu\n", one_input_name(first, 1), two_output_name(second, 0), one_input_count(first));
  one_close(first);
  two_close(second);
  return 0;
}
"""


@pytest.mark.parametrize("compiler", ["gcc", "clang-22"])
def test_two_objects_link_into_one_c_program(cli, compiler):
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    for name in ("one", "two"):
        cli.run("compile", SCALE, "--emit=obj", "-o", f"{name}.o")
    (cli.folder / "use.c").write_text(USE)
    for flags in ([], ["-static"], ["-O2", "-x", "c++", "use.c", "-x", "none"]):
        sources = ["one.o", "two.o"] if "use.c" in flags else ["use.c", "one.o", "two.o"]
        line = [compiler, *flags, *sources, "-pthread", "-o", "use"]
        built = subprocess.run(line, cwd=cli.folder, capture_output=True, text=True)
        assert built.returncode == 0, built.stderr
        used = subprocess.run(["./use"], cwd=cli.folder, capture_output=True, text=True)
        assert (used.returncode, used.stdout) == (0, "b y 2\n")


@pytest.mark.parametrize("kind, name", [("exe", "m"), ("shared", "libm.so"), ("obj", "m.o"), ("package", "m.dlc")])
def test_artifacts_are_reproducible_and_inspectable(cli, kind, name):
    cli.run("compile", SCALE, f"--emit={kind}", "-o", name)
    first = (cli.folder / name).read_bytes()
    cli.run("compile", SCALE, f"--emit={kind}", "-o", name)
    assert (cli.folder / name).read_bytes() == first
    text = cli.run("inspect", name).stdout
    assert "x: f32[B, 128]" in text and "k_add_tanh_relu" in text


@pytest.mark.parametrize("kind", ["exe", "shared"])
def test_only_objects_are_made_for_another_architecture(cli, kind):
    message = cli.fail("compile", SCALE, f"--emit={kind}", "--mcpu=neoverse-n1", "-o", "out")
    assert message == (
        "expected an object for another architecture than this machine's, to be linked there, but got a library or an "
        "executable for aarch64"
    )
    assert not (cli.folder / "out").exists()


def test_the_compiler_itself_names_no_source_path(cli, executable):
    assert str(DLC.parents[2]).encode() not in executable.read_bytes()
