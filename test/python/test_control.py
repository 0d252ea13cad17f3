"""cond, while_loop and fori_loop: eager and under jit, on both engines, with trees, state and bad input."""

import numpy as np
import pytest

import dlc


@pytest.fixture(autouse=True, params=["interp", "jit"])
def engine(request):
    """Both engines: loops are the host program's, which only compiled code has."""
    before = dlc.set_engine(request.param)
    yield request.param
    dlc.set_engine(before)


@pytest.fixture(params=["eager", "jit"])
def run(request):
    """Calls a function as it is, or compiled."""
    return (lambda fn, *args: fn(*args)) if request.param == "eager" else (lambda fn, *args: dlc.jit(fn)(*args))


def test_cond_runs_one_branch(run):
    def f(x, i):
        return dlc.cond(x.sum() > 0, lambda v: v * 2, lambda v: dlc.take(v, i, axis=0), x)

    bad = dlc.asarray([7, 7])
    assert run(f, dlc.asarray([3.0, -1.0]), bad).tolist() == [6.0, -2.0]
    with pytest.raises(IndexError, match="index 7 |but got 7 "):
        run(f, dlc.asarray([-3.0, -1.0]), bad).tolist()


def test_cond_of_trees_and_constants(run):
    def f(x, flag):
        return dlc.cond(flag, lambda: {"a": x, "b": (1, x + 1)}, lambda: {"a": -x, "b": (0, x)})

    x = dlc.asarray([1.0, 2.0])
    first, second = run(f, x, dlc.asarray(True)), run(f, x, dlc.asarray(False))
    assert (first["a"].tolist(), first["b"][0].item(), first["b"][1].tolist()) == ([1.0, 2.0], 1, [2.0, 3.0])
    assert (second["a"].tolist(), second["b"][0].item(), second["b"][1].tolist()) == ([-1.0, -2.0], 0, [1.0, 2.0])


def test_cond_on_a_python_bool_is_pythons():
    assert dlc.cond(True, lambda: 1, lambda: 1 / 0) == 1


def test_while_depends_on_data(run):
    def f(x):
        return dlc.while_loop(lambda c: (c[0] * c[0]).sum() < 1000, lambda c: (c[0] * 2, c[1] + 1), (x, 0))

    x, count = run(f, dlc.asarray([1.0, 2.0, 3.0]))
    assert (x.tolist(), count.item()) == ([16.0, 32.0, 48.0], 4)
    x, count = run(f, dlc.asarray([1000.0]))
    assert (x.tolist(), count.item()) == ([1000.0], 0)


def test_fori_loop_counts_and_swaps(run):
    def f(n, a, b):
        return dlc.fori_loop(0, n, lambda i, c: (c[1], c[0] + i.astype(dlc.float32)), (a, b))

    expected = np.array([1.0, 2.0], np.float32), np.array([5.0, 6.0], np.float32)
    for i in range(5):
        expected = expected[1], expected[0] + np.float32(i)
    a, b = run(f, dlc.asarray(5), dlc.asarray([1.0, 2.0]), dlc.asarray([5.0, 6.0]))
    assert (a.numpy() == expected[0]).all() and (b.numpy() == expected[1]).all()


def test_loops_nest_and_see_what_is_around(run):
    def f(x, w):
        def outer(i, v):
            return dlc.fori_loop(i, 4, lambda j, u: dlc.tanh(u @ w) + j.astype(dlc.float32), v)

        return dlc.fori_loop(0, 3, outer, x)

    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((2, 3), np.float32), rng.standard_normal((3, 3), np.float32)
    expected = dlc.asarray(x)
    for i in range(3):
        for j in range(i, 4):
            expected = dlc.tanh(expected @ dlc.asarray(w)) + float(j)
    assert (run(f, dlc.asarray(x), dlc.asarray(w)).numpy() == expected.numpy()).all()


def test_engines_agree():
    def f(x):
        y = dlc.fori_loop(0, 6, lambda i, v: dlc.cond(v.sum() > 0, lambda: dlc.sin(v), lambda: dlc.exp(v)), x)
        return dlc.while_loop(lambda v: v.max() < 50, lambda v: v * v + 1, y)

    x = dlc.asarray(np.linspace(-2, 1, 50, dtype=np.float32))
    answers = []
    for engine in ("interp", "jit"):
        dlc.set_engine(engine)
        answers += [dlc.jit(f)(x).numpy(), f(x).numpy()]
    assert all((answer == answers[0]).all() for answer in answers)


