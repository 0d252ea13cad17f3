"""Einstein's summation: each pair of operands is one contraction, from left to right."""

from __future__ import annotations

import string

from dlc._array import Array, ArrayLike, array_of
from dlc._attributes import dictionary, i64s
from dlc._dim import is_same, is_same_shape
from dlc._linear_algebra import diagonal
from dlc._manipulation import broadcast_to, permute_dims
from dlc._reductions import sum
from dlc._tracing import apply

__all__ = ["einsum"]


def einsum(subscripts: str, /, *operands: ArrayLike) -> Array:
    """Sums of products over labelled dimensions, as NumPy's einsum.

    Operands are contracted from left to right, each sum in the order of numerics N5; a label that is repeated in one
    operand takes its diagonal.

    Args:
        subscripts: A label for each dimension of each operand, "ij,jk->ik"; "..." stands for dimensions that are
            broadcast. Without "->" the result has the labels that occur once, in alphabetical order.
        *operands: The arrays.

    Returns:
        The array with the dimensions that are named behind "->".

    Raises:
        ValueError: If the subscripts are malformed, do not fit the operands, or name one extent twice.

    Example:
        >>> import dlc
        >>> einsum("i,i", dlc.asarray([1.0, 2.0]), dlc.asarray([3.0, 4.0])).item()
        11.0
    """
    arrays = [array_of(x) for x in operands]
    labels, output = _parse(subscripts.replace(" ", ""), arrays)
    arrays = _broadcast_rest(arrays, labels)
    terms = [_without_repeats(x, names) for x, names in zip(arrays, labels)]
    _check_extents(terms)
    result, names = terms[0]
    for i, (other, others) in enumerate(terms[1:], start=1):
        needed = set(output).union(*(later for _, later in terms[i + 1 :]))
        result, names = _contract(result, names, other, others, needed)
    result, names = _sum_out(result, names, set(output))
    order = [names.index(label) for label in output]
    return result if order == list(range(len(order))) else permute_dims(result, order)


def _parse(text: str, arrays: list[Array]) -> tuple[list[str], str]:
    """The labels of each operand and of the result; dimensions of "..." get digits."""
    given, arrow, output = text.partition("->")
    labels = given.split(",")
    if len(labels) != len(arrays):
        raise ValueError(f"expected subscripts of {len(arrays)} operands, but got {text!r}")
    for names in [*labels, output]:
        plain = names.replace("...", "", 1)
        if any(c not in string.ascii_letters for c in plain):
            raise ValueError(f"expected letters and at most one '...' for each operand, but got {names!r}")
    rests = [x.ndim - len(names.replace("...", "")) if "..." in names else 0 for names, x in zip(labels, arrays)]
    rest = _digits(max(rests))
    for i, (names, x) in enumerate(zip(labels, arrays)):
        if rests[i] < 0 or ("..." not in names and len(names) != x.ndim):
            raise ValueError(f"expected a label for each dimension of shape {x.shape}, but got {names!r}")
        labels[i] = names.replace("...", rest[len(rest) - rests[i] :])
    if arrow and rest and "..." not in output:
        raise ValueError(f"expected '...' behind '->' as before it, but got {text!r}")
    if arrow:
        output = output.replace("...", rest)
        if len(set(output)) != len(output) or not set(output) <= set("".join(labels)):
            raise ValueError(f"expected labels of the operands behind '->', each once, but got {text!r}")
    else:
        everything = given.replace("...", "").replace(",", "")
        output = rest + "".join(sorted(c for c in set(everything) if everything.count(c) == 1))
    return labels, output


def _digits(count: int) -> str:
    return "".join(chr(0x100 + i) for i in range(count))


def _broadcast_rest(arrays: list[Array], labels: list[str]) -> list[Array]:
    """The dimensions of "..." stretched to the extents that other operands have."""
    extents: dict[str, object] = {}
    for x, names in zip(arrays, labels):
        for label, extent in zip(names, x.shape):
            if label not in string.ascii_letters and not (isinstance(extent, int) and extent == 1):
                extents.setdefault(label, extent)
    result = []
    for x, names in zip(arrays, labels):
        shape = tuple(
            extents.get(label, extent) if isinstance(extent, int) and extent == 1 else extent
            for label, extent in zip(names, x.shape)
        )
        stretched = tuple(e if c not in string.ascii_letters else f for c, e, f in zip(names, shape, x.shape))
        result.append(x if is_same_shape(stretched, x.shape) else broadcast_to(x, stretched))
    return result


def _without_repeats(x: Array, names: str) -> tuple[Array, str]:
    """Diagonals in place of repeated labels."""
    for label in dict.fromkeys(names):
        while names.count(label) > 1:
            i = names.index(label)
            j = names.index(label, i + 1)
            if not is_same(x.shape[i], x.shape[j]):
                raise ValueError(f"expected one extent for label '{label}', but got {x.shape[i]} and {x.shape[j]}")
            x = diagonal(x, axis1=i, axis2=j)
            names = names[:i] + names[i + 1 : j] + names[j + 1 :] + label
    return x, names


def _check_extents(terms: list[tuple[Array, str]]) -> None:
    extents: dict[str, object] = {}
    for x, names in terms:
        for label, extent in zip(names, x.shape):
            if not is_same(extents.setdefault(label, extent), extent):
                raise ValueError(f"expected one extent for label '{label}', but got {extents[label]} and {extent}")


def _sum_out(x: Array, names: str, needed: set[str]) -> tuple[Array, str]:
    """Sums over the dimensions whose labels nothing needs."""
    axes = tuple(i for i, label in enumerate(names) if label not in needed)
    if not axes:
        return x, names
    return sum(x, axis=axes, dtype=x.dtype), "".join(label for label in names if label in needed)


def _contract(x: Array, xs: str, y: Array, ys: str, needed: set[str]) -> tuple[Array, str]:
    x, xs = _sum_out(x, xs, needed | set(ys))
    y, ys = _sum_out(y, ys, needed | set(xs))
    batch = [c for c in xs if c in ys and c in needed]
    joint = [c for c in xs if c in ys and c not in needed]
    attributes = dictionary(
        lhs_batch=i64s([xs.index(c) for c in batch]),
        rhs_batch=i64s([ys.index(c) for c in batch]),
        lhs_contract=i64s([xs.index(c) for c in joint]),
        rhs_contract=i64s([ys.index(c) for c in joint]),
    )
    free = [c for c in xs if c not in ys] + [c for c in ys if c not in xs]
    return apply("dot_general", (x, y), attributes), "".join(batch + free)
