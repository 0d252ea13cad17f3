"""Objects for AArch64, linked against its C library and run by an emulator of its instructions."""

import pathlib
import shutil
import struct
import subprocess

import numpy as np
import pytest

SYSROOT = pathlib.Path("/usr/aarch64-linux-gnu")
CPU = "neoverse-n1"
RUNNER = r"""
/* Runs the model of model.o on tensors of a file and writes its outputs to another: run_model INPUTS OUTPUTS.
 *
 * A file is a count, then for each tensor dtype, rank, dims and bytes as 64-bit numbers, and the bytes.
 */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>

enum { most = 4096, messageBytes = 256 };
static model_tensor inputs[most], outputs[most];
static const int64_t widths[] = {1, 1, 2, 4, 8, 1, 2, 4, 8, 1, 1, 2, 2, 4, 8, 8, 16, 1, 1};

static int64_t readNumber(FILE *file) {
  int64_t number = 0;
  if (fread(&number, sizeof number, 1, file) != 1)
    exit(3);
  return number;
}

static void writeNumber(FILE *file, int64_t number) { fwrite(&number, sizeof number, 1, file); }

int main(int count, char **arguments) {
  char message[messageBytes];
  model *opened;
  if (count != 3 || model_open(2, &opened, message, sizeof message))
    return puts(message), 1;
  FILE *file = fopen(arguments[1], "rb");
  int64_t tensors = readNumber(file);
  if (tensors != (int64_t)model_input_count(opened) || tensors > most || model_output_count(opened) > most)
    return 2;
  for (int64_t i = 0; i < tensors; ++i) {
    inputs[i].dtype = (uint8_t)readNumber(file);
    inputs[i].rank = (uint32_t)readNumber(file);
    for (uint32_t dim = 0; dim < inputs[i].rank; ++dim)
      inputs[i].dims[dim] = readNumber(file);
    size_t bytes = (size_t)readNumber(file);
    inputs[i].data = malloc(bytes + 1);
    if (fread(inputs[i].data, 1, bytes, file) != bytes)
      return 3;
  }
  fclose(file);
  if (model_infer(opened, inputs, outputs, message, sizeof message))
    return puts(message), 1;
  int64_t sizes[most];
  for (size_t i = 0; i < model_output_count(opened); ++i) {
    sizes[i] = widths[outputs[i].dtype];
    for (uint32_t dim = 0; dim < outputs[i].rank; ++dim)
      sizes[i] *= outputs[i].dims[dim];
    outputs[i].data = malloc((size_t)sizes[i] + 1);
  }
  if (model_run(opened, inputs, outputs, message, sizeof message))
    return puts(message), 1;
  file = fopen(arguments[2], "wb");
  writeNumber(file, (int64_t)model_output_count(opened));
  for (size_t i = 0; i < model_output_count(opened); ++i) {
    writeNumber(file, outputs[i].dtype);
    writeNumber(file, outputs[i].rank);
    for (uint32_t dim = 0; dim < outputs[i].rank; ++dim)
      writeNumber(file, outputs[i].dims[dim]);
    writeNumber(file, sizes[i]);
    fwrite(outputs[i].data, 1, (size_t)sizes[i], file);
  }
  model_close(opened);
  return fclose(file) ? 3 : 0;
}
"""


def require() -> None:
    """Skips the test where the emulator or the C library is absent, and says so."""
    if not shutil.which("qemu-aarch64"):
        pytest.skip("qemu-aarch64 is not installed (package qemu-user)")
    if not (SYSROOT / "lib" / "crt1.o").exists():
        pytest.skip("AArch64's C library is not installed (package libc6-dev-arm64-cross)")


def link(folder: pathlib.Path) -> pathlib.Path:
    """An executable of RUNNER with the model in folder/model.o and its header folder/model.h."""
    (folder / "runner.c").write_text(RUNNER)
    clang = ["clang-22", "--target=aarch64-linux-gnu", "-O1", "-mno-outline-atomics", "-nostdlibinc", "-isystem"]
    _run([*clang, SYSROOT / "include", "-c", folder / "runner.c", "-o", folder / "runner.o"])
    start, end = [SYSROOT / "lib" / name for name in ("crt1.o", "crti.o")], SYSROOT / "lib" / "crtn.o"
    parts = [*start, folder / "runner.o", folder / "model.o", SYSROOT / "lib" / "libc.so.6", end]
    loader = ["-dynamic-linker", "/lib/ld-linux-aarch64.so.1"]
    extra = [SYSROOT / "lib" / "libc_nonshared.a", SYSROOT / "lib" / "ld-linux-aarch64.so.1"]
    _run(["ld.lld-22", *loader, *parts, *extra, "-o", folder / "runner"])
    return folder / "runner"


def run(runner: pathlib.Path, tensors: list[tuple[int, np.ndarray]]) -> list[tuple[int, tuple, bytes]]:
    """The outputs (dtype, shape, bytes) of a linked model for inputs (dtype, elements)."""
    inputs, outputs = runner.parent / "inputs.bin", runner.parent / "outputs.bin"
    with inputs.open("wb") as file:
        file.write(struct.pack("<q", len(tensors)))
        for dtype, array in tensors:
            file.write(struct.pack(f"<{array.ndim + 3}q", dtype, array.ndim, *array.shape, array.nbytes))
            file.write(array.tobytes())
    _run(["qemu-aarch64", "-L", SYSROOT, runner, inputs, outputs])
    data, found, at = outputs.read_bytes(), [], 8
    for _ in range(struct.unpack_from("<q", data)[0]):
        dtype, rank = struct.unpack_from("<2q", data, at)
        *shape, size = struct.unpack_from(f"<{rank + 1}q", data, at + 16)
        at += 8 * (rank + 3)
        found.append((dtype, tuple(shape), data[at : at + size]))
        at += size
    return found


def _run(command: list) -> None:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    assert done.returncode == 0, f"{command[0]}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
