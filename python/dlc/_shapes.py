"""Creation of arrays, and functions that change shapes or join arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence

import _dlc
import numpy as np

from dlc import _array, _dtypes, _tracing
from dlc._array import Array, ArrayLike
from dlc._attributes import dictionary, dims, element, i64, i64s
from dlc._dim import Dim
from dlc._dtypes import DType
from dlc._tracing import apply

__all__ = [
    "arange",
    "broadcast_to",
    "concat",
    "empty",
    "expand_dims",
    "eye",
    "flip",
    "full",
    "full_like",
    "iota",
    "linspace",
    "moveaxis",
    "ones",
    "ones_like",
    "pad",
    "permute_dims",
    "reshape",
    "split",
    "squeeze",
    "stack",
    "tile",
    "transpose",
    "tril",
    "triu",
    "zeros",
    "zeros_like",
]

Shape = "int | Dim | Sequence[int | Dim]"


def _shape(shape: Shape) -> tuple[int | Dim, ...]:
    if isinstance(shape, Dim) or hasattr(shape, "__index__"):
        return (shape,)
    return tuple(shape)


def _array_of(x: ArrayLike) -> Array:
    return x if isinstance(x, Array) else _array.asarray(x)


# Creation: outside of traces, tensors are made directly and no compiler is needed.


def full(shape: Shape, fill_value: ArrayLike, *, dtype: DType | None = None) -> Array:
    """An array that holds one value everywhere.

    Args:
        shape: The extents.
        fill_value: A scalar, or an array of rank 0.
        dtype: The element type; by default that of the value, float32 for a Python float.

    Returns:
        The array.

    Raises:
        ValueError: If an extent is negative.
    """
    shape = _shape(shape)
    if any(isinstance(extent, int) and extent < 0 for extent in shape):
        raise ValueError(f"expected extents of 0 or more, but got {shape}")
    if isinstance(fill_value, (bool, int, float, complex)):
        kind = _dtypes.of_scalar(fill_value) if dtype is None else _dtypes.dtype(dtype)
        if _tracing.local.frame is None and kind.numpy is not None:
            return _of_numpy(np.full(shape, fill_value, kind.numpy))
        if isinstance(fill_value, complex):
            fill_value = np.asarray(fill_value, kind.numpy)
    else:
        kind = _array_of(fill_value).dtype if dtype is None else _dtypes.dtype(dtype)
    return apply("full", (fill_value,), dictionary(shape=dims(shape), element=kind.ir))


def _of_numpy(array: np.ndarray) -> Array:
    kind = _dtypes.dtype(array.dtype)
    return Array(_dlc.tensor(array, kind.code, list(array.shape), False))


def zeros(shape: Shape, *, dtype: DType = _dtypes.float32) -> Array:
    """An array of zeros."""
    return full(shape, 0, dtype=dtype)


def ones(shape: Shape, *, dtype: DType = _dtypes.float32) -> Array:
    """An array of ones."""
    return full(shape, 1, dtype=dtype)


def empty(shape: Shape, *, dtype: DType = _dtypes.float32) -> Array:
    """An array whose elements are of no interest; they are zero."""
    return zeros(shape, dtype=dtype)


def full_like(x: Array, /, fill_value: ArrayLike, *, dtype: DType | None = None) -> Array:
    """An array of one value with the shape, and by default the element type, of another."""
    return full(x.shape, fill_value, dtype=dtype or x.dtype)


def zeros_like(x: Array, /, *, dtype: DType | None = None) -> Array:
    """Zeros with the shape and element type of an array."""
    return full_like(x, 0, dtype=dtype)


def ones_like(x: Array, /, *, dtype: DType | None = None) -> Array:
    """Ones with the shape and element type of an array."""
    return full_like(x, 1, dtype=dtype)


def arange(
    start: float | Dim, /, stop: float | Dim | None = None, step: float = 1, *, dtype: DType | None = None
) -> Array:
    """start, start + step, ... below stop; each is start + i * step, in float64 unless all three are integers.

    Args:
        start: The first element, or stop if that is left out.
        stop: The limit.
        step: The distance.
        dtype: The element type: by default int64 for integers, else float32.

    Returns:
        A vector. With a symbolic start or stop the other bound is an integer or symbolic, and step a positive integer;
        a function that is compiled then takes no extents for which start would lie above stop.

    Raises:
        TypeError: If a bound is symbolic and another value is no integer.
        ValueError: If step is 0, or negative where a bound is symbolic.
    """
    if stop is None:
        start, stop = 0, start
    count = _length(start, stop, step)
    is_whole = all(isinstance(x, (int, np.integer, Dim)) for x in (start, stop, step))
    kind = _dtypes.dtype(dtype or (_dtypes.int64 if is_whole else _dtypes.float32))
    if _tracing.local.frame is None:
        return _array.asarray(np.arange(count) * step + start, kind)
    wide = _dtypes.int64 if is_whole else _dtypes.float64
    index = apply("dlc.iota", (), dictionary(shape=dims((count,)), dim=i64(0), element=wide.ir))
    scaled = index if isinstance(step, int) and step == 1 else index * step
    return (scaled if isinstance(start, int) and start == 0 else scaled + start).astype(kind)


def _length(start: float | Dim, stop: float | Dim, step: float) -> int | Dim:
    """How many elements arange gives."""
    if not isinstance(start, Dim) and not isinstance(stop, Dim):
        if step == 0:
            raise ValueError("expected a step other than 0, but got 0")
        return max(0, math.ceil((stop - start) / step))
    for value in (start, stop, step):
        if not isinstance(value, (int, Dim)) or isinstance(step, Dim):
            raise TypeError(f"expected integers beside a symbolic extent, but got arange({start}, {stop}, {step})")
    if step < 1:
        raise ValueError(f"expected a step of 1 or more beside a symbolic extent, but got {step}")
    return (stop - start + (step - 1)) // step


def linspace(start: float, stop: float, /, num: int, *, dtype: DType | None = None, endpoint: bool = True) -> Array:
    """`num` numbers at equal distances from start to stop."""
    return _array.asarray(np.linspace(start, stop, num, endpoint=endpoint), dtype or _dtypes.float32)


def eye(n_rows: int, n_cols: int | None = None, /, *, k: int = 0, dtype: DType = _dtypes.float32) -> Array:
    """A matrix with ones on its k-th diagonal."""
    return _array.asarray(np.eye(n_rows, n_cols, k), dtype)


def iota(shape: Shape, dim: int, *, dtype: DType = _dtypes.int64) -> Array:
    """Each element's index along a dimension."""
    return apply("dlc.iota", (), dictionary(shape=dims(_shape(shape)), dim=i64(dim), element=element(dtype)))


