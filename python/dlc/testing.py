"""Comparing results exactly: dlc promises one answer, bit for bit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from dlc import _array


def canonical(array) -> np.ndarray:
    """The elements with every NaN as the canonical quiet NaN: all NaNs count as equal (numerics N1)."""
    elements = np.ascontiguousarray(array.numpy() if isinstance(array, _array.Array) else array)
    if elements.dtype.name.startswith(("float", "bfloat")) and np.isnan(elements).any():
        elements = elements.copy()
        elements[np.isnan(elements)] = np.nan
    return elements


def digest(arrays) -> str:
    """The SHA-256 of element types, shapes and elements, in order, as hex.

    Args:
        arrays: An array, or arrays in lists, tuples and dicts (in the order of their keys).

    Returns:
        The digest; equal for arrays with equal bits, where all NaNs count as equal.

    Example:
        >>> import dlc
        >>> digest(dlc.asarray([1.0])) == digest(dlc.asarray([0.5]) * 2)
        True
    """
    state = hashlib.sha256()
    for array in _leaves(arrays):
        elements = canonical(array)
        kind = elements.dtype.str if elements.dtype.isbuiltin == 1 else elements.dtype.name
        state.update(f"{kind}{elements.shape}".encode())
        state.update(elements.tobytes())
    return state.hexdigest()


def _leaves(arrays) -> Iterable:
    if isinstance(arrays, dict):
        for key in sorted(arrays):
            yield from _leaves(arrays[key])
    elif isinstance(arrays, (list, tuple)):
        for part in arrays:
            yield from _leaves(part)
    else:
        yield arrays


def _bits(elements: np.ndarray) -> np.ndarray:
    if elements.dtype.name in ("int4", "uint4"):  # of their bytes only the low bits count
        elements = elements.astype(np.int8)
    return elements.reshape(-1).view(np.uint8)


def assert_equal(actual, expected) -> None:
    """Raises AssertionError unless both have the same element type, shape and bits; all NaNs count as equal."""
    a, b = canonical(actual), canonical(expected)
    assert a.dtype == b.dtype and a.shape == b.shape, f"expected {b.dtype} {b.shape}, but got {a.dtype} {a.shape}"
    bits_a, bits_b = _bits(a), _bits(b)
    if not np.array_equal(bits_a, bits_b):
        at = int(np.argmax((bits_a != bits_b).reshape(a.size, -1).any(axis=1)))
        raise AssertionError(
            f"expected equal bits, but element {at} is {a.reshape(-1)[at]!r}, not {b.reshape(-1)[at]!r}"
        )
