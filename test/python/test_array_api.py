"""The Array API's functions, and NumPy's of the same names, against NumPy."""

import numpy as np
import pytest

import dlc

RNG = np.random.default_rng(11)
X = RNG.normal(size=(3, 4, 5)).astype(np.float32)
SQUARE = RNG.normal(size=(4, 4)).astype(np.float32)
INTEGERS = RNG.integers(-9, 9, (3, 4)).astype(np.int32)
SPECIAL = np.array([0.0, -0.0, 1.0, -1.5, 1e-40, 3e38, 7.0, np.inf, -np.inf, np.nan])
PAIRS = [a.ravel() for a in np.meshgrid(SPECIAL, SPECIAL)]


def same(got, expected):
    """One array, or several, with the elements, shape and element type of NumPy's."""
    if isinstance(expected, (tuple, list)):
        assert len(got) == len(expected)
        for one, other in zip(got, expected):
            same(one, other)
        return
    expected = np.asarray(expected)
    assert isinstance(got, dlc.Array) and got.shape == expected.shape
    dlc.testing.assert_equal(got, expected.astype(got.dtype.numpy))
    assert got.dtype == expected.dtype or {got.dtype.kind, expected.dtype.kind} == {"f"}


def within(got, expected, ulps):
    np.testing.assert_array_max_ulp(np.asarray(got), expected.astype(np.asarray(got).dtype), ulps)


MOVES = {
    "repeat": lambda xp: xp.repeat(xp.asarray(X), 3, axis=1),
    "repeat of all": lambda xp: xp.repeat(xp.asarray(X), 2),
    "repeat by counts": lambda xp: xp.repeat(xp.asarray(X), np.array([0, 2, 1, 3]), axis=1),
    "roll": lambda xp: xp.roll(xp.asarray(X), 2, axis=1),
    "roll of all": lambda xp: xp.roll(xp.asarray(X), -7),
    "roll of two": lambda xp: xp.roll(xp.asarray(X), (1, -3), axis=(0, 2)),
    "moveaxis": lambda xp: xp.moveaxis(xp.asarray(X), (0, 1), (-1, 0)),
    "expand_dims": lambda xp: xp.expand_dims(xp.asarray(X), axis=(0, -1)),
    "swapaxes": lambda xp: xp.swapaxes(xp.asarray(X), 0, -1),
    "concat of vectors": lambda xp: xp.concat([xp.asarray(X), xp.asarray(SQUARE)], axis=None),
    "unstack": lambda xp: xp.unstack(xp.asarray(X), axis=1),
    "broadcast_arrays": lambda xp: xp.broadcast_arrays(xp.asarray(X), xp.asarray(X[0, :1])),
    "meshgrid": lambda xp: xp.meshgrid(xp.arange(2), xp.arange(3), xp.arange(4)),
    "meshgrid ij": lambda xp: xp.meshgrid(xp.arange(2), xp.arange(3), indexing="ij"),
    "diff": lambda xp: xp.diff(xp.asarray(X), n=2, axis=1),
    "diff of bool": lambda xp: xp.diff(xp.asarray(X > 0), axis=0),
    "diff with more": lambda xp: xp.diff(xp.asarray(X), axis=-1, prepend=xp.asarray(X[..., :1])),
    "count_nonzero": lambda xp: xp.count_nonzero(xp.asarray(INTEGERS), axis=0),
    "searchsorted": lambda xp: xp.searchsorted(xp.asarray(np.array([1, 3, 3, 7])), xp.asarray(INTEGERS)),
    "searchsorted right": lambda xp: xp.searchsorted(
        xp.asarray(np.array([1.0, 3, np.nan])), xp.asarray(np.array([0.0, 3, np.nan, 9])), side="right"
    ),
    "isin": lambda xp: xp.isin(xp.asarray(INTEGERS), xp.asarray(np.array([3, -2, 8], np.int32))),
    "isin none": lambda xp: xp.isin(xp.asarray(INTEGERS), xp.asarray(np.zeros(0, np.int32)), invert=True),
    "nonzero": lambda xp: xp.nonzero(xp.asarray(INTEGERS)),
    "unique": lambda xp: tuple(xp.unique_all(xp.asarray(INTEGERS))),
    "diagonal": lambda xp: xp.diagonal(xp.asarray(X), 1, 1, 2),
    "diagonal below": lambda xp: xp.diagonal(xp.asarray(X), -2),
    "dot": lambda xp: xp.dot(xp.asarray(INTEGERS), xp.asarray(INTEGERS.T)),
    "isclose": lambda xp: xp.isclose(xp.asarray(SPECIAL), xp.asarray(SPECIAL[::-1].copy()), equal_nan=True),
    "signbit": lambda xp: xp.signbit(xp.asarray(SPECIAL)),
    "powers": lambda xp: xp.pow(xp.asarray(INTEGERS), xp.asarray(np.abs(INTEGERS))),
    "shifts": lambda xp: xp.bitwise_left_shift(xp.asarray(INTEGERS), xp.asarray(np.abs(INTEGERS) * 5)),
    "shifts back": lambda xp: xp.asarray(INTEGERS) >> xp.asarray(np.abs(INTEGERS)),
    "floor of integers": lambda xp: xp.floor(xp.asarray(INTEGERS)),
}