def tril(x: ArrayLike, /, *, k: int = 0) -> Array:
    """The matrices of the last two dimensions with zeros above the k-th diagonal."""
    x = _array_of(x)
    rows, columns = iota(x.shape[-2:], 0), iota(x.shape[-2:], 1)
    return apply("select", (columns <= rows + k, x, 0))


def triu(x: ArrayLike, /, *, k: int = 0) -> Array:
    """The matrices of the last two dimensions with zeros below the k-th diagonal."""
    x = _array_of(x)
    rows, columns = iota(x.shape[-2:], 0), iota(x.shape[-2:], 1)
    return apply("select", (columns >= rows + k, x, 0))


# Shapes


def reshape(x: ArrayLike, /, shape: Shape) -> Array:
    """The elements in row-major order under another shape; one extent may be -1."""
    return apply("reshape", (x,), dictionary(shape=dims(_shape(shape))))


def broadcast_to(x: ArrayLike, /, shape: Shape) -> Array:
    """x repeated along new or stretched dimensions."""
    return apply("broadcast_to", (x,), dictionary(shape=dims(_shape(shape))))


def permute_dims(x: ArrayLike, /, axes: Sequence[int]) -> Array:
    """Dimension i of the result is dimension axes[i] of x."""
    return _array_of(x).transpose(tuple(axes))


