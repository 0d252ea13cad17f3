"""What ops mean, in NumPy: the functions that the `oracle` fields of op rows name, on values (see element_types).

Floats come as float64 or longdouble, wide enough for the result to be rounded afterwards; what NumPy and SciPy have in
double precision only is computed by mpmath for longdouble.
"""

import fractions

import mpmath
import numpy as np
import scipy.special
from element_types import Element


def is_float(x: np.ndarray) -> bool:
    return np.asarray(x).dtype.kind in "fc"


def to_complex(re, im):
    """re + im i, whatever the parts are."""
    result = np.empty(np.shape(re), np.clongdouble if _is_wide(re) else np.complex128)
    result.real, result.imag = re, im
    return result


def by_mpmath(function, x: np.ndarray) -> np.ndarray:
    """A function of mpmath on the finite elements of a longdouble array of f64 values; equal elements once."""

    def one(value):
        if not np.isfinite(value):
            return np.longdouble(value)
        result = function(mpmath.mpf(float(value)))
        high = float(result)
        return np.longdouble(high) + np.longdouble(float(result - high)) if np.isfinite(high) else np.longdouble(high)

    distinct, places = np.unique(x, return_inverse=True)
    with mpmath.workdps(30):
        answers = np.array([one(v) for v in distinct], np.longdouble)
    return answers[places].reshape(x.shape)


def erf(x):
    if not _is_wide(x):
        return scipy.special.erf(x)
    return np.where(x == 0, x, np.where(np.isinf(x), np.sign(x), by_mpmath(mpmath.erf, x)))


def erfinv(x):
    if not _is_wide(x):
        return np.where(x == 0, x, scipy.special.erfinv(x))
    inner = np.abs(x) < 1
    result = by_mpmath(mpmath.erfinv, np.where(inner, x, 0))
    return np.where(x == 0, x, np.where(inner, result, np.where(np.abs(x) == 1, x * np.inf, np.nan)))


def lgamma(x):
    if not _is_wide(x):
        return scipy.special.gammaln(np.where(x == -np.inf, np.inf, x))
    is_pole = (x <= 0) & (x == np.floor(x))
    result = by_mpmath(lambda v: mpmath.loggamma(v).real, _off(x, is_pole))
    return np.where(is_pole | np.isinf(x), np.inf, result)


def digamma(x):
    is_pole = (x <= 0) & (x == np.floor(x))
    off = _off(x, is_pole | (x == -np.inf))
    result = by_mpmath(mpmath.digamma, off) if _is_wide(x) else scipy.special.digamma(off)
    return np.where(x == 0, np.copysign(np.inf, -x), np.where(is_pole | (x == -np.inf), np.nan, result))


def trigamma(x):
    is_pole = (x <= 0) & (x == np.floor(x))

    def value(v):
        if v > 0:
            return mpmath.psi(1, v)
        return (mpmath.pi / mpmath.sinpi(v)) ** 2 - mpmath.psi(1, 1 - v)

    result = by_mpmath(value, _off(x, is_pole | np.isinf(x)).astype(np.longdouble)).astype(x.dtype)
    return np.where(x == -np.inf, np.nan, np.where(x == np.inf, 0, np.where(is_pole, np.inf, result)))


def log1p(x):
    """NumPy's of complex numbers has few digits near 0."""
    if not np.iscomplexobj(x):
        return np.log1p(x)
    near = np.log1p(x.real * (x.real + 2) + x.imag * x.imag) / 2
    small = (np.abs(x.real) < 0.5) & (np.abs(x.imag) < 0.5)
    return to_complex(np.where(small, near, np.log(x + 1).real), np.arctan2(x.imag, x.real + 1))


def power(x, y):
    """Of complex numbers, 0 to a power with a positive real part is 0, to another one but 0 NaN."""
    if not np.iscomplexobj(x):
        return np.power(x, y)
    of_zero = np.where(y.real > 0, 0, np.nan + 1j * np.nan)
    general = np.exp(y * np.log(np.where(x == 0, 1, x)))
    return np.where(y == 0, 1, np.where(x == 0, of_zero, general))


