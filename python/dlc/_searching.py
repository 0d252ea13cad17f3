"""Where elements are, and picking elements by where they are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dlc import _dtypes
from dlc._array import Array, ArrayLike, array_of, asarray
from dlc._attributes import dictionary, element, flag, i64, string
from dlc._creation import zeros
from dlc._dim import Dim, is_same
from dlc._dtypes import DType
from dlc._elementwise import equal, isnan, less, less_equal, logical_and, logical_not, logical_or, where
from dlc._inspection import result_type
from dlc._manipulation import reshape
from dlc._order import sort
from dlc._reductions import sum
from dlc._tracing import apply

__all__ = [
    "argmax",
    "argmin",
    "isin",
    "nonzero",
    "one_hot",
    "scatter_add",
    "searchsorted",
    "take",
    "take_along_axis",
    "unique_all",
    "unique_counts",
    "unique_inverse",
    "unique_values",
]


def _arg(name: str, what: str):
    def function(x: ArrayLike, /, axis: int | None = None, *, keepdims: bool = False) -> Array:
        more = {} if axis is None else {"axis": i64(axis)}
        return apply(name, (x,), dictionary(keepdims=flag(keepdims), **more))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"The index of the {what} element along an axis, or of all: NaN wins, then the lowest index."
    return function


argmax = _arg("argmax", "largest")
argmin = _arg("argmin", "smallest")


def take(x: ArrayLike, indices: ArrayLike, /, axis: int | None = None, *, mode: str = "error") -> Array:
    """Slices of x along an axis, picked by integers; negative ones count from the end.

    Args:
        x: The array.
        indices: Integers of any shape.
        axis: The dimension; may be left out for a vector.
        mode: What an index out of range does: "error" raises IndexError, "clamp" takes the nearest.

    Returns:
        x with the dimension replaced by those of the indices.
    """
    if axis is None:
        if array_of(x).ndim != 1:
            raise ValueError(f"expected an axis for an array of rank {array_of(x).ndim}, but got None")
        axis = 0
    return apply("take", (x, indices), dictionary(axis=i64(axis), mode=string(mode)))


def take_along_axis(x: ArrayLike, indices: ArrayLike, /, axis: int = -1, *, mode: str = "error") -> Array:
    """For each index, the element of its own row along an axis. See dlc.take."""
    return apply("take_along_axis", (x, indices), dictionary(axis=i64(axis), mode=string(mode)))


def scatter_add(
    x: ArrayLike, indices: ArrayLike, updates: ArrayLike, /, axis: int = 0, *, mode: str = "error"
) -> Array:
    """x with slices of `updates` added where the indices say, in row-major order of updates. Inverse of dlc.take."""
    return apply("scatter", (x, indices, updates), dictionary(axis=i64(axis), mode=string(mode)))


def one_hot(x: ArrayLike, /, depth: int, *, dtype: DType = _dtypes.float32) -> Array:
    """A new last axis of extent `depth` that is 1 at the index that x holds, else 0."""
    return apply("one_hot", (x,), dictionary(depth=i64(depth), element=element(dtype)))


def _beside(x: ArrayLike, other: Array) -> Array:
    """x as an array; a Python number takes the type in which it meets the other, or int64 if that does not hold it."""
    if type(x) not in (bool, int, float):
        return array_of(x)
    kind = result_type(other, x)
    try:
        return asarray(x, kind)
    except ValueError:
        return asarray(x, _dtypes.int64)


def searchsorted(x1: ArrayLike, x2: ArrayLike, /, *, side: str = "left", sorter: ArrayLike | None = None) -> Array:
    """Where elements would go into a sorted vector.

    Args:
        x1: A vector in ascending order, NaN last.
        x2: What to find places for, of any shape.
        side: "left": before equal elements; "right": behind them.
        sorter: Integers that sort x1, if it is not sorted.

    Returns:
        int64, of the shape of x2: how many elements of x1 come before.

    Raises:
        ValueError: If `side` is neither, or x1 is no vector.
    """
    if side not in ("left", "right"):
        raise ValueError(f"expected side 'left' or 'right', but got {side!r}")
    x1 = array_of(x1)
    x2 = _beside(x2, x1)
    if x1.ndim != 1:
        raise ValueError(f"expected a vector, but got shape {x1.shape}")
    if sorter is not None:
        x1 = take(x1, sorter)
    if is_same(x1.shape[0], 0):
        return zeros(x2.shape, dtype=_dtypes.int64)

    def is_before(element):
        before = less(element, x2) if side == "left" else less_equal(element, x2)
        if x2.dtype.kind != "f":
            return before
        return logical_or(before, logical_and(isnan(x2), logical_not(isnan(element)) if side == "left" else True))

    extent = x1.shape[0]
    if isinstance(extent, Dim):
        return sum(is_before(reshape(x1, (extent,) + (1,) * x2.ndim)), axis=0)
    count = zeros(x2.shape, dtype=_dtypes.int64)
    for bit in reversed(range(extent.bit_length())):
        more = count + (1 << bit)
        fits = logical_and(more <= extent, is_before(take(x1, more - 1, mode="clamp")))
        count = where(fits, more, count)
    return count


def isin(x1: ArrayLike, x2: ArrayLike, /, *, invert: bool = False) -> Array:
    """Where elements of x1 are among those of x2; where they are not, if `invert`."""
    x1 = array_of(x1)
    x2 = _beside(x2, x1)
    kind = result_type(x1, x2)
    ordered = sort(reshape(x2, (-1,)).astype(_dtypes.int8 if kind is _dtypes.bool_ else kind))
    x1 = x1.astype(ordered.dtype)
    if is_same(x2.size, 0):
        found = zeros(x1.shape, dtype=_dtypes.bool_)
    else:
        found = equal(take(ordered, searchsorted(ordered, x1), mode="clamp"), x1)
    return logical_not(found) if invert else found


def nonzero(x: ArrayLike, /) -> tuple[Array, ...]:
    """The indices of the elements that are not zero, a vector of int64 for each dimension.

    Raises:
        ValueError: If x has rank 0.
        TypeError: In a function under trace, where their number is not known.
    """
    x = array_of(x)
    if x.ndim == 0:
        raise ValueError("expected an array of rank 1 or more, but got rank 0")
    return tuple(asarray(indices) for indices in np.nonzero(x.numpy()))


class UniqueAll(NamedTuple):
    """What unique_all gives; the other functions give some of it."""

    values: Array
    indices: Array
    inverse_indices: Array
    counts: Array


class UniqueCounts(NamedTuple):
    """What unique_counts gives."""

    values: Array
    counts: Array


class UniqueInverse(NamedTuple):
    """What unique_inverse gives."""

    values: Array
    inverse_indices: Array


def unique_all(x: ArrayLike, /) -> UniqueAll:
    """The elements that differ, in ascending order; each NaN counts as one of its own.

    Returns:
        values; indices: where each is first, in row-major order; inverse_indices: for each element its place in
        values; counts: how often each occurs.

    Raises:
        TypeError: In a function under trace, where their number is not known.
    """
    return UniqueAll(*(asarray(part) for part in np.unique_all(array_of(x).numpy())))


def unique_counts(x: ArrayLike, /) -> UniqueCounts:
    """The values and counts of dlc.unique_all."""
    every = unique_all(x)
    return UniqueCounts(every.values, every.counts)


def unique_inverse(x: ArrayLike, /) -> UniqueInverse:
    """The values and inverse_indices of dlc.unique_all."""
    every = unique_all(x)
    return UniqueInverse(every.values, every.inverse_indices)


def unique_values(x: ArrayLike, /) -> Array:
    """The values of dlc.unique_all."""
    return unique_all(x).values


Array.argmax = argmax
Array.argmin = argmin
Array.take = take
Array.nonzero = nonzero
