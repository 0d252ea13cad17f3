"""Programs with symbolic extents refuse those for which an op has no meaning; jit then means what eager does."""

import pathlib
import subprocess

import numpy as np
import pytest

import dlc

ROOT = pathlib.Path(__file__).resolve().parents[2]
FUNCTIONS = {
    "an element": lambda a: a[4],
    "the last element": lambda a: a[-1],
    "the first three": lambda a: a[:3],
    "some": lambda a: a[1:4],
    "all but three": lambda a: a[:-3],
    "every second": lambda a: a[::2],
    "the largest": lambda a: dlc.top_k(a, 3)[0],
    "of an order": lambda a: dlc.argsort(a)[:3],
    "a window": lambda a: dlc.cumsum(a)[2],
    "an extent of two": lambda a: a * 2 if a.shape[0] == 2 else a,
    "no extent of six": lambda a: a * 2 if a.shape[0] != 6 else a,
    "one of two extents": lambda a: a * 2 if a.shape[0] in (2, 9) else a,
    "a shape": lambda a: a * 2 if a.shape == (2,) else a,
    "a lookup": lambda a: a * {2: 5.0, 6: 7.0}.get(a.shape[0], 1.0),
    "a set": lambda a: a * 2 if a.shape[0] in {2, 6} else a,
    "a NumPy integer": lambda a: a * 2 if a.shape[0] == np.int64(6) else a,
    "a float": lambda a: a * 2 if a.shape[0] == 7.0 else a,
    "an array of extents": lambda a: a.shape[0] == dlc.arange(8),
    "an order": lambda a: a.shape[0] < a,
    "a result": lambda a: a.shape[0] * 2,
    "what may be negative": lambda a: dlc.clip(a, 3 - a.shape[0], -a.shape[0] + 9) * (a.shape[0] ** 2 % 4),
    "beside narrow integers": lambda a: a.astype(dlc.int8) < a.shape[0] + 299,
    "added to narrow integers": lambda a: a.astype(dlc.int8) + a.shape[0],
    "a large product": lambda a: a * (a.shape[0] ** 7 * 100000),
    "a search": lambda a: dlc.searchsorted(a, a + 1),
    "a roll": lambda a: dlc.roll(a, 2),
    "times its extent": lambda a: a.shape[0] * a + a.shape[0],
    "a mean by hand": lambda a: a.sum() / a.shape[0],
    "the size of a matrix": lambda a: dlc.outer(a, a).size - a,
    "half a range": lambda a: dlc.arange(1, a.shape[0], 2),
    "a range of floats": lambda a: dlc.arange(a.shape[0], dtype=dlc.float32) * a,
    "an extent as an array": lambda a: dlc.asarray(a.shape[0] // 2, dtype=dlc.int32) + 1,
}


def outcome(function, argument):
    try:
        result = function(argument)
        return result if isinstance(result, int) else np.asarray(result).tolist()
    except (IndexError, ValueError) as error:
        return type(error)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_jit_means_what_eager_does_for_every_extent(name):
    compiled = dlc.jit(FUNCTIONS[name])
    for extent in (5, 6, 7, 2, 9, 3):
        argument = dlc.asarray(np.arange(1, extent + 1, dtype=np.float32))
        assert outcome(compiled, argument) == outcome(FUNCTIONS[name], argument), extent


def test_equal_symbols_are_no_accident():
    compiled = dlc.jit(lambda a: a * 2 if a.shape[0] == a.shape[1] else a)
    for shape in ((5, 6), (6, 7), (4, 4), (7, 3), (3, 3)):
        assert np.all(np.asarray(compiled(dlc.ones(shape))) == (2 if shape[0] == shape[1] else 1)), shape


@pytest.mark.parametrize(
    "function, least",
    [
        (lambda a: a[4], 5),
        (lambda a: a[: 10**9].sum(), 10**9),
        (lambda a: a.max(), 1),
        (lambda a: dlc.argmax(a), 1),
        (lambda a: dlc.top_k(a, 3)[0], 3),
        (lambda a: a[2:], 2),
        (lambda a: dlc.vmap(lambda x: x * 2)(a)[3], 4),
    ],
)
def test_programs_say_which_extents_they_take(function, least, engine):
    compiled = dlc.compile(function, [dlc.spec(("B",))])
    with pytest.raises(ValueError, match=f"expected 'B'.* to be at least {least}, but got"):
        compiled(dlc.ones((least - 1,) if least < 100 else (2,)))
    if least < 100:
        compiled(dlc.ones((least,)))


def of_two(function, engine="jit"):
    before = dlc.set_engine(engine)
    try:
        return dlc.compile(function, [dlc.spec("B"), dlc.spec("C")])
    finally:
        dlc.set_engine(before)


@pytest.mark.parametrize("engine", ["jit", "interp"])
def test_programs_refuse_extents_that_do_not_fit_each_other(engine):
    program = of_two(lambda x, y: x[: y.shape[0]] + y, engine)
    before = dlc.set_engine(engine)
    try:
        assert program(np.ones(5, np.float32), np.ones(3, np.float32)).tolist() == [2, 2, 2]
        message = "expected extents for which B - C is at least 0, but got B = 2, C = 3000000"
        with pytest.raises(ValueError, match=message):
            program(np.ones(2, np.float32), np.ones(3000000, np.float32))
    finally:
        dlc.set_engine(before)


def test_programs_refuse_extents_that_tracing_took_for_different():
    program = of_two(lambda x, y: x if x.shape[0] == y.shape[0] else x * 2)
    assert "dlc.conditions = {not_zero = #dlc.dims<[B - C]>}" in program.ir()
    assert program(np.ones(2, np.float32), np.ones(3, np.float32)).tolist() == [2, 2]
    with pytest.raises(ValueError, match="expected extents for which B - C is not 0, but got B = 3, C = 3"):
        program(np.ones(3, np.float32), np.ones(3, np.float32))


def test_artifacts_refuse_them_too(tmp_path):
    program = of_two(lambda x, y: x[: y.shape[0]] + y)
    program.save(tmp_path / "model")
    program.save(tmp_path / "model.mlir")
    np.save(tmp_path / "x.npy", np.ones(2, np.float32))
    np.save(tmp_path / "y.npy", np.ones(3, np.float32))
    line = [tmp_path / "model", "--input", f"arg0={tmp_path / 'x.npy'}", "--input", f"arg1={tmp_path / 'y.npy'}"]
    failed = subprocess.run(line, capture_output=True, text=True)
    assert failed.returncode == 1
    assert failed.stderr == "error: expected extents for which B - C is at least 0, but got B = 2, C = 3\n"
    usage = subprocess.run([tmp_path / "model", "--help"], capture_output=True, text=True).stdout
    assert "\n  B - C is at least 0\n" in usage


def test_nothing_is_assumed_of_extents_that_indexing_only_passes_on():
    program = dlc.compile(lambda x: x[0] + x[..., 1:2] + x[:, None, :].sum(), [dlc.spec(("B", 3))])
    assert "not_zero" not in program.ir()


def test_conditions_survive_their_text(tmp_path):
    program = of_two(lambda x, y: x if x.shape[0] == y.shape[0] else x * (2 * x.shape[0] - y.shape[0]))
    program.save(tmp_path / "model.mlir")
    assert "not_zero = #dlc.dims<[B - C]>" in (tmp_path / "model.mlir").read_text()
    got = program(np.ones(2, np.float32), np.ones(3, np.float32))
    assert got.tolist() == [1, 1]
    for name in ("x", "y"):
        np.save(tmp_path / f"{name}.npy", np.ones(3, np.float32))
    dlc_command = ROOT / "build" / "bin" / "dlc"
    line = [dlc_command, "run", "model.mlir", "--input", "arg0=x.npy", "--input", "arg1=y.npy"]
    failed = subprocess.run(line, capture_output=True, text=True, cwd=tmp_path)
    assert "expected extents for which B - C is not 0, but got B = 3, C = 3" in failed.stderr


def test_what_is_only_passed_on_asks_for_nothing():
    for function, specs in (
        (lambda x, y: dlc.broadcast_arrays(x, y)[1], [dlc.spec("B"), dlc.spec(1)]),
        (lambda x, y: dlc.einsum("...i,...i->...", x, y), [dlc.spec(("B", 3)), dlc.spec((1, 3))]),
        (lambda x, y: dlc.searchsorted(x, y), [dlc.spec("B"), dlc.spec("C")]),
    ):
        assert "dlc.conditions" not in dlc.compile(function, specs).ir()


def test_extents_without_a_name_are_different():
    program = dlc.compile(lambda x, y: x.sum() + y.sum(), [dlc.spec((None, 3)), dlc.spec((None, 3))])
    assert program(dlc.ones((2, 3)), dlc.ones((4, 3))).item() == 18


def test_an_extent_of_one_does_not_decide_how_derivatives_add_up():
    rng = np.random.default_rng(5)
    weight = dlc.asarray(rng.normal(size=(3, 1, 1)).astype(np.float32))

    def inner(z):
        y = dlc.ops.rms_norm(z, [], normalized=2, epsilon=1e-3) * weight
        return y.sum() + (y**2).sum()

    def loss(x):
        return (dlc.vmap(dlc.grad(inner), in_axes=1, out_axes=1)(x) ** 3).sum()

    symbolic = dlc.compile(dlc.grad(loss), [dlc.spec((3, 4, "B", 1))])
    known = dlc.compile(dlc.grad(loss), [dlc.spec((3, 4, 1, 1))])
    for _ in range(10):
        x = rng.normal(size=(3, 4, 1, 1)).astype(np.float32)
        dlc.testing.assert_equal(symbolic(x), np.asarray(known(x)))
