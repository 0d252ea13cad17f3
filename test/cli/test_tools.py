"""`dlc explain`, `inspect`, `cache`, `doctor`, and the help of every subcommand."""

import json

import numpy as np
import pytest
from commands import INPUTS

SCALE = INPUTS / "scale.mlir"
LOSS = INPUTS / "loss.mlir"


@pytest.mark.parametrize("command", ["run", "compile", "grad", "explain", "inspect", "cache", "doctor"])
def test_help_has_an_example(cli, command):
    text = cli.run(command, "--help").stdout
    assert f"Example:\n  dlc {command} " in text


# Each command line of a help's example finds these files, and leaves what the next one needs.
EXAMPLE_MODEL = """func.func @main(%x: tensor<4xf32> {dlc.name = "x"}, %w: tensor<4xf32> {dlc.name = "w"},
    %b: tensor<4xf32> {dlc.name = "b"}) -> (tensor<f32> {dlc.name = "loss"}) {
  %0 = dlc.fma %x, %w, %b : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = dlc.reduce %0 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<lanes>}
      : (tensor<4xf32>) -> tensor<f32>
  return %1 : tensor<f32>
}
"""


@pytest.mark.parametrize("command", ["compile", "grad", "explain", "inspect", "cache", "doctor"])
def test_the_example_works_as_printed(cli, command):
    (cli.folder / "model.mlir").write_text(EXAMPLE_MODEL)
    cli.run("compile", "model.mlir", "--emit=package", "-o", "model.dlc")
    line = cli.run(command, "--help").stdout.split("Example:\n  dlc ", 1)[1].splitlines()[0]
    cli.run(*line.split())


def test_the_example_of_run_works_as_printed(cli):
    (cli.folder / "model.mlir").write_text(INPUTS.joinpath("one.mlir").read_text())
    cli.save("x", np.ones(4, np.float32))
    line = cli.run("run", "--help").stdout.split("Example:\n  dlc ", 1)[1].splitlines()[0]
    assert cli.run(*line.split()).stdout == "y: f32[4] = -1 -1 -1 -1\n"


def test_help_lists_the_subcommands(cli):
    text = cli.run("--help").stdout
    assert all(word in text for word in ("run", "compile", "grad", "explain", "inspect", "cache", "doctor"))
    assert cli.run("--version").stdout.strip()


def test_explains_kernels_and_cache(cli):
    first = json.loads(cli.run("explain", SCALE, "--json").stdout)
    assert first["launches"] == 1 and first["arena"] == "0" and first["unfused"] == []
    (kernel,) = first["kernels"]
    assert kernel["ops"] == "broadcast add tanh relu" and kernel["source"] == "compiled"
    second = json.loads(cli.run("explain", SCALE, "--json").stdout)
    assert second["kernels"][0]["source"] == "cached" and second["kernels"][0]["key"] == kernel["key"]
    assert "k_add_tanh_relu: pointwise, 1 launch; cached" in cli.run("explain", SCALE).stdout


def test_explains_what_is_not_fused(cli):
    report = json.loads(cli.run("explain", SCALE, "--no-fuse", "--json").stdout)
    assert report["launches"] == 4
    edge = next(edge for edge in report["unfused"] if edge["consumer"] == "dlc.relu")
    assert edge["producer"] == "dlc.tanh" and edge["reason"] == "fusion is off"
    assert edge["producer_place"].endswith("scale.mlir:9:8") and edge["consumer_place"].endswith("scale.mlir:10:8")
    text = cli.run("explain", SCALE, "--no-fuse").stdout
    assert f"dlc.tanh at {SCALE}:9:8 into dlc.relu at {SCALE}:10:8: fusion is off" in text


