"""Puts together the sources of the documentation site.

Before: dlc is built. After: the folder given holds the project's documents as they lie in the repository, and
`reference/` with pages of the ops (by dlc-tblgen from their rows, and their status from the tests), of the commands
(their --help), of the Python package (its docstrings) and of the C and C++ headers; `index.md` lists all of them.
"""

import importlib
import inspect
import os
import pathlib
import re
import shutil
import subprocess
import sys

import dlc

ROOT = pathlib.Path(__file__).resolve().parents[2]
DLC = ROOT / "build" / "bin" / "dlc"
TBLGEN = ROOT / "build" / "bin" / "dlc-tblgen"
ROWS = ROOT / "dialects" / "dlc" / "DlcOps.td"
STATUS = ROOT / "test" / "ops" / "status.py"
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")
MODULES = {
    "dlc": "Arrays, compiling, derivatives",
    "dlc.nn": "Modules",
    "dlc.nn.functional": "Functions of modules",
    "dlc.nn.init": "Initial values",
    "dlc.optim": "Optimisers",
    "dlc.optim.lr_scheduler": "Learning rates",
    "dlc.data": "Data",
    "dlc.train": "Training",
    "dlc.random": "Random numbers",
    "dlc.testing": "Testing",
    "dlc.ops": "Ops by their own names",
}
HEADERS = ["include/dlc/dlc.h", "include/dlc-c/dlc.h", "include/dlc-c/trace.h"]


def documents() -> list[pathlib.Path]:
    """The project's documents for readers, relative to the root."""
    inner = sorted(path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*.md"))
    return [*map(pathlib.Path, ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")), *inner]


def within_site(text: str, path: pathlib.Path, pages: set[pathlib.Path]) -> str:
    """A document with links to files that are no pages turned into plain text."""

    def convert(match: re.Match) -> str:
        label, target, anchor = match.groups()
        if re.match(r"[a-z]+:", target):
            return match[0]
        page = pathlib.Path(os.path.normpath(path.parent / target))
        return match[0] if page in pages else label if anchor else f"{label} (`{page}`)"

    return LINK.sub(convert, text)


def copy_documents(out: pathlib.Path) -> list[str]:
    paths = documents()
    for path in paths:
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(within_site((ROOT / path).read_text(), path, set(paths)))
    return [str(path.with_suffix("")) for path in paths]


def op_reference() -> str:
    """The sections of all ops, by dlc-tblgen from their rows."""
    folders = ["/usr/lib/llvm-22/include", ROOT, ROWS.parent]
    command = [TBLGEN, "-gen-dlc-docs", *(flag for folder in folders for flag in ("-I", folder)), ROWS]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def op_pages(out: pathlib.Path) -> list[str]:
    """The status of all ops, and one page a family, as dlc-tblgen cuts them."""
    names = []
    status = subprocess.run([sys.executable, STATUS], check=True, capture_output=True, text=True).stdout
    pages = [("status", status), *re.findall(r"<!-- page (\w+) -->\n(.*?)(?=<!-- page |\Z)", op_reference(), re.DOTALL)]
    for name, body in pages:
        (out / "ops").mkdir(exist_ok=True)
        (out / "ops" / f"{name}.md").write_text(body)
        names.append(f"reference/ops/{name}")
    return names


def subcommands() -> list[str]:
    text = subprocess.run([DLC, "--help"], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^  (\w+)\s", re.split("^subcommands:", text, flags=re.I | re.M)[1], re.MULTILINE)


def command_page(out: pathlib.Path) -> list[str]:
    sections = ["# The command line\n"]
    for name in subcommands():
        text = subprocess.run([DLC, name, "--help"], check=True, capture_output=True, text=True).stdout
        sections.append(f"## dlc {name}\n\n```text\n{text.strip()}\n```\n")
    (out / "cli.md").write_text("\n".join(sections))
    return ["reference/cli"]


def public(module) -> dict[str, object]:
    """What a module offers of dlc's own: functions and classes, by name; classes of the package where they are."""
    found = {}
    for name, value in sorted(vars(module).items()):
        own = getattr(value, "__module__", None) or ""
        is_of_dlc = module.__name__ != "dlc" and inspect.isclass(value) and vars(dlc).get(name) is value
        if not name.startswith("_") and own.split(".")[0] == "dlc" and callable(value) and not is_of_dlc:
            found[name] = value
    return found


def python_pages(out: pathlib.Path) -> list[str]:
    (out / "python").mkdir(exist_ok=True)
    names = []
    for name, title in MODULES.items():
        heading = f"{name}: {title}"
        lines = [heading, "=" * len(heading), "", f".. py:module:: {name}", ""]
        for member, value in public(importlib.import_module(name)).items():
            directive = "autoclass" if inspect.isclass(value) else "autofunction"
            if not inspect.isclass(value) and not inspect.isroutine(value):
                continue  # an instance that can be called, such as a DType
            lines += [f".. {directive}:: {name}.{member}"]
            lines += ["   :members:", ""] if directive == "autoclass" else [""]
        (out / "python" / f"{name}.rst").write_text("\n".join(lines))
        names.append(f"reference/python/{name}")
    return names


def header_page(out: pathlib.Path) -> list[str]:
    sections = ["# C and C++\n"]
    for path in HEADERS:
        sections.append(f"## {path.removeprefix('include/')}\n\n```cpp\n{(ROOT / path).read_text()}```\n")
    (out / "headers.md").write_text("\n".join(sections))
    return ["reference/headers"]


def toctree(caption: str, names: list[str]) -> str:
    return f"```{{toctree}}\n:caption: {caption}\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```\n"


def main() -> None:
    out = pathlib.Path(sys.argv[1])
    shutil.rmtree(out, ignore_errors=True)
    reference = out / "reference"
    reference.mkdir(parents=True)
    parts = [
        "# dlc\n\nA tensor compiler and deep-learning library with exact numerics.\n",
        toctree("Documents", copy_documents(out)),
        toctree("Python", python_pages(reference)),
        toctree("Commands, C and C++", command_page(reference) + header_page(reference)),
        toctree("Ops", op_pages(reference)),
    ]
    (out / "index.md").write_text("\n".join(parts))


if __name__ == "__main__":
    main()
