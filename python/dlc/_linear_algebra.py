"""Products of arrays, and convolutions."""

from __future__ import annotations

from collections.abc import Sequence

from dlc._array import Array, ArrayLike, array_of
from dlc._attributes import dictionary, i64, i64s
from dlc._elementwise import multiply
from dlc._manipulation import axis_of, moveaxis, reshape
from dlc._reductions import sum
from dlc._tracing import apply

__all__ = [
    "diagonal",
    "dot",
    "trace",
    "conv",
    "matmul",
    "matrix_transpose",
    "outer",
    "tensordot",
    "vecdot",
]


def matmul(x1: ArrayLike, x2: ArrayLike, /) -> Array:
    """The matrix product by the Array API's rules, summed in the order of numerics N5.

    Args:
        x1: [..., M, K] or [K].
        x2: [..., K, N] or [K].

    Returns:
        [..., M, N]; a vector operand has no row or column.

    Raises:
        ValueError: If the contracted extents differ or the batch dimensions do not broadcast.
    """
    return apply("matmul", (x1, x2))


def tensordot(x1: ArrayLike, x2: ArrayLike, /, *, axes: int | tuple[Sequence[int], Sequence[int]] = 2) -> Array:
    """The sum of products over pairs of axes: the last of x1 with the first of x2 if `axes` is a number."""
    x1, x2 = array_of(x1), array_of(x2)
    if isinstance(axes, int):
        left, right = range(x1.ndim - axes, x1.ndim), range(axes)
    else:
        left, right = ([axis_of(x1, a) for a in axes[0]], [axis_of(x2, a) for a in axes[1]])
    return apply("dot_general", (x1, x2), dictionary(lhs_contract=i64s(left), rhs_contract=i64s(right)))


def vecdot(x1: ArrayLike, x2: ArrayLike, /, axis: int = -1) -> Array:
    """The sum along an axis of the products conj(x1) * x2: those of real numbers are x1 * x2.

    Raises:
        ValueError: If an operand has rank 0.
    """
    x1, x2 = array_of(x1), array_of(x2)
    if x1.ndim == 0 or x2.ndim == 0:
        raise ValueError(f"expected operands of rank 1 or more, but got shapes {x1.shape} and {x2.shape}")
    product = multiply(apply("dlc.conj", (x1,)) if x1.dtype.kind == "c" else x1, x2)
    return sum(product, axis=axis, dtype=product.dtype)


def outer(x1: ArrayLike, x2: ArrayLike, /) -> Array:
    """The products of all pairs of elements of two vectors."""
    return apply("dot_general", (x1, x2), "{}")


def matrix_transpose(x: Array, /) -> Array:
    """The matrices of the last two dimensions transposed."""
    return array_of(x).mT


def dot(x1: ArrayLike, x2: ArrayLike, /) -> Array:
    """NumPy's product: the sum over the last dimension of x1 and the last but one of x2, or its only one.

    Args:
        x1, x2: The arrays; one of rank 0 multiplies the other.

    Returns:
        The dimensions of x1 and x2 that are left, in that order.
    """
    x1, x2 = array_of(x1), array_of(x2)
    if x1.ndim == 0 or x2.ndim == 0:
        return multiply(x1, x2)
    return tensordot(x1, x2, axes=([-1], [max(x2.ndim - 2, 0)]))


def diagonal(x: ArrayLike, /, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """The elements whose places in two dimensions differ by `offset`.

    Args:
        x: The array, of rank 2 or more.
        offset: The place along axis2 less that along axis1.
        axis1, axis2: The two dimensions.

    Returns:
        The other dimensions, then the diagonal.

    Raises:
        ValueError: If the two dimensions are one.
    """
    x = moveaxis(x, (axis1, axis2), (-2, -1))
    rows, columns = x.shape[-2:]
    row, column = max(-offset, 0), max(offset, 0)
    if offset or rows != columns:
        count = max(0, min(rows - row, columns - column))
        x = x[..., row : row + count, column : column + count]
    extent = x.shape[-1]
    if isinstance(extent, int) and extent == 0:
        return reshape(x, x.shape[:-1])[..., :0]
    return reshape(x, (*x.shape[:-2], extent * extent))[..., :: extent + 1]


def trace(x: ArrayLike, /, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """The sum of dlc.diagonal."""
    return sum(diagonal(x, offset, axis1, axis2), axis=-1)


def conv(
    x: ArrayLike,
    w: ArrayLike,
    /,
    *,
    strides: Sequence[int] | None = None,
    padding: Sequence[tuple[int, int]] | None = None,
    dilation: Sequence[int] | None = None,
    groups: int = 1,
) -> Array:
    """A convolution of 1 to 3 spatial dimensions, summed in the order of numerics N6.

    Args:
        x: [N, spatial..., C].
        w: [window..., C / groups, O].
        strides: The step of the window in each spatial dimension; 1 by default.
        padding: Zeros before and after each spatial dimension; none by default.
        dilation: The distance of the window's elements; 1 by default.
        groups: How many groups the channels fall into.

    Returns:
        [N, spatial..., O].
    """
    spatial = array_of(x).ndim - 2
    padding = padding or [(0, 0)] * spatial
    attributes = dictionary(
        strides=i64s(strides or [1] * spatial),
        low=i64s([p[0] for p in padding]),
        high=i64s([p[1] for p in padding]),
        dilation=i64s(dilation or [1] * spatial),
        groups=i64(groups),
    )
    return apply("conv", (x, w), attributes)
