"""`./dev fmt --check` passes on the repository and fails on a badly formatted file."""

import shutil
import subprocess

import pytest
from sources import ROOT, tree

GOOD = {"a.cpp": "// A.\nint a;\n", "b.py": '"""B."""\n\nb = 1\n'}
BAD = {
    "C++ layout": {"c.cpp": "// C.\nint  c ;\n"},
    "Python layout": {"c.py": "c  =  1\n"},
    "unsorted imports": {"c.py": "import sys\nimport os\n\nprint(os, sys)\n"},
    "unused import": {"c.py": "import os\n"},
}


def check(root):
    return subprocess.run(["bash", "cmake/dev/fmt.sh", "--check"], cwd=root, capture_output=True, text=True)


@pytest.fixture
def sample(tmp_path):
    tree(tmp_path, GOOD)
    for name in (".clang-format", "pyproject.toml", "cmake/dev/fmt.sh"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "cmake/dev/setup.sh").write_text("")
    (tmp_path / ".gitignore").write_text(".venv\n")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


def test_repository_is_formatted():
    result = check(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_good_sample(sample):
    result = check(sample)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("kind", BAD)
def test_bad_sample(sample, kind):
    tree(sample, BAD[kind])
    assert check(sample).returncode != 0
