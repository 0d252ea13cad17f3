"""`dlc verify`, `dlc reduce` and `dlc fuzz`: every seeded bug is found and named, past finds stay fixed, random graphs
have one answer."""

import datetime
import json
import signal
import subprocess
import time
import warnings

import numpy as np
import pytest
from commands import INPUTS, ROOT

SEEDED = ROOT / "build" / "bin" / "dlc-seeded"
MODELS = ROOT / "test" / "seeded" / "Inputs"
BUGS = {bug["name"]: bug for bug in json.loads(subprocess.check_output([SEEDED, "list"]))} if SEEDED.exists() else {}
WRONG = [name for name, bug in BUGS.items() if bug["pass"]]
CORPUS = sorted((ROOT / "test" / "fuzz" / "corpus").glob("*.mlir"))
MOST_LINES = 20
# What runs without --full: each pass, each kind of mistake.
ALWAYS = {
    "add-zero",
    "gather-clamps",
    "inverse-transpose",
    "negation-forgotten",
    "operands-swapped",
    "order-by-extents",
    "too-few-tasks",
    "slices-overlap",
    "last-trip-skipped",
}


def seeded(folder, *arguments, code: int) -> dict:
    """Runs dlc-seeded with --json."""
    line = [SEEDED, *arguments, "--json"]
    result = subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=60)
    assert result.returncode == code, result.stderr
    return json.loads(result.stdout)


def test_there_are_25_bugs():
    assert ALWAYS <= set(WRONG)
    assert len(WRONG) >= 25
    assert len({bug["pass"] for bug in BUGS.values()} - {""}) == 6, "every phase that can be wrong"


@pytest.mark.parametrize("name", [n if n in ALWAYS else pytest.param(n, marks=pytest.mark.full) for n in WRONG])
def test_seeded_bug_is_found_and_named(tmp_path, name):
    bug = BUGS[name]
    answer = seeded(tmp_path, "verify", MODELS / bug["model"], "--bug", name, "-o", "reduced.mlir", code=1)
    fault = answer["fault"]
    assert (fault["kind"], fault["pass"]) == ("mismatch", bug["pass"]), fault
    assert fault["op"] in bug["ops"], fault
    assert bug["model"] in fault["place"], "the place is one of the user's model"
    text = (tmp_path / "reduced.mlir").read_text()
    assert answer["lines"] == len(text.splitlines()) <= MOST_LINES
    assert answer["seconds"] < 60
    again = seeded(tmp_path, "verify", "reduced.mlir", "--bug", name, "--no-reduce", code=1)
    assert again["fault"]["pass"] == bug["pass"], "the reduced program shows the same by itself"


@pytest.mark.parametrize("model", sorted(MODELS.glob("*.mlir")), ids=lambda path: path.stem)
def test_models_are_fine_without_bugs(cli, model):
    answer = json.loads(cli.run("verify", model, "--draws", 1, "--json").stdout)
    assert answer["is_same"] and answer["checks"] == (8 if "tensor<?" in model.read_text() else 7)


@pytest.mark.parametrize("kind", ["crash", "hang"])
def test_reduce_shrinks_what_ends_the_compiler(tmp_path, kind):
    timeout = ["--timeout", 1] if kind == "hang" else []
    model = MODELS / BUGS[kind]["model"]
    answer = seeded(tmp_path, "reduce", model, "--bug", kind, *map(str, timeout), code=0)
    assert answer["fault"]["kind"] == {"crash": "crash", "hang": "timeout"}[kind]
    text = (tmp_path / answer["reduced"]).read_text()
    assert "dlc.tanh" in text and text.count("dlc.") <= 4, text


def test_reduce_by_a_command(cli):
    model = MODELS / "layers.mlir"
    cli.run("reduce", model, "--test", "grep -q dlc.exp", "-o", "small.mlir")
    text = (cli.folder / "small.mlir").read_text()
    assert "dlc.exp" in text and "dot_general" not in text and len(text.splitlines()) <= 6
    message = cli.fail("reduce", model, "--test", "grep -q dlc.sort")
    assert message.startswith("expected the test to exit with 0 on the model, but it did not")


