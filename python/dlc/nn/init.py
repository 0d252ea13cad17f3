"""Initialisation: functions that write a parameter in place, with PyTorch's names, formulas and defaults.

Numbers come from the default generator (dlc.random.seed).
"""

import math

import dlc


def fans(tensor):
    """(fan_in, fan_out) of a weight `(out, in, ...)`."""
    if tensor.ndim < 2:
        raise ValueError(f"expected a weight of rank 2 or more, but got shape {tuple(tensor.shape)}")
    window = math.prod(tensor.shape[2:])
    return tensor.shape[1] * window, tensor.shape[0] * window


def calculate_gain(nonlinearity, param=None):
    """The factor by which a nonlinearity shrinks the standard deviation.

    Args:
        nonlinearity: 'linear', 'conv2d', 'sigmoid', 'tanh', 'relu', 'leaky_relu' or 'selu'.
        param: the negative slope of 'leaky_relu', 0.01 by default.
    """
    slope = 0.01 if param is None else param
    gains = {
        "linear": 1.0,
        "conv2d": 1.0,
        "sigmoid": 1.0,
        "tanh": 5.0 / 3,
        "relu": math.sqrt(2.0),
        "leaky_relu": math.sqrt(2.0 / (1 + slope**2)),
        "selu": 3.0 / 4,
    }
    if nonlinearity not in gains:
        raise ValueError(f"expected a nonlinearity of {', '.join(gains)}, but got {nonlinearity!r}")
    return gains[nonlinearity]


def _fan(tensor, mode):
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"expected mode 'fan_in' or 'fan_out', but got {mode!r}")
    return fans(tensor)[mode == "fan_out"]


def constant_(tensor, val):
    """Every element becomes `val`; returns the array."""
    tensor.assign(dlc.full(tensor.shape, val, dtype=tensor.dtype))
    return tensor


def zeros_(tensor):
    """Every element becomes 0; returns the array."""
    return constant_(tensor, 0)


def ones_(tensor):
    """Every element becomes 1; returns the array."""
    return constant_(tensor, 1)


def uniform_(tensor, a=0.0, b=1.0):
    """Uniform numbers from [a, b); returns the array."""
    tensor.assign(dlc.random.uniform(tensor.shape, a, b, dtype=tensor.dtype))
    return tensor


def normal_(tensor, mean=0.0, std=1.0):
    """Normal numbers; returns the array."""
    tensor.assign(dlc.random.normal(tensor.shape, mean, std, dtype=tensor.dtype))
    return tensor


def xavier_uniform_(tensor, gain=1.0):
    """Uniform within gain * sqrt(6 / (fan_in + fan_out)); returns the array."""
    bound = gain * math.sqrt(6.0 / sum(fans(tensor)))
    return uniform_(tensor, -bound, bound)


def xavier_normal_(tensor, gain=1.0):
    """Normal with standard deviation gain * sqrt(2 / (fan_in + fan_out)); returns the array."""
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / sum(fans(tensor))))


def kaiming_uniform_(tensor, a=0.0, mode="fan_in", nonlinearity="leaky_relu"):
    """Uniform within gain * sqrt(3 / fan); `a` is the negative slope after the layer. Returns the array."""
    bound = calculate_gain(nonlinearity, a) * math.sqrt(3.0 / _fan(tensor, mode))
    return uniform_(tensor, -bound, bound)


def kaiming_normal_(tensor, a=0.0, mode="fan_in", nonlinearity="leaky_relu"):
    """Normal with standard deviation gain / sqrt(fan); `a` is the negative slope after the layer. Returns the array."""
    return normal_(tensor, 0.0, calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode)))


def reset_weight_and_bias(weight, bias):
    """The default of Linear and Conv2d: both uniform within 1 / sqrt(fan_in)."""
    fan_in = fans(weight)[0]
    if fan_in:
        kaiming_uniform_(weight, a=math.sqrt(5))
    if bias is not None:
        bound = 1 / math.sqrt(fan_in) if fan_in else 0
        uniform_(bias, -bound, bound)
