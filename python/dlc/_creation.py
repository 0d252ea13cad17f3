"""Creation of arrays. Outside of traces, tensors are made directly and no compiler is needed."""

from __future__ import annotations

import math

import _dlc
import numpy as np

from dlc import _array, _dtypes, _tracing
from dlc._array import Array, ArrayLike, array_of
from dlc._attributes import dictionary, dims, element, i64, i64s
from dlc._dim import Dim
from dlc._dtypes import DType
from dlc._tracing import apply

__all__ = [
    "arange",
    "empty",
    "empty_like",
    "eye",
    "full",
    "full_like",
    "iota",
    "linspace",
    "meshgrid",
    "ones",
    "ones_like",
    "tril",
    "triu",
    "zeros",
    "zeros_like",
]


Shape = "int | Dim | Sequence[int | Dim]"


def shape_of(shape: Shape) -> tuple[int | Dim, ...]:
    if isinstance(shape, Dim) or hasattr(shape, "__index__"):
        return (shape,)
    return tuple(shape)


def full(shape: Shape, fill_value: ArrayLike, *, dtype: DType | None = None, device: str | None = None) -> Array:
    """An array that holds one value everywhere.

    Args:
        shape: The extents.
        fill_value: A scalar, or an array of rank 0.
        dtype: The element type; by default that of the value, float32 for a Python float.
        device: "cpu", the only one, or None.

    Returns:
        The array.

    Raises:
        ValueError: If an extent is negative.
    """
    _array.check_device(device)
    shape = shape_of(shape)
    if any(isinstance(extent, int) and extent < 0 for extent in shape):
        raise ValueError(f"expected extents of 0 or more, but got {shape}")
    if isinstance(fill_value, (bool, int, float, complex)):
        kind = _dtypes.of_scalar(fill_value) if dtype is None else _dtypes.dtype(dtype)
        if type(fill_value) is int:
            _array.check_fits(fill_value, kind)
        if _tracing.local.frame is None and kind.numpy is not None:
            return _of_numpy(np.full(shape, fill_value, kind.numpy))
        if isinstance(fill_value, complex):
            fill_value = np.asarray(fill_value, kind.numpy)
    else:
        fill_value = fill_value if dtype is not None and isinstance(fill_value, Array) else _array.asarray(fill_value)
        kind = fill_value.dtype if dtype is None else _dtypes.dtype(dtype)
    return apply("full", (fill_value,), dictionary(shape=dims(shape), element=kind.ir))


def _of_numpy(array: np.ndarray) -> Array:
    kind = _dtypes.dtype(array.dtype)
    return Array(_dlc.tensor(array, kind.code, list(array.shape), False))


def zeros(shape: Shape, *, dtype: DType | None = None, device: str | None = None) -> Array:
    """An array of zeros, float32 by default. See dlc.full."""
    return full(shape, 0, dtype=dtype or _dtypes.float32, device=device)


def ones(shape: Shape, *, dtype: DType | None = None, device: str | None = None) -> Array:
    """An array of ones, float32 by default. See dlc.full."""
    return full(shape, 1, dtype=dtype or _dtypes.float32, device=device)


def empty(shape: Shape, *, dtype: DType | None = None, device: str | None = None) -> Array:
    """An array whose elements are of no interest; they are zero."""
    return zeros(shape, dtype=dtype, device=device)


def full_like(x: Array, /, fill_value: ArrayLike, *, dtype: DType | None = None, device: str | None = None) -> Array:
    """An array of one value with the shape, and by default the element type, of another."""
    return full(x.shape, fill_value, dtype=dtype or x.dtype, device=device)


def zeros_like(x: Array, /, *, dtype: DType | None = None, device: str | None = None) -> Array:
    """Zeros with the shape and element type of an array."""
    return full_like(x, 0, dtype=dtype, device=device)


def ones_like(x: Array, /, *, dtype: DType | None = None, device: str | None = None) -> Array:
    """Ones with the shape and element type of an array."""
    return full_like(x, 1, dtype=dtype, device=device)


