"""Only entry points read the environment, and no library has global command-line options."""

import pathlib
import re

from sources import ROOT, files, tree

HIDDEN = re.compile(r"\b(?:secure_)?getenv\b|\benviron\b|\bcl::(?:opt|list|bits|alias)\b")
# The CLI's tools, the Python package's init (and what it calls to read them), the main of executables.
ENTRY_POINTS = ("tools/", "python/dlc/__init__.py", "python/dlc/_environment.py", "lib/Runtime/Main.cpp")
LIBRARIES = ("lib/", "dialects/", "passes/", "jit/", "include/", "python/")


def find_hidden_inputs(root: pathlib.Path) -> list[str]:
    found = []
    for path in files(root, ".cpp", ".h", ".c", ".td", ".py"):
        if not str(path).startswith(LIBRARIES) or str(path).startswith(ENTRY_POINTS):
            continue
        for number, line in enumerate((root / path).read_text().splitlines(), 1):
            match = HIDDEN.search(re.sub(r"//.*|#.*", "", line))
            if match:
                found.append(f"{path}:{number}: expected an option object, but got {match[0]}")
    return found


def test_no_hidden_inputs():
    assert find_hidden_inputs(ROOT) == []


def test_finds_each(tmp_path):
    sample = {
        "lib/Support/A.cpp": '// A getenv.\nchar *a = std::getenv("A");\n',
        "jit/B.cpp": "static llvm::cl::opt<bool> b;\n",
        "python/dlc/c.py": "import os\nC = os.environ['C']\n",
        "tools/dlc/dlc.cpp": 'char *a = getenv("A");\n',
        "python/dlc/__init__.py": "import os\nC = os.environ.get('C')\n",
    }
    assert len(find_hidden_inputs(tree(tmp_path, sample))) == 3
