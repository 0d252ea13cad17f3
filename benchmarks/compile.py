"""Cold compile time of functions of one op: from the first traced op to a program that runs, in processor time.

The functions are the cases of test/ops in the class of shapes `odd`, one program each; nothing is cached. The compiler
library is loaded and its session made before. Processor time is the process's, all threads together: what one core
takes when nothing else runs. Peers have no counterpart: they run an op without compiling it.
"""

import argparse
import importlib
import statistics
import sys
import time

import harness


def compile_alone(ops, case) -> None:
    """Traces, compiles and loads the program of one case."""
    ops.Batch((case,), "jit").module.compile("jit")


def milliseconds(ops, case) -> float:
    """The time of one cold compile."""
    start = time.process_time()
    compile_alone(ops, case)
    return (time.process_time() - start) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench compile", description=__doc__.splitlines()[0])
    parser.add_argument("--types", nargs="+", default=["f32"], help="element types: f32, bf16, i8, bool, ...")
    arguments = parser.parse_args()
    sys.path.insert(0, str(harness.ROOT / "test" / "ops"))
    import _dlc

    ops = importlib.import_module("test_ops")
    _dlc.set_cache_dir("")
    by_name = {element.name: element for element in ops.ALL}
    rows = []
    for name in arguments.types:
        cases = ops.all_cases(by_name[name], "odd")
        compile_alone(ops, cases[0])
        times = sorted((milliseconds(ops, case), f"{case.op} {case.label}".strip()) for case in cases)
        values = [t for t, _ in times]
        slowest = ", ".join(f"{label} {t:.0f}" for t, label in times[:-4:-1])
        figures = [statistics.median(values), values[int(len(values) * 0.9)], sum(values)]
        rows.append([name, f"{len(values)}", *(f"{f:.1f}" for f in figures), slowest])
    machine = harness.describe_machine()
    header = ["type", "functions", "median", "9 of 10 below", "all together", "slowest"]
    lines = [
        "# Cold compile of one-op functions, ms of processor time",
        "",
        ", ".join(f"{key}: {value}" for key, value in machine.items()),
        "",
        harness.markdown_table(header, rows),
    ]
    print("\n".join(lines))
    record = {"machine": machine, "rows": rows}
    print(f"\nwritten to {harness.write_results('compile', chr(10).join(lines), record).relative_to(harness.ROOT)}")


if __name__ == "__main__":
    main()
