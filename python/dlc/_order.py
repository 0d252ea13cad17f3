"""Scans, sorting, parts of arrays at places that are data, and quantised integers."""

from __future__ import annotations

from collections.abc import Sequence

from dlc._array import Array, ArrayLike, array_of
from dlc._attributes import dictionary, dims, element, flag, i64, string
from dlc._creation import ones, zeros
from dlc._dim import Dim
from dlc._dtypes import DType
from dlc._elementwise import astype, not_equal
from dlc._manipulation import axis_of, concat, reshape
from dlc._tracing import apply, apply_tuple

__all__ = [
    "argsort",
    "bitcast",
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "cumulative_prod",
    "cumulative_sum",
    "dequantize",
    "diff",
    "dynamic_slice",
    "dynamic_update_slice",
    "quantize",
    "scatter",
    "sort",
    "top_k",
]


def _scan(name: str, kind: str, what: str):
    def function(x: ArrayLike, /, axis: int | None = None, *, dtype: DType | None = None) -> Array:
        x = array_of(x) if dtype is None else astype(x, dtype)
        if axis is None:
            x, axis = reshape(x, (-1,)), 0
        result = apply("cumulative", (x,), dictionary(kind=string(kind), axis=i64(axis)))
        return result if dtype is None else astype(result, dtype, copy=False)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"The {what} of each element and all before it, in the order of numerics N7.\n\n    Args:\n"
        "        x: The array; bool counts as int64.\n        axis: The dimension; None flattens x.\n"
        "        dtype: The element type to cast to before, and of the result; sums and products of integers have 64 "
        "bits by default.\n\n    Returns:\n"
        "        An array of the shape of x, or of rank 1.\n    "
    )
    return function


cumsum = _scan("cumsum", "sum", "sum")
cumprod = _scan("cumprod", "prod", "product")
cummax = _scan("cummax", "max", "largest")
cummin = _scan("cummin", "min", "smallest")


def _array_api_scan(scan, x, axis, dtype, include_initial, start):
    x = array_of(x)
    if axis is None:
        if x.ndim != 1:
            raise ValueError(f"expected an axis for an array of rank {x.ndim}, but got None")
        axis = 0
    result = scan(x, axis=axis, dtype=dtype)
    if not include_initial:
        return result
    shape = list(result.shape)
    shape[axis] = 1
    return concat((start(tuple(shape), dtype=result.dtype), result), axis=axis)


def cumulative_sum(
    x: ArrayLike, /, axis: int | None = None, *, dtype: DType | None = None, include_initial: bool = False
) -> Array:
    """The Array API's dlc.cumsum: `axis` may be left out for a vector, and 0 may come first."""
    return _array_api_scan(cumsum, x, axis, dtype, include_initial, zeros)


def cumulative_prod(
    x: ArrayLike, /, axis: int | None = None, *, dtype: DType | None = None, include_initial: bool = False
) -> Array:
    """The Array API's dlc.cumprod: `axis` may be left out for a vector, and 1 may come first."""
    return _array_api_scan(cumprod, x, axis, dtype, include_initial, ones)


def diff(
    x: ArrayLike,
    /,
    axis: int = -1,
    *,
    n: int = 1,
    prepend: ArrayLike | None = None,
    append: ArrayLike | None = None,
) -> Array:
    """The differences of neighbours along an axis, taken n times; of bool, where they differ.

    Args:
        x: The array.
        axis: The dimension.
        n: How many times.
        prepend: What to put before x first.
        append: What to put behind it.

    Returns:
        An array with n elements fewer along the axis.

    Raises:
        ValueError: If n is negative.
    """
    x = array_of(x)
    if n < 0:
        raise ValueError(f"expected n of at least 0, but got {n}")
    parts = [part for part in (prepend, x, append) if part is not None]
    x = concat(parts, axis=axis) if len(parts) > 1 else x
    before = (slice(None),) * axis_of(x, axis)
    for _ in range(n):
        later, earlier = x[(*before, slice(1, None))], x[(*before, slice(None, -1))]
        x = not_equal(later, earlier) if x.dtype.kind == "b" else later - earlier
    return x


def _sorted(x, axis, descending):
    return apply_tuple("sort", (x,), dictionary(axis=i64(axis), descending=flag(descending)))


