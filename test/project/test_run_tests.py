"""The script that adds up the runners' results counts what they report, and takes a crash for a failure."""

import importlib.util
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("run_tests", ROOT / "cmake/dev/run_tests.py")
run_tests = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(run_tests)

LIT = """<?xml version="1.0"?><testsuites><testsuite name="dlc" tests="3" failures="1" skipped="1">
<testcase classname="dlc.a" name="a.mlir"/>
<testcase classname="dlc.b" name="b.mlir"><failure><![CDATA[no]]></failure></testcase>
<testcase classname="dlc.c" name="c.mlir"><skipped message="missing feature: cuda"/></testcase>
</testsuite></testsuites>"""
CTEST = """<?xml version="1.0"?><testsuite name="(empty)" tests="3">
<testcase name="A.b" status="run"><properties/><system-out/></testcase>
<testcase name="A.c" status="fail"><failure message="no"/></testcase>
<testcase name="A.d" status="notrun"><skipped message="Unable to find executable"/></testcase>
<testcase name="A.e" status="disabled"><skipped message="Disabled"/></testcase></testsuite>"""
PYTEST = """<?xml version="1.0"?><testsuites><testsuite name="pytest">
<testcase classname="t" name="a"/><testcase classname="t" name="b"><error message="in setup"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def report(tmp_path):
    return tmp_path / "report.xml"


@pytest.mark.parametrize(
    "text, expected",
    [(LIT, (1, 1, 1)), (CTEST, (1, 2, 1)), (PYTEST, (1, 1, 0))],
    ids=["lit", "ctest", "pytest"],
)
def test_counts_each_runner(report, text, expected):
    report.write_text(text)
    tally, complaint = run_tests.judge(report, exit_code=1, may_be_empty=False)
    assert (tally.passed, tally.failed, tally.skipped) == expected
    assert complaint == ""


def test_missing_report_is_a_failure(report):
    tally, complaint = run_tests.judge(report, exit_code=0, may_be_empty=False)
    assert tally.failed == 1 and "wrote no report" in complaint


def test_cut_report_is_a_failure(report):
    report.write_text(LIT[:100])
    assert run_tests.judge(report, exit_code=-11, may_be_empty=True)[0].failed == 1


def test_bad_exit_without_failed_test_is_a_failure(report):
    report.write_text('<testsuite><testcase name="a"/></testsuite>')
    tally, complaint = run_tests.judge(report, exit_code=-6, may_be_empty=False)
    assert (tally.passed, tally.failed) == (1, 1) and "exit code -6" in complaint


def test_no_test_is_a_failure_unless_filtered(report):
    report.write_text("<testsuite/>")
    assert run_tests.judge(report, exit_code=0, may_be_empty=False)[0].failed == 1
    assert run_tests.judge(report, exit_code=0, may_be_empty=True)[0].failed == 0


def test_closing_line():
    assert str(run_tests.Tally(3, 0) + run_tests.Tally(1, 2)) == "4 passed, 2 failed"
    assert str(run_tests.Tally(3, 0, 1)) == "3 passed, 0 failed, 1 skipped"
