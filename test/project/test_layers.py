"""A layer includes only itself and layers above it in LAYERS, which mirrors the table of docs/architecture.md."""

import pathlib
import re

import pytest
from sources import ROOT, files, tree

# (folder, what it may not know beside the layers below it)
LAYERS = [
    ("include/dlc-c", ("llvm", "mlir")),
    ("lib/Runtime", ("llvm", "mlir")),
    ("lib/Support", ("mlir",)),
    ("lib/Cache", ("llvm", "mlir")),
    ("lib/Capi", ("llvm", "mlir")),
    ("dialects/dlc", ()),
    ("dialects/rt", ()),
    ("dialects/check", ()),
    ("lib/Interp", ()),
    ("passes", ()),
    ("lib/Import", ()),
    ("lib/Target", ()),
    ("lib/Compiler", ()),
    ("jit", ()),
    ("lib/Check", ()),
    ("lib/Array", ()),
    ("include/dlc", ("llvm", "mlir")),
    ("tools", ()),
    ("python", ("llvm", "mlir")),
]
RANK = {folder: rank for rank, (folder, _) in enumerate(LAYERS)}
FORBIDDEN = dict(LAYERS)
# Folders whose sub-folders may not know each other.
SEPARATE = ("lib/Target", "lib/Import")
# Layers that see only the public headers: what they may include beside themselves.
ONLY = {"include/dlc-c": (), "include/dlc": ("include/dlc-c",), "python": ("include/dlc-c",)}
# Outside the order: tests may include anything; dlc-tblgen is built before every layer.
OUTSIDE = ("test/", "tools/dlc-tblgen/", "benchmarks/", "examples/", "cmake/")
EXTERNAL = {"llvm": ("llvm/", "llvm-c/", "lld/"), "mlir": ("mlir/", "mlir-c/")}
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def layer_of(path: str) -> str:
    """The layer that a path lies in, "" outside all of them."""
    return max((f for f in RANK if path.startswith(f + "/")), key=len, default="")


def resolve(root: pathlib.Path, includer: pathlib.PurePosixPath, name: str) -> str:
    """The path of a project header, relative to root; a generated one has the path of its .td in the source tree."""
    for folder in (includer.parent, pathlib.PurePosixPath("."), pathlib.PurePosixPath("include")):
        if (root / folder / name).is_file():
            return str(folder / name)
    return f"include/{name}" if name.startswith(("dlc/", "dlc-c/")) else name


def complaint(root: pathlib.Path, path: pathlib.PurePosixPath, name: str) -> str:
    """What is wrong with `path` including `name`, "" if nothing is."""
    own = layer_of(str(path))
    for library, prefixes in EXTERNAL.items():
        if name.startswith(prefixes):
            return f"may not know {library}" if library in FORBIDDEN[own] else ""
    target = resolve(root, path, name)
    other = layer_of(target)
    if not other or other == own:
        parts = [str(p).split("/")[2] for p in (path, target)] if own in SEPARATE and other else []
        return "is another of its kind" if parts and parts[0] != parts[1] and "." not in parts[1] else ""
    if own in ONLY and other not in ONLY[own]:
        return f"is in {other}; {own} may include only {' and '.join(ONLY[own]) or 'itself'}"
    return f"is in {other}, below {own}" if RANK[other] > RANK[own] else ""


def find_violations(root: pathlib.Path) -> list[str]:
    found = []
    for path in files(root, ".cpp", ".h", ".c", ".td"):
        if str(path).startswith(OUTSIDE) or not layer_of(str(path)):
            continue
        for match in INCLUDE.finditer((root / path).read_text()):
            name = match[1] or match[2]
            problem = complaint(root, path, name)
            if problem:
                found.append(f"{path}: expected layers above {layer_of(str(path))} only, but got {name}: it {problem}")
    return found


def test_layer_order():
    assert find_violations(ROOT) == []


def test_every_source_lies_in_a_layer():
    outside = [p for p in files(ROOT, ".cpp", ".h") if not layer_of(str(p)) and not str(p).startswith(OUTSIDE)]
    assert outside == []


@pytest.mark.parametrize(
    "path, include",
    [
        ("lib/Support/Hash.h", '"lib/Cache/Key.h"'),
        ("lib/Runtime/Buffer.cpp", '"llvm/ADT/StringRef.h"'),
        ("lib/Cache/Store.cpp", '"mlir/IR/Operation.h"'),
        ("passes/fuse/Fuse.cpp", '"lib/Target/Cpu/Target.h"'),
        ("passes/fuse/Fuse.cpp", '"jit/Engine.h"'),
        ("lib/Target/Cpu/Emit.cpp", '"lib/Target/Cuda/Emit.h"'),
        ("dialects/dlc/Ops.td", '"dialects/rt/RtOps.td"'),
        ("include/dlc/dlc.h", '"lib/Array/Array.h"'),
        ("python/src/Module.cpp", '"lib/Runtime/Buffer.h"'),
        ("python/src/Module.cpp", '"mlir/IR/Operation.h"'),
        ("include/dlc-c/dlc.h", "<lib/Runtime/Buffer.h>"),
    ],
)
def test_finds_a_violation(tmp_path, path, include):
    assert len(find_violations(tree(tmp_path, {path: f"// A file.\n  #  include {include}\n"}))) == 1


def test_allows_layers_above(tmp_path):
    sample = {
        "jit/Engine.cpp": '#include "jit/Engine.h"\n#include "lib/Target/Cpu/Emit.h"\n#include "mlir/IR/Operation.h"\n',
        "lib/Target/Cpu/Emit.cpp": '#include "Emit.h"\n#include "lib/Target/Target.h"\n#include <vector>\n',
        "lib/Target/Cpu/Emit.h": '#include "dialects/dlc/DlcOps.h.inc"\n',
        "python/src/Module.cpp": '#include "dlc-c/dlc.h"\n',
    }
    assert find_violations(tree(tmp_path, sample)) == []