def sort(x: ArrayLike, /, axis: int = -1, *, descending: bool = False, stable: bool = True) -> Array:
    """The elements in order along an axis: -0 below +0, NaN above everything.

    Args:
        x: The array.
        axis: The dimension.
        descending: Whether the largest comes first.
        stable: Equal elements always stay in their order.

    Returns:
        The sorted array.

    Example:
        >>> import dlc
        >>> dlc.sort(dlc.asarray([3, 1, 2])).tolist()
        [1, 2, 3]
    """
    return _sorted(x, axis, descending)[0]


def argsort(x: ArrayLike, /, axis: int = -1, *, descending: bool = False, stable: bool = True) -> Array:
    """The indices (int64) that sort the array. See dlc.sort."""
    return _sorted(x, axis, descending)[1]


def top_k(x: ArrayLike, k: int, /, axis: int = -1, *, largest: bool = True) -> tuple[Array, Array]:
    """The k largest elements along an axis in descending order, or the k smallest in ascending order.

    Args:
        x: The array.
        k: How many; at most the extent of the axis.
        axis: The dimension.
        largest: Which end.

    Returns:
        (values, indices), as the first k of dlc.sort and dlc.argsort.
    """
    return apply_tuple("top_k", (x,), dictionary(k=i64(k), axis=i64(axis), largest=flag(largest)))


def dynamic_slice(
    x: ArrayLike, starts: Sequence[ArrayLike], sizes: Sequence[int | Dim], /, *, mode: str = "error"
) -> Array:
    """The part of x of shape `sizes` that begins at `starts`.

    Args:
        x: The array.
        starts: An integer for each dimension, numbers or rank-0 arrays; negative ones do not count from the end.
        sizes: The shape of the part.
        mode: What a start does where the part would not fit: "error" raises IndexError, "clamp" moves it inside.

    Returns:
        The part.
    """
    return apply("dynamic_slice", (x, *starts), dictionary(sizes=dims(sizes), mode=string(mode)))


def dynamic_update_slice(
    x: ArrayLike, update: ArrayLike, starts: Sequence[ArrayLike], /, *, mode: str = "error"
) -> Array:
    """x with `update` in place of the part that begins at `starts`. See dlc.dynamic_slice."""
    return apply("dynamic_update_slice", (x, update, *starts), dictionary(mode=string(mode)))


def scatter(
    x: ArrayLike,
    indices: ArrayLike,
    updates: ArrayLike,
    /,
    *,
    axis: int = 0,
    kind: str = "set",
    mode: str = "error",
) -> Array:
    """x with slices of `updates` where the indices say, one after the other in row-major order of updates.

    Args:
        x: The array.
        indices: Integers of any shape; negative ones count from the end.
        updates: What dlc.take(x, indices) would have the shape of, after broadcasting.
        axis: The dimension that the indices pick in.
        kind: "set" replaces, "add" adds, "max" and "min" keep the larger or smaller element.
        mode: What an index out of range does: "error" raises IndexError, "clamp" takes the nearest.

    Returns:
        The array with updates.
    """
    return apply("scatter", (x, indices, updates), dictionary(axis=i64(axis), kind=string(kind), mode=string(mode)))


def bitcast(x: ArrayLike, dtype: DType, /) -> Array:
    """The bits of x as another element type of the same width; from floats to integers NaN is the canonical one."""
    return apply("dlc.bitcast", (x,), dictionary(to=element(dtype)))


def quantize(x: ArrayLike, scale: ArrayLike, zero_point: ArrayLike, dtype: DType, /, axis: int | None = None) -> Array:
    """round(x / scale) + zero_point, half to even, saturated to an integer type of 8 or 16 bits.

    Args:
        x: Floats.
        scale: A number, or `(x.shape[axis],)`.
        zero_point: An integer, or `(x.shape[axis],)`.
        dtype: The integer type.
        axis: The dimension along which the parameters vary.

    Returns:
        Integers of the shape of x.
    """
    more = {} if axis is None else {"axis": i64(axis)}
    return apply("quantize", (x, scale, zero_point), dictionary(to=element(dtype), **more))


def dequantize(x: ArrayLike, scale: ArrayLike, zero_point: ArrayLike, /, axis: int | None = None) -> Array:
    """(x - zero_point) * scale. See dlc.quantize."""
    more = {} if axis is None else {"axis": i64(axis)}
    return apply("dequantize", (x, scale, zero_point), dictionary(**more))


for _name in ("cumsum", "cumprod", "sort", "argsort"):
    setattr(Array, _name, globals()[_name])
