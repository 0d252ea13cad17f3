"""Random numbers by the rules of docs/numerics/functions.md: Philox 4x32-10 and its maps, in NumPy."""

import numpy as np
from element_types import Element

_MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def words(state: np.ndarray, count: int) -> list[np.ndarray]:
    """The four output words of elements 0, 1, ... for a state [seed, counter]."""
    seed, counter = state.astype(np.int64).view(np.uint64)
    element = np.arange(count, dtype=np.uint64)
    full = np.full(count, counter, np.uint64)
    c = [element & _LOW, element >> _HALF, full & _LOW, full >> _HALF]
    key = [seed & _LOW, seed >> _HALF]
    for _ in range(10):
        first, second = _MULTIPLIERS[0] * c[0], _MULTIPLIERS[1] * c[2]
        c = [(second >> _HALF) ^ c[1] ^ key[0], second & _LOW, (first >> _HALF) ^ c[3] ^ key[1], first & _LOW]
        key = [(key[0] + _WEYL[0]) & _LOW, (key[1] + _WEYL[1]) & _LOW]
    return c


def random_bits(w: list[np.ndarray], element: Element) -> np.ndarray:
    return w[0].astype(element.storage)


def _fraction(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    """The top 53 bits of high:low as a fraction."""
    return np.ldexp((((high << _HALF) | low) >> np.uint64(11)).astype(np.longdouble), -53)


def uniform(w: list[np.ndarray], element: Element) -> np.ndarray:
    if element.name == "f64":
        return _fraction(w[1], w[0])
    bits = element.precision
    return np.ldexp((w[0] >> np.uint64(32 - bits)).astype(element.wide), -bits)


def normal(w: list[np.ndarray], element: Element) -> np.ndarray:
    """sqrt(-2 ln u) cos(2 pi v), in longdouble of the rounded u and v."""
    if element.name == "f64":
        u = (_fraction(w[1], w[0]) + np.ldexp(np.longdouble(1), -54)).astype(np.float64).astype(np.longdouble)
        v = _fraction(w[3], w[2])
    else:
        u = np.ldexp(w[0].astype(np.float64) + 0.5, -32).astype(np.float32).astype(np.longdouble)
        v = np.ldexp((w[1] >> np.uint64(8)).astype(np.longdouble), -24)
    return (np.sqrt(-2 * np.log(u)) * np.cos(2 * np.longdouble("3.14159265358979323846264338328") * v)).astype(
        element.wide
    )
