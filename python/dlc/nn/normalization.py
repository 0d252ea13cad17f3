"""Normalisation layers."""

import dlc
from dlc.nn import functional, init
from dlc.nn.module import Module


class _BatchNorm(Module):
    """Normalises each channel by the batch in training, by running statistics in evaluation.

    Args:
        num_features: the channels.
        eps: is added to the variance.
        momentum: the weight of a batch in the running statistics; None: their plain mean over all batches.
        affine: whether there are weight and bias.
        track_running_stats: False normalises by the batch in evaluation too.
        dtype: float32 by default.
    """

    ranks = ()

    def __init__(self, num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True, dtype=None):
        super().__init__()
        kind = dtype or dlc.float32
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        self.weight = dlc.Parameter(dlc.ones((num_features,), dtype=kind)) if affine else None
        self.bias = dlc.Parameter(dlc.zeros((num_features,), dtype=kind)) if affine else None
        tracked = track_running_stats
        self.register_buffer("running_mean", dlc.zeros((num_features,), dtype=kind) if tracked else None)
        self.register_buffer("running_var", dlc.ones((num_features,), dtype=kind) if tracked else None)
        self.register_buffer("num_batches_tracked", dlc.zeros((), dtype=dlc.int64) if tracked else None)

    def reset_running_stats(self):
        """Forgets all batches."""
        if self.track_running_stats:
            init.zeros_(self.running_mean)
            init.ones_(self.running_var)
            init.zeros_(self.num_batches_tracked)

    def reset_parameters(self):
        """Forgets all batches, and sets weights to 1 and biases to 0."""
        self.reset_running_stats()
        if self.affine:
            init.ones_(self.weight)
            init.zeros_(self.bias)

    def forward(self, input):
        """Applies the layer."""
        if input.ndim not in self.ranks:
            wanted = " or ".join(map(str, self.ranks))
            raise ValueError(
                f"expected the input of {type(self).__name__} to have rank {wanted}, but got {tuple(input.shape)}"
            )
        if input.shape[1] != self.num_features:
            raise ValueError(f"expected {self.num_features} channels, but got shape {tuple(input.shape)}")
        momentum = self.momentum
        if self.training and self.track_running_stats:
            self.num_batches_tracked.assign(self.num_batches_tracked + 1)
            if momentum is None:
                momentum = 1.0 / self.num_batches_tracked.astype(self.running_mean.dtype)
        by_batch = self.training or not self.track_running_stats
        tracked = self.training and self.track_running_stats
        return functional.batch_norm(
            input,
            self.running_mean if tracked or not by_batch else None,
            self.running_var if tracked or not by_batch else None,
            self.weight,
            self.bias,
            by_batch,
            momentum,
            self.eps,
        )

    def extra_repr(self):
        """As PyTorch shows it."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(_BatchNorm):
    __doc__ = _BatchNorm.__doc__.replace("each channel", "each channel of `(N, C)` or `(N, C, L)`", 1)
    ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    __doc__ = _BatchNorm.__doc__.replace("each channel", "each channel of `(N, C, H, W)`", 1)
    ranks = (4,)


class RMSNorm(Module):
    """Divides by the root of the mean square over the last dims.

    Args:
        normalized_shape: their extents; an int for the last one alone.
        eps: is added to the mean square; None is the distance from 1 to the next number of the dtype.
        elementwise_affine: whether there is a weight.
        dtype: float32 by default.
    """

    def __init__(self, normalized_shape, eps=None, elementwise_affine=True, dtype=None):
        super().__init__()
        one = isinstance(normalized_shape, int)
        self.normalized_shape = (normalized_shape,) if one else tuple(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        kind = dtype or dlc.float32
        self.weight = dlc.Parameter(dlc.ones(self.normalized_shape, dtype=kind)) if elementwise_affine else None

    def reset_parameters(self):
        """Sets the weight to 1."""
        if self.elementwise_affine:
            init.ones_(self.weight)

    def forward(self, input):
        """Applies the layer."""
        return functional.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self):
        """As PyTorch shows it."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class LayerNorm(Module):
    """Normalises over the last dims.

    Args:
        normalized_shape: their extents; an int for the last one alone.
        eps: is added to the variance.
        elementwise_affine: whether there is a weight.
        bias: whether there is a bias, if there is a weight.
        dtype: float32 by default.
    """

    def __init__(self, normalized_shape, eps=1e-5, elementwise_affine=True, bias=True, dtype=None):
        super().__init__()
        one = isinstance(normalized_shape, int)
        self.normalized_shape = (normalized_shape,) if one else tuple(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        kind = dtype or dlc.float32
        self.weight = dlc.Parameter(dlc.ones(self.normalized_shape, dtype=kind)) if elementwise_affine else None
        has_bias = elementwise_affine and bias
        self.bias = dlc.Parameter(dlc.zeros(self.normalized_shape, dtype=kind)) if has_bias else None

    def forward(self, input):
        """Applies the layer."""
        return functional.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self):
        """As PyTorch shows it."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
