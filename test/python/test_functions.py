"""Functions of the Array API against NumPy."""

import numpy as np
import pytest

import dlc

RNG = np.random.default_rng(1)
X = RNG.standard_normal((2, 3, 4)).astype(np.float32)


def close(actual, expected, rtol=1e-5, atol=1e-6):
    expected = np.asarray(expected)
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual.numpy(), expected, rtol=rtol, atol=atol)


@pytest.mark.parametrize("name", ["abs", "ceil", "cos", "exp", "expm1", "floor", "sign", "sin", "tan", "tanh", "trunc"])
def test_unary(name):
    close(getattr(dlc, name)(X), getattr(np, name)(X))


@pytest.mark.parametrize("name", ["sqrt", "log", "log1p", "log2", "exp2"])
def test_unary_of_positive(name):
    close(getattr(dlc, name)(np.abs(X) + 0.1), getattr(np, name)(np.abs(X) + 0.1))


def test_copysign():
    signs = np.array([1, -0.0, 0.0, -np.inf], np.float32)
    dlc.testing.assert_equal(dlc.copysign(X, signs), np.copysign(X, signs))
    assert dlc.copysign(-2.0, -dlc.asarray(np.nan)).item() == 2
    gradient = dlc.grad(lambda x: dlc.sum(dlc.copysign(x, -1.0)))(dlc.asarray([3.0, -3.0]))
    dlc.testing.assert_equal(gradient, np.array([-1, 1], np.float32))


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), (2, 0)])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("name", ["sum", "prod", "max", "min", "mean", "var", "std"])
def test_reductions(name, axis, keepdims):
    close(
        getattr(dlc, name)(dlc.asarray(X), axis=axis, keepdims=keepdims),
        getattr(np, name)(X, axis=axis, keepdims=keepdims),
    )
    close(getattr(dlc.asarray(X), name)(axis=axis), getattr(np, name)(X, axis=axis))


