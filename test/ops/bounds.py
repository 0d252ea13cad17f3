"""Running error analysis: values in a wide type, each with a bound on how far a computed value may be off.

A program written in these operations, every one of which rounds as the program under test does, yields a bound for each
element of its result that holds in any order of additions (N. J. Higham, Accuracy and Stability, 3.3): the error of an
operand is carried through exactly or by the slope of the function, and each operation adds its own rounding.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import oracles
from element_types import Element

# Functions are within 2 ulp (docs/numerics/functions.md), and an ulp is at most two unit roundoffs of the value.
_FUNCTION = 4


@dataclasses.dataclass
class Bounded:
    """Values, and how far off they may be; `element` is the type in which the program under test computes."""

    value: np.ndarray
    error: np.ndarray
    element: Element

    @staticmethod
    def of(stored, element: Element) -> Bounded:
        """Operands, which are exact."""
        value = np.asarray(stored)
        return Bounded(value, np.zeros_like(value), element)

    def like(self, value) -> Bounded:
        """A constant, rounded to the element type."""
        value = np.asarray(value, self.value.dtype)
        return self._rounded(value, np.zeros_like(value))

    def _rounded(self, value: np.ndarray, error: np.ndarray, roundoffs: float = 1) -> Bounded:
        u, least = self.element.epsilon / 2, 2.0 ** (self.element.least - self.element.precision + 1)
        error = error + 1.01 * roundoffs * (u * (np.abs(value) + error) + least)
        return Bounded(value, np.where(np.isfinite(value), error, 0), self.element)

    def _other(self, other) -> Bounded:
        return other if isinstance(other, Bounded) else self.like(other)

    # Exact: no rounding.

    def map(self, move: Callable[[np.ndarray], np.ndarray]) -> Bounded:
        """Elements moved: reshaped, transposed, repeated, sliced."""
        return Bounded(move(self.value), move(self.error), self.element)

    def where(self, condition: np.ndarray, otherwise: float) -> Bounded:
        return Bounded(np.where(condition, self.value, otherwise), np.where(condition, self.error, 0), self.element)

    def max(self, axis) -> Bounded:
        return Bounded(
            np.max(self.value, axis=axis, keepdims=True), np.max(self.error, axis=axis, keepdims=True), self.element
        )

    def __neg__(self) -> Bounded:
        return Bounded(-self.value, self.error, self.element)

    # One rounding.

    def __add__(self, other) -> Bounded:
        other = self._other(other)
        return self._rounded(self.value + other.value, self.error + other.error)

    def __sub__(self, other) -> Bounded:
        return self + -self._other(other)

    def _product_error(self, other: Bounded) -> np.ndarray:
        return np.abs(self.value) * other.error + np.abs(other.value) * self.error + self.error * other.error

    def __mul__(self, other) -> Bounded:
        other = self._other(other)
        return self._rounded(self.value * other.value, self._product_error(other))

    def __truediv__(self, other) -> Bounded:
        other = self._other(other)
        value = self.value / other.value
        return self._rounded(value, (self.error + np.abs(value) * other.error) / (np.abs(other.value) - other.error))

    def fma(self, factor: Bounded, term: Bounded) -> Bounded:
        return self._rounded(self.value * factor.value + term.value, self._product_error(factor) + term.error)

    def sum(self, axis) -> Bounded:
        """The sum in any order; the dims stay with extent 1."""
        terms = int(np.prod([self.value.shape[a] for a in axis]))
        sizes = np.sum(np.abs(self.value) + self.error, axis=axis, keepdims=True)
        error = np.sum(self.error, axis=axis, keepdims=True)
        return self._sum(np.sum(self.value, axis=axis, keepdims=True), error, sizes, terms)

    def mean(self, axis) -> Bounded:
        return self.sum(axis) / np.prod([self.value.shape[a] for a in axis], dtype=float)

    def dot(self, other: Bounded, subscripts: str, terms: int) -> Bounded:
        """A sum of `terms` products, in any order, fused or not."""

        def einsum(a, b):
            return np.einsum(subscripts, a, b)

        sizes = einsum(np.abs(self.value) + self.error, np.abs(other.value) + other.error)
        error = sizes - einsum(np.abs(self.value), np.abs(other.value))
        return self._sum(einsum(self.value, other.value), error, sizes, terms + 1)

    def _sum(self, value: np.ndarray, error: np.ndarray, sizes: np.ndarray, terms: int) -> Bounded:
        return self._rounded(value, error + 1.01 * terms * self.element.epsilon / 2 * sizes)

    # Functions.

    def _function(self, value: np.ndarray, error: np.ndarray) -> Bounded:
        return self._rounded(value, error, _FUNCTION)

    def exp(self) -> Bounded:
        value = np.exp(self.value)
        return self._function(value, value * np.expm1(self.error))

    def log(self) -> Bounded:
        return self._function(np.log(self.value), -np.log1p(-self.error / self.value))

    def rsqrt(self) -> Bounded:
        value = 1 / np.sqrt(self.value)
        return self._function(value, value * (1 / np.sqrt(1 - self.error / self.value) - 1))

    def tanh(self) -> Bounded:
        return self._function(np.tanh(self.value), self.error)  # the slope is at most 1

    def sigmoid(self) -> Bounded:
        return self._function(1 / (1 + np.exp(-self.value)), self.error / 4)

    def erf(self) -> Bounded:
        return self._function(oracles.erf(self.value), 1.13 * self.error)  # 2 / sqrt(pi)
