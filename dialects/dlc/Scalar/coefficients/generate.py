"""Prints the tables of Coefficients.h: python3 generate.py [NAME...] (all tables without a name).

Each table is the polynomial of one scalar program, lowest power first; the comment gives log2 of its weighted error.
"""

import functools
import sys

import mpmath as mp
from remez import fit, powers, round_to

LN2_HALF = mp.log(2) / 2 * mp.mpf("1.001")
TABLES = {}


def table(name, bits):
    """Registers the function as the maker of the table `name`, whose numbers have `bits` binary digits."""

    def register(make):
        TABLES[name] = (make, bits)
        return make

    return register


def relative(g):
    return lambda x: 1 / g(x)


def guard(function, at_zero):
    """`function` with its limit near 0, where the quotient would cancel."""
    return lambda x: at_zero(x) if abs(x) < mp.mpf(10) ** -15 else function(x)


# exp(r) = 1 + r + r^2 q(r): the weight is the share of q in the result.
def exp_tail(count, bits):
    g = guard(lambda r: (mp.exp(r) - 1 - r) / r**2, lambda r: mp.mpf(1) / 2 + r / 6)
    return fit(g, lambda r: r**2 / mp.exp(r), powers(count), -LN2_HALF, LN2_HALF, [bits] * count)


def even(name_function, count, high, bits, weight=None):
    """g(x^2) as a polynomial in z = x^2 on [0, high^2], by relative error unless weighted."""
    g = name_function
    return fit(g, weight or relative(g), powers(count), 0, mp.mpf(high) ** 2, [bits] * count)


@table("expF32", 24)
def _(bits):
    return exp_tail(5, bits)


@table("expF64", 53)
def _(bits):
    return exp_tail(10, bits)


# expm1(r) = r + r^2 q(r).
def expm1_tail(count, bits):
    g = guard(lambda r: (mp.exp(r) - 1 - r) / r**2, lambda r: mp.mpf(1) / 2 + r / 6)
    return fit(g, lambda r: r**2 / mp.expm1(r) if r else mp.mpf(0), powers(count), -LN2_HALF, LN2_HALF, [bits] * count)


@table("expm1F32", 24)
def _(bits):
    return expm1_tail(6, bits)


@table("expm1F64", 53)
def _(bits):
    return expm1_tail(11, bits)


# 2^r = 1 + r q(r) on [-1/2, 1/2].
def exp2_tail(count, bits):
    g = guard(lambda r: (mp.mpf(2) ** r - 1) / r, lambda r: mp.log(2) + r * mp.log(2) ** 2 / 2)
    half = mp.mpf("0.501")
    return fit(g, lambda r: r / mp.mpf(2) ** r, powers(count), -half, half, [bits] * count)


@table("exp2F32", 24)
def _(bits):
    return exp2_tail(6, bits)


@table("exp2F64", 53)
def _(bits):
    return exp2_tail(12, bits)


# log(1 + f) = f - f^2/2 + f^3 q(f) on [sqrt(1/2) - 1, sqrt(2) - 1].
def log1p_tail(f):
    if abs(f) < mp.mpf(10) ** -12:
        return mp.mpf(1) / 3 - f / 4 + f**2 / 5
    return (mp.log1p(f) - f + f**2 / 2) / f**3


def log_weight(f):
    return f**3 / mp.log1p(f) if f else mp.mpf(0)


SQRT_HALF = mp.sqrt(mp.mpf(1) / 2)


@table("logF32", 24)
def _(bits):
    return fit(log1p_tail, log_weight, powers(9), SQRT_HALF - 1, 1 / SQRT_HALF - 1, [bits] * 9)


# log(1 + f) = 2 atanh(s), s = f / (2 + f): log = f - f^2/2 + s (f^2/2 + z q(z)), z = s^2.
def atanh_tail(z):
    if z < mp.mpf(10) ** -12:
        return mp.mpf(2) / 3 + 2 * z / 5
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) / s - 2) / z


@table("logF64", 53)
def _(bits):
    s = (1 / SQRT_HALF - 1) / (1 / SQRT_HALF + 1) * mp.mpf("1.0001")
    return even(atanh_tail, 7, s, bits, lambda z: z / (2 + z * atanh_tail(z)))


# log2(1 + f) = f log2(e) + f^2 q(f).
def log2_tail(f):
    if abs(f) < mp.mpf(10) ** -12:
        return (-mp.mpf(1) / 2 + f / 3) / mp.log(2)
    return (mp.log1p(f) - f) / f**2 / mp.log(2)


