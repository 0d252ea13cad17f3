"""Embedding: a table of vectors."""

import dlc
from dlc.nn import functional, init
from dlc.nn.module import Module


class Embedding(Module):
    """Maps integers to rows of a table.

    Args:
        num_embeddings: the rows; an index that is negative or not below it raises IndexError when the program runs.
        embedding_dim: the extent of a row.
        padding_idx: an index whose row starts as zeros and gets no gradient.
        dtype: float32 by default.
    """

    def __init__(self, num_embeddings, embedding_dim, padding_idx=None, dtype=None):
        super().__init__()
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ValueError(f"expected padding_idx to be a row of {num_embeddings}, but got {padding_idx}")
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        self.weight = dlc.Parameter(dlc.zeros((num_embeddings, embedding_dim), dtype=dtype or dlc.float32))
        self.reset_parameters()

    def reset_parameters(self):
        """Draws the table anew from the standard normal distribution."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            self.weight[self.padding_idx] = 0

    def forward(self, input):
        """Applies the layer."""
        return functional.embedding(input, self.weight, self.padding_idx)

    def extra_repr(self):
        """As PyTorch shows it."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"
