"""One answer: the demo's model has the same bits in every way there is to run it.

The logits in evaluation mode, the loss, every gradient and the new statistics of a training step: by the interpreter,
eagerly, under jit, from a shared library and from an executable; fused and unfused; for x86-64-v3 (Haswell) and for
this machine's best ISA; on 1 and 2 threads. And each sample alone as in a batch.
"""

import pathlib
import sys

import numpy as np
import pytest
from commands import Cli
from libraries import Library

import dlc
from dlc._tree import flatten

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "examples"))

import digits_model  # noqa: E402

BATCH = digits_model.BATCH_SIZE
THREADS = (1, 2)
WAYS = [(fuse, cpu) for fuse in (True, False) for cpu in ("native", "haswell")]
WAY_NAMES = [f"{'fused' if fuse else 'unfused'}-{cpu}" for fuse, cpu in WAYS]


def make_joint(model):
    """A function that gives logits in evaluation mode, then loss, gradients and new statistics of a training step."""
    loss_function = dlc.nn.CrossEntropyLoss()

    def joint(images, labels):
        logits = model.eval()(images)
        model.train()
        loss, gradients = dlc.value_and_grad(lambda model: loss_function(model(images), labels))(model)
        return [logits, loss, *flatten(gradients)[0], *model.buffers()]

    return joint


def make_classifier(model):
    return lambda images: model.eval()(images)


class Job:
    """A model, a batch, and what a training step and an evaluation of it give."""

    def __init__(self):
        random = np.random.default_rng(0)
        self.images = (random.integers(0, 17, (BATCH, 1, 8, 8)) / 16).astype(np.float32)
        self.labels = random.integers(0, 10, BATCH)
        trainer = digits_model.make_trainer()
        for _ in range(3):  # statistics and weights that are not those of a new model
            trainer.train_step(dlc.asarray(self.images), dlc.asarray(self.labels))
        self.model = trainer.model
        self.joint, self.classify = make_joint(self.model), make_classifier(self.model)
        self.state = {name: value.numpy().copy() for name, value in self.model.state_dict().items()}
        self.inputs = {"images": self.images, "labels": self.labels}
        self.inputs.update({f"model.{name}": self.state[name] for name, _ in self.model.named_buffers()})

    def run(self, function) -> str:
        """The digest of what `joint`, or a compiled form of it, returns for the batch."""
        self.model.load_state_dict(self.state)
        return dlc.testing.digest(function(dlc.asarray(self.images), dlc.asarray(self.labels)))

    def compile(self) -> dlc.Compiled:
        self.model.load_state_dict(self.state)
        specs = [dlc.spec(self.images.shape), dlc.spec(self.labels.shape, dlc.int64)]
        return dlc.compile(self.joint, specs, names=["images", "labels"])

    @property
    def output_count(self) -> int:
        return 2 + len(list(self.model.parameters())) + len(list(self.model.buffers()))

    def digest(self, outputs: dict[str, np.ndarray]) -> str:
        """The digest of what an artifact returns; behind the results it writes back what the function wrote."""
        return dlc.testing.digest([outputs[f"out{i}"] for i in range(self.output_count)])


@pytest.fixture(scope="module")
def job():
    return Job()


@pytest.fixture(scope="module")
def cli(tmp_path_factory, job):
    """A folder with the batch as files, and the model as IR."""
    cli = Cli(tmp_path_factory.mktemp("exactness"))
    for name, array in job.inputs.items():
        cli.save(name, array)
    job.compile().save(cli.folder / "joint.mlir")
    return cli


@pytest.fixture(scope="module")
def flags(cli, job):
    return [word for name in job.inputs for word in ("--input", f"{name}={cli.folder / name}.npy")]


@pytest.fixture(scope="module")
def expected(cli, job, flags):
    """What the definition says."""
    return job.digest(cli.outputs("joint.mlir", *flags, "--engine", "interp"))


@pytest.fixture
def options():
    """Restores the options of the process."""
    before, threads = dlc.set_compile_options(), dlc.num_threads()
    yield
    dlc.set_compile_options(**before)
    dlc.set_num_threads(threads)


