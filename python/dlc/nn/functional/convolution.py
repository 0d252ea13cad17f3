"""Linear maps: linear, conv2d, embedding; and flatten before them. Shapes and argument order are PyTorch's."""

import dlc


def pair(value, name):
    """(a, b) of an int or a pair of ints."""
    if isinstance(value, int):
        return (value, value)
    result = tuple(value)
    if len(result) != 2 or not all(isinstance(v, int) for v in result):
        raise ValueError(f"expected {name} to be an int or two ints, but got {value!r}")
    return result


def check_rank(x, ranks, name):
    """Raises ValueError unless the array has one of the ranks."""
    if x.ndim not in ranks:
        wanted = " or ".join(str(rank) for rank in ranks)
        raise ValueError(f"expected {name} to have rank {wanted}, but got shape {tuple(x.shape)}")


def linear(input, weight, bias=None):
    """y = x @ weight.T + bias.

    Args:
        input: `(..., in_features)`.
        weight: `(out_features, in_features)`.
        bias: `(out_features,)` or None.

    Returns:
        `(..., out_features)`.

    Raises:
        ValueError: the last extent of `input` is not `in_features`.
    """
    check_rank(weight, (2,), "weight")
    if input.ndim == 0 or input.shape[-1] != weight.shape[1]:
        raise ValueError(
            f"expected the last extent of input to be {weight.shape[1]}, the in_features of weight, "
            f"but got shape {tuple(input.shape)}"
        )
    y = dlc.matmul(input, dlc.permute_dims(weight, (1, 0)))
    return y if bias is None else y + bias


def flatten(input, start_dim=0, end_dim=-1):
    """Joins the dims from `start_dim` to `end_dim`, both included, into one."""
    rank = input.ndim
    start = start_dim + rank if start_dim < 0 else start_dim
    end = end_dim + rank if end_dim < 0 else end_dim
    if not 0 <= start <= end < rank:
        raise ValueError(
            f"expected start_dim {start_dim} and end_dim {end_dim} to be ascending dimensions of the input, "
            f"but got shape {tuple(input.shape)}"
        )
    joined = 1
    for extent in input.shape[start : end + 1]:
        joined = joined * extent
    return dlc.reshape(input, (*input.shape[:start], joined, *input.shape[end + 1 :]))


def _padding(padding, kernel, stride, dilation):
    """Zeros before and after each spatial dim."""
    if padding == "valid":
        return [(0, 0), (0, 0)]
    if padding == "same":
        if stride != (1, 1):
            raise ValueError(f"expected stride 1 with padding 'same', but got {stride}")
        total = [d * (k - 1) for d, k in zip(dilation, kernel)]
        return [(t // 2, t - t // 2) for t in total]
    if isinstance(padding, str):
        raise ValueError(f"expected padding to be 'same', 'valid', an int or two ints, but got {padding!r}")
    return [(p, p) for p in pair(padding, "padding")]


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """The convolution (cross-correlation) of images, with terms in the order of numerics N6.

    Args:
        input: `(N, C, H, W)` or `(C, H, W)`.
        weight: `(O, C / groups, KH, KW)`.
        bias: `(O,)` or None.
        stride, dilation: an int or two.
        padding: an int, two, 'same' or 'valid'.
        groups: how many groups of channels are convolved separately.

    Returns:
        `(N, O, H', W')` or `(O, H', W')`.
    """
    check_rank(input, (3, 4), "input")
    check_rank(weight, (4,), "weight")
    if input.ndim == 3:
        x = dlc.expand_dims(input, axis=0)
        return dlc.squeeze(conv2d(x, weight, bias, stride, padding, dilation, groups), axis=0)
    if input.shape[1] != weight.shape[1] * groups:
        raise ValueError(
            f"expected input to have {weight.shape[1] * groups} channels for weight {tuple(weight.shape)} in "
            f"{groups} groups, but got shape {tuple(input.shape)}"
        )
    stride, dilation = pair(stride, "stride"), pair(dilation, "dilation")
    y = dlc.conv(
        dlc.permute_dims(input, (0, 2, 3, 1)),
        dlc.permute_dims(weight, (2, 3, 1, 0)),
        strides=stride,
        padding=_padding(padding, weight.shape[2:], stride, dilation),
        dilation=dilation,
        groups=groups,
    )
    if bias is not None:
        y = y + bias
    return dlc.permute_dims(y, (0, 3, 1, 2))


def embedding(input, weight, padding_idx=None):
    """Rows of a table.

    Args:
        input: integer indices of any shape.
        weight: `(num_embeddings, embedding_dim)`.
        padding_idx: an index whose row gets no gradient.

    Returns:
        `(*input.shape, embedding_dim)`.

    Raises:
        IndexError: an index is negative or not below `num_embeddings`; found when the program runs.
    """
    check_rank(weight, (2,), "weight")
    rows = dlc.take(weight, no_wrap(input, weight.shape[0]), axis=0)
    if padding_idx is None:
        return rows
    is_padding = dlc.expand_dims(input == padding_idx % weight.shape[0], axis=-1)
    return dlc.where(is_padding, dlc.stop_gradient(rows), rows)


def no_wrap(indices, extent):
    """Indices among which negative ones, which would count from the end, are out of range too."""
    return dlc.where(indices < 0, indices - extent, indices)