def test_written_arrays_are_carried(run):
    def f(x, total):
        def body(i, v):
            total.assign(total + v.sum())
            v += 1
            return v

        return dlc.fori_loop(0, 3, body, x)

    total = dlc.asarray(0.0)
    x = dlc.asarray([1.0, 2.0])
    assert run(f, x, total).tolist() == [4.0, 5.0]
    assert total.item() == 3 + 5 + 7
    assert x.tolist() == [1.0, 2.0]


def test_written_arrays_follow_the_branch(run):
    def f(x, state):
        return dlc.cond(x > 0, lambda: state.assign(state + 1) or x, lambda: x * 0)

    state = dlc.asarray(1.0)
    assert run(f, dlc.asarray(3.0), state).item() == 3 and state.item() == 2
    assert run(f, dlc.asarray(-3.0), state).item() == 0 and state.item() == 2


def test_random_numbers_go_on_in_loops(run):
    def f():
        return dlc.fori_loop(0, 4, lambda i, v: v + dlc.random.uniform((2,)), dlc.zeros((2,)))

    dlc.manual_seed(3)
    expected = dlc.zeros((2,))
    for _ in range(4):
        expected = expected + dlc.random.uniform((2,))
    after = dlc.random.uniform((2,)).tolist()
    dlc.manual_seed(3)
    assert (run(f).numpy() == expected.numpy()).all()
    assert dlc.random.uniform((2,)).tolist() == after


def test_compiled_with_symbolic_extents(tmp_path):
    def f(x):
        return dlc.while_loop(lambda v: v.sum() < 100, lambda v: v + 1, x)

    compiled = dlc.compile(f, [dlc.spec(("B", 2))])
    for n in (1, 3, 8):
        x = np.ones((n, 2), np.float32)
        assert (compiled(dlc.asarray(x)).numpy() == f(dlc.asarray(x)).numpy()).all()
    assert "scf.while" in compiled.ir("trace") and "rt.swap" in compiled.ir("bufferize")


def test_a_symbolic_extent_is_a_bound():
    def f(x):
        return dlc.fori_loop(0, x.shape[0], lambda i, v: v + 1, x)

    jitted = dlc.jit(f)
    assert [jitted(dlc.zeros((n,))).tolist() for n in (1, 2, 3)] == [[1], [2, 2], [3, 3, 3]]
    assert dlc.compile(f, [dlc.spec(("B",))])(dlc.zeros((4,))).tolist() == [4] * 4


def test_known_bounds_are_part_of_an_eager_program():
    x = dlc.asarray(1.0)
    assert [dlc.fori_loop(0, n, lambda i, v: v * 2, x).item() for n in (1, 2, 3, 4)] == [2, 4, 8, 16]
    assert [dlc.cond(p, lambda v: v, lambda v: -v, x).item() for p in (True, False, True)] == [1, -1, 1]


def test_a_counter_picks_where_to_write():
    def body(i, v):
        v = v * 1
        v[i] = 9.0
        v[i, 1] = 5.0
        return v

    got = dlc.fori_loop(0, 2, body, dlc.zeros((3, 2)))
    assert got.tolist() == [[9, 5], [9, 5], [0, 0]]


