"""Clipping of gradients."""

import dlc
from dlc import _tree
from dlc.optim.optimizer import check_range, gradient_leaves


def clip_grad_norm(grads, max_norm, norm_type=2.0):
    """Scales gradients so that their common norm is at most `max_norm`.

    The factor is max_norm / (norm + 1e-6), if that is below 1.

    Args:
        grads: a tree of gradients.
        max_norm: a number.
        norm_type: 2 or math.inf.

    Returns:
        (the tree of scaled gradients, the norm before): nothing is written.
    """
    check_range("norm_type", norm_type, norm_type in (2, float("inf")), "2 or inf")
    leaves = gradient_leaves(grads)
    if not leaves:
        raise ValueError("expected gradients, but got a tree without arrays")
    total = None
    for leaf in leaves:
        own = dlc.sum(leaf * leaf) if norm_type == 2 else dlc.max(dlc.abs(leaf))
        if total is None:
            total = own
        else:
            total = total + own if norm_type == 2 else dlc.maximum(total, own)
    norm = dlc.sqrt(total) if norm_type == 2 else total
    factor = dlc.minimum(max_norm / (norm + 1e-6), 1.0)
    return _tree.map_leaves(lambda leaf: leaf * factor.astype(leaf.dtype), grads), norm


def clip_grad_value(grads, clip_value):
    """A tree of the gradients, each element within [-clip_value, clip_value]."""
    return _tree.map_leaves(lambda leaf: dlc.clip(leaf, -clip_value, clip_value), grads)
