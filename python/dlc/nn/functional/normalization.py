"""Normalisation: fma((x - mean) * rstd, weight, bias), variance by two passes (numerics N7)."""

import dlc
from dlc._attributes import dictionary, f64, i64
from dlc._tracing import apply, apply_tuple


def _affine(weight, bias, shape):
    """The operands `affine` of a norm: nothing, weight, or weight and bias."""
    if weight is None:
        return () if bias is None else (dlc.ones(shape, dtype=bias.dtype), bias)
    return (weight,) if bias is None else (weight, bias)


def _check_normalized(input, normalized_shape):
    count = len(normalized_shape)
    if tuple(input.shape[input.ndim - count :]) != normalized_shape:
        raise ValueError(f"expected input to end in shape {normalized_shape}, but got {tuple(input.shape)}")


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """Normalises over the last dims.

    Args:
        input: `(..., *normalized_shape)`.
        normalized_shape: the extents to normalise over.
        weight, bias: of shape `normalized_shape`, or None.
    """
    normalized_shape = tuple(normalized_shape)
    _check_normalized(input, normalized_shape)
    attributes = dictionary(normalized=i64(len(normalized_shape)), epsilon=f64(eps))
    return apply("layer_norm", (input, *_affine(weight, bias, normalized_shape)), attributes)


def rms_norm(input, normalized_shape, weight=None, eps=None):
    """Divides by the root of the mean square over the last dims.

    Args:
        input: `(..., *normalized_shape)`.
        normalized_shape: the extents to normalise over.
        weight: of shape `normalized_shape`, or None.
        eps: is added to the mean square; None is the distance from 1 to the next number of the input's dtype.
    """
    normalized_shape = tuple(normalized_shape)
    _check_normalized(input, normalized_shape)
    eps = _SPACING[input.dtype.ir] if eps is None else eps
    attributes = dictionary(normalized=i64(len(normalized_shape)), epsilon=f64(eps))
    return apply("rms_norm", (input, *_affine(weight, None, normalized_shape)), attributes)


_SPACING = {"f64": 2.0**-52, "f32": 2.0**-23, "f16": 2.0**-10, "bf16": 2.0**-7}


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
    affine = _affine(weight, bias, x.shape[-1:])
    attributes = dictionary(axis=i64(-1), epsilon=f64(eps))
    if not training:
        if running_mean is None or running_var is None:
            raise ValueError("expected running_mean and running_var with training=False, but got None")
        return _channels_second(apply("batch_norm", (x, running_mean, running_var, *affine), attributes))
    axes = tuple(range(x.ndim - 1))
    extents = x.shape[:-1]
    if all(isinstance(extent, int) for extent in extents) and all(extent == 1 for extent in extents):
        raise ValueError(f"expected more than one value a channel in training, but got shape {tuple(input.shape)}")
    _update_running(x, axes, running_mean, running_var, momentum)
    return _channels_second(apply_tuple("batch_norm_training", (x, *affine), attributes)[0])
