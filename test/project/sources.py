"""The hand-written files of a work tree: what git tracks or would track. Build outputs are never among them."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files(root: pathlib.Path, *suffixes: str) -> list[pathlib.PurePosixPath]:
    """Paths below root, relative to it and sorted; with suffixes, only those that end in one of them.

    They are tracked, or new in a folder that holds tracked files (in a tree without any, in any folder).
    """

    def listed(*arguments: str) -> list[pathlib.PurePosixPath]:
        command = ["git", "-C", str(root), "ls-files", "-z", "--exclude-standard", *arguments]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return [pathlib.PurePosixPath(name) for name in output.split("\0") if name]

    tracked = listed("--cached")
    folders = {path.parts[0] for path in tracked}
    new = [p for p in listed("--others") if not tracked or len(p.parts) == 1 or p.parts[0] in folders]
    paths = {*tracked, *new}
    return sorted(p for p in paths if (not suffixes or p.name.endswith(suffixes)) and (root / p).is_file())


def tree(root: pathlib.Path, contents: dict[str, str]) -> pathlib.Path:
    """Makes a small repository out of path -> text, for checks to be tried on a bad sample."""
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for name, text in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root
