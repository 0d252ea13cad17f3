"""The Array API's functions over arrays: elementwise names, reductions, linear algebra and searching."""

from __future__ import annotations

from collections.abc import Sequence

from dlc import _array, _dtypes
from dlc._array import Array, ArrayLike
from dlc._attributes import dictionary, element, flag, i64, i64s, string
from dlc._dim import size_of
from dlc._dtypes import DType
from dlc._tracing import apply

__all__ = [
    "add",
    "all",
    "any",
    "argmax",
    "argmin",
    "astype",
    "bitwise_and",
    "bitwise_invert",
    "bitwise_or",
    "bitwise_xor",
    "clip",
    "conv",
    "divide",
    "equal",
    "floor_divide",
    "gelu",
    "greater",
    "greater_equal",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "log_softmax",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logsumexp",
    "matmul",
    "matrix_transpose",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "multiply",
    "negative",
    "not_equal",
    "one_hot",
    "outer",
    "pow",
    "prod",
    "remainder",
    "scatter_add",
    "size",
    "softmax",
    "softplus",
    "square",
    "std",
    "stop_gradient",
    "subtract",
    "sum",
    "take",
    "take_along_axis",
    "tensordot",
    "var",
    "vecdot",
    "where",
]

Axis = "int | Sequence[int] | None"


def _array_of(x: ArrayLike) -> Array:
    return x if isinstance(x, Array) else _array.asarray(x)


def _axes(axis: Axis, keepdims: bool, **more: str) -> str:
    if axis is not None:
        more["axes"] = i64s(axis if isinstance(axis, (tuple, list)) else (axis,))
    return dictionary(keepdims=flag(keepdims), **more)


# Elementwise


def _elementwise(name: str, builder: str, arity: int, doc: str):
    if arity == 1:

        def function(x: ArrayLike, /) -> Array:
            return apply(builder, (x,))
    else:

        def function(x1: ArrayLike, x2: ArrayLike, /) -> Array:
            return apply(builder, (x1, x2))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{doc}.\n\n    Operands are broadcast and promoted.\n    "
    return function


add = _elementwise("add", "add", 2, "The sum x1 + x2")
subtract = _elementwise("subtract", "sub", 2, "The difference x1 - x2")
multiply = _elementwise("multiply", "mul", 2, "The product x1 * x2")
divide = _elementwise("divide", "divide", 2, "The quotient x1 / x2 as floats")
floor_divide = _elementwise("floor_divide", "floor_divide", 2, "The quotient x1 / x2 rounded down")
remainder = _elementwise("remainder", "remainder", 2, "What x1 leaves over x2, with the sign of x2")
maximum = _elementwise("maximum", "max", 2, "The larger of x1 and x2; NaN if one is")
minimum = _elementwise("minimum", "min", 2, "The smaller of x1 and x2; NaN if one is")
bitwise_and = _elementwise("bitwise_and", "and", 2, "The bits set in both operands")
bitwise_or = _elementwise("bitwise_or", "or", 2, "The bits set in either operand")
bitwise_xor = _elementwise("bitwise_xor", "xor", 2, "The bits set in one operand only")
bitwise_invert = _elementwise("bitwise_invert", "not", 1, "Every bit flipped")
negative = _elementwise("negative", "neg", 1, "The negation -x")
gelu = _elementwise("gelu", "gelu", 1, "x * (erf(x / sqrt(2)) + 1) / 2")
softplus = _elementwise("softplus", "softplus", 1, "log(1 + exp(x))")
isnan = _elementwise("isnan", "is_nan", 1, "Whether x is NaN")
isinf = _elementwise("isinf", "is_inf", 1, "Whether x is infinite")
isfinite = _elementwise("isfinite", "is_finite", 1, "Whether x is neither NaN nor infinite")


def _comparison(name: str, predicate: str, symbol: str):
    attributes = f"{{predicate = #dlc.predicate<{predicate}>}}"

    def function(x1: ArrayLike, x2: ArrayLike, /) -> Array:
        return apply("compare", (x1, x2), attributes)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Where x1 {symbol} x2.\n\n    Operands are broadcast and promoted.\n    "
    return function


equal = _comparison("equal", "eq", "==")
not_equal = _comparison("not_equal", "ne", "!=")
less = _comparison("less", "lt", "<")
less_equal = _comparison("less_equal", "le", "<=")
greater = _comparison("greater", "gt", ">")
greater_equal = _comparison("greater_equal", "ge", ">=")


def _as_bool(x: ArrayLike) -> ArrayLike:
    array = _array_of(x)
    return array if array.dtype is _dtypes.bool_ else not_equal(array, 0)


def logical_and(x1: ArrayLike, x2: ArrayLike, /) -> Array:
    """Where both operands are not zero."""
    return apply("and", (_as_bool(x1), _as_bool(x2)))


