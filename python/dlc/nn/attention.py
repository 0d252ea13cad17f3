"""MultiheadAttention, with PyTorch's parameters and masks."""

import dlc
from dlc.nn import functional, init
from dlc.nn.functional.attention import attention_weights
from dlc.nn.linear import Linear
from dlc.nn.module import Module


class MultiheadAttention(Module):
    """Attention of several heads between linear maps.

    Args:
        embed_dim: the features of queries and outputs; `num_heads` divides it.
        num_heads: how many heads share them.
        dropout: the probability of dropping a weight, in training.
        bias: whether the maps have biases.
        kdim, vdim: the features of keys and values; `embed_dim` by default.
        batch_first: whether sequences are `(N, L, E)`, not `(L, N, E)`.
        dtype: float32 by default.
    """

    def __init__(
        self, embed_dim, num_heads, dropout=0.0, bias=True, kdim=None, vdim=None, batch_first=False, dtype=None
    ):
        super().__init__()
        if num_heads < 1 or embed_dim % num_heads:
            raise ValueError(f"expected num_heads to divide embed_dim, but got {num_heads} and {embed_dim}")
        functional.activation.check_probability(dropout)
        kind = dtype or dlc.float32
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.batch_first = batch_first

        def weight(*shape):
            return dlc.Parameter(dlc.zeros(shape, dtype=kind))

        if self.kdim == self.vdim == embed_dim:
            self.in_proj_weight = weight(3 * embed_dim, embed_dim)
        else:
            self.in_proj_weight = None
            self.q_proj_weight = weight(embed_dim, embed_dim)
            self.k_proj_weight = weight(embed_dim, self.kdim)
            self.v_proj_weight = weight(embed_dim, self.vdim)
        self.in_proj_bias = weight(3 * embed_dim) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias=bias, dtype=kind)
        self.reset_parameters()

    def reset_parameters(self):
        """Draws the weights anew, and sets biases to 0."""
        for parameter in (p for name, p in self.named_parameters() if name.endswith("proj_weight")):
            init.xavier_uniform_(parameter)
        self.out_proj.reset_parameters()
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)

    def _projections(self, query, key, value):
        size = self.embed_dim
        if self.in_proj_weight is not None:
            weights = [self.in_proj_weight[i * size : (i + 1) * size] for i in range(3)]
        else:
            weights = [self.q_proj_weight, self.k_proj_weight, self.v_proj_weight]
        biases = [None] * 3
        if self.in_proj_bias is not None:
            biases = [self.in_proj_bias[i * size : (i + 1) * size] for i in range(3)]
        return [functional.linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases)]

    def _heads(self, x):
        """`(N, L, E)` as `(N, heads, L, E / heads)`."""
        n, length, size = x.shape
        x = dlc.reshape(x, (n, length, self.num_heads, size // self.num_heads))
        return dlc.permute_dims(x, (0, 2, 1, 3))

    def _mask(self, attn_mask, key_padding_mask, batch, dtype):
        """The two masks as numbers to add to the scores, or None. True takes no part."""

        def numbers(mask):
            return dlc.where(mask, -dlc.inf, dlc.zeros((), dtype=dtype)) if mask.dtype.kind == "b" else mask

        masks = []
        if attn_mask is not None:
            mask = numbers(attn_mask)
            if mask.ndim == 3:
                mask = dlc.reshape(mask, (batch, self.num_heads, *mask.shape[1:]))
            masks.append(mask)
        if key_padding_mask is not None:
            masks.append(numbers(key_padding_mask)[:, None, None, :])
        return None if not masks else masks[0] if len(masks) == 1 else masks[0] + masks[1]

    def forward(
        self,
        query,
        key,
        value,
        key_padding_mask=None,
        need_weights=True,
        attn_mask=None,
        average_attn_weights=True,
        is_causal=False,
    ):
        """Attends.

        Args:
            query: `(L, N, E)`, or `(N, L, E)` with batch_first, or `(L, E)`.
            key, value: the same with S for L.
            key_padding_mask: `(N, S)`; a key that is True takes no part, a number is added to its scores.
            need_weights: whether the weights are returned too.
            attn_mask: `(L, S)` or `(N * heads, L, S)`; True takes no part, a number is added.
            average_attn_weights: whether weights are the mean over heads.
            is_causal: a hint that `attn_mask` is causal; without a mask it is an error.

        Returns:
            (output of the query's shape, weights `(N, L, S)`, or `(N, heads, L, S)`, or None).
        """
        if is_causal and attn_mask is None:
            raise ValueError("expected attn_mask with is_causal=True, but got None")
        batched = query.ndim == 3
        if not batched:
            query, key, value = (dlc.expand_dims(x, axis=0) for x in (query, key, value))
            key_padding_mask = None if key_padding_mask is None else key_padding_mask[None]
        elif not self.batch_first:
            query, key, value = (dlc.permute_dims(x, (1, 0, 2)) for x in (query, key, value))
        q, k, v = (self._heads(x) for x in self._projections(query, key, value))
        mask = self._mask(attn_mask, key_padding_mask, q.shape[0], q.dtype)
        dropout = self.dropout if self.training else 0.0
        weights = None
        if need_weights:
            weights = attention_weights(q, k, mask)
            if dropout:
                weights = functional.dropout(weights, dropout)
            heads = dlc.matmul(weights, v)
        else:
            heads = functional.scaled_dot_product_attention(q, k, v, mask, dropout)
        output = dlc.reshape(dlc.permute_dims(heads, (0, 2, 1, 3)), query.shape)
        output = self.out_proj(output)
        if weights is not None and average_attn_weights:
            weights = dlc.mean(weights, axis=1)
        if not batched:
            return dlc.squeeze(output, axis=0), None if weights is None else dlc.squeeze(weights, axis=0)
        return output if self.batch_first else dlc.permute_dims(output, (1, 0, 2)), weights
