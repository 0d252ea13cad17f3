"""Derivatives: against finite differences and torch, under jit, of higher order, through state and trees."""

import sys

import numpy as np
import pytest

import dlc

RNG = np.random.default_rng(3)


def numeric(f, x, eps=1e-6):
    """Central differences of a scalar function in f64."""
    g = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += eps
        down[i] -= eps
        g[i] = (f(dlc.asarray(up)).item() - f(dlc.asarray(down)).item()) / (2 * eps)
    return g


INDEX = dlc.asarray([1, 0, 1])
FUNCTIONS = {
    "mul": lambda x: (x * x * 3).sum(),
    "div": lambda x: (1 / (x * x + 1)).sum(),
    "tanh": lambda x: dlc.tanh(x).sum(),
    "gelu": lambda x: dlc.gelu(x).sum(),
    "softmax": lambda x: (dlc.softmax(x) * x).sum(),
    "log_softmax": lambda x: (dlc.log_softmax(x, axis=0)[0] * 2).sum(),
    "logsumexp": lambda x: dlc.logsumexp(x, axis=1).sum(),
    "mean": lambda x: (x.mean(axis=0) ** 2).sum(),
    "var": lambda x: dlc.var(x, axis=1).sum(),
    "prod": lambda x: dlc.prod(x, axis=1).sum(),
    "max": lambda x: (x.max(axis=0) * x.min(axis=0)).sum(),
    "matmul": lambda x: dlc.tanh(x @ x.T).sum(),
    "slice": lambda x: (x[1:, ::2] ** 2).sum(),
    "reverse": lambda x: (x[::-1] * x).sum(),
    "gather": lambda x: (x[INDEX] ** 2).sum(),
    "take_along_axis": lambda x: (dlc.take_along_axis(x, dlc.asarray([[2, 0], [1, 1]])) ** 2).sum(),
    "concat": lambda x: (dlc.concat([x, x * 2], axis=1) ** 2).sum(),
    "where": lambda x: dlc.where(x > 0, x * x, -x).sum(),
    "pow": lambda x: (dlc.abs(x) ** 1.5).sum(),
    "pad": lambda x: (dlc.pad(x, [(1, 0), (0, 2)]) ** 2).sum(),
    "clip": lambda x: (dlc.clip(x, -0.5, 0.5) * x).sum(),
    "broadcast": lambda x: (x[0] + x).sum() * x[1, 1],
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_against_differences(name):
    x = RNG.standard_normal((2, 3)) + 0.05
    got = dlc.grad(FUNCTIONS[name])(x)
    assert got.dtype is dlc.float64
    np.testing.assert_allclose(got.numpy(), numeric(FUNCTIONS[name], x), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", ["tanh", "softmax", "matmul", "gather", "var"])
def test_jit_equals_eager(name):
    x = RNG.standard_normal((2, 3)).astype(np.float32)
    f = dlc.value_and_grad(FUNCTIONS[name])
    eager, jitted = f(x), dlc.jit(f)(x)
    assert dlc.testing.digest(eager) == dlc.testing.digest(jitted)


def test_second_and_third_order():
    f = lambda x: x * x * x * x  # noqa: E731
    x = dlc.asarray(2.0)
    assert dlc.grad(f)(x).item() == 32
    assert dlc.grad(dlc.grad(f))(x).item() == 48
    assert dlc.jit(dlc.grad(dlc.grad(dlc.grad(f))))(x).item() == 48


def test_hessian_of_captured_values():
    a = dlc.asarray([3.0])

    def f(x):
        inner = dlc.grad(lambda y: (y * y * x * a).sum())(x)  # 2 y * x * a: the captured x is a constant
        return inner.sum()

    assert dlc.grad(f)(dlc.asarray([2.0])).item() == 24


def test_argnums_aux_and_trees():
    def f(params, x, scale):
        y = x @ params["w"] + params["b"][0]
        return (y * y).sum() * scale, {"y": y}

    params = {"w": dlc.ones((3, 2)), "b": [dlc.zeros((2,)), dlc.asarray([1, 2])], "name": "p"}
    x = dlc.asarray(RNG.standard_normal((4, 3)).astype(np.float32))
    (value, aux), g = dlc.value_and_grad(f, has_aux=True)(params, x, 0.5)
    assert aux["y"].shape == (4, 2) and value.shape == ()
    assert g["w"].shape == (3, 2) and g["b"][0].shape == (2,) and g["b"][1] is None and g["name"] is None
    gw, gx = dlc.grad(lambda p, x: f(p, x, 1.0)[0], argnums=(0, 1))(params, x)
    assert gx.shape == (4, 3) and gw["w"].shape == (3, 2)
    np.testing.assert_allclose(g["w"].numpy() * 2, gw["w"].numpy(), rtol=1e-6)


class Layer:
    __dlc_tree__ = True

    def __init__(self, n, m):
        self.weight = dlc.Parameter(RNG.standard_normal((n, m)).astype(np.float32))
        self.frozen = dlc.Parameter(dlc.ones((m,)), requires_grad=False)
        self.seen = dlc.zeros(())
        self.rate = 0.5

    def __call__(self, x):
        self.seen += 1
        return dlc.tanh(x @ self.weight) * self.frozen


class Net:
    __dlc_tree__ = True

    def __init__(self):
        self.layers = [Layer(3, 4), Layer(4, 2)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def test_modules_mirror_and_state_is_written():
    net, x = Net(), RNG.standard_normal((5, 3)).astype(np.float32)
    step = dlc.value_and_grad(lambda net, x: (net(x) ** 2).mean())
    value, grads = step(net, x)
    assert type(grads) is Net and grads is not net
    assert grads.layers[0].weight.shape == (3, 4) and grads.layers[0].frozen is None
    assert net.layers[1].seen.item() == 1
    jitted = dlc.jit(step)
    value2, grads2 = jitted(net, x)
    assert net.layers[1].seen.item() == 2
    dlc.testing.assert_equal(value2, value)
    dlc.testing.assert_equal(grads2.layers[0].weight, grads.layers[0].weight)
    jitted(net, x)
    assert jitted.traces == 1 and net.layers[0].seen.item() == 3


def test_training_step_under_jit(monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "RNG", np.random.default_rng(3))  # the same start for every engine
    net, x = Net(), RNG.standard_normal((5, 3)).astype(np.float32)

    def step(x, rate):
        loss, grads = dlc.value_and_grad(lambda net: (net(x) ** 2).mean())(net)
        for layer, g in zip(net.layers, grads.layers):
            layer.weight -= g.weight * rate
        return loss

    jitted = dlc.jit(step)
    losses = [jitted(x, 0.5).item() for _ in range(10)]
    assert jitted.traces == 1
    assert losses[-1] < losses[0] * 0.7 and losses == sorted(losses, reverse=True)


def test_stop_gradient_and_constants():
    assert dlc.grad(lambda x: (dlc.stop_gradient(x) * x).sum())(dlc.asarray([3.0])).tolist() == [3]
    assert dlc.grad(lambda x: (x * 0 + 1).sum())(dlc.asarray([3.0])).tolist() == [0]
    assert dlc.grad(lambda x: dlc.ones(()))(dlc.asarray([3.0])).tolist() == [0]


def test_vjp_pulls_back():
    x = dlc.asarray([1.0, 2.0])
    (y, z), pull = dlc.vjp(lambda a, b: (a * b, a + b), x, x * 3)
    assert y.tolist() == [3, 12]
    ga, gb = pull((dlc.ones((2,)), dlc.zeros((2,))))
    assert ga.tolist() == [3, 6] and gb.tolist() == [1, 2]
    with pytest.raises(ValueError, match="expected 2 cotangents"):
        pull((dlc.ones((2,)),))
    with pytest.raises(ValueError, match="expected a cotangent of shape"):
        pull((dlc.ones((3,)), dlc.ones((2,))))


def test_errors():
    with pytest.raises(ValueError, match=r"expected a loss of rank 0, but got shape \(2,\)"):
        dlc.grad(lambda x: x * 2)(dlc.ones((2,)))
    with pytest.raises(TypeError, match="expected a loss of a float type"):
        dlc.grad(lambda x: dlc.argmax(x))(dlc.ones((2,)))
    with pytest.raises(TypeError, match="expected float arrays to differentiate"):
        dlc.grad(lambda x: x)(dlc.asarray([1]))
    with pytest.raises(ValueError, match="expected 'argnums'"):
        dlc.grad(lambda x: x, argnums=3)(1.0)
    with pytest.raises(ValueError, match=r"(?s)expected shapes that broadcast.*test_grad.py"):
        dlc.grad(lambda x: (x + dlc.ones((5,))).sum())(dlc.ones((2,)))
