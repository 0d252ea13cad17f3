"""From the start of a process to its first training step done: milliseconds, where the disk cache has the step.

Imports dlc and NumPy only and reads the digits from the .npz file that examples/digits.py writes. Where another process
has trained this model, nothing is traced and the compiler is not opened; otherwise both happen, with the same bits.
"""

import os
import time


def seconds_since_start():
    """Seconds since the kernel started this process, which it counts in hundredths."""
    with open("/proc/self/stat") as file:
        ticks = int(file.read().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


before_imports = seconds_since_start()

import argparse  # noqa: E402
import json  # noqa: E402

from digits_model import make_loader, make_trainer, read_data  # noqa: E402

import dlc  # noqa: E402

after_imports = seconds_since_start()


def is_compiler_open():
    """Whether the compiler, or MLIR or LLVM, is mapped into this process."""
    with open("/proc/self/maps") as file:
        return any(name in line for line in file for name in ("libdlc-compiler", "libMLIR", "libLLVM"))


def main():
    """Does one step and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default="demo-out/digits.npz", help="the .npz file")
    parser.add_argument("--json", action="store_true", help="for programs")
    arguments = parser.parse_args()
    if not os.path.exists(arguments.data):
        parser.error(f"expected the .npz file that examples/digits.py writes, but found no {arguments.data}")
    train, _ = read_data(arguments.data)
    trainer = make_trainer()
    images, labels = next(iter(make_loader(train)))
    after_setup = seconds_since_start()
    loss = float(trainer.train_step(images, labels))
    after_step = seconds_since_start()

    figures = {
        "python_s": before_imports,
        "imports_s": after_imports - before_imports,
        "data_and_model_s": after_setup - after_imports,
        "step_s": after_step - after_setup,
        "total_s": after_step,
        "compiler_open": is_compiler_open(),
        **dlc.code_counts(),
        "loss": loss,
        "digest": dlc.testing.digest([*trainer.model.state_dict().values()]),
    }
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:18} {value:.3f}" if isinstance(value, float) else f"{name:18} {value}")


if __name__ == "__main__":
    main()