def test_explains_edges_through_views_and_leaves_constants_out(cli):
    (cli.folder / "m.mlir").write_text(
        'func.func @main(%x: tensor<?x4xf32, #dlc.dims<[B, 4]>> {dlc.name = "x"}) -> tensor<2xf32> {\n'
        "  %c = dlc.constant dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>\n"
        "  %0 = dlc.reduce %x {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<lanes>}"
        " : (tensor<?x4xf32, #dlc.dims<[B, 4]>>) -> tensor<4xf32>\n"
        "  %1 = dlc.reshape %0 {shape = #dlc.dims<[2, 2]>} : (tensor<4xf32>) -> tensor<2x2xf32>\n"
        "  %2 = dlc.reshape %c {shape = #dlc.dims<[2, 2]>} : (tensor<1x4xf32>) -> tensor<2x2xf32>\n"
        "  %3 = dlc.add %1, %2 : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>\n"
        "  %4 = dlc.reduce %3 {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<lanes>}"
        " : (tensor<2x2xf32>) -> tensor<2xf32>\n"
        "  return %4 : tensor<2xf32>\n}\n"
    )
    report = json.loads(cli.run("explain", "m.mlir", "--json").stdout)
    (edge,) = report["unfused"]
    assert (edge["producer"], edge["consumer"]) == ("dlc.reduce", "dlc.add")
    assert edge["reason"] == "the value is reshaped in between, and a view is no part of a kernel"
    assert "s0" not in report["kernels"][0]["stages"]


def test_inspects_packages_and_cache_entries(cli):
    cli.run("compile", SCALE, "--emit=package", "-o", "m.dlc")
    report = json.loads(cli.run("inspect", "m.dlc", "--json").stdout)
    assert report["artifact"] == "package"
    assert report["program"]["inputs"] == ["x: f32[B, 128]", "b: f32[128]"]
    assert [entry["kind"] for entry in report["entries"]] == ["program", "image", "bytecode"]
    assert {entry.get("level") for entry in report["entries"]} == {3, None}
    cli.run("explain", SCALE)
    (entry,) = json.loads(cli.run("cache", "list", "--json").stdout)
    report = json.loads(cli.run("inspect", entry["path"], "--json").stdout)
    assert (
        report["artifact"] == "cache entry: image"
        and report["label"] == "k_add_tanh_relu"
        and report["key"] == entry["key"]
    )


def test_refuses_to_inspect_other_files(cli):
    (cli.folder / "text").write_text("nothing of ours")
    assert "text: expected a package, image, cache entry or ELF file" in cli.fail("inspect", "text")
    assert "expected an artifact of dlc, but got another ELF file" in cli.fail("inspect", "/bin/true")


def test_keeps_the_cache_in_order(cli):
    cli.run("explain", SCALE)
    cli.run("explain", LOSS)
    assert json.loads(cli.run("cache", "stats", "--json").stdout)["entries"] == len(
        cli.run("cache", "list").stdout.splitlines()
    )
    victim = next(path for path in (cli.folder / "cache").rglob("*.image"))
    victim.write_bytes(victim.read_bytes()[:-1])
    report = json.loads(cli.run("cache", "verify", "--json").stdout)
    assert report["removed"] == 1 and str(victim) in report["problems"][0]
    assert json.loads(cli.run("cache", "gc", "--limit", "0", "--json").stdout)["bytes"] > 0
    assert json.loads(cli.run("cache", "stats", "--json").stdout)["entries"] == 0
    cli.run("explain", SCALE)
    assert cli.run("cache", "clear").stdout == "removed 1 entries\n"


def test_doctor(cli):
    checks = {check["name"]: check for check in json.loads(cli.run("doctor", "--json").stdout)}
    assert all(check["fine"] for check in checks.values())
    assert {"version", "cpu", "threads", "cache", "compiler", "linker", "cuda"} <= set(checks)


def test_doctor_reports_a_bad_cache(cli):
    (cli.folder / "cache").write_text("")
    result = cli.run("doctor", code=1)
    assert "FAIL  cache" in result.stdout and "1 failed" in result.stderr
