"""Linear, and Flatten before it."""

import dlc
from dlc.nn import functional, init
from dlc.nn.module import Module


class Linear(Module):
    """y = x @ weight.T + bias, for x of shape `(..., in_features)`.

    Args:
        in_features, out_features: the extents.
        bias: whether there is a bias.
        dtype: float32 by default.
    """

    def __init__(self, in_features, out_features, bias=True, dtype=None):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = dlc.Parameter(dlc.zeros((out_features, in_features), dtype=dtype or dlc.float32))
        self.bias = dlc.Parameter(dlc.zeros((out_features,), dtype=dtype or dlc.float32)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        """Draws weights and bias anew, uniformly within 1 / sqrt(in_features)."""
        init.reset_weight_and_bias(self.weight, self.bias)

    def forward(self, input):
        """Applies the layer."""
        return functional.linear(input, self.weight, self.bias)

    def extra_repr(self):
        """As PyTorch shows it."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Flatten(Module):
    """Joins the dims from `start_dim` to `end_dim`, both included, into one."""

    def __init__(self, start_dim=1, end_dim=-1):
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input):
        """Applies the layer."""
        return functional.flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self):
        """As PyTorch shows it."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"
