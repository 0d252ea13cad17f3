"""Runs ctest, lit and pytest on the build tree and adds up their results.

Before: build/ is configured and built. After: every runner has run, whatever the ones before it said; the last line
printed is `N passed, N failed` (`, N skipped` may follow), summed over the runners; the exit code is 0 only if nothing
failed. A runner that crashes counts as one failure, and so does one that ran no test (unless a filter was given).
"""

import argparse
import dataclasses
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
REPORTS = BUILD / "test-reports"
PYTEST_NO_TESTS = 5


@dataclasses.dataclass
class Tally:
    """How many tests passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def read_junit(path: pathlib.Path) -> Tally:
    """Counts the `testcase` elements of a JUnit XML file; the totals that runners write on the suites are not used.

    Raises:
      OSError: the file is not there.
      ElementTree.ParseError: it is not XML, as after a crash.
    """
    tally = Tally()
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            tally.failed += 1
        elif case.get("status") == "notrun":  # ctest: the program of the test is not there
            tally.failed += 1
        elif case.find("skipped") is not None or case.get("status") == "disabled":
            tally.skipped += 1
        else:
            tally.passed += 1
    return tally


def judge(report: pathlib.Path, exit_code: int, may_be_empty: bool) -> tuple[Tally, str]:
    """Turns a runner's report and exit code into a tally and a complaint ("" if there is none)."""
    try:
        tally = read_junit(report)
    except (OSError, ElementTree.ParseError) as error:
        if may_be_empty and exit_code == 0:
            return Tally(), ""
        return Tally(failed=1), f"wrote no report (exit code {exit_code}): {error}"
    if exit_code != 0 and tally.failed == 0:
        tally.failed = 1
        return tally, f"ended with exit code {exit_code}, but reports no failed test"
    if tally == Tally() and not may_be_empty:
        return Tally(failed=1), "ran no test"
    return tally, ""


def cache_entry(name: str) -> str:
    """The value of a variable in build/CMakeCache.txt."""
    for line in (BUILD / "CMakeCache.txt").read_text().splitlines():
        if line.startswith(name + ":"):
            return line.split("=", 1)[1]
    raise SystemExit(f"error: expected {name} in build/CMakeCache.txt, but got no such entry; run ./dev build")


def commands(full: bool, word: str, jobs: int) -> dict[str, tuple[list[str], pathlib.Path]]:
    """Each runner's command line and the report that it writes."""
    report = {name: REPORTS / f"{name}.xml" for name in ("ctest", "lit", "pytest")}
    ctest = ["ctest", "--test-dir", str(BUILD), "--output-on-failure", "--progress", "-j", str(jobs)]
    ctest += ["--timeout", "300", "--no-tests=ignore", "--output-junit", str(report["ctest"])]
    lit = [sys.executable, cache_entry("DLC_LIT"), "-j", str(jobs), "-v", "--allow-empty-runs"]
    lit += ["--xunit-xml-output", str(report["lit"]), str(BUILD / "test")]
    pytest = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report['pytest']}"]
    if full:
        lit += ["--param", "full=1"]
        pytest += ["--full"]
    else:
        ctest += ["-LE", "full"]
    if word:
        ctest += ["-R", word]
        lit += ["--filter", word]
        pytest += ["-k", word]
    return {
        "ctest": (ctest, report["ctest"]),
        "lit": (lit, report["lit"]),
        "pytest": (pytest, report["pytest"]),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev test", description="Run every test and check.")
    parser.add_argument("--full", action="store_true", help="also run the tests that take minutes")
    parser.add_argument("filter", nargs="?", default="", help="a word: run only tests whose name contains it")
    arguments = parser.parse_args()
    jobs = int(os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", os.cpu_count() or 1))

    REPORTS.mkdir(parents=True, exist_ok=True)
    total, lines = Tally(), []
    for name, (command, report) in commands(arguments.full, arguments.filter, jobs).items():
        print(f"== {name}", flush=True)
        report.unlink(missing_ok=True)
        exit_code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode
        if name == "pytest" and exit_code == PYTEST_NO_TESTS and arguments.filter:
            exit_code = 0
        tally, complaint = judge(report, exit_code, may_be_empty=bool(arguments.filter))
        total += tally
        lines.append(f"{name}: {complaint or tally}")
    if total.passed + total.failed == 0:
        total.failed = 1
        lines.append(f"expected a test whose name contains '{arguments.filter}', but got none")
    print("\n" + "\n".join(f"  {line}" for line in lines))
    print(total, flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
