"""The status of every op, from evidence: `python test/ops/status.py` prints it as a page of the documentation.

A cell of the matrix holds what shows that the op has the property, a reason for not having it, or nothing. Evidence is
never a list by hand: verify counts the negative tests of test/dlc/invalid*.mlir and of refusals.py; infer, interpret,
jit and symbolic are the cases of test_ops.py, whose operands alone are typed; vjp, jvp and batch are what the C++ tests
record of their cases, or their reasons; docs is the section that dlc-tblgen writes.
"""

import dataclasses
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from cases import ROOT, SHAPES, TABLE
from refusals import all_refusals
from structured_cases import NO_ELEMENTS, NOT_APPLICABLE
from test_ops import cases_of, types_of

sys.path.insert(0, str(ROOT / "docs" / "site"))
from pages import op_reference  # noqa: E402

COLUMNS = ["verify", "infer", "interpret", "jit", "vjp", "jvp", "batch", "symbolic", "docs"]
INTRODUCTION = """# Status of the ops

Every op has each property, which a test shows, or a reason: `-`, and the second table says which.

- *verify*: negative tests of its verifier.
- *infer*, *interpret*, *jit*: cases on every element type that it admits and six classes of shapes, against NumPy;
  compiled code equal to the interpreter.
- *vjp*, *jvp*: derivatives of first and second order against differences.
- *batch*: examples of a batch equal to single ones.
- *symbolic*: cases with symbolic dims.
- *docs*: a section of this reference.

"""
RECORDS = {
    "vjp": "Gradient.everyOpHasACaseOrAReason",
    "jvp": "Tangent.everyOpHasACaseOrAReason",
    "batch": "Batch.everyOpHasACase",
}


@dataclasses.dataclass(frozen=True)
class Cell:
    """What shows a property of an op, or why it has none; "" and "" is an empty cell."""

    evidence: str = ""
    reason: str = ""


def negative_tests() -> dict[str, int]:
    """How many negative tests each op has."""
    counts = {op: len(modules) for op, modules in all_refusals().items()}
    for path in (ROOT / "test/dlc").glob("invalid*.mlir"):
        for op in re.findall(r"expected-error @\S+ \{\{'dlc\.(\w+)' op ", path.read_text()):
            counts[op] += 1
    return counts


def recorded() -> dict[str, dict[str, str]]:
    """What the tests of derivatives and batches record of each op: "case", or a reason."""
    program = ROOT / "build/bin/dlc-passes-tests"
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        flags = [f"--gtest_filter={':'.join(RECORDS.values())}", f"--gtest_output=json:{report}"]
        subprocess.run([program, *flags], check=True, capture_output=True, timeout=120)
        suites = json.loads(report.read_text())["testsuites"]
    tests = {f"{suite['name']}.{test['name']}": test for suite in suites for test in suite["testsuite"]}
    return {column: tests[name] for column, name in RECORDS.items()}


def documented() -> set[str]:
    """The ops with a section that says what they do, by a formula or a sentence."""
    sections = re.findall(r"^## dlc\.(\w+)\n\n(.)", op_reference(), re.MULTILINE)
    return {name for name, first in sections if first != "|"}


def _cases(row: dict, classes: list[str]) -> Cell:
    """Whether the op has cases of these classes of shapes on every element type."""
    if reason := NO_ELEMENTS.get(row["name"]):
        return Cell(reason=reason)
    reasons = {c: NOT_APPLICABLE.get((row["name"], c)) for c in classes}
    if all(reasons.values()):
        return Cell(reason=next(iter(reasons.values())))
    count = 0
    for element in types_of(row):
        for shape_class in (c for c in classes if not reasons[c]):
            cases = cases_of(row, element, shape_class)
            if not cases:
                return Cell()
            count += len(cases)
    return Cell(f"{count} cases")


def _recorded(records: dict[str, str], row: dict) -> Cell:
    record = records.get(row["name"], NO_ELEMENTS.get(row["name"], ""))
    return Cell("cases") if record == "case" else Cell(reason=record)


def matrix() -> dict[str, dict[str, Cell]]:
    """The cells of every op by column."""
    negative, records, sections = negative_tests(), recorded(), documented()
    found = {}
    for row in sorted(TABLE, key=lambda row: row["name"]):
        name, all_classes = row["name"], _cases(row, list(SHAPES))
        found[name] = {
            "verify": Cell(f"{negative[name]} negative tests" if negative[name] else ""),
            "infer": all_classes,
            "interpret": all_classes,
            "jit": _cases(row, ["odd"]),  # those that are always compiled
            **{column: _recorded(records[column], row) for column in RECORDS},
            "symbolic": _cases(row, ["symbolic"]),
            "docs": Cell("a section" if name in sections else ""),
        }
    return found


def empty_cells(cells: dict[str, dict[str, Cell]]) -> list[str]:
    return [f"{op}: {c}" for op, row in cells.items() for c in COLUMNS if not row[c].evidence and not row[c].reason]


def page(cells: dict[str, dict[str, Cell]]) -> str:
    lines = [
        *INTRODUCTION.splitlines(),
        f"| op | {' | '.join(COLUMNS)} |",
        "|---" * (len(COLUMNS) + 1) + "|",
    ]
    reasons: dict[tuple[str, str], list[str]] = {}
    for op, row in cells.items():
        marks = ["yes" if row[c].evidence else "-" for c in COLUMNS]
        lines.append(f"| `{op}` | {' | '.join(marks)} |")
        for column in COLUMNS:
            if not row[column].evidence:
                reasons.setdefault((op, row[column].reason), []).append(column)
    lines += ["", "| op | has no | because |", "|---|---|---|"]
    lines += [f"| `{op}` | {', '.join(columns)} | {reason} |" for (op, reason), columns in reasons.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(matrix()), end="")
