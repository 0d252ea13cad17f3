"""Functions that change shapes, move elements or join arrays."""

from __future__ import annotations

import operator
from collections.abc import Sequence

import numpy as np

from dlc import _array
from dlc._array import Array, ArrayLike, array_of
from dlc._attributes import dictionary, dims, i64, i64s, string
from dlc._creation import Shape, arange, shape_of
from dlc._dim import Dim, is_same, is_same_shape
from dlc._tracing import apply

__all__ = [
    "broadcast_arrays",
    "broadcast_shapes",
    "broadcast_to",
    "concat",
    "expand_dims",
    "flip",
    "moveaxis",
    "pad",
    "permute_dims",
    "repeat",
    "reshape",
    "roll",
    "split",
    "squeeze",
    "stack",
    "swapaxes",
    "tile",
    "transpose",
    "unstack",
]


def reshape(x: ArrayLike, /, shape: Shape, *, copy: bool | None = None) -> Array:
    """The elements in row-major order under another shape; one extent may be -1.

    Writes to an array are never seen in another, so `copy` changes nothing.
    """
    return apply("reshape", (x,), dictionary(shape=dims(shape_of(shape))))


def broadcast_to(x: ArrayLike, /, shape: Shape) -> Array:
    """x repeated along new or stretched dimensions."""
    return apply("broadcast_to", (x,), dictionary(shape=dims(shape_of(shape))))


def broadcast_shapes(*shapes: Sequence[int | Dim]) -> tuple[int | Dim, ...]:
    """The shape that arrays of these shapes broadcast to.

    Raises:
        ValueError: If there is none.
    """
    result: list[int | Dim] = [1] * max((len(shape) for shape in shapes), default=0)
    for shape in shapes:
        for i in range(-len(shape), 0):
            if is_same(result[i], 1):
                result[i] = shape[i]
            elif not is_same(shape[i], 1) and not is_same(shape[i], result[i]):
                raise ValueError(f"expected shapes that broadcast, but got {', '.join(str(tuple(s)) for s in shapes)}")
    return tuple(result)


def broadcast_arrays(*arrays: ArrayLike) -> tuple[Array, ...]:
    """Arrays broadcast to one shape."""
    all_arrays = [array_of(x) for x in arrays]
    shape = broadcast_shapes(*(x.shape for x in all_arrays))
    return tuple(x if is_same_shape(x.shape, shape) else broadcast_to(x, shape) for x in all_arrays)


def permute_dims(x: ArrayLike, /, axes: Sequence[int]) -> Array:
    """Dimension i of the result is dimension axes[i] of x."""
    return array_of(x).transpose(tuple(axes))


def transpose(x: ArrayLike, /, axes: Sequence[int] | None = None) -> Array:
    """The array with its dimensions in another order, by default reversed."""
    return array_of(x).transpose(*(() if axes is None else (tuple(axes),)))


def moveaxis(x: ArrayLike, source: int | Sequence[int], destination: int | Sequence[int], /) -> Array:
    """x with dimensions moved to other places; the others keep their order.

    Raises:
        ValueError: If there are not as many places as dimensions, or one is named twice.
    """
    x = array_of(x)
    sources = [axis_of(x, a) for a in (source if isinstance(source, (tuple, list)) else (source,))]
    places = [axis_of(x, a) for a in (destination if isinstance(destination, (tuple, list)) else (destination,))]
    if len(sources) != len(places) or len(set(sources)) != len(sources) or len(set(places)) != len(places):
        raise ValueError(f"expected dimensions and as many places, each once, but got {source} and {destination}")
    order = [i for i in range(x.ndim) if i not in sources]
    for place, dimension in sorted(zip(places, sources)):
        order.insert(place, dimension)
    return x.transpose(order)


