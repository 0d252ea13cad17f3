"""CMake links the shared MLIR and LLVM; naming an archive of theirs would register everything twice."""

import pathlib
import re

from sources import ROOT, files, tree

ARCHIVE = re.compile(r"(?<![\w/])(?:MLIR|LLVM)[A-Z]\w+")
# dlc-tblgen runs before the layers are built and links TableGen, which the shared libraries lack.
MAY_NAME_ARCHIVES = ("tools/dlc-tblgen/",)


def find_archives(root: pathlib.Path) -> list[str]:
    found = []
    for path in files(root, "CMakeLists.txt", ".cmake"):
        if str(path).startswith(MAY_NAME_ARCHIVES):
            continue
        for number, line in enumerate((root / path).read_text().splitlines(), 1):
            for name in ARCHIVE.findall(line.split("#")[0]):
                found.append(f"{path}:{number}: expected the shared MLIR or LLVM, but got {name}")
    return found


def test_no_archives():
    assert find_archives(ROOT) == []


def test_finds_archives(tmp_path):
    sample = {
        "lib/CMakeLists.txt": "target_link_libraries(a MLIR LLVM MLIRIR # MLIRPass\n  LLVMSupport)\n",
        "tools/dlc-tblgen/CMakeLists.txt": "target_link_libraries(dlc-tblgen MLIRTableGen)\n",
        "CMakeLists.txt": 'find_package(MLIR)\nlist(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}")\ninclude(AddMLIR)\n',
    }
    assert len(find_archives(tree(tmp_path, sample))) == 2