def test_reduction_kinds():
    mask = X > 0
    assert dlc.sum(mask).item() == mask.sum()
    dlc.testing.assert_equal(dlc.all(mask, axis=0), mask.all(axis=0))
    dlc.testing.assert_equal(dlc.any(dlc.asarray(X), axis=1), X.any(axis=1))
    assert dlc.mean(dlc.asarray([1, 2])).item() == 1.5
    close(dlc.var(X, axis=1, correction=1), X.var(axis=1, ddof=1))
    half = dlc.asarray(np.full(5000, 1, np.float16))
    assert dlc.sum(half).item() == 5000  # accumulates in f32, rounds once


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint32", "int32", "uint64", "int64", "bool"])
def test_sums_and_products_of_integers_have_64_bits(dtype):
    x = np.array([[100, 3], [120, 2]]).astype(dtype)
    for name in ("sum", "prod"):
        dlc.testing.assert_equal(getattr(dlc, name)(x, axis=0), getattr(np, name)(x, axis=0))
    dlc.testing.assert_equal(dlc.cumulative_sum(x, axis=0), np.cumsum(x, axis=0))
    dlc.testing.assert_equal(dlc.cumulative_prod(x, axis=0), np.cumprod(x, axis=0))
    if dtype != "bool":
        assert dlc.max(dlc.asarray(x)).dtype.name == dtype


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32])
def test_floor_division_is_that_of_numpy(dtype):
    rng = np.random.default_rng(3)
    special = [0.0, -0.0, 1.0, -1.0, 0.1, -0.1, 3.0, -7.0, 1e4, np.inf, -np.inf, np.nan]
    if dtype is np.int32:
        x, y = rng.integers(-50, 50, 400, dtype), rng.integers(1, 9, 400, dtype) * rng.choice([-1, 1], 400)
        y = y.astype(dtype)
    else:
        x, y = (a.ravel() for a in np.meshgrid(special, special))
        x, y = np.concatenate([x, rng.normal(0, 40, 400)]), np.concatenate([y, rng.choice([0.1, -0.3, 7, 2], 400)])
        x, y = x.astype(dtype), y.astype(dtype)
    with np.errstate(all="ignore"):
        expected = np.floor_divide(x, y)
    got = dlc.jit(lambda x, y: x // y)(dlc.asarray(x), dlc.asarray(y))
    dlc.testing.assert_equal(got, expected)
    is_number = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(np.asarray(got))[is_number], np.signbit(expected)[is_number])
    assert (dlc.asarray(1.0) // 0.1).item() == 9


@pytest.mark.parametrize("axis", [None, 0, -1])
def test_arg(axis):
    dlc.testing.assert_equal(dlc.argmax(X, axis=axis), np.argmax(X, axis=axis))
    dlc.testing.assert_equal(dlc.argmin(X, axis=axis), np.argmin(X, axis=axis))
    assert dlc.argmax(X, axis=axis, keepdims=True).shape == np.argmax(X, axis=axis, keepdims=True).shape


def test_argmax_prefers_nan_then_lowest():
    assert dlc.argmax(dlc.asarray([1.0, np.nan, 3.0, np.nan])).item() == 1
    assert dlc.argmax(dlc.asarray([3, 1, 3])).item() == 0


def test_softmax_family():
    e = np.exp(X - X.max(axis=1, keepdims=True))
    close(dlc.softmax(X, axis=1), e / e.sum(axis=1, keepdims=True))
    close(dlc.log_softmax(X, axis=1), np.log(e / e.sum(axis=1, keepdims=True)))
    close(dlc.logsumexp(X, axis=(0, 1)), np.log(np.exp(X).sum(axis=(0, 1))))
    assert dlc.logsumexp(dlc.asarray([-np.inf, -np.inf])).item() == -np.inf
    assert dlc.logsumexp(dlc.asarray([1000.0, 1000.0])).item() == pytest.approx(1000 + np.log(2))


@pytest.mark.parametrize(
    "a, b",
    [
        ((4,), (4,)),
        ((3, 4), (4,)),
        ((4,), (4, 5)),
        ((3, 4), (4, 5)),
        ((2, 3, 4), (4, 5)),
        ((3, 4), (2, 4, 5)),
        ((2, 3, 4), (2, 4, 5)),
        ((2, 1, 3, 4), (5, 4, 2)),
        ((4,), (2, 4, 5)),
        ((2, 3, 4), (4,)),
    ],
)
def test_matmul(a, b):
    x, y = RNG.standard_normal(a).astype(np.float32), RNG.standard_normal(b).astype(np.float32)
    close(dlc.asarray(x) @ dlc.asarray(y), x @ y)


def test_matmul_errors():
    with pytest.raises(ValueError, match="got 4 and 3 in shapes"):
        dlc.ones((2, 4)) @ dlc.ones((3, 2))
    with pytest.raises(ValueError, match="rank 1 or more"):
        dlc.ones(()) @ dlc.ones((3,))
    with pytest.raises(ValueError, match="batch dimensions that broadcast"):
        dlc.ones((2, 3, 4)) @ dlc.ones((3, 4, 2))


def test_contractions():
    y = RNG.standard_normal((4, 3, 5)).astype(np.float32)
    close(dlc.tensordot(X, y, axes=([1, 2], [1, 0])), np.tensordot(X, y, axes=([1, 2], [1, 0])))
    close(dlc.tensordot(X, y, axes=1), np.tensordot(X, y, axes=1))
    close(dlc.outer(X[0, 0], X[1, 1]), np.outer(X[0, 0], X[1, 1]))
    close(dlc.vecdot(X, X), (X * X).sum(-1))


def test_conv():
    torch = pytest.importorskip("torch")
    x = RNG.standard_normal((2, 7, 6, 4)).astype(np.float32)
    w = RNG.standard_normal((3, 2, 2, 6)).astype(np.float32)
    got = dlc.conv(x, w, strides=(2, 1), padding=[(1, 1), (2, 2)], dilation=(1, 2), groups=2)
    expected = torch.nn.functional.conv2d(
        torch.from_numpy(x).permute(0, 3, 1, 2),
        torch.from_numpy(w).permute(3, 2, 0, 1),
        stride=(2, 1),
        padding=(1, 2),
        dilation=(1, 2),
        groups=2,
    ).permute(0, 2, 3, 1)
    close(got, expected.numpy(), atol=1e-5)


def test_shapes():
    x = dlc.asarray(X)
    close(x.reshape(4, -1), X.reshape(4, -1))
    close(dlc.reshape(x, (-1,)), X.reshape(-1))
    close(x.T, X.T)
    close(x.mT, np.swapaxes(X, 1, 2))
    close(x.transpose(1, -1, 0), X.transpose(1, 2, 0))
    close(dlc.moveaxis(x, 0, -1), np.moveaxis(X, 0, -1))
    close(dlc.expand_dims(x, axis=-1), X[..., None])
    close(dlc.squeeze(dlc.expand_dims(x, axis=1), 1), X)
    close(dlc.flip(x, axis=(0, -1)), np.flip(X, (0, -1)))
    close(dlc.broadcast_to(x, (5, 2, 3, 4)), np.broadcast_to(X, (5, 2, 3, 4)))
    close(dlc.tile(x, (2, 1, 3)), np.tile(X, (2, 1, 3)))
    close(
        dlc.pad(x, [(1, 0), (0, 2), (-1, 1)], value=9), np.pad(X, [(1, 0), (0, 2), (0, 1)], constant_values=9)[:, :, 1:]
    )
    with pytest.raises(ValueError, match="holds 24 elements"):
        x.reshape(5, -1)
    with pytest.raises(ValueError, match="at most one extent of -1"):
        x.reshape(-1, -1)


def test_joining():
    x = dlc.asarray(X)
    close(dlc.concat([x, x], axis=1), np.concatenate([X, X], axis=1))
    close(dlc.stack([x, x], axis=-1), np.stack([X, X], axis=-1))
    assert dlc.concat([dlc.ones(2, dtype=dlc.int32), dlc.ones(1)]).dtype is dlc.float32
    parts = dlc.split(x, [1, 3], axis=2)
    assert [p.shape for p in parts] == [(2, 3, 1), (2, 3, 2), (2, 3, 1)]
    close(parts[1], X[:, :, 1:3])


def test_creation():
    close(dlc.zeros((2, 3)), np.zeros((2, 3)))
    assert dlc.full((2,), 7).dtype is dlc.int64
    close(dlc.full((2,), dlc.asarray(7.0)), np.full(2, 7.0))
    dlc.testing.assert_equal(dlc.arange(2, 11, 3), np.arange(2, 11, 3))
    close(dlc.arange(0.0, 1.0, 0.25), np.arange(0.0, 1.0, 0.25))
    close(dlc.linspace(0, 1, 5), np.linspace(0, 1, 5))
    close(dlc.eye(3, k=1), np.eye(3, k=1))
    close(dlc.tril(X), np.tril(X))
    close(dlc.triu(X, k=1), np.triu(X, k=1))
    assert dlc.ones_like(dlc.asarray(X)).shape == X.shape
    dlc.testing.assert_equal(dlc.iota((2, 3), 1), np.broadcast_to(np.arange(3), (2, 3)))


def test_picking():
    i = np.array([[0], [2], [3]])
    close(dlc.take(X, [1, 0], axis=2), np.take(X, [1, 0], axis=2))
    close(dlc.take_along_axis(X[0], i, axis=1), np.take_along_axis(X[0], i, axis=1))
    expected = X.copy()
    np.add.at(expected, (slice(None), [2, 2]), 1.0)
    close(dlc.scatter_add(X, [2, 2], 1.0, axis=1), expected)
    close(dlc.one_hot(dlc.asarray([[1], [3]]), 4), np.eye(4)[[[1], [3]]])
    assert dlc.take([1.0, 2.0], [5], mode="clamp").item() == 2.0
    with pytest.raises(TypeError, match="integer element type"):
        dlc.take(X, [0.5], axis=0)


def test_where_and_clip():
    dlc.testing.assert_equal(dlc.where(X > 0, X, 0.0), np.where(X > 0, X, np.float32(0)))
    close(dlc.clip(X, -0.5, 0.5), np.clip(X, -0.5, 0.5))
    close(dlc.clip(X, min=0), np.maximum(X, 0))
    assert dlc.where(dlc.asarray([1, 0]), 1, 2).tolist() == [1, 2]


def test_strict_ops():
    x = dlc.asarray(X)
    close(dlc.ops.reduce(x, "sum", (2,), "lanes"), X.sum(2))
    close(dlc.ops.broadcast(x[0, 0], (3, 4), (1,)), np.broadcast_to(X[0, 0], (3, 4)))
    pooled = dlc.ops.reduce_window(x, "max", (1, 2, 2), (1, 1, 2), (0, 0, 0), (0, 0, 0))
    assert pooled.shape == (2, 2, 2)
    with pytest.raises(ValueError, match="expected entry 0 of 'dims' to be in"):
        dlc.ops.reduce(x, "sum", (5,), "lanes")
    with pytest.raises(TypeError, match="must be ranked tensor of"):
        dlc.ops.reduce_window(x > 0, "max", (1, 1, 1), (1, 1, 1), (0, 0, 0), (0, 0, 0))
