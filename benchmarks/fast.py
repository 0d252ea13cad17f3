"""What a function gains by `fast=True`: the same code under exact and under fast numerics, compiled for this machine.

One thread unless --threads. Each figure is a median in microseconds of a call from Python, in CPU time of the process
(so what else runs on the machine counts less) or, of several threads, in time; the last two columns are the
gain, and the largest difference of the two results relative to the largest element.
"""

import argparse
import sys
import time

import harness


def horner(x):
    """Twelve multiplications, each followed by an addition."""
    y = x * 0.013 + 0.27
    for step in range(11):
        y = y * x + (0.31 - 0.05 * step)
    return y


# Name, function, shape, element type.
CASES = [
    ("polynomial of degree 12", horner, (32768,), "f4"),
    ("(x - 127) / 58", lambda x: (x - 127.0) / 58.0, (32768,), "f4"),
    ("(x - 127) / 58, f64", lambda x: (x - 127.0) / 58.0, (16384,), "f8"),
    ("sum of axis 0 of (65536, 1)", lambda x: x.sum(axis=0), (65536, 1), "f4"),
    ("sum of axis 0 of (65536, 3)", lambda x: x.sum(axis=0), (65536, 3), "f4"),
    ("sum of axis 0 of (8192, 10)", lambda x: x.sum(axis=0), (8192, 10), "f4"),
    ("sum of axis 0 of (512, 512)", lambda x: x.sum(axis=0), (512, 512), "f4"),
    ("sum of axis -1 of a transpose, (512, 512)", lambda x: x.T.sum(axis=-1), (512, 512), "f4"),
    ("sum of squares", lambda x: (x * x).sum(), (262144,), "f4"),
    ("softmax of (256, 256)", lambda x: _dlc().softmax(x), (256, 256), "f4"),
    ("x @ x, 512", lambda x: x @ x, (512, 512), "f4"),
]


def _dlc():
    """Imported when threads are set."""
    import dlc

    return dlc


def measure_case(fn, shape, dtype, arguments):
    """Medians in microseconds of both modes, and their largest relative difference."""
    import numpy as np

    dlc = _dlc()
    x = dlc.asarray(np.random.default_rng(1).standard_normal(shape).astype(dtype))
    calls = {"exact": dlc.jit(fn), "fast": dlc.jit(fn, fast=True)}
    exact, fast = (np.asarray(call(x)) for call in calls.values())
    difference = float(np.abs(exact - fast).max() / np.abs(exact).max())

    clock = time.process_time if arguments.threads == 1 else time.perf_counter

    def time_of(call):
        return lambda: 1e6 * harness.seconds_per_call(lambda: call(x).numpy(), arguments.seconds, clock)

    taken = {name: time_of(call) for name, call in calls.items()}
    medians = harness.measure(taken, arguments.rounds, lambda: print(".", end="", file=sys.stderr, flush=True))
    return medians, difference


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench fast", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9, help="rounds of which the median is taken")
    parser.add_argument("--seconds", type=float, default=0.05, help="least time of one measurement")
    parser.add_argument("--threads", type=int, default=1, help="threads, each on its own CPU")
    parser.add_argument("--cpu", default="", help="an LLVM CPU name to compile for, such as haswell")
    arguments = parser.parse_args()

    harness.use_threads(arguments.threads)
    if arguments.cpu:
        _dlc().set_compile_options(cpu=arguments.cpu)
    rows, record = [], {}
    for name, fn, shape, dtype in CASES:
        medians, difference = measure_case(fn, shape, dtype, arguments)
        exact, fast = medians["exact"], medians["fast"]
        rows.append([name, f"{exact:.1f}", f"{fast:.1f}", f"{exact / fast:.2f}", f"{difference:.0e}"])
        record[name] = {**medians, "difference": difference}
    print(file=sys.stderr)
    machine = harness.describe_machine()
    text = "\n".join(
        [
            "# Exact and fast, microseconds a call, medians",
            "",
            ", ".join(f"{key}: {value}" for key, value in machine.items())
            + f", dlc for: {arguments.cpu or 'this machine'}, threads: {arguments.threads}",
            "",
            harness.markdown_table(["", "exact", "fast", "exact / fast", "difference"], rows),
        ]
    )
    print(text)
    path = harness.write_results("fast", text, {"machine": machine, "microseconds": record})
    print(f"\nwritten to {path.relative_to(harness.ROOT)}")


if __name__ == "__main__":
    main()
