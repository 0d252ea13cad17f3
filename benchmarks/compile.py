"""Cold compile time of functions of one op: from the first traced op to a program that runs.

What takes long to compile runs as baseline code first; when its optimized code is there is a figure of its own.

The functions are the cases of test/ops in one class of shapes, one program each; nothing is cached. The compiler
library is loaded and its session made before. Every round is a process of its own, and a function's time is its median
over the rounds. Wall time is what a caller waits, with the compiler's threads on every CPU; processor time is the
process's, all threads together, until the optimized code is there. Peers have no counterpart: they run an op without
compiling it.
"""

import argparse
import concurrent.futures
import dataclasses
import importlib
import multiprocessing
import statistics
import sys
import time

import harness


def compile_alone(ops, case) -> object:
    """The program of one case: traced, compiled and loaded."""
    return ops.Batch((case,), "jit").module.compile("jit")


@dataclasses.dataclass(frozen=True)
class ColdCompile:
    """A function and the milliseconds that one cold compile took: until it ran, and until it ran optimized code."""

    function: str
    wall: float
    optimized: float
    processor: float


def measure(ops, case) -> ColdCompile:
    """One cold compile of a case."""
    import _dlc

    processor, start = time.process_time(), time.perf_counter()
    program = compile_alone(ops, case)
    wall = time.perf_counter() - start
    _dlc.finish_compiling()
    optimized, processor = time.perf_counter() - start, time.process_time() - processor
    del program  # whose optimized code nobody would make any more
    return ColdCompile(f"{case.op} {case.label}".strip(), wall * 1e3, optimized * 1e3, processor * 1e3)


def round_of(type_name: str, shape_class: str, tiers: str) -> list[ColdCompile]:
    """Compiles every function of an element type once; to be called in a process that has compiled nothing."""
    sys.path.insert(0, str(harness.ROOT / "test" / "ops"))
    import _dlc

    ops = importlib.import_module("test_ops")
    _dlc.set_cache_dir(b"")
    importlib.import_module("dlc").set_compile_options(tiers=tiers)
    cases = ops.all_cases({element.name: element for element in ops.ALL}[type_name], shape_class)
    compile_alone(ops, cases[0])
    return [measure(ops, case) for case in cases]


def medians(rounds: tuple[list[ColdCompile], ...]) -> list[ColdCompile]:
    """The median of each function's times over the rounds."""
    return [
        ColdCompile(
            times[0].function,
            statistics.median(compile.wall for compile in times),
            statistics.median(compile.optimized for compile in times),
            statistics.median(compile.processor for compile in times),
        )
        for times in zip(*rounds, strict=True)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench compile", description=__doc__.splitlines()[0])
    parser.add_argument("--types", nargs="+", default=["f32"], help="element types: f32, bf16, i8, bool, ...")
    parser.add_argument("--shapes", default="odd", help="scalar, empty, ones, odd, blocks or symbolic")
    parser.add_argument("--tiers", default="both", help="both, optimized or baseline")
    parser.add_argument("--limit", type=float, default=15, help="milliseconds above which functions are counted")
    parser.add_argument("--rounds", type=int, default=5, help="how often each function is compiled, in a new process")
    arguments = parser.parse_args()
    with concurrent.futures.ProcessPoolExecutor(
        max_workers=1, max_tasks_per_child=1, mp_context=multiprocessing.get_context("spawn")
    ) as alone:
        shapes = [arguments.shapes] * len(arguments.types)
        tiers = [arguments.tiers] * len(arguments.types)
        rounds = [list(alone.map(round_of, arguments.types, shapes, tiers)) for _ in range(arguments.rounds)]
    rows = []
    for name, of_type in zip(arguments.types, zip(*rounds, strict=True), strict=True):
        compiles = sorted(medians(of_type), key=lambda compile: compile.wall)
        wall = [compile.wall for compile in compiles]
        slowest = ", ".join(f"{compile.function} {compile.wall:.0f}" for compile in compiles[:-4:-1])
        over = sum(t > arguments.limit for t in wall)
        figures = [statistics.median(wall), wall[int(len(wall) * 0.9)], sum(wall)]
        figures += [sum(compile.optimized for compile in compiles), sum(compile.processor for compile in compiles)]
        rows.append([name, f"{len(wall)}", *(f"{f:.1f}" for f in figures), f"{over}", slowest])
    machine = harness.describe_machine()
    header = ["type", "functions", "median", "9 of 10 below", "all together", "to optimized code", "processor"]
    header += [f"over {arguments.limit:g}", "slowest"]
    lines = [
        f"# Cold compile of one-op functions of {arguments.shapes} shapes, ms of wall time, tiers: {arguments.tiers}",
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
