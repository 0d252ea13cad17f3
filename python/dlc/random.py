"""Random numbers from counters: the same stream on every device, for every schedule, in eager and jit alike.

A generator is an array (seed, counter) of which every op takes one counter, so it is ordinary state of a jit function.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlc import _dtypes, _signature, _tracing
from dlc._array import Array, asarray
from dlc._attributes import dictionary, dims, element
from dlc._dtypes import DType
from dlc._jit import jit


class Generator:
    """A stream of random numbers.

    Attributes:
        state: The array [seed, counter] of int64.
    """

    def __init__(self, seed: int = 0):
        self.state = asarray(np.array([seed, 0], np.int64))

    def seed(self, seed: int) -> None:
        """Starts the stream of a seed."""
        self.state.assign(asarray(np.array([seed, 0], np.int64)))

    def next(self) -> Array:
        """The state for one op; the generator advances."""
        current = self.state.copy()
        if _tracing.local.frame is None:
            # No compiler is needed to count.
            self.state.assign(asarray(current.numpy() + np.array([0, 1])))
        else:
            self.state.assign(current + asarray(np.array([0, 1], np.int64)))
        return current


default_generator = Generator()
_signature._generator.append(default_generator)


def seed(seed: int) -> None:
    """Starts the default generator's stream of a seed."""
    default_generator.seed(seed)


@jit
def _draw(name: str, state: Array, shape: tuple, dtype: DType, start: float, scale: float) -> Array:
    """start + scale * numbers of a standard distribution. Compiled once for each shape, and found in the cache then."""
    drawn = _tracing.apply(name, (state,), dictionary(shape=dims(shape), element=element(dtype)))
    return drawn * scale + start


def _shape(shape: int | Sequence[int]) -> tuple:
    return (shape,) if hasattr(shape, "__index__") else tuple(shape)


def uniform(
    shape: int | Sequence[int] = (),
    low: float = 0.0,
    high: float = 1.0,
    *,
    dtype: DType = _dtypes.float32,
    generator: Generator | None = None,
) -> Array:
    """Numbers of the uniform distribution over [low, high).

    Args:
        shape: The extents.
        low: The lower limit.
        high: The upper limit.
        dtype: A float type.
        generator: Where they come from; by default the default generator.

    Returns:
        The numbers.

    Example:
        >>> import dlc
        >>> dlc.random.seed(1)
        >>> a = uniform((3,))
        >>> bool(((a >= 0) & (a < 1)).all())
        True
    """
    state = (generator or default_generator).next()
    return _draw("dlc.uniform", state, _shape(shape), _dtypes.dtype(dtype), float(low), float(high - low))


def normal(
    shape: int | Sequence[int] = (),
    mean: float = 0.0,
    std: float = 1.0,
    *,
    dtype: DType = _dtypes.float32,
    generator: Generator | None = None,
) -> Array:
    """Numbers of the normal distribution with a mean and a standard deviation. See uniform."""
    state = (generator or default_generator).next()
    return _draw("dlc.normal", state, _shape(shape), _dtypes.dtype(dtype), float(mean), float(std))


def bernoulli(shape: int | Sequence[int] = (), p: float = 0.5, *, generator: Generator | None = None) -> Array:
    """True with probability p. See uniform."""
    return uniform(shape, generator=generator) < p


def randint(low: int, high: int, shape: int | Sequence[int] = (), *, generator: Generator | None = None) -> Array:
    """Integers of [low, high), each as likely as the precision of uniform f64 numbers allows. See uniform.

    Raises:
        TypeError: If a bound is no integer.
        ValueError: If the range is empty.
    """
    for name, bound in (("low", low), ("high", high)):
        if not hasattr(bound, "__index__"):
            raise TypeError(f"expected an integer {name!r}, but got {bound!r}")
    if low >= high:
        raise ValueError(f"expected 'low' below 'high', but got {low} and {high}")
    scaled = uniform(shape, dtype=_dtypes.float64, generator=generator) * (high - low)
    return scaled.astype(_dtypes.int64) + low


def permutation(n: int, *, generator: Generator | None = None) -> np.ndarray:
    """The numbers 0 to n - 1 in random order, as a NumPy array, made on the host: the order in which random bits sort.

    Args:
        n: How many numbers.
        generator: Where the bits come from; by default the default generator, which advances by one.

    Returns:
        A vector of int64.

    Raises:
        TypeError: In a function under trace, where the generator has no value.
    """
    key = (generator or default_generator).next().numpy().view(np.uint64)
    return np.argsort(np.random.Philox(key=key).random_raw(n), kind="stable")
