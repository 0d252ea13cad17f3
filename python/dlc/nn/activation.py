"""Activation layers and dropout.

`inplace` is PyTorch's and has no effect: a layer never changes its input, and compiled programs reuse memory by
themselves.
"""

from dlc.nn import functional
from dlc.nn.functional.activation import check_probability
from dlc.nn.module import Module


class Identity(Module):
    """Returns its input."""

    def forward(self, input):
        """Applies the layer."""
        return input


class ReLU(Module):
    """max(x, 0)."""

    def __init__(self, inplace=False):
        super().__init__()

    def forward(self, input):
        """Applies the layer."""
        return functional.relu(input)


class LeakyReLU(Module):
    """x where x > 0, else x * negative_slope."""

    def __init__(self, negative_slope=0.01, inplace=False):
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, input):
        """Applies the layer."""
        return functional.leaky_relu(input, self.negative_slope)

    def extra_repr(self):
        """As PyTorch shows it."""
        return f"negative_slope={self.negative_slope}"


class GELU(Module):
    """x * Phi(x): by erf ('none'), or by its tanh approximation ('tanh')."""

    def __init__(self, approximate="none"):
        super().__init__()
        self.approximate = approximate

    def forward(self, input):
        """Applies the layer."""
        return functional.gelu(input, self.approximate)

    def extra_repr(self):
        """As PyTorch shows it."""
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """x * sigmoid(x)."""

    def __init__(self, inplace=False):
        super().__init__()

    def forward(self, input):
        """Applies the layer."""
        return functional.silu(input)


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, input):
        """Applies the layer."""
        return functional.tanh(input)


class Sigmoid(Module):
    """1 / (1 + exp(-x))."""

    def forward(self, input):
        """Applies the layer."""
        return functional.sigmoid(input)


class Softmax(Module):
    """exp(x - max) / sum(exp(x - max)) along an axis."""

    def __init__(self, dim=-1):
        super().__init__()
        self.dim = dim

    def forward(self, input):
        """Applies the layer."""
        return functional.softmax(input, self.dim)

    def extra_repr(self):
        """As PyTorch shows it."""
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """The logarithm of softmax along an axis."""

    def __init__(self, dim=-1):
        super().__init__()
        self.dim = dim

    def forward(self, input):
        """Applies the layer."""
        return functional.log_softmax(input, self.dim)

    def extra_repr(self):
        """As PyTorch shows it."""
        return f"dim={self.dim}"


class Dropout(Module):
    """In training, zeroes elements with probability `p` and scales the others by 1 / (1 - p)."""

    def __init__(self, p=0.5, inplace=False):
        super().__init__()
        check_probability(p)
        self.p = p

    def forward(self, input):
        """Applies the layer."""
        return functional.dropout(input, self.p, self.training)

    def extra_repr(self):
        """As PyTorch shows it."""
        return f"p={self.p}"