@pytest.mark.parametrize("tiers", ["optimized", "baseline"])
@pytest.mark.parametrize("fuse, cpu", WAYS, ids=WAY_NAMES)
def test_eager_and_jit(job, expected, options, fuse, cpu, tiers):
    dlc.set_compile_options(fuse=fuse, cpu="" if cpu == "native" else cpu, tiers=tiers)
    compiled = dlc.jit(job.joint)
    for threads in THREADS:
        dlc.set_num_threads(threads)
        assert job.run(job.joint) == expected, f"eager, {threads} threads"
        assert job.run(compiled) == expected, f"jit, {threads} threads"
        assert job.run(job.compile()) == expected, f"dlc.compile, {threads} threads"
    assert compiled.traces + compiled.found == len(THREADS), "each way is a program of its own"


@pytest.mark.parametrize("fuse, cpu", WAYS, ids=WAY_NAMES)
def test_shared_library_and_executable(cli, job, flags, expected, options, fuse, cpu):
    dlc.set_compile_options(fuse=fuse)
    compiled = job.compile()
    name = f"joint_{fuse}_{cpu}"
    compiled.save(cli.folder / f"lib{name}.so", target=cpu)
    compiled.save(cli.folder / name, target=cpu)
    for threads in THREADS:
        with Library(cli.folder / f"lib{name}.so", name, threads) as library:
            assert job.digest(library.run(job.inputs)) == expected, f"library, {threads} threads"
        outputs = cli.execute([cli.folder / name, *flags, "--threads", threads])
        assert job.digest(outputs) == expected, f"executable, {threads} threads"


@pytest.mark.parametrize(
    "way", [["--threads", "1"], ["--no-fuse", "--mcpu", "haswell", "--threads", "2"]], ids=" ".join
)
def test_command(cli, job, flags, expected, way):
    assert job.digest(cli.outputs("joint.mlir", *flags, *way)) == expected


def test_interpreter_in_python(job, expected):
    before = dlc.set_engine("interp")
    try:
        assert job.run(dlc.jit(job.joint)) == expected
    finally:
        dlc.set_engine(before)


@pytest.mark.parametrize("fuse, cpu", WAYS, ids=WAY_NAMES)
def test_each_sample_alone_as_in_the_batch(cli, job, options, fuse, cpu):
    dlc.set_compile_options(fuse=fuse, cpu="" if cpu == "native" else cpu)
    job.model.load_state_dict(job.state)
    fixed = dlc.jit(job.classify, dynamic=False)
    symbolic = dlc.compile(job.classify, [dlc.spec(("B", 1, 8, 8))], names=["images"])
    symbolic.save(cli.folder / f"libclassify_{fuse}_{cpu}.so", target=cpu)
    with Library(cli.folder / f"libclassify_{fuse}_{cpu}.so", f"classify_{fuse}_{cpu}") as library:
        forms = [fixed, symbolic, lambda images: library.run({"images": np.asarray(images)})["out0"]]
        batch = np.asarray(fixed(dlc.asarray(job.images)))
        for form in forms:
            dlc.testing.assert_equal(form(dlc.asarray(job.images)), batch)
            for i in range(BATCH):
                dlc.testing.assert_equal(form(dlc.asarray(job.images[i : i + 1])), batch[i : i + 1])


def test_options_do_what_they_say(job, options):
    def kernels():
        return dlc.compile(job.classify, [dlc.spec((1, 1, 8, 8))]).ir("fuse").count("rt.kernel ")

    fused = kernels()
    assert dlc.set_compile_options(fuse=False, cpu="haswell") == {"fuse": True, "cpu": "", "tiers": "both"}
    assert dlc.set_compile_options(tiers="baseline") == {"fuse": False, "cpu": "haswell", "tiers": "both"}
    assert dlc.set_compile_options() == {"fuse": False, "cpu": "haswell", "tiers": "baseline"}
    assert kernels() > fused > 1


WRONG_CPUS = {
    "core3": "expected 'cpu' to be a CPU that LLVM knows, such as haswell, x86-64-v4 or neoverse-n1, but got core3",
    "core2": "expected a CPU with AVX2 and FMA (x86-64-v3), but got core2",
    "neoverse-n1": "expected a CPU whose features this machine has, but got neoverse-n1, which is for aarch64",
    "bdver4": "expected a CPU whose features this machine has, but got bdver4, which has fma4",
}


@pytest.mark.parametrize("cpu", WRONG_CPUS)
def test_a_cpu_that_cannot_run_here(cli, flags, options, cpu):
    with pytest.raises(ValueError) as error:
        dlc.set_compile_options(cpu=cpu)
    assert str(error.value) == WRONG_CPUS[cpu]
    assert dlc.set_compile_options()["cpu"] == ""
    assert cli.fail("run", "joint.mlir", *flags, "--mcpu", cpu, code=2) == WRONG_CPUS[cpu]