def expand_dims(x: ArrayLike, /, axis: int | Sequence[int] = 0) -> Array:
    """x with new dimensions of extent 1, where `axis` says in the result.

    Raises:
        AxisError: NumPy's, a ValueError and IndexError: if a place is out of range.
        ValueError: If one is named twice.
    """
    x = array_of(x)
    places = axis if isinstance(axis, (tuple, list)) else (axis,)
    rank = x.ndim + len(places)
    for place in places:
        if not -rank <= place < rank:
            raise np.exceptions.AxisError(f"expected an axis in [{-rank}, {rank - 1}], but got {place}")
    new = {place % rank for place in places}
    if len(new) != len(places):
        raise ValueError(f"expected each axis once, but got {tuple(places)}")
    extents = iter(x.shape)
    return reshape(x, [1 if i in new else next(extents) for i in range(rank)])


def squeeze(x: ArrayLike, /, axis: int | Sequence[int]) -> Array:
    """x without dimensions of extent 1."""
    x = array_of(x)
    axes = [axis_of(x, a) for a in (axis if isinstance(axis, (tuple, list)) else (axis,))]
    for a in axes:
        if x.shape[a] != 1:
            raise ValueError(f"expected dimension {a} to have extent 1, but got {x.shape[a]}")
    return reshape(x, [e for i, e in enumerate(x.shape) if i not in axes])


def flip(x: ArrayLike, /, axis: int | Sequence[int] | None = None) -> Array:
    """x with the order of elements reversed along dimensions, by default all."""
    x = array_of(x)
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
    return apply("dlc.reverse", (x,), dictionary(dims=i64s(sorted(axis_of(x, a) for a in axes))))


def pad(x: ArrayLike, /, padding: Sequence[tuple[int, int]], *, value: ArrayLike = 0) -> Array:
    """x between copies of a value: `padding` has their numbers before and after each dimension; negative ones crop."""
    x = array_of(x)
    if len(padding) != x.ndim:
        raise ValueError(f"expected {x.ndim} pairs of padding, but got {len(padding)}")
    attributes = dictionary(
        low=i64s([p[0] for p in padding]), high=i64s([p[1] for p in padding]), interior=i64s([0] * x.ndim)
    )
    return apply("dlc.pad", (x, _array.asarray(value, x.dtype)), attributes)


# Joining


def concat(arrays: Sequence[ArrayLike], /, axis: int | None = 0) -> Array:
    """Arrays one after the other along a dimension, in their common element type; None: as vectors."""
    if axis is None:
        arrays, axis = [reshape(x, (-1,)) for x in arrays], 0
    return apply("concat", tuple(arrays), dictionary(axis=i64(axis)))


def stack(arrays: Sequence[ArrayLike], /, axis: int = 0) -> Array:
    """Arrays of one shape along a new dimension, in their common element type."""
    return apply("stack", tuple(arrays), dictionary(axis=i64(axis)))