def test_nothing_to_reduce(cli):
    message = cli.fail("reduce", INPUTS / "scale.mlir", "--mcpu", "haswell")
    assert message == "expected a fault to reduce, but got none"


def test_verify_takes_inputs_and_dims(cli, scale_inputs):
    scale = INPUTS / "scale.mlir"
    assert json.loads(cli.run("verify", scale, *scale_inputs, "--json").stdout)["checks"] == 8
    assert "the same bits in 2 checks" in cli.run("verify", scale, "--dim", "B=9", "--no-fuse", "--draws", 2).stdout
    message = cli.fail("verify", scale, "--dim", "N=9", code=2)
    assert message == "expected --dim to name one of the symbols [B], but got 'N'"
    message = cli.fail("verify", scale, "--dim", "B=20000000000")
    assert message.startswith("expected random inputs of at most 1 GiB in all, but got more")
    assert cli.fail("verify", scale, "--dim", "B", code=2) == "expected --dim NAME=N, but got 'B'"
    assert cli.fail("verify", scale, "--mcpu", "z80", code=2).startswith("expected 'cpu' to be a CPU that LLVM knows")
    assert cli.fail("verify", scale, "--target", "cuda", code=2) == (
        "expected --target=cpu to run code on, but got --target=cuda"
    )


def test_verify_says_why_a_model_cannot_be_checked(cli):
    x = cli.save("x", np.zeros((5, 127), np.float32))
    b = cli.save("b", np.zeros(128, np.float32))
    message = cli.fail("verify", INPUTS / "scale.mlir", "--input", f"x={x}", "--input", f"b={b}")
    assert "127" in message and "128" in message


def fuzz(cli, graphs: int, seed: int) -> dict:
    """Runs `dlc fuzz`, whatever it finds."""
    line = [ROOT / "build" / "bin" / "dlc", "fuzz", "--graphs", str(graphs), "--seed", str(seed), "--json"]
    result = subprocess.run(line, cwd=cli.folder, capture_output=True, text=True, timeout=1200)
    assert result.stdout, result.stderr
    return json.loads(result.stdout)


def test_fuzz_of_a_fixed_seed_gates(cli):
    report = fuzz(cli, 2000, 0)
    assert report["finds"] == []
    assert report["graphs"] == 2000 and report["thorough"] == 100 and report["runs"] > 4000


def test_fuzz_makes_its_folder_first(cli):
    cli.run("fuzz", "--graphs", 1, "-o", "new/finds")
    assert (cli.folder / "new" / "finds").is_dir()
    message = cli.fail("fuzz", "--graphs", 1, "-o", INPUTS / "scale.mlir")
    assert message.startswith(f"cannot make the folder '{INPUTS / 'scale.mlir'}'")


def test_an_interrupted_fuzz_says_what_it_did(cli):
    line = [ROOT / "build" / "bin" / "dlc", "fuzz", "--graphs", "1000000", "--jobs", "1", "--json"]
    process = subprocess.Popen(line, cwd=cli.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(3)
    for _ in range(2):  # coreutils' timeout interrupts a process and its group
        process.send_signal(signal.SIGINT)
    output, message = process.communicate(timeout=120)
    assert process.returncode == 1
    graphs = json.loads(output)["graphs"]
    assert message == f"error: interrupted after {graphs} of 1000000 graphs\n"


def test_fuzz_of_the_day_reports(cli):
    seed = int(datetime.date.today().strftime("%Y%m%d")) * 1000
    finds = fuzz(cli, 100, seed)["finds"]
    if finds:
        warnings.warn(f"dlc fuzz --graphs 100 --seed {seed} finds {json.dumps(finds)}", stacklevel=1)


def test_seeds_reproduce(cli):
    first, second = fuzz(cli, 20, 77), fuzz(cli, 20, 77)
    same = ("graphs", "ops", "runs", "kernels", "errors")
    assert [first[key] for key in same] == [second[key] for key in same]


@pytest.mark.parametrize("program", CORPUS, ids=lambda path: path.stem)
def test_past_finds_stay_fixed(cli, program):
    assert json.loads(cli.run("verify", program, "--json").stdout)["is_same"]
