"""Functions that reduce arrays along axes, or normalise by what they reduce to."""

from __future__ import annotations

from dlc._array import Array, ArrayLike, array_of
from dlc._attributes import dictionary, f64, flag, i64, i64s, string
from dlc._dtypes import DType
from dlc._elementwise import astype, equal, isclose, not_equal
from dlc._tracing import apply

__all__ = [
    "all",
    "allclose",
    "any",
    "array_equal",
    "count_nonzero",
    "log_softmax",
    "logsumexp",
    "max",
    "mean",
    "min",
    "prod",
    "softmax",
    "std",
    "sum",
    "var",
]


Axis = "int | Sequence[int] | None"


def _axes(axis: Axis, keepdims: bool, **more: str) -> str:
    if axis is not None:
        more["axes"] = i64s(axis if isinstance(axis, (tuple, list)) else (axis,))
    return dictionary(keepdims=flag(keepdims), **more)


def _reduction(name: str, kind: str, doc: str):
    def function(x: ArrayLike, /, axis: Axis = None, *, keepdims: bool = False) -> Array:
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
    x: ArrayLike, /, axis: Axis = None, *, dtype: DType | None = None, keepdims: bool = False
) -> Array:
    """The sum of elements, added in the order of numerics N4; bool counts.

    Args:
        x: The array.
        axis: One or several dimensions; all by default.
        dtype: The element type to cast to before adding, and of the result; by default integers and bool have 64 bits.
        keepdims: Whether reduced dimensions stay with extent 1.

    Returns:
        The reduced array.
    """
    return _accumulated(x, "sum", axis, dtype, keepdims)


def _accumulated(x: ArrayLike, kind: str, axis: Axis, dtype: DType | None, keepdims: bool) -> Array:
    x = x if dtype is None else astype(x, dtype)
    result = apply("reduce", (x,), _axes(axis, keepdims, kind=string(kind)))
    return result if dtype is None else astype(result, dtype, copy=False)


def prod(x: ArrayLike, /, axis: Axis = None, *, dtype: DType | None = None, keepdims: bool = False) -> Array:
    """The product of elements, multiplied in the order of numerics N4. See dlc.sum."""
    return _accumulated(x, "prod", axis, dtype, keepdims)


def count_nonzero(x: ArrayLike, /, axis: Axis = None, *, keepdims: bool = False) -> Array:
    """How many elements are not zero, as int64. See dlc.sum."""
    return sum(not_equal(x, 0), axis=axis, keepdims=keepdims)


def allclose(
    x1: ArrayLike, x2: ArrayLike, /, *, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Array:
    """Whether dlc.isclose holds for all elements: an array of rank 0."""
    return all(isclose(x1, x2, rtol=rtol, atol=atol, equal_nan=equal_nan))


def array_equal(x1: ArrayLike, x2: ArrayLike, /) -> Array | bool:
    """Whether two arrays have one shape and equal elements: an array of rank 0, or False for other shapes."""
    x1, x2 = array_of(x1), array_of(x2)
    return all(equal(x1, x2)) if x1.shape == x2.shape else False


def mean(x: ArrayLike, /, axis: Axis = None, *, keepdims: bool = False) -> Array:
    """The mean: the sum divided by the count, rounded once for f16 and bf16. See dlc.sum."""
    return apply("mean", (x,), _axes(axis, keepdims))


def var(x: ArrayLike, /, axis: Axis = None, *, correction: float = 0, keepdims: bool = False) -> Array:
    """The mean of squared distances from the mean, by two passes; the count is less by `correction`. See dlc.sum."""
    return apply("var", (x,), _axes(axis, keepdims, correction=f64(correction)))


def std(x: ArrayLike, /, axis: Axis = None, *, correction: float = 0, keepdims: bool = False) -> Array:
    """The square root of dlc.var."""
    return apply("sqrt", (var(x, axis=axis, correction=correction, keepdims=keepdims),))


def logsumexp(x: ArrayLike, /, axis: Axis = None, *, keepdims: bool = False) -> Array:
    """log(sum(exp(x))) without overflow. See dlc.sum."""
    return apply("logsumexp", (x,), _axes(axis, keepdims))


def softmax(x: ArrayLike, /, axis: int = -1) -> Array:
    """exp(x - max) divided by its sum along an axis."""
    return apply("softmax", (x,), dictionary(axis=i64(axis)))


def log_softmax(x: ArrayLike, /, axis: int = -1) -> Array:
    """The logarithm of dlc.softmax, without overflow."""
    return apply("log_softmax", (x,), dictionary(axis=i64(axis)))


for _name in ("sum", "prod", "mean", "var", "std", "max", "min", "all", "any"):
    setattr(Array, _name, globals()[_name])
