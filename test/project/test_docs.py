"""Links between the documents resolve, and the commands that they show exist."""

import pathlib
import re
import subprocess

from sources import ROOT, files, tree

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+\s+(.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


def find_broken_links(root: pathlib.Path) -> list[str]:
    found = []
    for path in files(root, ".md"):
        text = FENCE.sub("", (root / path).read_text())
        for link in (a or b for a, b in LINK.findall(text)):
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = root / path.parent / name if name else root / path
            if not target.exists():
                found.append(f"{path}: expected a file of the repository, but got {link}")
            elif anchor and anchor not in anchors(target.read_text()):
                found.append(f"{path}: expected a heading of {name or path}, but got #{anchor}")
    return found


def shown_commands(root: pathlib.Path) -> list[tuple[str, str]]:
    """(document, command line) of each `dlc` and `./dev` call in a sh or console fence."""
    lines = []
    for path in files(root, ".md"):
        for language, body in FENCE.findall((root / path).read_text()):
            if language in ("sh", "bash", "console"):
                stripped = (re.sub(r"^\$ ", "", line).strip() for line in body.splitlines())
                lines += [(str(path), line) for line in stripped if line.startswith(("dlc ", "./dev ", "build/bin/"))]
    return lines


def find_missing_commands(root: pathlib.Path, dlc_help: str) -> list[str]:
    found = []
    for path, line in shown_commands(root):
        program, verb = [*line.split(), ""][:2]
        if program.endswith("dlc"):
            exists = verb.startswith("-") or re.search(rf"^\s+{re.escape(verb)}\b", dlc_help, re.MULTILINE)
        elif program == "./dev":
            exists = verb == "help" or (root / f"cmake/dev/{verb}.sh").is_file()
        else:
            exists = (root / program).is_file()
        if not exists:
            found.append(f"{path}: expected a command that exists, but got `{line}`")
    return found


def help_of_dlc() -> str:
    """`dlc --help` of this build, "" where no document shows dlc yet."""
    if not any(line.split()[0].endswith("dlc") for _, line in shown_commands(ROOT)):
        return ""
    return subprocess.run([ROOT / "build/bin/dlc", "--help"], check=True, capture_output=True, text=True).stdout


def test_links_resolve():
    assert find_broken_links(ROOT) == []


def test_shown_commands_exist():
    assert find_missing_commands(ROOT, help_of_dlc()) == []


def test_finds_broken_links(tmp_path):
    sample = {
        "README.md": "# A title\n[a](docs/a.md) [b](docs/b.md) [c](#a-title) [d](#no) [e](https://x.y) ![f](g.png)\n",
        "docs/a.md": "## The `code`: one\n[up](../README.md#a-title) [here](#the-code-one) [x](../README.md#x)\n",
    }
    assert len(find_broken_links(tree(tmp_path, sample))) == 4


def test_finds_missing_commands(tmp_path):
    shown = "```sh\n./dev build\n./dev fly\n$ dlc run m.mlir\n$ dlc fly m.mlir\nls\n```\n"
    root = tree(tmp_path, {"README.md": shown, "cmake/dev/build.sh": ""})
    assert len(find_missing_commands(root, "usage: dlc\n  run MODEL   runs\n")) == 2
