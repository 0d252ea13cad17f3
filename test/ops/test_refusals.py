"""Verifiers refuse, with the right message, what no op of their kind accepts."""

import subprocess

from cases import ROOT
from refusals import all_refusals


def dlc_opt(path) -> subprocess.CompletedProcess:
    command = [ROOT / "build/bin/dlc-opt", path, "--split-input-file", "--verify-diagnostics"]
    return subprocess.run(command, capture_output=True, text=True, timeout=280)


def test_ops_refuse_wrong_types(tmp_path):
    modules = [module for of_op in all_refusals().values() for module in of_op]
    assert len(modules) > 150
    (tmp_path / "all.mlir").write_text("\n// -----\n\n".join(modules))
    done = dlc_opt(tmp_path / "all.mlir")
    assert done.returncode == 0, done.stderr


def test_finds_what_is_not_refused(tmp_path):
    module = all_refusals()["exp"][0].replace("tensor<2x1x2x1x2x", "tensor<7x13x")
    (tmp_path / "one.mlir").write_text(module)
    done = dlc_opt(tmp_path / "one.mlir")
    assert done.returncode != 0 and "was not produced" in done.stderr
