"""Measures dlc and its peers side by side, and writes what it saw as a table of ratios.

Contenders take turns within each round and the order rotates from round to round, so that a machine that slows down
slows all of them alike; a figure is the median over rounds. Ratios between contenders of one run can be quoted,
figures of different runs cannot. Results name the machine and the commit.
"""

import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import time
from collections.abc import Callable

ROOT = pathlib.Path(__file__).resolve().parents[1]
FMA_PEAK = ROOT / "build/bin/fma-peak"


@dataclasses.dataclass(frozen=True)
class Contender:
    """A system under measurement.

    Attributes:
      name: its column in the table.
      prepare: turns a case into a call that does the work once and has its result in memory when it returns.
    """

    name: str
    prepare: Callable[[object], Callable[[], object]]


def use_threads(count: int) -> None:
    """Confines this process to `count` CPUs and tells every library; to be called before any of them is imported.

    dlc is told to run optimized code from the first call on.
    """
    os.environ["DLC_TIERS"] = "optimized"
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])
    for name in ("DLC_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(count)
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # they would hold NumPy below what the machine can do
        os.environ.pop(name, None)


def seconds_per_call(
    call: Callable[[], object], at_least: float, clock: Callable[[], float] = time.perf_counter
) -> float:
    """The mean time of a call, over as many calls as fill `at_least` seconds of `clock`."""
    calls, start = 0, clock()
    while True:
        call()
        calls += 1
        elapsed = clock() - start
        if elapsed >= at_least:
            return elapsed / calls


def measure(
    contenders: dict[str, Callable[[], float]], rounds: int, between: Callable[[], None] = lambda: None
) -> dict[str, float]:
    """Runs each contender's measurement once a round, rotating who goes first, and returns the medians.

    Args:
      contenders: name to a function that returns one figure.
      rounds: how many figures of each are taken.
      between: called after each round, as to report progress.
    """
    names, figures = list(contenders), {name: [] for name in contenders}
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            figures[name].append(contenders[name]())
        between()
    return {name: statistics.median(taken) for name, taken in figures.items()}


def widest_isa() -> str:
    """The widest vector ISA of this machine that fma-peak knows: avx512 or avx2."""
    return "avx512" if "avx512f" in _cpuinfo("flags").split() else "avx2"


def fma_peak(isa: str, seconds: float = 0.1) -> float:
    """The f32 GFLOP/s of fused multiply-adds of one core, now."""
    run = subprocess.run([FMA_PEAK, isa, str(seconds)], check=True, capture_output=True, text=True)
    return float(run.stdout)


def _cpuinfo(field: str) -> str:
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.split(":")[0].strip() == field:
            return line.split(":", 1)[1].strip()
    return ""


def describe_machine() -> dict[str, str]:
    """What a reader needs to judge a figure: processor, CPUs in use, ISA, commit."""
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return {
        "processor": _cpuinfo("model name"),
        "cpus": str(len(os.sched_getaffinity(0))),
        "isa": widest_isa(),
        "commit": commit.stdout.strip() or "unknown",
    }


def markdown_table(header: list[str], rows: list[list[str]]) -> str:
    """A table, its columns aligned so that it reads well as plain text too; the first column is left-aligned."""
    cells = [header, *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    lines = [" | ".join(c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(r, widths))) for r in cells]
    rule = " | ".join("-" * w if not i else "-" * (w - 1) + ":" for i, w in enumerate(widths))
    return "\n".join(f"| {line} |" for line in [lines[0], rule, *lines[1:]])


def write_results(suite: str, text: str, record: dict) -> pathlib.Path:
    """Writes build/bench/<suite>.md and .json and returns the former's path."""
    folder = ROOT / "build/bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{suite}.json").write_text(json.dumps(record, indent=2) + "\n")
    path = folder / f"{suite}.md"
    path.write_text(text + "\n")
    return path
