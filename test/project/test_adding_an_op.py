"""docs/adding-an-op.md shows the row that is there, and the commit that made it."""

import re
import subprocess

import pytest
from sources import ROOT

PAGE = (ROOT / "docs/adding-an-op.md").read_text()
ROW = re.search(r"```tablegen\n(.*?)```", PAGE, re.DOTALL)[1]


def git(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True)


def test_the_row_is_that_of_the_dialect():
    assert ROW.startswith("def Dlc_") and ROW in (ROOT / "dialects/dlc/Elementwise.td").read_text()


def test_the_commit_is_the_row():
    commit = re.search(r"Commit `([0-9a-f]{10,40})` adds", PAGE)[1]
    if git("cat-file", "-e", commit).returncode != 0:
        pytest.skip("the history is not here")
    assert git("show", "--name-only", "--format=", commit).stdout.split() == [
        "CHANGELOG.md",
        "dialects/dlc/Elementwise.td",
    ]
    added = re.findall(r"^\+(?!\+\+)(.*)$", git("show", "--format=", commit, "--", "dialects").stdout, re.MULTILINE)
    assert "\n".join(added) + "\n" == ROW