@pytest.mark.parametrize("name", MOVES)
def test_results_are_those_of_numpy(name):
    with np.errstate(all="ignore"):
        expected = MOVES[name](np)
    same(MOVES[name](dlc), expected)


INDICES = {
    "arrays": np.s_[np.array([0, 2]), np.array([1, -1])],
    "broadcast arrays": np.s_[np.array([[0], [2]]), np.array([1, -1])],
    "an array and an integer": np.s_[np.array([0, 2]), 1],
    "an integer, a slice, an array": np.s_[1, :, np.array([0, 2, 2])],
    "arrays apart": np.s_[np.array([0, 1]), 1:3, np.array([4, 0])],
    "arrays behind": np.s_[:, np.array([0, 1]), np.array([4, 0])],
    "arrays and new dims": np.s_[None, np.array([0, 1]), ..., None],
    "a mask": X > 0.5,
    "a mask of rows": np.array([True, False, True]),
    "a mask behind": np.s_[:, np.array([True, False, True, True])],
    "a mask of two dims behind": np.s_[..., X[0] > 0],
    "nothing": np.zeros((3, 4, 5), bool),
    "a list": [2, 0],
}


@pytest.mark.parametrize("name", INDICES)
def test_arrays_and_masks_pick_and_place_as_in_numpy(name):
    index = INDICES[name]
    same(dlc.asarray(X)[index], X[index])
    for value in (7.0, np.arange(X[index].size, dtype=np.float32).reshape(X[index].shape)):
        array, expected = dlc.asarray(X), X.copy()
        array[index] = value
        expected[index] = value
        same(array, expected)