@table("log2F32", 24)
def _(bits):
    def weight(f):
        return f**2 * mp.log(2) / mp.log1p(f) if f else mp.mpf(0)

    return fit(log2_tail, weight, powers(10), SQRT_HALF - 1, 1 / SQRT_HALF - 1, [bits] * 10)


# tanh(x) = x + x^3 q(x^2) for small x.
def tanh_tail(z):
    if z < mp.mpf(10) ** -12:
        return -mp.mpf(1) / 3 + 2 * z / 15
    x = mp.sqrt(z)
    return (mp.tanh(x) / x - 1) / z


@table("tanhF32", 24)
def _(bits):
    return even(tanh_tail, 5, "0.5626", bits, lambda z: z / (1 + z * tanh_tail(z)))


@table("tanhF64", 53)
def _(bits):
    return even(tanh_tail, 11, "0.5626", bits, lambda z: z / (1 + z * tanh_tail(z)))


# sinh(x) = x + x^3 q(x^2) for |x| <= 1.
def sinh_tail(z):
    if z < mp.mpf(10) ** -12:
        return mp.mpf(1) / 6 + z / 120
    x = mp.sqrt(z)
    return (mp.sinh(x) / x - 1) / z


@table("sinhF32", 24)
def _(bits):
    return even(sinh_tail, 4, "1.0001", bits, lambda z: z / (1 + z * sinh_tail(z)))


@table("sinhF64", 53)
def _(bits):
    return even(sinh_tail, 8, "1.0001", bits, lambda z: z / (1 + z * sinh_tail(z)))


# erf(x) = x + x p(x^2) for |x| <= 1.
def erf_tail(z):
    if z < mp.mpf(10) ** -20:
        return 2 / mp.sqrt(mp.pi) * (1 - z / 3) - 1
    x = mp.sqrt(z)
    return mp.erf(x) / x - 1


@table("erfSmallF32", 24)
def _(bits):
    return even(erf_tail, 7, "1.0001", bits, lambda z: 1 / (1 + erf_tail(z)))


@table("erfSmallF64", 53)
def _(bits):
    return even(erf_tail, 13, "1.0001", bits, lambda z: 1 / (1 + erf_tail(z)))


# erf(x) = 1 - exp(-q(x)) for x >= 1: an error d of q is an error d erfc(x) of the result.
def erf_large(count, high, bits):
    return fit(
        lambda x: -mp.log(mp.erfc(x)),
        lambda x: mp.erfc(x) / mp.erf(x),
        powers(count),
        mp.mpf("0.9999"),
        high,
        [bits] * count,
    )


@table("erfLargeF32", 24)
def _(bits):
    return erf_large(7, mp.mpf("3.95"), bits)


@table("erfLargeF64", 53)
def _(bits):
    return erf_large(17, mp.mpf("5.95"), bits)


# sin(x) = x + x^3 q(x^2), cos(x) = 1 - x^2/2 + x^4 q(x^2) for |x| <= pi/4.
def sin_tail(z):
    if z < mp.mpf(10) ** -12:
        return -mp.mpf(1) / 6 + z / 120
    x = mp.sqrt(z)
    return (mp.sin(x) / x - 1) / z