def arange(
    start: float | Dim,
    /,
    stop: float | Dim | None = None,
    step: float = 1,
    *,
    dtype: DType | None = None,
    device: str | None = None,
) -> Array:
    """start, start + step, ... below stop; each is start + i * step, in float64 unless all three are integers.

    Args:
        start: The first element, or stop if that is left out.
        stop: The limit.
        step: The distance.
        dtype: The element type: by default int64 for integers, else float32.
        device: "cpu" or None.

    Returns:
        A vector. With a symbolic start or stop the other bound is an integer or symbolic, and step a positive integer;
        a function that is compiled then takes no extents for which start would lie above stop.

    Raises:
        TypeError: If a bound is symbolic and another value is no integer.
        ValueError: If step is 0, or negative where a bound is symbolic.
    """
    _array.check_device(device)
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


def linspace(
    start: float,
    stop: float,
    /,
    num: int,
    *,
    dtype: DType | None = None,
    endpoint: bool = True,
    device: str | None = None,
) -> Array:
    """`num` numbers at equal distances from start to stop."""
    return _array.asarray(np.linspace(start, stop, num, endpoint=endpoint), dtype or _dtypes.float32, device=device)


def eye(
    n_rows: int,
    n_cols: int | None = None,
    /,
    *,
    k: int = 0,
    dtype: DType | None = None,
    device: str | None = None,
) -> Array:
    """A matrix with ones on its k-th diagonal."""
    return _array.asarray(np.eye(n_rows, n_cols, k), dtype or _dtypes.float32, device=device)


def iota(shape: Shape, dim: int, *, dtype: DType = _dtypes.int64) -> Array:
    """Each element's index along a dimension."""
    return apply("dlc.iota", (), dictionary(shape=dims(shape_of(shape)), dim=i64(dim), element=element(dtype)))


def tril(x: ArrayLike, /, *, k: int = 0) -> Array:
    """The matrices of the last two dimensions with zeros above the k-th diagonal."""
    x = array_of(x)
    rows, columns = iota(x.shape[-2:], 0), iota(x.shape[-2:], 1)
    return apply("select", (columns <= rows + k, x, False if x.dtype.kind == "b" else 0))


def triu(x: ArrayLike, /, *, k: int = 0) -> Array:
    """The matrices of the last two dimensions with zeros below the k-th diagonal."""
    x = array_of(x)
    rows, columns = iota(x.shape[-2:], 0), iota(x.shape[-2:], 1)
    return apply("select", (columns >= rows + k, x, False if x.dtype.kind == "b" else 0))


def empty_like(x: Array, /, *, dtype: DType | None = None, device: str | None = None) -> Array:
    """An array like another whose elements are of no interest; they are zero."""
    return zeros_like(x, dtype=dtype, device=device)


def meshgrid(*arrays: ArrayLike, indexing: str = "xy") -> tuple[Array, ...]:
    """The coordinates of a grid.

    Args:
        *arrays: Vectors, of extents n, m, ...
        indexing: "xy": the first two dimensions are those of the second and the first vector; "ij": in order.

    Returns:
        For each vector an array of shape (m, n, ...), or (n, m, ...) for "ij".

    Raises:
        ValueError: If `indexing` is neither, or an array is no vector.
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"expected indexing 'xy' or 'ij', but got {indexing!r}")
    vectors = [array_of(x) for x in arrays]
    for x in vectors:
        if x.ndim != 1:
            raise ValueError(f"expected vectors, but got shape {x.shape}")
    places = list(range(len(vectors)))
    if indexing == "xy" and len(vectors) > 1:
        places[:2] = 1, 0
    shape: list[int | Dim] = [0] * len(vectors)
    for x, place in zip(vectors, places):
        shape[place] = x.shape[0]
    return tuple(
        apply("dlc.broadcast", (x,), dictionary(shape=dims(shape), dims=i64s([place])))
        for x, place in zip(vectors, places)
    )
