"""Convolution layers."""

import dlc
from dlc.nn import functional, init
from dlc.nn.functional.convolution import pair
from dlc.nn.module import Module


class Conv2d(Module):
    """The convolution of images `(N, C, H, W)` with `out_channels` kernels.

    Args:
        in_channels, out_channels: the channels.
        kernel_size, stride, dilation: an int or two.
        padding: an int, two, 'same' or 'valid'.
        groups: how many groups of channels are convolved separately.
        bias: whether there is a bias.
        padding_mode: 'zeros' is the only one so far.
        dtype: float32 by default.
    """

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
        dtype=None,
    ):
        super().__init__()
        if padding_mode != "zeros":
            raise NotImplementedError(f"expected padding_mode 'zeros', but got {padding_mode!r}")
        if in_channels % groups or out_channels % groups:
            raise ValueError(
                f"expected groups to divide the channels, but got {groups} for {in_channels} and {out_channels}"
            )
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = pair(stride, "stride")
        self.padding = padding if isinstance(padding, str) else pair(padding, "padding")
        self.dilation = pair(dilation, "dilation")
        self.groups = groups
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = dlc.Parameter(dlc.zeros(shape, dtype=dtype or dlc.float32))
        self.bias = dlc.Parameter(dlc.zeros((out_channels,), dtype=dtype or dlc.float32)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        """Draws weights and bias anew, uniformly within 1 / sqrt(fan_in)."""
        init.reset_weight_and_bias(self.weight, self.bias)

    def forward(self, input):
        """Applies the layer."""
        return functional.conv2d(input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)

    def extra_repr(self):
        """As PyTorch shows it."""
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        defaults = {"padding": (0, 0), "dilation": (1, 1), "groups": 1}
        parts += [f"{name}={getattr(self, name)}" for name, usual in defaults.items() if getattr(self, name) != usual]
        return ", ".join(parts + ([] if self.bias is not None else ["bias=False"]))
