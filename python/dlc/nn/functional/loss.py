"""Losses. `reduction` is 'mean', 'sum' or 'none'."""

import dlc
from dlc._attributes import dictionary, i64
from dlc._tracing import apply
from dlc.nn.functional.convolution import no_wrap


def check_reduction(reduction):
    """Raises ValueError unless the name is one of the three."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"expected reduction to be 'mean', 'sum' or 'none', but got {reduction!r}")


def _reduced(loss, reduction):
    check_reduction(reduction)
    if reduction == "none":
        return loss
    return dlc.mean(loss) if reduction == "mean" else dlc.sum(loss)


def _check_same_shape(input, target):
    if tuple(input.shape) != tuple(target.shape):
        raise ValueError(
            f"expected input and target of one shape, but got {tuple(input.shape)} and {tuple(target.shape)}"
        )


def mse_loss(input, target, reduction="mean"):
    """(input - target) ** 2."""
    _check_same_shape(input, target)
    difference = input - target
    return _reduced(difference * difference, reduction)


def l1_loss(input, target, reduction="mean"):
    """|input - target|."""
    _check_same_shape(input, target)
    return _reduced(dlc.abs(input - target), reduction)


def binary_cross_entropy_with_logits(input, target, weight=None, reduction="mean", pos_weight=None):
    """The cross entropy of `target` and sigmoid(input), without overflow: max(x, 0) - x * t + log1p(exp(-|x|)).

    Args:
        input, target: of one shape.
        weight: multiplies the losses; broadcasts.
        pos_weight: multiplies the part of positive targets; broadcasts.
    """
    _check_same_shape(input, target)
    tail = dlc.log1p(dlc.exp(-dlc.abs(input)))
    if pos_weight is None:
        loss = dlc.relu(input) - input * target + tail
    else:
        loss = (1 - target) * input + ((pos_weight - 1) * target + 1) * (tail + dlc.relu(-input))
    if weight is not None:
        loss = loss * weight
    return _reduced(loss, reduction)


def _class_axis(input):
    if input.ndim == 0:
        raise ValueError("expected input to have a dimension of classes, but got rank 0")
    return 0 if input.ndim == 1 else 1


def _probability_loss(log_probabilities, target, weight, reduction, label_smoothing):
    """The loss for targets that are a distribution over classes."""
    axis = _class_axis(log_probabilities)
    _check_same_shape(log_probabilities, target)
    classes = log_probabilities.shape[axis]
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / classes
    terms = log_probabilities * target
    if weight is not None:
        terms = terms * _along(weight, axis, terms.ndim)
    loss = -dlc.sum(terms, axis=axis)
    if reduction != "mean":
        return _reduced(loss, reduction)
    return dlc.mean(loss) if loss.ndim else loss


def _along(vector, axis, rank):
    return dlc.reshape(vector, tuple(-1 if i == axis else 1 for i in range(rank)))


def _check_classes(input, target, weight):
    axis = _class_axis(input)
    expected = tuple(extent for i, extent in enumerate(input.shape) if i != axis)
    if tuple(target.shape) != expected:
        raise ValueError(
            f"expected target of shape {expected} for input {tuple(input.shape)}, but got {tuple(target.shape)}"
        )
    if weight is not None and tuple(weight.shape) != (input.shape[axis],):
        raise ValueError(f"expected weight of shape {(input.shape[axis],)}, but got {tuple(weight.shape)}")
    return axis


def _class_loss(log_probabilities, target, weight, ignore_index, reduction, label_smoothing):
    axis = _check_classes(log_probabilities, target, weight)
    classes = log_probabilities.shape[axis]
    counts = target != ignore_index
    label = dlc.where(counts, target, 0)
    picked = dlc.take_along_axis(log_probabilities, dlc.expand_dims(no_wrap(label, classes), axis=axis), axis=axis)
    zero = dlc.zeros_like(dlc.squeeze(picked, axis=axis))
    one = dlc.ones_like(zero) if weight is None else dlc.take(weight, label, axis=0)
    share = dlc.where(counts, one, zero)
    loss = -dlc.squeeze(picked, axis=axis) * share
    if label_smoothing:
        spread = log_probabilities
        if weight is not None:
            spread = spread * _along(weight, axis, spread.ndim)
        smooth = dlc.where(counts, -dlc.sum(spread, axis=axis), zero)
        loss = (1 - label_smoothing) * loss + (label_smoothing / classes) * smooth
    if reduction != "mean":
        return _reduced(loss, reduction)
    return dlc.sum(loss) / dlc.sum(share)


def _plain_loss(input, target, ignore_index, reduction):
    """The loss for class indices, all of one weight: the op cross_entropy."""
    axis = _check_classes(input, target, None)
    counts = target != ignore_index
    losses = apply("cross_entropy", (input, dlc.where(counts, target, 0)), dictionary(axis=i64(axis)))
    share = dlc.where(counts, dlc.ones_like(losses), dlc.zeros_like(losses))
    loss = losses * share
    if reduction != "mean":
        return _reduced(loss, reduction)
    return dlc.sum(loss) / dlc.sum(share)


def nll_loss(input, target, weight=None, ignore_index=-100, reduction="mean"):
    """-input[target] * weight[target]: cross_entropy of what log_softmax returned.

    Args:
        input: log-probabilities, `(N, C)`, `(C,)` or `(N, C, ...)`.
        target: class indices, `input`'s shape without C.
        weight: `(C,)`; 'mean' divides by the sum of the targets' weights.
        ignore_index: a target that counts for nothing.

    Raises:
        IndexError: a target is negative or not below C; found when the program runs.
    """
    check_reduction(reduction)
    return _class_loss(input, target, weight, ignore_index, reduction, 0.0)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    """The cross entropy of targets and softmax(input).

    Args:
        input: logits, `(N, C)`, `(C,)` or `(N, C, ...)`.
        target: class indices, `input`'s shape without C; or probabilities of `input`'s shape and a float dtype.
        weight: `(C,)`; 'mean' over class indices divides by the sum of the targets' weights.
        ignore_index: a class index that counts for nothing.
        label_smoothing: how much of each target is spread evenly over the classes, from 0 to 1.

    Raises:
        IndexError: a class index is negative or not below C; found when the program runs.
    """
    check_reduction(reduction)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"expected label_smoothing between 0 and 1, but got {label_smoothing}")
    if target.dtype.kind != "f" and weight is None and not label_smoothing:
        return _plain_loss(input, target, ignore_index, reduction)
    log_probabilities = dlc.log_softmax(input, axis=_class_axis(input))
    if target.dtype.kind == "f":
        return _probability_loss(log_probabilities, target, weight, reduction, label_smoothing)
    return _class_loss(log_probabilities, target, weight, ignore_index, reduction, label_smoothing)