def test_picking_under_trace():
    rows, columns = dlc.asarray([0, 2]), dlc.asarray([1, -1])

    def f(x, i, j):
        y = x[i, j]
        x[i, j] = 0
        return y, x + 0

    y, z = dlc.jit(f)(dlc.asarray(X), rows, columns)
    expected = X.copy()
    expected[[0, 2], [1, -1]] = 0
    same(y, X[[0, 2], [1, -1]])
    same(z, expected)
    gradient = dlc.grad(lambda x: (x[rows, columns] ** 2).sum())(dlc.asarray(X))
    same(gradient, np.where(expected == 0, 2 * X, 0).astype(np.float32))
    with pytest.raises(IndexError, match="under trace, where it is not known how much a mask picks"):
        dlc.jit(lambda x: x[x > 0])(dlc.asarray(X))
    with pytest.raises(IndexError):
        _ = dlc.asarray(X)[np.array([0, 3]), np.array([0, 0])].numpy()
    with pytest.raises(IndexError, match=r"expected a mask of shape \(3,\), but got \(4,\)"):
        _ = dlc.asarray(X)[np.ones(4, bool)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_functions_made_of_others_are_near(dtype):
    x, y = (np.concatenate([a, RNG.normal(0, 50, 1000)]).astype(dtype) for a in PAIRS)
    with np.errstate(all="ignore"):
        within(dlc.hypot(x, y), np.hypot(x, y), 1)
        within(dlc.logaddexp(x, y), np.logaddexp(x.astype(np.float64), y.astype(np.float64)), 4)
        within(dlc.log10(np.abs(x)), np.log10(np.abs(x)), 2)
        dlc.testing.assert_equal(dlc.nextafter(x, y), np.nextafter(x, y))
        dlc.testing.assert_equal(dlc.reciprocal(x), np.reciprocal(x))
        signed = np.asarray(dlc.remainder(x, y))
        number = ~np.isnan(np.remainder(x, y))
        assert (np.signbit(signed) == np.signbit(np.remainder(x, y)))[number].all()
    powers = np.array([10.0**n for n in range(-20, 23)], dtype)
    dlc.testing.assert_equal(dlc.log10(powers), np.round(np.log10(powers.astype(np.float64))).astype(dtype))


def test_derivatives_of_functions_made_of_others():
    def slope(f, *at):
        return dlc.value_and_grad(f)(*map(lambda v: dlc.asarray(v, dtype=dlc.float64), at))[1].item()

    assert slope(lambda x: dlc.hypot(x, 4.0), 3.0) == pytest.approx(0.6)
    assert slope(lambda x: dlc.log10(x), 100.0) == pytest.approx(1 / (100 * np.log(10)))
    assert slope(lambda x: dlc.logaddexp(x, 1.0), 1.0) == 0.5
    assert slope(lambda x: x % 1.0, -2.0) == 1 and slope(lambda x: x % -3.0, 3.0) == 1


EQUATIONS = [
    "ij,jk",
    "ij,jk->ki",
    "ij->ji",
    "ii",
    "ii->i",
    "ij,ij->",
    "bij,bjk->bik",
    "i,j->ij",
    "ij,kj,k->i",
    "ab...->...b",
]
EQUATIONS += ["...i,...i->...", "iij->ij", "i->", "...ij,jk", "ij,jk,kl,lm->im"]


@pytest.mark.parametrize("equation", EQUATIONS)
def test_einsum(equation):
    extents = {"i": 3, "j": 4, "k": 5, "l": 2, "m": 3, "b": 2, "a": 3}
    inputs = equation.split("->")[0].split(",")
    arrays = [
        RNG.integers(-3, 4, [6 if c == "." else extents[c] for c in names.replace("...", ".")]).astype(np.float32)
        for names in inputs
    ]
    same(dlc.einsum(equation, *arrays), np.einsum(equation, *arrays))
    same(dlc.jit(lambda *xs: dlc.einsum(equation, *xs))(*map(dlc.asarray, arrays)), np.einsum(equation, *arrays))


@pytest.mark.parametrize("equation", ["ij", "i,j", "ij,jk->il", "i1,1j", "ij,jk->ii", "ijk,jk"])
def test_einsum_refuses(equation):
    with pytest.raises(ValueError, match="expected"):
        dlc.einsum(equation, dlc.ones((2, 3)), dlc.ones((4, 5)))


def test_types_are_the_array_apis():
    assert dlc.result_type(dlc.int8, dlc.uint8) is dlc.int16 and dlc.result_type(dlc.float16, 3.0) is dlc.float16
    assert dlc.result_type(dlc.int8, 1.0) is dlc.float32 and dlc.result_type(1, 2.0) is dlc.float32
    assert dlc.can_cast(dlc.int8, dlc.int16) and not dlc.can_cast(dlc.int16, dlc.int8)
    assert not dlc.can_cast(dlc.uint64, dlc.int64) and dlc.can_cast(dlc.bool, dlc.float32)
    assert dlc.isdtype(dlc.uint8, ("bool", "integral")) and not dlc.isdtype(dlc.float32, "complex floating")
    for kind in (dlc.float16, dlc.float32, dlc.float64):
        ours, theirs = dlc.finfo(kind), np.finfo(kind.numpy)
        assert (ours.eps, ours.max, ours.smallest_normal) == (theirs.eps, theirs.max, theirs.smallest_normal)
    assert dlc.finfo(dlc.complex64).dtype is dlc.float32 and dlc.finfo(dlc.bfloat16).max == 3.3895313892515355e38
    assert (dlc.iinfo(dlc.int8).min, dlc.iinfo(dlc.uint64).max) == (-128, 2**64 - 1)
    info = dlc.ones(2).__array_namespace__().__array_namespace_info__()
    assert info.default_dtypes()["integral"] is dlc.int64 and info.devices() == ("cpu",)
    assert set(info.dtypes(kind="real floating")) == {"float32", "float64"}


def test_axes_may_be_given_by_place():
    x = dlc.asarray(X)
    same(x.sum(1), np.asarray(dlc.sum(x, axis=1)))
    same(x.argmax(-1), X.argmax(-1))
    same(dlc.concat([x, x], 1), np.concatenate([X, X], 1))
    same(x[:, :1].squeeze(1).flatten(), X[:, 0].flatten())
    same(x.clip(-1, 1).swapaxes(0, 1), X.clip(-1, 1).swapaxes(0, 1))


def test_devices_and_copies():
    x = dlc.asarray(X)
    assert dlc.zeros(2, device="cpu").device == "cpu" and x.to_device("cpu") is x
    assert dlc.asarray(x, copy=False) is x
    for work in (lambda: dlc.ones(2, device="cuda"), lambda: x.to_device("tpu"), lambda: dlc.asarray(X, copy=False)):
        with pytest.raises(ValueError, match="expected"):
            work()
    with pytest.raises(BufferError, match="expected"):
        dlc.from_dlpack(X, copy=False)


@pytest.mark.parametrize("p", [2.7, 2.0])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_python_floats_mean_under_jit_what_they_mean_in_eager_mode(dtype, p):
    x = dlc.asarray(RNG.random(50).astype(dtype))

    def write(x, p):
        y = x + 0
        y[0], y[[1, 2]] = p, p
        return y

    def doubled(x, p):
        p *= 2
        return x * p

    for f in (
        lambda x, p: x * -p,
        lambda x, p: x * (p + 1),
        lambda x, p: x * (p * p),
        lambda x, p: x * abs(p - 3),
        lambda x, p: x * p**2,
        lambda x, p: x * (x.shape[0] * p),
        lambda x, p: dlc.where(p == 2.0 + 1e-12, x, -x),
        doubled,
        lambda x, p: x**p,
        lambda x, p: dlc.full((3,), p),
        lambda x, p: dlc.asarray(p),
        lambda x, p: dlc.exp(p),
        lambda x, p: dlc.pad(x, [(1, 1)], value=p),
        write,
    ):
        same(dlc.jit(f)(x, p), np.asarray(f(x, p)))
        assert dlc.jit(f)(x, p).dtype is f(x, p).dtype


def test_numbers_beside_arrays():
    x = dlc.asarray(np.zeros(4))
    x[x == 0] = 0.1
    x[[0]] = 1e300
    assert x.tolist() == [1e300, 0.1, 0.1, 0.1]
    assert (
        dlc.isin(dlc.asarray(np.array([0.1])), 0.1).item() and not dlc.isin(dlc.asarray([44], dtype="int8"), 300).item()
    )
    assert dlc.searchsorted(dlc.asarray([1, 50, 100], dtype="int8"), 300).item() == 3
    for write in (lambda: dlc.asarray(300, dtype="int8"), lambda: dlc.full(2, 300, dtype="int8")):
        with pytest.raises(ValueError, match="expected an integer that dlc.int8 holds, but got 300"):
            write()
    assert (dlc.asarray([100], dtype="int8") < 300).item() and not (dlc.asarray([1], dtype="uint8") < -3).item()
    assert (dlc.asarray(np.array([1.0])) < 2**63).item()
    assert (dlc.asarray([1], dtype="uint64") + 2**63).item() == 2**63 + 1
    assert dlc.sin(np.float64(1)).dtype is dlc.float64
    assert (dlc.asarray([3]) ** 2.0).dtype is dlc.float32 and (dlc.asarray([3]) ** 2).dtype is dlc.int64
    same(dlc.pow(dlc.asarray(X), 2.0), X * X)
    exponents = dlc.full(X.shape, 2.0)
    same(dlc.asarray(X) ** exponents, X * X)  # numerics: x^2 is x * x, whoever says 2


def test_bool_and_small_integers_keep_their_type():
    mask = dlc.asarray([[True, False], [False, True]])
    same(dlc.max(mask, axis=0), np.array([True, True]))
    same(dlc.min(mask), np.array(False))
    same(dlc.tril(mask), np.tril(np.asarray(mask)))
    assert dlc.vecdot(dlc.ones(3, dtype="int8"), dlc.ones(3, dtype="int8")).dtype is dlc.int8
    assert dlc.count_nonzero(dlc.asarray([1j, 0])).item() == 1


def test_a_correction_may_be_no_integer():
    within(dlc.var(dlc.asarray(X), axis=1, correction=0.5), np.var(X.astype(np.float64), axis=1, ddof=0.5), 2)


def test_powers_of_ten_are_exact_as_far_as_they_are_normal():
    small = np.array([1e-323, 1e-320, 1e-316, 1e-307])
    within(dlc.log10(dlc.asarray(small)), np.log10(small), 2)


def test_spreads_of_too_few_numbers_are_nan_or_infinite():
    with np.errstate(all="ignore"):
        assert np.isnan(dlc.var(dlc.zeros(0), correction=1).item())
        assert dlc.var(dlc.asarray([1.0, 2.0]), correction=5).item() == np.inf


def test_masks_that_are_known_pick_under_trace():
    mask = np.array([True, False, True])
    same(dlc.jit(lambda x: x[mask])(dlc.asarray(X)), X[mask])
    same(dlc.asarray(X)[[]], X[[]])
