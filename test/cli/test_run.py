"""`dlc run`: engines, threads and packages agree bit for bit; results come from the cache the second time."""

import json
import re

import numpy as np
import pytest
from commands import INPUTS, same_bits

SCALE = INPUTS / "scale.mlir"


def test_matches_numpy(cli, scale_inputs):
    y = cli.outputs(SCALE, *scale_inputs)["y"]
    x, b = np.load(cli.folder / "x.npy"), np.load(cli.folder / "b.npy")
    np.testing.assert_allclose(y, np.maximum(np.tanh(x.astype("d") + b), 0), rtol=1e-6)


@pytest.mark.parametrize(
    "flags",
    [["--engine", "interp"], ["--threads", "1"], ["--threads", "2"], ["--no-fuse"], ["--mcpu", "haswell"]],
    ids=lambda flags: flags[0] + flags[-1],
)
def test_every_way_has_the_same_bits(cli, scale_inputs, flags):
    expected = cli.outputs(SCALE, *scale_inputs)
    assert same_bits(cli.outputs(SCALE, *scale_inputs, *flags)["y"], expected["y"])


def test_summary_and_times(cli, scale_inputs):
    text = cli.run("run", SCALE, *scale_inputs, "--repeat", 3).stdout
    assert re.match(r"3 runs: first .* ms, median .* ms, best .* ms\ny: f32\[5, 128\] = ", text)


def test_the_second_run_comes_from_the_cache(cli, scale_inputs):
    cli.run("run", SCALE, *scale_inputs)
    kinds = json.loads(cli.run("cache", "stats", "--json").stdout)["kinds"]
    assert kinds["program"]["entries"] == 1 and kinds["image"]["entries"] == 1
    before = cli.run("cache", "list", "--json").stdout
    cli.run("run", SCALE, *scale_inputs)
    assert cli.run("cache", "list", "--json").stdout == before
    cli.run("run", SCALE, *scale_inputs, "--no-fuse")
    kinds = json.loads(cli.run("cache", "stats", "--json").stdout)["kinds"]
    assert kinds["program"]["entries"] == 2, "options are part of the key"


def test_a_changed_model_is_another_program(cli, scale_inputs):
    model = cli.folder / "m.mlir"
    model.write_text(SCALE.read_text())
    first = cli.outputs(model, *scale_inputs)["y"]
    model.write_text(SCALE.read_text().replace("dlc.tanh", "dlc.abs"))
    assert not same_bits(cli.outputs(model, *scale_inputs)["y"], first)


def test_packages_run_and_carry_their_ir(cli, scale_inputs):
    cli.run("compile", SCALE, "--emit=package", "-o", "scale.dlc")
    expected = cli.outputs(SCALE, *scale_inputs)["y"]
    assert same_bits(cli.outputs("scale.dlc", *scale_inputs)["y"], expected)
    assert same_bits(cli.outputs("scale.dlc", *scale_inputs, "--engine", "interp")["y"], expected)
    assert "dlc.tanh" in cli.run("compile", "scale.dlc").stdout


def test_the_number_of_threads_comes_from_the_environment(cli, scale_inputs):
    cli.run("run", SCALE, *scale_inputs, DLC_NUM_THREADS="1")
    message = cli.fail("run", SCALE, *scale_inputs, code=2, DLC_NUM_THREADS="many")
    assert message.startswith("expected DLC_NUM_THREADS to be in 1..") and message.endswith("but got 'many'")