def logical_or(x1: ArrayLike, x2: ArrayLike, /) -> Array:
    """Where an operand is not zero."""
    return apply("or", (_as_bool(x1), _as_bool(x2)))


def logical_xor(x1: ArrayLike, x2: ArrayLike, /) -> Array:
    """Where exactly one operand is not zero."""
    return apply("xor", (_as_bool(x1), _as_bool(x2)))


def logical_not(x: ArrayLike, /) -> Array:
    """Where the operand is zero."""
    return apply("not", (_as_bool(x),))


def square(x: ArrayLike, /) -> Array:
    """The product x * x."""
    return apply("mul", (x, x))


def pow(x1: ArrayLike, x2: ArrayLike, /) -> Array:  # noqa: A001
    """x1 to the power x2; an exponent of the literal 2 is x1 * x1 (numerics N2).

    Args:
        x1: The base. An integer base needs a literal exponent of 0 or more.
        x2: The exponent.

    Returns:
        The power.

    Raises:
        TypeError: If an integer array is raised to a power that is no literal of 0 or more.
    """
    literal = isinstance(x2, (int, float)) and not isinstance(x2, bool)
    if literal and x2 == 2:
        return square(x1)
    base = _array_of(x1) if not isinstance(x1, (int, float)) else x1
    if isinstance(base, Array) and base.dtype.kind in "iu" and not isinstance(x2, float):
        exponent_kind = None if literal else _array_of(x2).dtype.kind
        if exponent_kind != "f":
            if not literal or x2 < 0:
                raise TypeError(f"expected a literal exponent of 0 or more for an integer base, but got {x2!r}")
            return _integer_power(base, x2)
    return apply("pow", (base, x2))


def _integer_power(base: Array, exponent: int) -> Array:
    result = None
    while exponent:
        if exponent & 1:
            result = base if result is None else result * base
        exponent >>= 1
        base = base * base if exponent else base
    return base * 0 + 1 if result is None else result


def where(condition: ArrayLike, x1: ArrayLike, x2: ArrayLike, /) -> Array:
    """x1 where the condition holds, else x2; all are broadcast, x1 and x2 promoted."""
    return apply("select", (_as_bool(condition), x1, x2))


def clip(x: ArrayLike, /, min: ArrayLike | None = None, max: ArrayLike | None = None) -> Array:  # noqa: A002
    """x limited to [min, max]; a limit of None is none."""
    if min is not None and max is not None:
        return apply("clamp", (x, min, max))
    if min is not None:
        return maximum(x, min)
    return _array_of(x) if max is None else minimum(x, max)


def astype(x: Array, dtype: DType, /) -> Array:
    """x with its elements cast to another type."""
    return _array_of(x).astype(dtype)


# Reductions


def _reduction(name: str, kind: str, doc: str):
    def function(x: ArrayLike, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
        return apply("reduce", (x,), _axes(axis, keepdims, kind=string(kind)))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"{doc}.\n\n    Args:\n        x: The array.\n        axis: One or several dimensions; all by default.\n"
        "        keepdims: Whether reduced dimensions stay with extent 1.\n\n    Returns:\n        The result.\n    "
    )
    return function


max = _reduction("max", "max", "The largest element; NaN if one is")  # noqa: A001
min = _reduction("min", "min", "The smallest element; NaN if one is")  # noqa: A001
all = _reduction("all", "all", "Whether all elements are not zero")  # noqa: A001
any = _reduction("any", "any", "Whether an element is not zero")  # noqa: A001


def sum(  # noqa: A001
    x: ArrayLike, /, *, axis: Axis = None, dtype: DType | None = None, keepdims: bool = False
) -> Array:
    """The sum of elements, added in the order of numerics N4; bool counts.

    Args:
        x: The array.
        axis: One or several dimensions; all by default.
        dtype: The element type to cast to before adding.
        keepdims: Whether reduced dimensions stay with extent 1.

    Returns:
        The reduced array.
    """
    x = x if dtype is None else astype(x, dtype)
    return apply("reduce", (x,), _axes(axis, keepdims, kind=string("sum")))


def prod(x: ArrayLike, /, *, axis: Axis = None, dtype: DType | None = None, keepdims: bool = False) -> Array:
    """The product of elements, multiplied in the order of numerics N4. See dlc.sum."""
    x = x if dtype is None else astype(x, dtype)
    return apply("reduce", (x,), _axes(axis, keepdims, kind=string("prod")))


