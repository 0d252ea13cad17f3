"""The demo's classifier after each phase: its text can be read by people and read back with the same bits, and the
excerpts of docs/architecture.md are what it really is."""

import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

import dlc

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / "build" / "bin"
sys.path.insert(0, str(ROOT / "examples"))

import digits_model  # noqa: E402

PHASES = ("trace", "autodiff", "simplify", "fuse", "schedule", "bufferize", "lower")
IMAGES = np.random.default_rng(0).uniform(0, 1, (3, 1, 8, 8)).astype(np.float32)


@pytest.fixture(autouse=True)
def engine():
    """The command runs what is tested."""


@pytest.fixture(scope="module")
def model():
    """The classifier with statistics that are not those of an untrained one."""
    dlc.random.seed(0)
    net = digits_model.DigitsNet()
    for norm in (net.norm1, net.norm2, net.norm3):
        dlc.nn.init.uniform_(norm.running_mean, -0.1, 0.1)
        dlc.nn.init.uniform_(norm.running_var, 0.5, 1.5)
    return net.eval()


@pytest.fixture(scope="module")
def texts(model):
    """The text after each phase."""
    compiled = dlc.compile(model, [dlc.spec(("N", 1, 8, 8))], names=["images"])
    return {phase: compiled.ir(phase) for phase in PHASES}


@pytest.fixture(scope="module")
def files(model, texts, tmp_path_factory):
    """A folder with the text after each phase, the images, and digits.mlir as the model saves it."""
    folder = tmp_path_factory.mktemp("ir")
    for phase, text in texts.items():
        (folder / f"{phase}.mlir").write_text(text)
    np.save(folder / "images.npy", IMAGES)
    dlc.compile(model, [dlc.spec(("N", 1, 8, 8))], names=["images"]).save(folder / "digits.mlir")
    return folder


def run(folder, tool, *arguments):
    """What a tool prints; it must succeed."""
    command = [str(BIN / tool), *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def code(text):
    """A text without the elements of its constants, which stand at the end."""
    return text.split("{-#")[0]


@pytest.mark.parametrize("phase", PHASES)
def test_text_is_readable(texts, phase):
    text = code(texts[phase])
    assert "{-#" in texts[phase], "the weights stand at the end"
    assert not re.search(r'dense<"0x', text), "and nowhere else"
    assert "/" not in re.sub(r"//.*", "", text), "places do not drown the text"
    assert max(map(len, text.splitlines())) < {"schedule": 900, "bufferize": 900, "lower": 3000}.get(phase, 400)
    if phase in ("fuse", "schedule", "bufferize"):
        names = re.findall(r"rt\.kernel @(\w+)", text)
        assert names[:2] == ["k_conv_add_fma_relu", "k_conv_add_fma_relu_2"]
        assert "k_reduce_window" in names and "k_dot_general_add" in names


@pytest.mark.parametrize("phase", PHASES[:6])
def test_text_is_read_back_as_it_was(files, texts, phase):
    assert run(files, "dlc", "compile", f"{phase}.mlir", "--to=trace") == texts[phase]


def test_command_prints_what_python_prints(files, texts):
    for phase in PHASES:
        assert run(files, "dlc", "compile", "digits.mlir", f"--to={phase}") == texts[phase]


@pytest.mark.parametrize("phase", PHASES[:5])
def test_text_runs_with_the_same_bits(files, model, phase):
    """Up to schedule programs work on tensors, so the interpreter runs each."""
    run(files, "dlc", "run", f"{phase}.mlir", "--engine=interp", "--input", "images=images.npy", "--output-dir", ".")
    dlc.testing.assert_equal(np.load(files / "out0.npy"), model(dlc.asarray(IMAGES)))


# Excerpts


def excerpts():
    """(name, lines) of the fences in docs/architecture.md that a comment names."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    found = re.findall(r"<!-- excerpt: ([^>]*) -->\n```\w*\n(.*?)```", page, re.DOTALL)
    return {name: body.splitlines() for name, body in found}


def normal(line):
    """A line without what may differ where nothing else does: numbers of values and registers, and spaces."""
    line = re.sub(r"%(arg)?\d+", "%", line)
    line = re.sub(r"%([xyz]mm|r|k)\w*", r"%\1", line)
    return re.sub(r"\s+", " ", line).strip()


def first_missing(excerpt, text):
    """The first line of an excerpt that the text has not, after those before it; "..." stands for anything."""
    lines = [normal(line) for line in text.splitlines()]
    at = 0
    for line in excerpt:
        if line.strip() in ("", "..."):
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in normal(line).split("...")))
        while at < len(lines) and not pattern.fullmatch(lines[at]):
            at += 1
        if at == len(lines):
            return line
        at += 1
    return None


@pytest.mark.parametrize("name", excerpts())
def test_documents_show_what_is(files, texts, name):
    if name in texts:
        text = texts[name]
    elif name == "python":
        text = (ROOT / "examples" / "digits_model.py").read_text()
    else:
        assert name == "asm"
        text = run(files, "dlc", "compile", "digits.mlir", "--emit=asm", "--mcpu=x86-64-v3")
    assert first_missing(excerpts()[name], text) is None


def test_all_phases_are_shown():
    assert set(excerpts()) == {"python", "trace", "simplify", "fuse", "schedule", "bufferize", "lower", "asm"}


def test_finds_what_is_missing():
    text = "%1 = a %0 : x\n  b {c, d} : y\nvmovups (%rax), %zmm3\n"
    assert first_missing(["%7 = a %5 : x", "...", "b {...} : y", "vmovups (%rdi), %zmm0"], text) is None
    assert first_missing(["b {...} : y", "%1 = a %0 : x"], text) == "%1 = a %0 : x"
    assert first_missing(["%1 = a %0 : z"], text) == "%1 = a %0 : z"
