"""Pooling of images `(N, C, H, W)` or `(C, H, W)`: windows run over the last two dims."""

import dlc
from dlc.nn.functional.convolution import check_rank, pair


class _Windows:
    """Windows over `(N, H, W, C)`: extents, strides and padding, and the end that ceil_mode adds."""

    def __init__(self, kernel_size, stride, padding, ceil_mode):
        self.kernel = pair(kernel_size, "kernel_size")
        self.stride = self.kernel if stride is None else pair(stride, "stride")
        self.padding = pair(padding, "padding")
        self.ceil_mode = ceil_mode
        if any(2 * p > k for p, k in zip(self.padding, self.kernel)):
            raise ValueError(
                f"expected padding of at most half the kernel size, but got {self.padding} for kernel {self.kernel}"
            )

    def extra(self, spatial):
        """What ceil_mode adds after the padding: up to the end of the last window that starts before it."""
        if not self.ceil_mode:
            return (0, 0)
        result = []
        for extent, k, s, p in zip(spatial, self.kernel, self.stride, self.padding):
            windows = -((extent + 2 * p - k) // -s) + 1
            if (windows - 1) * s >= extent + p:
                windows -= 1
            result.append(max(0, (windows - 1) * s + k - extent - 2 * p))
        return tuple(result)

    def reduce(self, x, kind, padding=None):
        """One element a window; `padding` instead of the windows' own, where the array holds it already."""
        spatial = x.shape[1:3]
        low = self.padding if padding is None else padding
        extra = self.extra([extent + 2 * (q - p) for extent, p, q in zip(spatial, self.padding, low)])
        high = [p + e for p, e in zip(low, extra)]
        return dlc.ops.reduce_window(
            x,
            kind=kind,
            window=(1, *self.kernel, 1),
            strides=(1, *self.stride, 1),
            low=(0, *low, 0),
            high=(0, *high, 0),
        )


def _by_image(input, function):
    """Applies a function of `(N, H, W, C)` to `(N, C, H, W)` or `(C, H, W)`."""
    check_rank(input, (3, 4), "input")
    x = dlc.expand_dims(input, axis=0) if input.ndim == 3 else input
    y = dlc.permute_dims(function(dlc.permute_dims(x, (0, 2, 3, 1))), (0, 3, 1, 2))
    return dlc.squeeze(y, axis=0) if input.ndim == 3 else y


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest element of each window; padding takes no part. `stride` is `kernel_size` by default."""
    if pair(dilation, "dilation") != (1, 1):
        raise NotImplementedError(f"expected dilation 1 in max_pool2d, but got {dilation}")
    if return_indices:
        raise NotImplementedError("expected return_indices=False in max_pool2d, but got True")
    windows = _Windows(kernel_size, stride, padding, ceil_mode)
    return _by_image(input, lambda x: windows.reduce(x, "max"))


def avg_pool2d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
):
    """The mean of each window.

    Args:
        count_include_pad: whether padding counts as zeros; what ceil_mode adds behind it never counts.
        divisor_override: divides by this number instead of the count.
    """
    windows = _Windows(kernel_size, stride, padding, ceil_mode)

    def average(x):
        total = windows.reduce(x, "sum")
        if divisor_override is not None:
            return total / divisor_override
        has_padding = windows.padding != (0, 0)
        if not ceil_mode and (count_include_pad or not has_padding):
            return total / (windows.kernel[0] * windows.kernel[1])
        if count_include_pad:
            padded = [extent + 2 * p for extent, p in zip(x.shape[1:3], windows.padding)]
            return total / windows.reduce(dlc.ones((1, *padded, 1), dtype=x.dtype), "sum", padding=(0, 0))
        return total / windows.reduce(dlc.ones((1, *x.shape[1:3], 1), dtype=x.dtype), "sum")

    return _by_image(input, average)


def _adaptive_mean(x, axis, count):
    """Means of `count` stretches along an axis: the i-th is [floor(i * n / count), ceil((i + 1) * n / count))."""
    extent = x.shape[axis]
    if count == 1:
        return dlc.mean(x, axis=axis, keepdims=True)
    parts = []
    for i in range(count):
        index = [slice(None)] * x.ndim
        index[axis] = slice(i * extent // count, -((i + 1) * extent // -count))
        parts.append(dlc.mean(x[tuple(index)], axis=axis, keepdims=True))
    return dlc.concat(parts, axis=axis)


def adaptive_avg_pool2d(input, output_size):
    """Means of `output_size` windows that cover the image; None keeps an extent."""
    check_rank(input, (3, 4), "input")
    sizes = output_size if isinstance(output_size, (tuple, list)) else (output_size, output_size)
    spatial = input.shape[-2:]
    wanted = tuple(extent if size is None else size for size, extent in zip(sizes, spatial))
    if wanted == (1, 1):
        return dlc.mean(input, axis=(-2, -1), keepdims=True)
    if all(isinstance(extent, int) and extent % size == 0 for extent, size in zip(spatial, wanted)):
        return avg_pool2d(input, tuple(extent // size for extent, size in zip(spatial, wanted)))
    rank = input.ndim
    return _adaptive_mean(_adaptive_mean(input, rank - 2, wanted[0]), rank - 1, wanted[1])