def mean(x: ArrayLike, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """The mean: the sum divided by the count, rounded once for f16 and bf16. See dlc.sum."""
    return apply("mean", (x,), _axes(axis, keepdims))


def var(x: ArrayLike, /, *, axis: Axis = None, correction: int = 0, keepdims: bool = False) -> Array:
    """The mean of squared distances from the mean, by two passes; the count is less by `correction`. See dlc.sum."""
    return apply("var", (x,), _axes(axis, keepdims, correction=i64(correction)))


def std(x: ArrayLike, /, *, axis: Axis = None, correction: int = 0, keepdims: bool = False) -> Array:
    """The square root of dlc.var."""
    return apply("sqrt", (var(x, axis=axis, correction=correction, keepdims=keepdims),))


def logsumexp(x: ArrayLike, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """log(sum(exp(x))) without overflow. See dlc.sum."""
    return apply("logsumexp", (x,), _axes(axis, keepdims))


def _arg(name: str, what: str):
    def function(x: ArrayLike, /, *, axis: int | None = None, keepdims: bool = False) -> Array:
        more = {} if axis is None else {"axis": i64(axis)}
        return apply(name, (x,), dictionary(keepdims=flag(keepdims), **more))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"The index of the {what} element along an axis, or of all: NaN wins, then the lowest index."
    return function


argmax = _arg("argmax", "largest")
argmin = _arg("argmin", "smallest")


def softmax(x: ArrayLike, /, *, axis: int = -1) -> Array:
    """exp(x - max) divided by its sum along an axis."""
    return apply("softmax", (x,), dictionary(axis=i64(axis)))


def log_softmax(x: ArrayLike, /, *, axis: int = -1) -> Array:
    """The logarithm of dlc.softmax, without overflow."""
    return apply("log_softmax", (x,), dictionary(axis=i64(axis)))


# Linear algebra


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
    x1, x2 = _array_of(x1), _array_of(x2)
    if isinstance(axes, int):
        left, right = range(x1.ndim - axes, x1.ndim), range(axes)
    else:
        left, right = ([a % x1.ndim for a in axes[0]], [a % x2.ndim for a in axes[1]])
    return apply("dot_general", (x1, x2), dictionary(lhs_contract=i64s(left), rhs_contract=i64s(right)))


def vecdot(x1: ArrayLike, x2: ArrayLike, /, *, axis: int = -1) -> Array:
    """The sum along an axis of the products conj(x1) * x2: those of real numbers are x1 * x2."""
    x1 = _array_of(x1)
    return sum(multiply(apply("dlc.conj", (x1,)) if x1.dtype.kind == "c" else x1, x2), axis=axis)


def outer(x1: ArrayLike, x2: ArrayLike, /) -> Array:
    """The products of all pairs of elements of two vectors."""
    return apply("dot_general", (x1, x2), "{}")


def matrix_transpose(x: Array, /) -> Array:
    """The matrices of the last two dimensions transposed."""
    return _array_of(x).mT


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
    spatial = _array_of(x).ndim - 2
    padding = padding or [(0, 0)] * spatial
    attributes = dictionary(
        strides=i64s(strides or [1] * spatial),
        low=i64s([p[0] for p in padding]),
        high=i64s([p[1] for p in padding]),
        dilation=i64s(dilation or [1] * spatial),
        groups=i64(groups),
    )
    return apply("conv", (x, w), attributes)


# Picking


def take(x: ArrayLike, indices: ArrayLike, /, *, axis: int | None = None, mode: str = "error") -> Array:
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
        if _array_of(x).ndim != 1:
            raise ValueError(f"expected an axis for an array of rank {_array_of(x).ndim}, but got None")
        axis = 0
    return apply("take", (x, indices), dictionary(axis=i64(axis), mode=string(mode)))


def take_along_axis(x: ArrayLike, indices: ArrayLike, /, *, axis: int = -1, mode: str = "error") -> Array:
    """For each index, the element of its own row along an axis. See dlc.take."""
    return apply("take_along_axis", (x, indices), dictionary(axis=i64(axis), mode=string(mode)))


def scatter_add(
    x: ArrayLike, indices: ArrayLike, updates: ArrayLike, /, *, axis: int = 0, mode: str = "error"
) -> Array:
    """x with slices of `updates` added where the indices say, in row-major order of updates. Inverse of dlc.take."""
    return apply("scatter", (x, indices, updates), dictionary(axis=i64(axis), mode=string(mode)))


def one_hot(x: ArrayLike, /, depth: int, *, dtype: DType = _dtypes.float32) -> Array:
    """A new last axis of extent `depth` that is 1 at the index that x holds, else 0."""
    return apply("one_hot", (x,), dictionary(depth=i64(depth), element=element(dtype)))


def size(x: Array, /) -> int:
    """The number of elements."""
    return size_of(x.shape)


def stop_gradient(x: ArrayLike, /) -> Array:
    """x, as a constant to differentiation."""
    return apply("stop_gradient", (x,))


Array.__pow__ = lambda self, other: pow(self, other) if _array.is_operand(other) else NotImplemented
Array.__rpow__ = lambda self, other: pow(other, self) if _array.is_operand(other) else NotImplemented
for _name in ("sum", "prod", "mean", "var", "std", "max", "min", "all", "any", "argmax", "argmin"):
    setattr(Array, _name, globals()[_name])