def _is_wide(x) -> bool:
    return x.dtype == np.longdouble


def _off(x, avoid):
    return np.where(avoid, np.ones_like(x), x)


def divide(x, y):
    """Integers truncate; by 0 gives 0, and the lowest by -1 wraps."""
    if is_float(x):
        return x / y
    safe = np.where(y == 0, np.ones_like(y), y)
    minus = y == (np.array(-1).astype(y.dtype) if y.dtype.kind == "i" else 0)
    safe = np.where(minus, np.ones_like(y), safe)
    quotient = np.abs(x.astype(object)) // np.abs(safe.astype(object))
    quotient = np.where((x < 0) != (safe < 0), -quotient, quotient).astype(x.dtype)
    return np.where(y == 0, np.zeros_like(x), np.where(minus, np.zeros_like(x) - x, quotient))


def remainder(x, y):
    """The remainder with the dividend's sign; of integers, by 0 and by -1 it is 0."""
    if is_float(x):
        return np.fmod(x, y)
    return np.where(y == 0, np.zeros_like(x), x - divide(x, y) * y)


def maximum(x, y):
    """NaN if one is; -0 is below +0."""
    if not is_float(x):
        return np.maximum(x, y)
    return np.where((x == 0) & (y == 0), np.where(np.signbit(x), y, x), np.maximum(x, y))


def minimum(x, y):
    return np.minimum(x, y) if not is_float(x) else -maximum(-x, -y)


def modulo_width(count):
    """Shift counts modulo the width of their type."""
    return count & np.array(8 * count.dtype.itemsize - 1, count.dtype)


def fma(x, y, z):
    """x * y + z; in longdouble by rational arithmetic, since the product of two f64 does not fit."""
    if not _is_wide(x):
        return x * y + z
    result = x * y + z

    def exact(a, b, c, rounded):
        if not np.isfinite(rounded) or rounded == 0 or not np.isfinite(float(rounded)):
            return rounded
        total = fractions.Fraction(float(a)) * fractions.Fraction(float(b)) + fractions.Fraction(float(c))
        high = float(total)
        return np.longdouble(high) + np.longdouble(float(total - fractions.Fraction(high)))

    flat = [exact(*v) for v in zip(x.ravel(), y.ravel(), z.ravel(), result.ravel())]
    return np.array(flat, np.longdouble).reshape(x.shape)


def compare(predicate: str, x, y):
    return {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater}.get(
        predicate, np.greater_equal
    )(x, y)


def cast(x, to: Element):
    """Values of another type; rounding to a float is left to the comparison of results."""
    if to.kind == "b":
        return x != 0
    if to.kind == "c":
        return x.astype(to.wide)
    if to.kind == "f":
        return x.astype(to.wide if x.dtype.kind == "f" or x.dtype == bool else np.longdouble)
    if not is_float(x):
        return to.wrap(x)
    low, high = to.limits
    whole = np.trunc(np.where(np.isnan(x), 0, x)).astype(np.longdouble)
    inside = (whole >= np.longdouble(low)) & (whole <= np.longdouble(high))
    safe = np.where(inside, whole, 0)
    # Through 64 bits by halves, since longdouble to uint64 is exact only where the value fits int64.
    upper = np.floor(safe / 2**32)
    bits = upper.astype(np.int64).astype(np.uint64) << np.uint64(32)
    bits += (safe - upper * 2**32).astype(np.uint64)
    limit = np.where(whole < 0, np.array(low, to.storage), np.array(high, to.storage))
    return np.where(inside, bits.astype(to.storage), limit)


NAMES = {
    name: value
    for name, value in globals().items()
    if callable(value) and not name.startswith("_") and not isinstance(value, type)
} | {"np": np}
