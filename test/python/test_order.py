"""Scans, sorting, parts at places that are data, scatters, bitcast and quantised integers, against NumPy."""

import numpy as np
import pytest

import dlc

RANDOM = np.random.default_rng(5)
X = RANDOM.standard_normal((3, 40)).astype("f4")
TIES = RANDOM.integers(-3, 3, (4, 9)).astype("f4")


def same(ours, theirs):
    ours = np.asarray(ours)
    np.testing.assert_array_equal(ours, theirs)
    assert ours.dtype == theirs.dtype


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (dlc.cumsum, np.cumsum),
        (dlc.cumprod, np.cumprod),
        (dlc.cummax, np.maximum.accumulate),
        (dlc.cummin, np.minimum.accumulate),
    ],
)
@pytest.mark.parametrize("axis", [0, -1])
def test_scans(ours, theirs, axis):
    np.testing.assert_allclose(np.asarray(ours(X, axis=axis)), theirs(X, axis=axis), rtol=1e-5, atol=1e-6)
    whole = RANDOM.integers(-5, 5, (7, 6))
    same(ours(whole, axis=axis), theirs(whole, axis=axis))


def test_scans_flatten_cast_and_count():
    same(dlc.cumsum(np.arange(6).reshape(2, 3)), np.cumsum(np.arange(6)))
    same(dlc.cumsum([True, False, True]), np.array([1, 1, 2]))
    same(dlc.cumsum(np.array([1.5, 2.5], "f4"), dtype=dlc.int32), np.array([1, 3], "i4"))
    same(dlc.asarray([1, 2, 3]).cumsum(axis=0), np.array([1, 3, 6]))


def test_array_api_scans():
    same(dlc.cumulative_sum([1, 2, 3]), np.array([1, 3, 6]))
    same(dlc.cumulative_sum([[1, 2], [3, 4]], axis=1, include_initial=True), np.array([[0, 1, 3], [0, 3, 7]]))
    same(dlc.cumulative_prod([2, 3], include_initial=True), np.array([1, 2, 6]))
    with pytest.raises(ValueError, match="expected an axis for an array of rank 2, but got None"):
        dlc.cumulative_sum([[1, 2]])


@pytest.mark.parametrize("axis", [0, 1])
def test_sorts(axis):
    same(dlc.sort(X, axis=axis), np.sort(X, axis=axis))
    same(dlc.argsort(TIES, axis=axis), np.argsort(TIES, axis=axis, kind="stable"))
    descending = np.argsort(-TIES, axis=axis, kind="stable")
    same(dlc.argsort(TIES, axis=axis, descending=True), descending)
    same(dlc.sort(TIES, axis=axis, descending=True), np.take_along_axis(TIES, descending, axis=axis))


def test_sort_puts_nan_last_and_minus_zero_before_zero():
    x = np.array([np.nan, 1, -np.inf, 0.0, -0.0, np.inf, np.nan, -1], "f4")
    same(dlc.argsort(x), np.array([2, 7, 4, 3, 1, 5, 0, 6]))
    same(dlc.argsort(x, descending=True), np.array([0, 6, 5, 1, 3, 4, 7, 2]))


def test_top_k():
    values, indices = dlc.top_k(TIES, 4)
    expected = np.argsort(-TIES, axis=-1, kind="stable")[:, :4]
    same(indices, expected)
    same(values, np.take_along_axis(TIES, expected, axis=-1))
    values, _ = dlc.top_k(X, 2, axis=0, largest=False)
    same(values, np.sort(X, axis=0)[:2])
    with pytest.raises(ValueError, match=r"expected k to be in \[0, 9\], the extent along axis 1, but got 10"):
        dlc.top_k(TIES, 10)
    with pytest.raises(ValueError, match="expected an axis in"):
        dlc.sort(TIES, axis=2)


