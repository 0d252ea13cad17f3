"""`./dev fmt --check` and `--tidy` pass on the repository and fail on a bad file."""

import shutil
import subprocess

import pytest
from sources import ROOT, files, tree

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


@pytest.mark.parametrize(
    "text, fine",
    [
        ("namespace dlc {\nint addOne(int value) { return value + 1; }\n} // namespace dlc\n", True),
        ("namespace dlc {\nint Add_one(int value) { return value + 1; }\n} // namespace dlc\n", False),
        ("int *nothing() { return 0; }\n", False),
    ],
)
def test_tidy_sample(tmp_path, text, fine):
    tree(tmp_path, {"a.cpp": text})
    shutil.copy(ROOT / ".clang-tidy", tmp_path)
    command = ["clang-tidy-22", "--quiet", "a.cpp", "--", "-std=c++17"]
    assert (subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0) == fine


@pytest.mark.full
def test_repository_is_tidy():
    cpp = [str(p) for p in files(ROOT, ".cpp") if p.parts[0] in ("lib", "dialects", "passes", "jit", "tools")]
    run = subprocess.run(["./dev", "fmt", "--tidy", *cpp], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