@pytest.mark.parametrize(
    ("fn", "error", "message"),
    [
        (lambda x: dlc.cond(x, lambda: x, lambda: x), ValueError, r"a predicate of rank 0, but got shape \(2,\)"),
        (lambda x: dlc.cond(x.sum(), lambda: x, lambda: x), TypeError, "a predicate of type bool, but got dlc.float32"),
        (
            lambda x: dlc.cond(x.sum() > 0, lambda: x, lambda: (x, x)),
            TypeError,
            "false_fn to return a tree like true_fn, but got another",
        ),
        (
            lambda x: dlc.cond(x.sum() > 0, lambda: x, lambda: x.sum()),
            TypeError,
            r"false_fn to return dlc.float32\[2\] as leaf 0 like true_fn, but got dlc.float32\[\]",
        ),
        (
            lambda x: dlc.fori_loop(0, 3, lambda i, c: (c[0], c[1] + x), (x, 1)),
            TypeError,
            r"body_fn to return dlc.int64\[\] as leaf 1 like init, but got dlc.float32\[2\]",
        ),
        (
            lambda x: dlc.while_loop(lambda v: v.sum() > 0, lambda v: [v], x),
            TypeError,
            "body_fn to return a tree like init, but got another",
        ),
        (lambda x: dlc.while_loop(lambda v: v.sum(), lambda v: v, x), TypeError, "cond_fn returns to be of type bool"),
        (lambda x: dlc.while_loop(lambda v: v > 0, lambda v: v, x), ValueError, "cond_fn returns to be of rank 0"),
        (
            lambda x: dlc.while_loop(lambda v: x.assign(v) or v.sum() > 0, lambda v: v, x),
            ValueError,
            "cond_fn to write no arrays, but got 1",
        ),
        (
            lambda x: dlc.fori_loop(0, 2.5, lambda i, v: v, x),
            TypeError,
            "a bound of an integer type, but got dlc.float32",
        ),
        (lambda x: dlc.fori_loop(x > 0, 2, lambda i, v: v, x), ValueError, "a bound of rank 0"),
    ],
)
def test_errors_name_the_function_and_both_types(run, fn, error, message):
    with pytest.raises(error, match=message):
        run(fn, dlc.asarray([1.0, 2.0]))


def test_derivative_through_a_loop_is_refused_with_both_lines():
    def loss(x):
        return dlc.fori_loop(0, 3, lambda i, v: v * v, x).sum()

    with pytest.raises(
        ValueError, match=r"'scf.for' op expected a derivative, but got none: loops have none yet"
    ) as caught:
        dlc.jit(dlc.grad(loss))(dlc.asarray([1.0, 2.0]))
    assert "path argument 0 -> scf.for" in str(caught.value)
    assert str(caught.value).count("test_control.py:") >= 2


def test_derivatives_of_branches(run):
    def loss(x, w):
        def small():
            return dlc.cond(w.sum() > 0, lambda: dlc.sin(x) * w, lambda: x * 3)

        return dlc.cond(x.sum() < 1, small, lambda: x * x * w).sum()

    for scale in (1.0, -1.0, 5.0):
        for sign in (1.0, -1.0):
            x, w = dlc.asarray([scale, 0.5, -0.75]), dlc.asarray([sign, 0.25, 0.5])
            gx, gw = run(dlc.grad(loss, (0, 1)), x, w)
            if scale == 5:
                expected = 2 * x * w, x * x
            elif sign > 0:
                expected = dlc.cos(x) * w, dlc.sin(x)
            else:
                expected = x * 0 + 3, x * 0
            np.testing.assert_allclose(gx.numpy(), expected[0].numpy(), rtol=1e-6)
            np.testing.assert_allclose(gw.numpy(), expected[1].numpy(), rtol=1e-6)
    second = run(dlc.grad(dlc.grad(lambda v: dlc.cond(v > 0, lambda: v * v * v, lambda: v))), dlc.asarray(2.0))
    assert second.item() == 12


def test_executable_runs_loops(tmp_path):
    import subprocess

    def f(x, n):
        return dlc.fori_loop(0, n, lambda i, v: dlc.cond(v.sum() > 0, lambda: v - 1, lambda: v * v), x)

    compiled = dlc.compile(f, [dlc.spec((3,)), dlc.spec((), dtype=dlc.int64)], names=["x", "n"])
    compiled.save(tmp_path / "loop")
    x, n = np.array([0.5, 2, -1], np.float32), np.array(7, np.int64)
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "n.npy", n)
    (tmp_path / "out").mkdir()
    names = ["--input", "x=x.npy", "--input", "n=n.npy", "--output-dir", "out"]
    subprocess.run([tmp_path / "loop", *names], cwd=tmp_path, check=True, env={})
    (result,) = [np.load(path) for path in (tmp_path / "out").glob("*.npy")]
    assert (result == compiled(dlc.asarray(x), dlc.asarray(n)).numpy()).all()