def cos_tail(z):
    if z < mp.mpf(10) ** -12:
        return mp.mpf(1) / 24 - z / 720
    return (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2


QUARTER_PI = mp.pi / 4 * mp.mpf("1.02")


@table("sinF32", 24)
def _(bits):
    return even(sin_tail, 3, QUARTER_PI, bits, lambda z: z / (1 + z * sin_tail(z)))


@table("sinF64", 53)
def _(bits):
    return even(sin_tail, 6, QUARTER_PI, bits, lambda z: z / (1 + z * sin_tail(z)))


@table("cosF32", 24)
def _(bits):
    return even(cos_tail, 3, QUARTER_PI, bits, lambda z: z**2)


@table("cosF64", 53)
def _(bits):
    return even(cos_tail, 6, QUARTER_PI, bits, lambda z: z**2)


# The rest of 2 atanh(s) = 2 s + s z (2/3 + z q(z)), z = s^2, to the precision of two words.
def pow_tail(z):
    if z < mp.mpf(10) ** -10:
        return mp.mpf(2) / 5 + 2 * z / 7 + 2 * z * z / 9
    return (atanh_tail(z) - mp.mpf(2) / 3) / z


@table("powF64", 53)
def _(bits):
    s = (1 / SQRT_HALF - 1) / (1 / SQRT_HALF + 1) * mp.mpf("1.0001")
    return even(pow_tail, 8, s, bits, lambda z: z**2 / 2)


# atan(t) = t + t^3 q(t^2) for |t| <= 1/2.
def atan_tail(z):
    if z < mp.mpf(10) ** -12:
        return -mp.mpf(1) / 3 + z / 5
    t = mp.sqrt(z)
    return (mp.atan(t) / t - 1) / z


@table("atanF32", 24)
def _(bits):
    return even(atan_tail, 5, "0.5001", bits, lambda z: z / (1 + z * atan_tail(z)))


@table("atanF64", 53)
def _(bits):
    return even(atan_tail, 12, "0.5001", bits, lambda z: z / (1 + z * atan_tail(z)))


# asin(t) = t + t^3 q(t^2) for |t| <= 1/2.
def asin_tail(z):
    if z < mp.mpf(10) ** -12:
        return mp.mpf(1) / 6 + 3 * z / 40
    t = mp.sqrt(z)
    return (mp.asin(t) / t - 1) / z


@table("asinF32", 24)
def _(bits):
    return even(asin_tail, 5, "0.5001", bits, lambda z: z / (1 + z * asin_tail(z)))


@table("asinF64", 53)
def _(bits):
    return even(asin_tail, 12, "0.5001", bits, lambda z: z / (1 + z * asin_tail(z)))


# erfinv(x) / x as a function of w = -log(1 - x^2), or of sqrt(w), about a centre.
@functools.cache
def erfinv_ratio(w):
    if w < mp.mpf(10) ** -12:
        return mp.sqrt(mp.pi) / 2 * (1 + mp.pi * w / 12)
    x = mp.sqrt(-mp.expm1(-w))
    return mp.erfinv(x) / x


def erfinv_on(count, low, high, variable, bits):
    """erfinv(x) / x by t in [-1, 1], where variable(w), the identity or the root, is t * half + centre."""
    low, high = variable(mp.mpf(low)), variable(mp.mpf(high))
    centre, half = (low + high) / 2, (high - low) / 2
    inverse = (lambda v: v) if variable is identity else (lambda v: v * v)

    def g(t):
        return erfinv_ratio(inverse(t * half + centre))

    return fit(g, relative(g), powers(count), -1, 1, [bits] * count, together=True)


def identity(w):
    return w


# f32 computes erfinv in f64.
@table("erfinvCentreF32", 53)
def _(bits):
    return erfinv_on(12, 0, 5, identity, bits)


@table("erfinvOuterF32", 53)
def _(bits):
    return erfinv_on(11, 5, 16, mp.sqrt, bits)


@table("erfinvCentreF64", 53)
def _(bits):
    # By t = w / 2 in [0, 1]: small arguments meet only the first coefficient.
    def g(t):
        return erfinv_ratio(2 * t)

    return fit(g, relative(g), powers(18), 0, 1, [bits] * 18)


@table("erfinvInnerF64", 53)
def _(bits):
    return erfinv_on(20, 2, 6.25, mp.sqrt, bits)


@table("erfinvMiddleF64", 53)
def _(bits):
    return erfinv_on(22, 6.25, 16, mp.sqrt, bits)


@table("erfinvOuterF64", 53)
def _(bits):
    return erfinv_on(20, 16, 37, mp.sqrt, bits)


# lgamma(2 + y) / y on [-1/2, 1] and lgamma(1 + d) / d on [-1/2, 1/2], by variables in [-1, 1].
def lgamma_ratio(offset, y):
    if abs(y) < mp.mpf(10) ** -20:
        return mp.digamma(offset)
    return mp.loggamma(offset + y) / y


def on_unit(g, count, low, high, bits):
    centre, half = (mp.mpf(low) + high) / 2, (mp.mpf(high) - low) / 2

    def moved(t):
        return g(t * half + centre)

    return fit(moved, relative(moved), powers(count), -1, 1, [bits] * count, together=True)


@table("lgammaNearTwo", 53)
def _(bits):
    return on_unit(lambda y: lgamma_ratio(2, y), 23, mp.mpf("-0.5"), 1, bits)


@table("lgammaNearOne", 53)
def _(bits):
    return on_unit(lambda d: lgamma_ratio(1, d), 29, mp.mpf("-0.5"), mp.mpf("0.5"), bits)


# x (lgamma(x) - (x - 1/2) log x + x - log(2 pi) / 2) by z = 1 / x^2 for x >= 8.
@functools.cache
def stirling(z):
    if z == 0:
        return mp.mpf(1) / 12
    x = 1 / mp.sqrt(z)
    with mp.workdps(90):
        return x * (mp.loggamma(x) - (x - mp.mpf(1) / 2) * mp.log(x) + x - mp.log(2 * mp.pi) / 2)


@table("lgammaStirling", 53)
def _(bits):
    return fit(stirling, lambda z: mp.mpf(1), powers(7), mp.mpf(10) ** -8, mp.mpf(1) / 64, [bits] * 7)


# digamma(x) / (x - root) on [1, 3], by x - 2.
def digamma_root():
    return mp.findroot(mp.digamma, mp.mpf("1.4616321449683623412626595423257213"))


@table("digammaNearRoot", 53)
def _(bits):
    root = digamma_root()

    def g(t):
        x = t + 2
        return mp.digamma(x) / (x - root) if abs(x - root) > mp.mpf(10) ** -20 else mp.psi(1, root)

    return fit(g, relative(g), powers(29), -1, 1, [bits] * 29, together=True)


# x^2 (log x - 1 / (2 x) - digamma(x)) by z = 1 / x^2 for x >= 8.
@functools.cache
def digamma_tail(z):
    if z == 0:
        return mp.mpf(1) / 12
    x = 1 / mp.sqrt(z)
    with mp.workdps(90):
        return x * x * (mp.log(x) - 1 / (2 * x) - mp.digamma(x))


@table("digammaAsymptotic", 53)
def _(bits):
    return fit(digamma_tail, lambda z: mp.mpf(1), powers(7), mp.mpf(10) ** -8, mp.mpf(1) / 64, [bits] * 7)


# x^3 (trigamma(x) - 1 / x - 1 / (2 x^2)) by z = 1 / x^2 for x >= 8.
@functools.cache
def trigamma_tail(z):
    if z == 0:
        return mp.mpf(1) / 6
    x = 1 / mp.sqrt(z)
    with mp.workdps(90):
        return x**3 * (mp.psi(1, x) - 1 / x - 1 / (2 * x * x))


@table("trigammaAsymptotic", 53)
def _(bits):
    return fit(trigamma_tail, lambda z: mp.mpf(1), powers(7), mp.mpf(10) ** -8, mp.mpf(1) / 64, [bits] * 7)


def words(value, count, bits):
    """`value` as a sum of `count` floats of `bits` digits each."""
    parts = []
    for _ in range(count):
        parts.append(round_to(value, bits))
        value -= parts[-1]
    return parts


def print_words():
    """The constants that are digits of pi: pi/2 in floats, and 2/pi in exact parts for the reduction of angles."""
    mp.mp.dps = 500
    for name, bits in ("halfPiF32", 24), ("halfPiF64", 53):
        print(f"inline constexpr double {name}[] = {{{', '.join(float(w).hex() for w in words(mp.pi / 2, 3, bits))}}};")
    root = ", ".join(float(w).hex() for w in words(digamma_root(), 2, 53))
    print(f"inline constexpr double digammaRoot[] = {{{root}}};")
    quotient = 2 / mp.pi
    parts = [
        mp.floor(mp.ldexp(quotient, 28 * (k + 1))) - mp.ldexp(mp.floor(mp.ldexp(quotient, 28 * k)), 28)
        for k in range(7)
    ]
    print("inline constexpr double twoOverPiParts[] = {")
    for k, part in enumerate(parts):
        print(f"    {float(mp.ldexp(part, -28 * (k + 1))).hex()},")
    print("};\ninline constexpr uint64_t twoOverPiWords[] = {")
    digits = int(mp.floor(mp.ldexp(quotient, 19 * 64)))
    for k in range(19):
        print(f"    0x{digits >> 64 * (18 - k) & (1 << 64) - 1:016x},")
    print("};")


def hexadecimal(value, bits):
    """`value` as a hexadecimal literal; with at most 53 bits Python's float holds it exactly."""
    return float(value).hex()


def main():
    if not sys.argv[1:] or "words" in sys.argv[1:]:
        print_words()
        mp.mp.dps = 50
    for name in [name for name in sys.argv[1:] if name != "words"] or (TABLES if not sys.argv[1:] else []):
        make, bits = TABLES[name]
        coefficients, worst = make(bits)
        print(f"/// Error 2^{float(mp.log(worst, 2)):.1f}.")
        print(f"inline constexpr double {name}[] = {{")
        for c in coefficients:
            print(f"    {hexadecimal(c, bits)},")
        print("};", flush=True)


if __name__ == "__main__":
    main()