def split(x: Array, /, sections: int | Sequence[int], *, axis: int = 0) -> list[Array]:
    """x cut along a dimension: into equal parts, or at the given places."""
    x = array_of(x)
    axis = axis_of(x, axis)
    extent = x.shape[axis]
    if isinstance(sections, int):
        if sections < 1 or extent % sections:
            raise ValueError(f"expected a number of parts that divides {extent}, but got {sections}")
        places = [extent // sections * i for i in range(1, sections)]
    else:
        places = list(sections)
    bounds = [0, *places, extent]
    before = (slice(None),) * axis
    return [x[(*before, slice(a, b))] for a, b in zip(bounds, bounds[1:])]


def tile(x: ArrayLike, repetitions: Sequence[int], /) -> Array:
    """x repeated along each dimension."""
    x = array_of(x)
    repetitions = (1,) * (x.ndim - len(repetitions)) + tuple(repetitions)
    shape = (1,) * (len(repetitions) - x.ndim) + tuple(x.shape)
    spread, wide = [], []
    for count, extent in zip(repetitions, shape):
        spread += [1, extent]
        wide += [count, extent]
    result = broadcast_to(reshape(x, spread), wide)
    return reshape(result, [count * extent for count, extent in zip(repetitions, shape)])


def unstack(x: ArrayLike, /, axis: int = 0) -> tuple[Array, ...]:
    """The slices of x along a dimension, without it."""
    moved = moveaxis(x, axis, 0)
    return tuple(moved[i] for i in range(moved.shape[0]))


def repeat(x: ArrayLike, repeats: int | ArrayLike, /, axis: int | None = None) -> Array:
    """x with each slice along a dimension repeated.

    Args:
        x: The array.
        repeats: How often: one number, or one for each slice, which must have values while tracing.
        axis: The dimension; None flattens x.

    Returns:
        The array with the dimension as long as all repeats together.

    Raises:
        ValueError: If a number is negative, or there are not as many as slices.
    """
    x = reshape(x, (-1,)) if axis is None else array_of(x)
    axis = axis_of(x, 0 if axis is None else axis)
    extent = x.shape[axis]
    if hasattr(repeats, "__index__") and not hasattr(repeats, "shape"):
        if repeats < 0:
            raise ValueError(f"expected repeats of at least 0, but got {repeats}")
        spread = (*x.shape[: axis + 1], 1, *x.shape[axis + 1 :])
        wide = (*x.shape[: axis + 1], operator.index(repeats), *x.shape[axis + 1 :])
        return reshape(
            broadcast_to(reshape(x, spread), wide), (*x.shape[:axis], extent * repeats, *x.shape[axis + 1 :])
        )
    counts = np.asarray(repeats)
    counts = counts.astype(np.int64) if counts.size == 0 else counts
    if counts.dtype.kind not in "iu":
        raise TypeError(f"expected integers to repeat by, but got {counts.dtype}")
    if counts.size == 1:
        return repeat(x, int(counts.item()), axis=axis)
    if counts.shape != (extent,) or (counts < 0).any():
        raise ValueError(f"expected {extent} repeats of at least 0, but got {counts.tolist()}")
    indices = np.repeat(np.arange(extent), counts)
    return apply("take", (x, indices), dictionary(axis=i64(axis), mode=string("clamp")))


def roll(x: ArrayLike, /, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Array:
    """x with its elements moved on along dimensions; those that leave at the end come in at the front.

    Args:
        x: The array.
        shift: How far, for each dimension of `axis`; negative: back.
        axis: The dimensions; None moves elements in row-major order.

    Returns:
        An array of the shape of x.

    Raises:
        ValueError: If there are not as many shifts as dimensions.
    """
    x = array_of(x)
    if axis is None:
        return reshape(roll(reshape(x, (-1,)), shift, axis=0), x.shape)
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    shifts = shift if isinstance(shift, (tuple, list)) else (shift,) * len(axes)
    if len(shifts) != len(axes):
        raise ValueError(f"expected {len(axes)} shifts, but got {len(shifts)}")
    for place, by in zip(axes, shifts):
        place = axis_of(x, place)
        extent = x.shape[place]
        if isinstance(extent, Dim):
            indices = apply("remainder", (arange(extent) - by, extent))
            x = apply("take", (x, indices), dictionary(axis=i64(place), mode=string("clamp")))
            continue
        by = by % extent if extent else 0
        if by:
            before = (slice(None),) * place
            x = concat((x[(*before, slice(-by, None))], x[(*before, slice(None, -by))]), axis=place)
    return x


def swapaxes(x: ArrayLike, axis1: int, axis2: int, /) -> Array:
    """x with two dimensions in each other's place."""
    x = array_of(x)
    order = list(range(x.ndim))
    i, j = axis_of(x, axis1), axis_of(x, axis2)
    order[i], order[j] = j, i
    return x.transpose(order)


def axis_of(x: Array, axis: int) -> int:
    """A dimension counted from the front, checked."""
    if not -x.ndim <= axis < x.ndim:
        raise np.exceptions.AxisError(f"expected an axis in [{-x.ndim}, {x.ndim - 1}], but got {axis}")
    return axis % x.ndim


def _flatten(self: Array) -> Array:
    """The elements in row-major order as a vector."""
    return reshape(self, (-1,))


Array.flatten = Array.ravel = _flatten
Array.squeeze = lambda self, axis=None: squeeze(
    self, tuple(i for i, extent in enumerate(self.shape) if extent == 1) if axis is None else axis
)
Array.swapaxes = swapaxes
Array.repeat = repeat
