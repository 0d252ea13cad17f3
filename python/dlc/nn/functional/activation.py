"""Activations, softmax and dropout."""

import dlc
from dlc._attributes import dictionary, string
from dlc._tracing import apply


def relu(input):
    """max(x, 0); NaN stays NaN."""
    return dlc.relu(input)


def leaky_relu(input, negative_slope=0.01):
    """x where x > 0, else x * negative_slope."""
    return dlc.where(input > 0, input, input * negative_slope)


def gelu(input, approximate="none"):
    """x * Phi(x), by erf ('none') or by its tanh approximation ('tanh')."""
    if approximate not in ("none", "tanh"):
        raise ValueError(f"expected approximate to be 'none' or 'tanh', but got {approximate!r}")
    return apply("gelu", (input,), dictionary(approximate=string(approximate)))


def silu(input):
    """x * sigmoid(x)."""
    return input * dlc.sigmoid(input)


def tanh(input):
    """The hyperbolic tangent."""
    return dlc.tanh(input)


def sigmoid(input):
    """1 / (1 + exp(-x))."""
    return dlc.sigmoid(input)


def softmax(input, dim=-1):
    """exp(x - max) / sum(exp(x - max)) along an axis."""
    return dlc.softmax(input, axis=dim)


def log_softmax(input, dim=-1):
    """The logarithm of softmax, without overflow."""
    return dlc.log_softmax(input, axis=dim)


def check_probability(p):
    """Raises ValueError unless 0 <= p <= 1."""
    if not 0 <= p <= 1:
        raise ValueError(f"expected a dropout probability between 0 and 1, but got {p}")


def dropout(input, p=0.5, training=True):
    """Zeroes elements with probability `p` and scales the others by 1 / (1 - p), by the default generator."""
    check_probability(p)
    if not training or p == 0:
        return input
    if p == 1:
        return dlc.zeros_like(input)
    keep = dlc.random.uniform(input.shape, dtype=input.dtype) >= p
    return dlc.where(keep, input * (1 / (1 - p)), dlc.zeros_like(input))
