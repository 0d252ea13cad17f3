"""Attention: softmax(query @ key.T * scale + mask) @ value, divided before the second product (numerics N7)."""

import math

import dlc
from dlc._attributes import dictionary, f64, flag
from dlc._tracing import apply
from dlc.nn.functional.activation import check_probability, dropout


def _scale_of(query, scale):
    if scale is not None:
        return scale
    extent = query.shape[-1]
    if not isinstance(extent, int):
        raise ValueError(f"expected a scale for queries whose last extent is symbolic, but got None and {extent}")
    return 1 / math.sqrt(extent) if extent else 1.0


def attention_weights(query, key, mask=None, causal=False, scale=None):
    """What scaled_dot_product_attention multiplies the values by, with the same bits.

    Args:
        query: `(..., L, E)`.
        key: `(..., S, E)`.
        mask: broadcasts to `(..., L, S)`: numbers are added to the scores, False makes a score -inf.
        causal: whether a column above the row makes a score -inf.
        scale: multiplies the scores; 1 / sqrt(E) by default.

    Returns:
        `(..., L, S)`; a row whose scores are all -inf is zero.
    """
    scores = dlc.matmul(query, key.mT)
    scores = scores * _scale_of(query, scale)
    if mask is not None:
        scores = dlc.where(mask, scores, -dlc.inf) if mask.dtype.kind == "b" else scores + mask
    if causal:
        shape = scores.shape[-2:]
        scores = dlc.where(dlc.iota(shape, 1) <= dlc.iota(shape, 0), scores, -dlc.inf)
    largest = dlc.stop_gradient(dlc.max(scores, axis=-1, keepdims=True))
    e = dlc.exp(scores - dlc.where(largest == -dlc.inf, 0.0, largest))
    total = dlc.sum(e, axis=-1, keepdims=True)
    return e / dlc.where(total == 0, 1.0, total)


def _shared_heads(query, key, value):
    """Keys and values repeated so that each head of the query has its own."""
    heads, groups = query.shape[-3], key.shape[-3]
    if heads % groups:
        raise ValueError(f"expected the heads of key to divide those of query, but got {groups} and {heads}")

    def repeated(x):
        shape = (*x.shape[:-2], heads // groups, *x.shape[-2:])
        return dlc.reshape(dlc.broadcast_to(dlc.expand_dims(x, axis=-3), shape), (*x.shape[:-3], heads, *x.shape[-2:]))

    return repeated(key), repeated(value)


def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False
):
    """Attention over the last two dims.

    Args:
        query: `(N, ..., H, L, E)`.
        key: `(N, ..., H, S, E)`; with `enable_gqa` it may have fewer heads, that neighbouring ones share.
        value: `(N, ..., H, S, V)`.
        attn_mask: broadcasts to `(N, ..., H, L, S)`: numbers are added to the scores, False makes a score -inf.
        dropout_p: the probability with which a weight is dropped.
        is_causal: whether row i sees columns up to i only.
        scale: multiplies the scores; 1 / sqrt(E) by default.
        enable_gqa: whether heads may share keys and values.

    Returns:
        `(N, ..., H, L, V)`; a row that sees nothing is zero.
    """
    check_probability(dropout_p)
    if not enable_gqa and query.ndim > 2 and query.shape[-3] != key.shape[-3]:
        raise ValueError(
            f"expected query and key of as many heads without enable_gqa, but got {query.shape[-3]} and {key.shape[-3]}"
        )
    if dropout_p:
        if enable_gqa:
            key, value = _shared_heads(query, key, value)
        weights = attention_weights(query, key, attn_mask, is_causal, scale)
        return dlc.matmul(dropout(weights, dropout_p), value)
    if query.ndim == 2:
        one = (dlc.expand_dims(x, axis=0) for x in (query, key, value))
        return dlc.squeeze(scaled_dot_product_attention(*one, attn_mask, 0.0, is_causal, scale), axis=0)
    operands = (query, key, value) if attn_mask is None else (query, key, value, attn_mask)
    attributes = dictionary(scale=f64(_scale_of(query, scale)), causal=flag(is_causal))
    return apply("attention", operands, attributes)
