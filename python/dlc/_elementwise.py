"""The Array API's elementwise functions: operands are broadcast and promoted."""

from __future__ import annotations

from dlc import _array, _dtypes
from dlc._array import Array, ArrayLike, array_of
from dlc._dtypes import DType
from dlc._inspection import result_type
from dlc._tracing import apply

__all__ = [
    "add",
    "astype",
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "clip",
    "divide",
    "equal",
    "floor_divide",
    "gelu",
    "greater",
    "greater_equal",
    "hypot",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "log10",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "nextafter",
    "not_equal",
    "positive",
    "pow",
    "reciprocal",
    "remainder",
    "sign",
    "signbit",
    "softplus",
    "square",
    "stop_gradient",
    "subtract",
    "where",
]


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
bitwise_left_shift = _elementwise("bitwise_left_shift", "bitwise_left_shift", 2, "The bits of x1 moved up by x2")
bitwise_right_shift = _elementwise(
    "bitwise_right_shift", "bitwise_right_shift", 2, "The bits of x1 moved down by x2; the sign stays"
)
hypot = _elementwise("hypot", "hypot", 2, "sqrt(x1 * x1 + x2 * x2) without overflow")
log10 = _elementwise("log10", "log10", 1, "The logarithm to base 10, exact for powers of 10")
logaddexp = _elementwise("logaddexp", "logaddexp", 2, "log(exp(x1) + exp(x2)) without overflow")
nextafter = _elementwise("nextafter", "nextafter", 2, "The float next to x1 in the direction of x2")
reciprocal = _elementwise("reciprocal", "reciprocal", 1, "The quotient 1 / x")
signbit = _elementwise("signbit", "signbit", 1, "Whether x is negative or -0; NaN is not")
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
    array = array_of(x)
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


def isclose(
    x1: ArrayLike, x2: ArrayLike, /, *, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Array:
    """Where |x1 - x2| <= atol + rtol * |x2|, or both are the same infinity.

    Args:
        x1, x2: The arrays; they are broadcast.
        rtol: The distance relative to x2.
        atol: The distance.
        equal_nan: Whether NaN is close to NaN.

    Returns:
        An array of bool.
    """
    x1, x2 = array_of(x1), array_of(x2)
    if x1.dtype.kind in "biu" and x2.dtype.kind in "biu":
        x1, x2 = x1.astype(_dtypes.float64), x2.astype(_dtypes.float64)
    near = less_equal(apply("abs", (subtract(x1, x2),)), atol + rtol * apply("abs", (x2,)))
    is_close = logical_or(equal(x1, x2), logical_and(near, apply("is_finite", (x2,))))
    if equal_nan:
        is_close = logical_or(is_close, logical_and(isnan(x1), isnan(x2)))
    return is_close


def sign(x: ArrayLike, /) -> Array:
    """-1, 0 or 1; NaN stays, and a zero keeps its sign. Of complex numbers x / |x|, and 0 of 0."""
    x = array_of(x)
    if x.dtype.kind != "c":
        return apply("sign", (x,))
    return where(equal(x, 0), 0, divide(x, apply("abs", (x,))))


def positive(x: ArrayLike, /) -> Array:
    """A copy of x."""
    return array_of(x).copy()


def square(x: ArrayLike, /) -> Array:
    """The product x * x."""
    return apply("mul", (x, x))


def pow(x1: ArrayLike, x2: ArrayLike, /) -> Array:  # noqa: A001
    """x1 to the power x2; an exponent of the literal 2 is x1 * x1 (numerics N2).

    Args:
        x1: The base.
        x2: The exponent. Integers to a negative power are 1 / x1 ** -x2 rounded toward zero; 0 gives 0 there.

    Returns:
        The power; of integers, modulo 2 to the width.

    Raises:
        TypeError: If an integer array is raised to a negative literal.
    """
    if _array.are_numbers(x1, x2):
        return _array.apply_operator("pow", x1, x2)
    is_literal = type(x2) in (int, float)
    base = x1 if type(x1) in (bool, int, float) else array_of(x1)
    if is_literal and x2 == 2 and (isinstance(x2, int) or not isinstance(base, Array) or base.dtype.kind in "fc"):
        return square(base)
    exponent = x2 if is_literal else array_of(x2)
    base_kind = base.dtype.kind if isinstance(base, Array) else _dtypes.of_scalar(base).kind
    exponent_kind = _dtypes.of_scalar(exponent).kind if is_literal else exponent.dtype.kind
    if base_kind in "iub" and exponent_kind in "iub":
        if not is_literal:
            return _integer_powers(base, exponent)
        if exponent < 0:
            raise TypeError(f"expected an exponent of 0 or more for an integer base, but got {exponent}")
        return _integer_power(array_of(base) * 1, exponent)
    return apply("pow", (base, exponent))


def _integer_power(base: Array, exponent: int) -> Array:
    result = None
    while exponent:
        if exponent & 1:
            result = base if result is None else result * base
        exponent >>= 1
        base = base * base if exponent else base
    return base * 0 + 1 if result is None else result


def _integer_powers(base: ArrayLike, exponent: Array) -> Array:
    """By squaring, as many times as an exponent has bits."""
    kind = result_type(base, exponent)
    base, exponent = array_of(base).astype(kind), exponent.astype(kind)
    is_negative = less(exponent, 0)
    inverse = where(equal(base, 1), 1, where(equal(base, -1), 1 - 2 * (exponent & 1), 0)) if kind.kind == "i" else None
    result = base * 0 + 1
    for bit in range(8 * kind.itemsize - (kind.kind == "i")):
        result = where(not_equal((exponent >> bit) & 1, 0), result * base, result)
        base = base * base
    return result if inverse is None else where(is_negative, inverse, result)


def where(condition: ArrayLike, x1: ArrayLike, x2: ArrayLike, /) -> Array:
    """x1 where the condition holds, else x2; all are broadcast, x1 and x2 promoted."""
    return apply("select", (_as_bool(condition), x1, x2))


def clip(x: ArrayLike, /, min: ArrayLike | None = None, max: ArrayLike | None = None) -> Array:  # noqa: A002
    """x limited to [min, max]; a limit of None is none."""
    if min is not None and max is not None:
        return apply("clamp", (x, min, max))
    if min is not None:
        return maximum(x, min)
    return array_of(x) if max is None else minimum(x, max)


def astype(x: Array, dtype: DType, /, *, copy: bool = True, device: str | None = None) -> Array:
    """x with its elements cast to another type; `copy=False` gives x itself if it has the type."""
    _array.check_device(device)
    x = array_of(x)
    return x if not copy and x.dtype is _dtypes.dtype(dtype) else x.astype(dtype)


def stop_gradient(x: ArrayLike, /) -> Array:
    """x, as a constant to differentiation."""
    return apply("stop_gradient", (x,))


Array.clip = clip
Array.__pow__ = lambda self, other: pow(self, other) if _array.is_operand(other) else NotImplemented
Array.__rpow__ = lambda self, other: pow(other, self) if _array.is_operand(other) else NotImplemented
