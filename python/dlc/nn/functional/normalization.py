"""Normalisation: fma((x - mean) * rstd, weight, bias), variance by two passes (numerics N7)."""

import dlc


def _affine(normalized, weight, bias):
    if weight is not None and bias is not None:
        return dlc.fma(normalized, weight, bias)
    if weight is not None:
        return normalized * weight
    return normalized if bias is None else normalized + bias


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """Normalises over the last dims.

    Args:
        input: `(..., *normalized_shape)`.
        normalized_shape: the extents to normalise over.
        weight, bias: of shape `normalized_shape`, or None.
    """
    normalized_shape = tuple(normalized_shape)
    count = len(normalized_shape)
    if tuple(input.shape[input.ndim - count :]) != normalized_shape:
        raise ValueError(f"expected input to end in shape {normalized_shape}, but got {tuple(input.shape)}")
    axes = tuple(range(input.ndim - count, input.ndim))
    mean = dlc.mean(input, axis=axes, keepdims=True)
    rstd = dlc.rsqrt(dlc.var(input, axis=axes, keepdims=True) + eps)
    return _affine((input - mean) * rstd, weight, bias)


def _channels_last(x):
    return dlc.permute_dims(x, (0, *range(2, x.ndim), 1))


def _channels_second(x):
    return dlc.permute_dims(x, (0, x.ndim - 1, *range(1, x.ndim - 1)))


def _update_running(x, axes, running_mean, running_var, momentum):
    """running = (1 - momentum) * running + momentum * batch, with the unbiased variance."""
    x = dlc.stop_gradient(x)
    if running_mean is not None:
        running_mean[...] = (1 - momentum) * running_mean + momentum * dlc.mean(x, axis=axes)
    if running_var is not None:
        running_var[...] = (1 - momentum) * running_var + momentum * dlc.var(x, axis=axes, correction=1)


def batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
    """Normalises each channel.

    Training normalises by the statistics of the batch (biased variance) and moves `running_mean` and `running_var`, if
    given, towards them (unbiased variance). Otherwise they are the statistics: fma(x, scale, shift) with
    scale = weight * rsqrt(var + eps) and shift = fma(-mean, scale, bias).

    Args:
        input: `(N, C, ...)`.
        running_mean, running_var, weight, bias: `(C,)` or None.
        training: whether the batch's statistics normalise.
        momentum: the weight of the batch in the running statistics; a number or a rank-0 array.
    """
    if input.ndim < 2:
        raise ValueError(f"expected input to have rank 2 or more, but got shape {tuple(input.shape)}")
    x = _channels_last(input)
    if not training:
        if running_mean is None or running_var is None:
            raise ValueError("expected running_mean and running_var with training=False, but got None")
        scale = dlc.rsqrt(running_var + eps)
        if weight is not None:
            scale = weight * scale
        shift = -running_mean * scale if bias is None else dlc.fma(-running_mean, scale, bias)
        return _channels_second(dlc.fma(x, scale, shift))
    axes = tuple(range(x.ndim - 1))
    extents = x.shape[:-1]
    if all(isinstance(extent, int) for extent in extents) and all(extent == 1 for extent in extents):
        raise ValueError(f"expected more than one value a channel in training, but got shape {tuple(input.shape)}")
    mean = dlc.mean(x, axis=axes)
    rstd = dlc.rsqrt(dlc.var(x, axis=axes) + eps)
    _update_running(x, axes, running_mean, running_var, momentum)
    return _channels_second(_affine((x - mean) * rstd, weight, bias))