def transpose(x: ArrayLike, /, axes: Sequence[int] | None = None) -> Array:
    """The array with its dimensions in another order, by default reversed."""
    return _array_of(x).transpose(*(() if axes is None else (tuple(axes),)))


def moveaxis(x: ArrayLike, source: int, destination: int, /) -> Array:
    """x with one dimension moved to another place."""
    x = _array_of(x)
    order = [i for i in range(x.ndim) if i != source % x.ndim]
    order.insert(destination % x.ndim, source % x.ndim)
    return x.transpose(order)


def expand_dims(x: ArrayLike, /, *, axis: int = 0) -> Array:
    """x with a new dimension of extent 1."""
    x = _array_of(x)
    if not -x.ndim - 1 <= axis <= x.ndim:
        raise ValueError(f"expected an axis in [{-x.ndim - 1}, {x.ndim}], but got {axis}")
    shape = list(x.shape)
    shape.insert(axis % (x.ndim + 1), 1)
    return reshape(x, shape)


def squeeze(x: ArrayLike, /, axis: int | Sequence[int]) -> Array:
    """x without dimensions of extent 1."""
    x = _array_of(x)
    axes = [a % x.ndim for a in (axis if isinstance(axis, (tuple, list)) else (axis,))]
    for a in axes:
        if x.shape[a] != 1:
            raise ValueError(f"expected dimension {a} to have extent 1, but got {x.shape[a]}")
    return reshape(x, [e for i, e in enumerate(x.shape) if i not in axes])


def flip(x: ArrayLike, /, *, axis: int | Sequence[int] | None = None) -> Array:
    """x with the order of elements reversed along dimensions, by default all."""
    x = _array_of(x)
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
    return apply("dlc.reverse", (x,), dictionary(dims=i64s(sorted(a % x.ndim for a in axes))))


def pad(x: ArrayLike, /, padding: Sequence[tuple[int, int]], *, value: ArrayLike = 0) -> Array:
    """x between copies of a value: `padding` has their numbers before and after each dimension; negative ones crop."""
    x = _array_of(x)
    if len(padding) != x.ndim:
        raise ValueError(f"expected {x.ndim} pairs of padding, but got {len(padding)}")
    attributes = dictionary(
        low=i64s([p[0] for p in padding]), high=i64s([p[1] for p in padding]), interior=i64s([0] * x.ndim)
    )
    return apply("dlc.pad", (x, _array.asarray(value, x.dtype)), attributes)


# Joining


def concat(arrays: Sequence[ArrayLike], /, *, axis: int = 0) -> Array:
    """Arrays one after the other along a dimension, in their common element type."""
    return apply("concat", tuple(arrays), dictionary(axis=i64(axis)))


def stack(arrays: Sequence[ArrayLike], /, *, axis: int = 0) -> Array:
    """Arrays of one shape along a new dimension, in their common element type."""
    return apply("stack", tuple(arrays), dictionary(axis=i64(axis)))


def split(x: Array, /, sections: int | Sequence[int], *, axis: int = 0) -> list[Array]:
    """x cut along a dimension: into equal parts, or at the given places."""
    extent = x.shape[axis]
    if isinstance(sections, int):
        if sections < 1 or extent % sections:
            raise ValueError(f"expected a number of parts that divides {extent}, but got {sections}")
        places = [extent // sections * i for i in range(1, sections)]
    else:
        places = list(sections)
    bounds = [0, *places, extent]
    before = (slice(None),) * (axis % x.ndim)
    return [x[(*before, slice(a, b))] for a, b in zip(bounds, bounds[1:])]


def tile(x: ArrayLike, repetitions: Sequence[int], /) -> Array:
    """x repeated along each dimension."""
    x = _array_of(x)
    repetitions = (1,) * (x.ndim - len(repetitions)) + tuple(repetitions)
    shape = (1,) * (len(repetitions) - x.ndim) + tuple(x.shape)
    spread, wide = [], []
    for count, extent in zip(repetitions, shape):
        spread += [1, extent]
        wide += [count, extent]
    result = broadcast_to(reshape(x, spread), wide)
    return reshape(result, [count * extent for count, extent in zip(repetitions, shape)])