def test_gradients_of_scans_and_sorts():
    x = dlc.asarray([3.0, 1.0, 2.0])
    c = dlc.asarray([1.0, 10.0, 100.0])
    same(dlc.grad(lambda x: (dlc.cumsum(x, axis=0) * c).sum())(x), np.array([111, 110, 100], "f4"))
    same(dlc.grad(lambda x: (dlc.cummax(x, axis=0) * c).sum())(x), np.array([111, 0, 0], "f4"))
    same(dlc.grad(lambda x: (dlc.sort(x) * c).sum())(x), np.array([100, 1, 10], "f4"))
    same(dlc.grad(lambda x: dlc.top_k(x, 2)[0].sum())(x), np.array([1, 0, 1], "f4"))
    zeros = dlc.asarray([2.0, 0.0, 3.0, 0.0])
    product = dlc.grad(lambda x: dlc.cumprod(x, axis=0).sum())(zeros)
    same(product, np.array([1, 8, 0, 0], "f4"))


def test_dynamic_slices():
    x = np.arange(20).reshape(4, 5)
    same(dlc.dynamic_slice(x, (1, dlc.asarray(2)), (2, 3)), x[1:3, 2:5])
    same(dlc.dynamic_slice(x, (9, -4), (2, 3), mode="clamp"), x[2:4, 0:3])
    expected = x.copy()
    expected[1:3, 2:5] = 0
    same(dlc.dynamic_update_slice(x, np.zeros((2, 3), "i8"), (1, 2)), expected)
    same(dlc.dynamic_update_slice(x, np.zeros((2, 3), int), (1, 2)), expected)
    with pytest.raises(IndexError):
        np.asarray(dlc.dynamic_slice(x, (3, 0), (2, 3)))
    with pytest.raises(ValueError, match=r"expected entry 1 of 'sizes' to be in \[0, 5\]"):
        dlc.dynamic_slice(x, (0, 0), (2, 6))
    with pytest.raises(TypeError, match="expected indices of an integer element type of 8 to 64 bits, but got f32"):
        dlc.dynamic_slice(x, (0.5, 0), (2, 3))


def test_scatters():
    x = np.zeros((3, 2), "f4")
    expected = np.array([[0, 0], [4, 4], [2, 2]], "f4")
    same(dlc.scatter(x, [1, 2, 1], np.array([[9.0], [2.0], [4.0]], "f4")), expected)
    same(dlc.scatter(x, [1, 1], 3.0, kind="add"), np.array([[0, 0], [6, 6], [0, 0]], "f4"))
    same(dlc.scatter(x, [0, 0], np.array([[5.0], [-1.0]], "f4"), kind="max")[0], np.array([5, 5], "f4"))
    same(dlc.scatter(np.array([True, True]), [0], False), np.array([False, True]))
    with pytest.raises(TypeError, match="expected numbers to add, but got element type bool"):
        dlc.scatter(np.array([True]), [0], True, kind="add")
    with pytest.raises(ValueError, match="a kind add, set, max or min, but got 3 and 'mul'"):
        dlc.scatter(x, [0], 1.0, kind="mul")


def test_bitcast():
    same(dlc.bitcast(X, dlc.uint32), X.view("u4"))
    same(dlc.bitcast(dlc.bitcast(X, dlc.int32), dlc.float32), X)
    with pytest.raises(ValueError, match="expected 'to' to have the width of 'f32', but got 'i64'"):
        dlc.bitcast(X, dlc.int64)


def test_quantised_integers():
    x = np.array([[-3.0, 0.5, 1.5], [2.5, 400.0, -400.0]], "f4")
    q = dlc.quantize(x, 1.0, 2, dlc.int8)
    same(q, np.array([[-1, 2, 4], [4, 127, -128]], "i1"))
    same(dlc.dequantize(q, 1.0, 2), np.array([[-3, 0, 2], [2, 125, -130]], "f4"))
    scales = np.array([0.5, 1, 2], "f4")
    points = np.array([0, 10, 255], "u1")
    same(dlc.quantize(x, scales, points, dlc.uint8, axis=-1), np.array([[0, 10, 255], [5, 255, 55]], "u1"))
    with pytest.raises(ValueError, match="expected 'to' to be an integer type of 8 or 16 bits, but got 'i32'"):
        dlc.quantize(x, 1.0, 0, dlc.int32)
