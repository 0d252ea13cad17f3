"""Files are named after a concept, say at the top what they are, and are split before 800 lines."""

import pathlib
import re

import pytest
from sources import ROOT, files, tree

NAMELESS = re.compile(r"util(s|ity|ities)?|helpers?|common|misc|uncategorized", re.IGNORECASE)
CODE = (".cpp", ".h", ".c", ".S", ".td", ".py", ".sh", ".cmake", "CMakeLists.txt", ".mlir", ".test")
MOST_LINES = 800


def find_nameless(root: pathlib.Path) -> list[str]:
    return [str(p) for p in files(root) if any(NAMELESS.fullmatch(part.split(".")[0]) for part in p.parts)]


def find_long(root: pathlib.Path) -> list[str]:
    lengths = {p: (root / p).read_text().count("\n") for p in files(root, *CODE)}
    return [f"{p}: expected at most {MOST_LINES} lines, but got {n}" for p, n in lengths.items() if n > MOST_LINES]


def find_headless(root: pathlib.Path) -> list[str]:
    cpp = [p for p in files(root, ".cpp", ".h", ".c", ".td") if not (root / p).read_text().startswith(("//", "/*"))]
    python = [p for p in files(root, ".py") if not re.match(r'(#.*\n)*r?"""', (root / p).read_text())]
    return [str(p) for p in cpp + python]


def test_names():
    assert find_nameless(ROOT) == []


def test_lengths():
    assert find_long(ROOT) == []


def test_headers():
    assert find_headless(ROOT) == []


@pytest.mark.parametrize("name", ["lib/Support/Utils.h", "jit/common.cpp", "python/dlc/helpers/x.py", "Misc.td"])
def test_finds_a_nameless_file(tmp_path, name):
    assert find_nameless(tree(tmp_path, {name: "", "lib/Utilization.h": ""})) == [name]


def test_finds_a_long_file(tmp_path):
    assert len(find_long(tree(tmp_path, {"a.cpp": "\n" * 801, "b.cpp": "\n" * 800}))) == 1


def test_finds_a_headless_file(tmp_path):
    sample = {
        "a.cpp": "int a;\n",
        "b.cpp": "// B.\n",
        "c.py": "import os\n",
        "d.py": '#!/usr/bin/env python3\n"""D."""\n',
    }
    assert find_headless(tree(tmp_path, sample)) == ["a.cpp", "c.py"]
