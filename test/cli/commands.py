"""What tests of the command share: where it is, how it is run, how arrays are compared."""

import os
import pathlib
import subprocess

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
DLC = ROOT / "build" / "bin" / "dlc"
INPUTS = pathlib.Path(__file__).parent / "Inputs"


class Cli:
    """Runs dlc in a temporary folder."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.env = {"PATH": "/usr/bin:/bin", "DLC_CACHE_DIR": str(folder / "cache"), "HOME": str(folder)}

    def run(self, *arguments, code: int = 0, **env) -> subprocess.CompletedProcess:
        """Runs dlc and checks its exit code."""
        command = [str(DLC), *map(str, arguments)]
        result = subprocess.run(
            command, cwd=self.folder, env=self.env | env, capture_output=True, text=True, timeout=120
        )
        assert result.returncode == code, f"{arguments}: exit code {result.returncode}\n{result.stderr}"
        return result

    def fail(self, *arguments, code: int = 1, **env) -> str:
        """Runs dlc, which must fail with one clear line; returns the line."""
        result = self.run(*arguments, code=code, **env)
        lines = result.stderr.splitlines()
        assert len(lines) == 1 and lines[0].startswith("error: "), result.stderr
        return lines[0].removeprefix("error: ")

    def save(self, name: str, array) -> pathlib.Path:
        path = self.folder / f"{name}.npy"
        np.save(path, array)
        return path

    def outputs(self, *arguments, **env) -> dict[str, np.ndarray]:
        """The outputs of `dlc run`, by name."""
        return self.execute([str(DLC), "run", *map(str, arguments)], **env)

    def execute(self, command: list, **env) -> dict[str, np.ndarray]:
        """The outputs that any command with `dlc run`'s flags writes."""
        folder = self.folder / "outputs"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        line = [*map(str, command), "--output-dir", str(folder)]
        result = subprocess.run(line, cwd=self.folder, env=self.env | env, capture_output=True, text=True, timeout=120)
        assert result.returncode == 0, result.stderr
        return {path.stem: np.load(path) for path in folder.glob("*.npy")}


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays have dtype, shape and bits in common."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def is_root() -> bool:
    return os.geteuid() == 0
