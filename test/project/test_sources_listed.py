"""Every source file is named in a CMakeLists.txt, so that none rots outside the build."""

import pathlib
import re

from sources import ROOT, files, tree

SOURCE = re.compile(r"(?:\$\{CMAKE(?:_CURRENT)?_SOURCE_DIR\}/)?[\w.+/-]+\.(?:cpp|c|S)\b")


def listed(root: pathlib.Path) -> set[str]:
    """Paths, relative to root, of the sources that CMake files name: from their own folder or from the root."""
    found = set()
    for path in files(root, "CMakeLists.txt", ".cmake"):
        text = re.sub(r"#.*", "", (root / path).read_text())
        for match in SOURCE.finditer(text):
            name = match[0]
            if name.startswith("${CMAKE_SOURCE_DIR}/"):
                found.add(name.removeprefix("${CMAKE_SOURCE_DIR}/"))
            else:
                found.add(str(path.parent / name.removeprefix("${CMAKE_CURRENT_SOURCE_DIR}/")))
    return found


def find_unlisted(root: pathlib.Path) -> list[str]:
    names = listed(root)
    return [str(p) for p in files(root, ".cpp", ".c", ".S") if str(p) not in names and p.parts[0] != "examples"]


def find_unreached(root: pathlib.Path) -> list[str]:
    """Folders with a CMakeLists.txt that no add_subdirectory names (test/unit/ is searched by test/CMakeLists.txt)."""
    reached = {pathlib.PurePosixPath(".")}
    for path in files(root, "CMakeLists.txt"):
        for name in re.findall(r"add_subdirectory\(\s*([\w./-]+)", (root / path).read_text()):
            reached.add(path.parent / name)
    folders = [p.parent for p in files(root, "CMakeLists.txt")]
    return [str(f) for f in folders if f not in reached and not str(f).startswith(("test/unit/", "examples/"))]


def test_every_source_is_listed():
    assert find_unlisted(ROOT) == []


def test_every_folder_is_reached():
    assert find_unreached(ROOT) == []


def test_finds_an_unlisted_source(tmp_path):
    sample = {
        "lib/CMakeLists.txt": "dlc_layer(DLCLib A.cpp\n  sub/B.cpp ${CMAKE_SOURCE_DIR}/jit/C.cpp) # D.cpp\n",
        **{f"{name}.cpp": "// A file.\n" for name in ("lib/A", "lib/sub/B", "jit/C", "lib/D")},
    }
    assert find_unlisted(tree(tmp_path, sample)) == ["lib/D.cpp"]


def test_finds_an_unreached_folder(tmp_path):
    sample = {"CMakeLists.txt": "add_subdirectory(lib)\n", "lib/CMakeLists.txt": "", "jit/CMakeLists.txt": ""}
    assert find_unreached(tree(tmp_path, sample)) == ["jit"]
