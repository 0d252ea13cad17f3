"""jvp, vjp and vmap: against each other, differences and loops, bit for bit; nested, and under jit."""

import numpy as np
import pytest

import dlc
from dlc import nn

RNG = np.random.default_rng(5)


def normal(*shape, dtype=np.float32):
    return RNG.standard_normal(shape).astype(dtype)


def stacked(f, *batches):
    """The results of f for each example, stacked."""
    return np.stack([f(*(dlc.asarray(b[i]) for b in batches)).numpy() for i in range(len(batches[0]))])


def same(got, expected):
    got = np.asarray(got)
    assert got.shape == expected.shape and got.dtype == expected.dtype
    return got.tobytes() == expected.tobytes()


INDEX = dlc.asarray([2, 0, 1])
EXAMPLES = {
    "arithmetic": lambda x: dlc.tanh(x) * x - 1 / (x * x + 1),
    "reductions": lambda x: x.sum(axis=0) + x.max(axis=1).sum() + x.mean() + dlc.prod(x, axis=0),
    "argmax": lambda x: dlc.argmax(x, axis=1),
    "softmax": lambda x: dlc.log_softmax(x, axis=0) + dlc.softmax(x),
    "matmul": lambda x: x @ x.T @ x,
    "shapes": lambda x: dlc.concat([x[::-1], x.T.reshape(3, 4), dlc.pad(x, [(1, 0), (0, 0)], value=2)[1:]], axis=1),
    "slices": lambda x: x[1:, None, ::2] * 2,
    "gather": lambda x: x[INDEX],
    "take_along_axis": lambda x: dlc.take_along_axis(x, dlc.argmax(x, axis=1, keepdims=True), axis=1),
    "scatter": lambda x: dlc.scatter_add(dlc.zeros((5, 4)), INDEX, x),
    "where": lambda x: dlc.where(x > 0, x, dlc.exp(x)),
    "pool": lambda x: nn.functional.max_pool2d(x[None, None], 2),
    "cumulative": lambda x: dlc.tril(x @ x.T),
    "var": lambda x: dlc.var(x, axis=1),
    "one_hot": lambda x: dlc.one_hot(dlc.argmax(x, axis=1), 5) @ dlc.ones((5, 2)),
    "norm": lambda x: nn.functional.layer_norm(x, (4,)),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_batch_has_the_bits_of_its_examples(name):
    f, x = EXAMPLES[name], normal(3, 3, 4)
    expected = stacked(f, x)
    assert same(dlc.vmap(f)(x), expected)
    assert same(dlc.vmap(f, in_axes=2, out_axes=-1)(np.moveaxis(x, 0, 2)), np.moveaxis(expected, 0, -1))
    if name in ("softmax", "matmul", "gather", "pool"):
        assert same(dlc.jit(dlc.vmap(f))(x), expected)


def test_axes_are_trees():
    f = lambda p, x: p["w"] @ x + p["b"][0]  # noqa: E731
    p, x = {"w": normal(4, 2, 3), "b": [normal(2)]}, normal(3, 4)
    got = dlc.vmap(f, in_axes=({"w": 0, "b": None}, 1), out_axes=1)(p, x)
    assert same(
        got,
        np.stack([f({"w": dlc.asarray(p["w"][i]), "b": p["b"]}, dlc.asarray(x[:, i])).numpy() for i in range(4)], 1),
    )
    y, z = dlc.vmap(lambda x, k: (x * k, {"s": k + 1}), in_axes=(0, None), out_axes=(0, None))(x, dlc.asarray(3.0))
    assert same(y, x * 3) and z["s"].shape == ()
    assert dlc.vmap(lambda x, *, k: x + k)(x, k=x).shape == (3, 4)
    assert dlc.vmap(lambda x: 2.0)(x).tolist() == [2, 2, 2]


def test_batches_nest_with_everything():
    x, w = normal(4, 3), normal(3, 3)
    loss = lambda x, w: (dlc.tanh(w @ x) ** 2).sum()  # noqa: E731
    rows = stacked(lambda v: dlc.grad(loss, argnums=1)(v, w), x)
    per_example = dlc.vmap(dlc.grad(loss, argnums=1), in_axes=(0, None))
    assert same(per_example(x, w), rows)
    assert same(dlc.jit(per_example)(x, w), rows)
    assert same(dlc.vmap(dlc.jit(dlc.grad(dlc.jit(loss), argnums=1)), in_axes=(0, None))(x, w), rows)
    total = dlc.grad(lambda w: dlc.vmap(loss, in_axes=(0, None))(x, w).sum())(dlc.asarray(w))
    np.testing.assert_allclose(total.numpy(), rows.sum(0), rtol=1e-5)
    outer = dlc.vmap(dlc.vmap(lambda a, b: a * b, in_axes=(None, 0)), in_axes=(0, None))(x[0], x[1])
    assert same(outer, np.outer(x[0], x[1]))
    along = dlc.vmap(lambda t: dlc.jvp(lambda v: loss(v, w), (x[0],), (t,))[1])(np.eye(3, dtype=np.float32))
    np.testing.assert_allclose(along.numpy(), dlc.grad(loss)(x[0], w).numpy(), rtol=1e-5)


def test_symbolic_batches():
    f = dlc.jit(dlc.vmap(lambda x, w: dlc.tanh(x @ w).sum(), in_axes=(0, None)))
    w = normal(3, 2)
    for n in (2, 5, 7, 9):
        x = normal(n, 3)
        assert same(f(x, w), stacked(lambda v: dlc.tanh(v @ w).sum(), x))
    assert f.traces == 2


def test_convolutions_by_example():
    x, w = normal(3, 2, 6, 6, 4), normal(3, 3, 3, 2, 6)
    conv = lambda x, w: dlc.conv(x, w, padding=[(1, 0), (0, 1)], strides=[2, 1], groups=2)  # noqa: E731
    assert same(dlc.vmap(conv, in_axes=(0, None))(x, w[0]), stacked(lambda x: conv(x, w[0]), x))
    assert same(dlc.vmap(conv, in_axes=(None, 0))(x[0], w), stacked(lambda w: conv(x[0], w), w))
    assert same(dlc.vmap(conv)(x, w), stacked(conv, x, w))
    weight_grad = dlc.grad(lambda w, x: (conv(x, w) ** 2).sum())
    rows = stacked(lambda x: weight_grad(w[0], x), x)
    each = dlc.vmap(weight_grad, in_axes=(None, 0))
    assert same(each(w[0], x), rows)
    assert same(dlc.compile(each, [dlc.spec(w.shape[1:]), dlc.spec(("B", *x.shape[1:]))])(w[0], x), rows)


def test_random_numbers_are_shared_unless_the_state_is_mapped():
    draw = lambda state: dlc.ops.normal(state, shape=(4,), element=dlc.float32)  # noqa: E731
    states = np.array([[1, 0], [1, 1], [2, 0]], np.int64)
    assert same(dlc.vmap(draw)(states), stacked(draw, states))
    dlc.manual_seed(3)
    both = dlc.vmap(lambda x: x + dlc.random.uniform((4,)))(np.zeros((2, 4), np.float32))
    after = dlc.random.uniform((4,))
    dlc.manual_seed(3)
    first = dlc.random.uniform((4,)).numpy()
    assert same(both, np.stack([first, first])) and same(dlc.random.uniform((4,)), after.numpy())


class Counter:
    __dlc_tree__ = True

    def __init__(self, total):
        self.total = dlc.asarray(total)

    def __call__(self, x):
        self.total += x.sum()
        return self.total * 2


def test_writes_of_examples():
    counters = Counter(np.zeros(3, np.float32))
    x = normal(3, 2)
    dlc.vmap(lambda c, x: c(x))(counters, x)
    assert same(counters.total, stacked(lambda v: dlc.asarray(v).sum(), x) + np.float32(0))
    shared = Counter(np.float32(0))
    assert dlc.vmap(lambda x: shared(dlc.ones((2,))) + x)(x).shape == (3, 2)
    assert shared.total.item() == 2
    with pytest.raises(ValueError, match="to be shared by all examples"):
        dlc.vmap(lambda x: shared(x))(x).numpy()


def test_ensembles_of_modules():
    dlc.manual_seed(1)
    models, x = [nn.Linear(3, 2) for _ in range(4)], normal(5, 3)
    every = nn.Linear(3, 2)
    every.weight = dlc.Parameter(np.stack([m.weight.numpy() for m in models]))
    every.bias = dlc.Parameter(np.stack([m.bias.numpy() for m in models]))
    got = dlc.vmap(lambda m, x: m(x), in_axes=(0, None))(every, x)
    assert same(got, np.stack([m(x).numpy() for m in models]))


def test_gradients_of_modules_keep_their_settings():
    layer, x = nn.Conv2d(2, 3, 3, padding=1), normal(4, 2, 5, 5)
    loss = lambda m, x: (m(x[None]) ** 2).sum()  # noqa: E731
    got = dlc.vmap(dlc.grad(loss), in_axes=(None, 0))(layer, x)
    assert got.padding == layer.padding and got.weight.shape == (4, *layer.weight.shape)
    assert same(got.weight, stacked(lambda v: dlc.grad(loss)(layer, v).weight, x))
    assert same(got.bias, stacked(lambda v: dlc.grad(loss)(layer, v).bias, x))


DERIVATIVES = {
    "chain": lambda x: dlc.exp(-x * x) * dlc.sin(x),
    "softmax": lambda x: dlc.softmax(x, axis=0) * x,
    "matmul": lambda x: dlc.tanh(x @ x.T) @ x,
    "extremes": lambda x: x.max(axis=0) * x.min(axis=1).sum(),
    "prod": lambda x: dlc.prod(x, axis=1),
    "pool": lambda x: nn.functional.max_pool2d(x[None, None], 2),
    "gather": lambda x: x[INDEX] ** 2,
    "norm": lambda x: nn.functional.layer_norm(x, (4,)),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_jvp_against_differences_and_vjp(name):
    f, h = DERIVATIVES[name], 1e-6
    x, t = normal(3, 4, dtype=np.float64), normal(3, 4, dtype=np.float64)
    y, moved = dlc.jvp(f, (x,), (t,))
    assert same(y, f(dlc.asarray(x)).numpy())
    differences = (f(dlc.asarray(x + h * t)).numpy() - f(dlc.asarray(x - h * t)).numpy()) / (2 * h)
    np.testing.assert_allclose(moved.numpy(), differences, rtol=1e-6, atol=1e-7)
    out, pull = dlc.vjp(f, x)
    ct = normal(*out.shape, dtype=np.float64)
    np.testing.assert_allclose((pull(ct)[0].numpy() * t).sum(), (moved.numpy() * ct).sum(), rtol=1e-10)
    jitted = dlc.jit(lambda x, t: dlc.jvp(f, (x,), (t,)))(x, t)
    assert same(jitted[1], moved.numpy())


def test_jvp_of_trees_mirrors_them():
    f = lambda p, n: {"y": p["w"] * p["k"][0], "n": n + 1, "c": 2}  # noqa: E731
    p = {"w": dlc.asarray([1.0, 2.0]), "k": [dlc.asarray([3.0, 4.0]), "name"]}
    y, t = dlc.jvp(f, (p, dlc.asarray([1])), ({"w": np.ones(2, np.float32), "k": [None, None]}, None))
    assert y["y"].tolist() == [3, 8] and t["y"].tolist() == [3, 4] and t["n"] is None and t["c"] is None
    assert dlc.jvp(lambda x: x * x, (3.0,), (1.0,))[1].item() == 6
    model, x = nn.Linear(2, 1), normal(3, 2)
    loss = lambda m: (m(x) ** 2).sum()  # noqa: E731
    gradient = dlc.grad(loss)(model)
    slope = dlc.jvp(loss, (model,), (gradient,))[1]
    squares = (gradient.weight**2).sum() + (gradient.bias**2).sum()
    np.testing.assert_allclose(slope.item(), squares.item(), rtol=1e-5)


def test_second_order_in_every_order():
    f = lambda x: (dlc.exp(x) * dlc.sin(x)).sum() * x[0]  # noqa: E731
    x, t = normal(3, dtype=np.float64), normal(3, dtype=np.float64)
    forward = dlc.jvp(dlc.grad(f), (x,), (t,))[1].numpy()
    reverse = dlc.grad(lambda v: dlc.jvp(f, (v,), (t,))[1])(x).numpy()
    whole = dlc.hessian(f)(x).numpy()
    assert whole.shape == (3, 3)
    np.testing.assert_allclose(whole, whole.T, rtol=1e-12)
    for product in (forward, reverse, dlc.vjp(dlc.grad(f), x)[1](t)[0].numpy()):
        np.testing.assert_allclose(product, whole @ t, rtol=1e-12)
    twice = dlc.jvp(lambda v: dlc.jvp(f, (v,), (t,))[1], (x,), (t,))[1]
    np.testing.assert_allclose(twice.item(), t @ whole @ t, rtol=1e-12)


def test_jacobians():
    f = lambda x: (x @ x.T)[0] * dlc.exp(x[1, 0])  # noqa: E731
    x = normal(2, 3, dtype=np.float64)
    forward, reverse = dlc.jacfwd(f)(x), dlc.jit(dlc.jacrev(f))(x)
    assert forward.shape == reverse.shape == (2, 2, 3)
    np.testing.assert_allclose(forward.numpy(), reverse.numpy(), rtol=1e-12)
    tree = dlc.jacfwd(lambda a, x: {"s": a * x.sum(), "i": dlc.argmax(x)}, argnums=1)(2.0, x)
    assert tree["s"].tolist() == [[2, 2, 2], [2, 2, 2]] and tree["i"] is None
    with pytest.raises(TypeError, match="expected an argument of a float type"):
        dlc.jacfwd(f)(dlc.asarray([[1, 2]]))
    with pytest.raises(TypeError, match="expected a function that returns a float array"):
        dlc.jacrev(lambda x: (x, x))(x)


def test_a_pullback_sees_what_the_first_run_saw():
    x, scale = dlc.asarray([1.0, 2.0, 3.0, 4.0]), dlc.asarray(2.0)
    dlc.manual_seed(7)
    y, pull = dlc.vjp(lambda x: x * (dlc.random.uniform((4,)) < 0.5) * scale, x)
    scale.assign(100.0)
    x.assign(dlc.zeros((4,)))
    (g,) = pull(dlc.ones((4,)))
    assert y.tolist() == [v * w for v, w in zip([1, 2, 3, 4], g.tolist())]
    assert set(g.tolist()) <= {0, 2}
    state = dlc.random.default_generator.state.numpy()
    pull(dlc.ones((4,)))
    assert state.tolist() == dlc.random.default_generator.state.tolist() == [7, 1]


def test_errors_of_jvp():
    x = dlc.ones((2,))
    with pytest.raises(TypeError, match="expected tuples of arguments and tangents, but got Array"):
        dlc.jvp(lambda x: x, x, (x,))
    with pytest.raises(ValueError, match="expected 1 tangents, one for each argument, but got 2"):
        dlc.jvp(lambda x: x, (x,), (x, x))
    with pytest.raises(ValueError, match=r"expected a tangent of shape \(2,\) and type float32, but got \(3,\)"):
        dlc.jvp(lambda x: x, (x,), (dlc.ones((3,)),))
    with pytest.raises(
        TypeError, match="expected tangents in a tree like that of the arguments, but got list for dict"
    ):
        dlc.jvp(lambda p: p["a"], ({"a": x},), ([x],))
    with pytest.raises(TypeError, match="expected a tangent that is an array, but got str"):
        dlc.jvp(lambda x: x, (x,), ("t",))
    with pytest.raises(TypeError, match="expected tangents of float arrays, but got none"):
        dlc.jvp(lambda x: x, (dlc.asarray([1]),), (None,))
    with pytest.raises(ValueError, match=r"(?s)expected a derivative, but got none.*test_transforms.py"):
        dlc.jvp(lambda x: dlc.ops.trigamma(x), (x,), (x,))[1].numpy()


def test_errors_of_vmap():
    x = dlc.ones((2, 3))
    f = lambda x: x  # noqa: E731
    with pytest.raises(ValueError, match="expected an argument with an axis that counts the examples, but got None"):
        dlc.vmap(f, in_axes=None)(x)
    with pytest.raises(ValueError, match=r"expected 'in_axes' of argument 0 to be in \[-2, 2\), but got 2"):
        dlc.vmap(f, in_axes=2)(x)
    with pytest.raises(ValueError, match=r"expected 'out_axes' of the result to be in \[-2, 2\), but got 2"):
        dlc.vmap(f, out_axes=2)(x)
    with pytest.raises(
        ValueError, match="expected argument 0 to have an axis 0 that counts the examples, but got rank 0"
    ):
        dlc.vmap(f)(3.0)
    with pytest.raises(
        ValueError, match=r"expected as many examples in argument 1\['a'\] as in argument 0, but got 3 and 2"
    ):
        dlc.vmap(lambda x, p: x)(x, {"a": dlc.ones((3,))})
    with pytest.raises(ValueError, match="expected 'in_axes' to have 1 entries, one for each argument, but got 2"):
        dlc.vmap(f, in_axes=(0, 0))(x)
    with pytest.raises(TypeError, match="expected 'in_axes' to be an integer, None or a tuple, but got str"):
        dlc.vmap(f, in_axes="0")(x)
    with pytest.raises(ValueError, match="expected axes in a tree like that of argument 0, a list of 2, but got"):
        dlc.vmap(f, in_axes=((0,),))([x, x])
    with pytest.raises(ValueError, match=r"expected axes for the keys of argument 0, \['a'\], but got \['b'\]"):
        dlc.vmap(f, in_axes=({"b": 0},))({"a": x})
    with pytest.raises(ValueError, match="expected one axis for argument 0, but got a tree of them"):
        dlc.vmap(f, in_axes=((0,),))(x)
    with pytest.raises(TypeError, match="expected axes that are integers, None or trees of them, but got float"):
        dlc.vmap(f, in_axes=(0.5,))(x)
    with pytest.raises(ValueError, match=r"test_transforms.py.*to be shared by all examples"):
        dlc.vmap(f, out_axes=None)(x).numpy()
    with pytest.raises(TypeError, match="being traced"):
        dlc.vmap(lambda x: x.numpy())(x)


def test_a_single_traced_integer_is_an_index():
    x = dlc.asarray(np.arange(6, dtype=np.float32).reshape(3, 2))
    at = dlc.jit(lambda x, i: x[i])
    assert np.asarray(at(x, dlc.asarray(1))).tolist() == np.asarray(at(x, dlc.asarray(-2))).tolist() == [2, 3]
    assert np.asarray(dlc.jit(lambda x, i: x[:, i])(x, dlc.asarray(1))).tolist() == [1, 3, 5]
    rows = dlc.fori_loop(0, 3, lambda i, sum_: sum_ + x[i], dlc.zeros((2,)))
    assert np.asarray(rows).tolist() == [6, 9]
    picked = dlc.vmap(lambda row, i: row[i])(x, dlc.asarray([0, 1, 1]))
    assert np.asarray(picked).tolist() == [0, 3, 5]
    slope = dlc.grad(lambda x, i: dlc.sum(x[i] ** 2))(x, dlc.asarray(2))
    assert np.asarray(slope).tolist() == [[0, 0], [0, 0], [8, 10]]
    with pytest.raises(IndexError, match="7"):
        at(x, dlc.asarray(7)).numpy()
