"""The main job, twice: examples/digits.py and examples/warm_start.py with an empty cache, then with what they left.

Ends with one table of both runs. The exit code is 0 only if the classifier is good enough, the executable's answers are
the bits of Python's, and the second run found every program, kept no compiler open, and trained to the same bits.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

EXAMPLES = pathlib.Path(__file__).resolve().parent


def run(script, *arguments, cache):
    """Runs an example with a cache folder; its standard output."""
    environment = {**os.environ, "DLC_CACHE_DIR": str(cache)}
    command = [sys.executable, str(EXAMPLES / script), *map(str, arguments)]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def measure(name, folder, cache, arguments):
    """The figures of one run; those of the warm start have "start_" before their names."""
    print(f"== {name} cache", file=sys.stderr, flush=True)
    report = folder / f"{name}.json"
    run("digits.py", "--folder", folder, "--report", report, *arguments, cache=cache)
    figures = json.loads(report.read_text())
    with tempfile.TemporaryDirectory() as empty:
        start_cache = empty if name == "cold" else cache
        start = json.loads(run("warm_start.py", folder / "digits.npz", "--json", cache=start_cache))
    return figures | {f"start_{name}": value for name, value in start.items()}


ROWS = {
    "test accuracy": lambda f: f"{f['accuracy']:.2f} %",
    "training": lambda f: f"{f['train_s']:.2f} s",
    "first step: trace, compile, run": lambda f: f"{1e3 * f['first_step_s']:.0f} ms",
    "process start to first step done": lambda f: f"{1e3 * f['start_total_s']:.0f} ms",
    "  compiler opened": lambda f: "yes" if f["start_compiler_open"] else "no",
    "programs from the cache": lambda f: f"{f['programs_found']} of {f['programs_found'] + f['programs_compiled']}",
    "kernels from the cache": lambda f: f"{f['kernels_found']} of {f['kernels_found'] + f['kernels_compiled']}",
    "executable: compile and link": lambda f: f"{1e3 * f['executable_compile_s']:.0f} ms",
    "executable: size": lambda f: f"{f['executable_bytes'] / 1e3:.0f} kB",
    "executable: start to first output": lambda f: f"{f['first_output_ms']:.1f} ms",
    "executable: per further image": lambda f: f"{f['per_image_us']:.1f} us",
    "same bits as Python": lambda f: "yes" if f["same_bits"] else "no",
}


def print_table(cold, warm):
    """One row a figure."""
    print(f"\n{cold['epochs']} epochs on 1,437 digits{'cold':>25}{'warm':>12}")
    for name, text in ROWS.items():
        print(f"{name:36}{text(cold):>12}{text(warm):>12}")


def main():
    """Runs both and compares them; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("demo-out"))
    arguments, others = parser.parse_known_args()
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    cache = folder / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    try:
        cold, warm = (measure(name, folder, cache, others) for name in ("cold", "warm"))
    except subprocess.CalledProcessError as error:
        return error.returncode
    print_table(cold, warm)
    rules = {
        "the second run to compile nothing": warm["kernels_compiled"] == 0,
        "a warm start that opens no compiler": not warm["start_compiler_open"],
        "both runs to end with the same weights": cold["weights"] == warm["weights"],
        "both starts to do the same step": cold["start_digest"] == warm["start_digest"],
    }
    failed = [rule for rule, holds in rules.items() if not holds]
    for rule in failed:
        print(f"error: expected {rule}, but it is not so", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
