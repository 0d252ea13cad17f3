"""Indexing: integers, slices, None and ... give strided parts; arrays of integers and masks pick, as in NumPy."""

from __future__ import annotations

import operator

import numpy as np

from dlc import _array, _tracing
from dlc._attributes import dictionary, dims, i64, i64s, string
from dlc._dim import Dim, is_same, is_same_shape, size_of
from dlc._elementwise import where
from dlc._manipulation import broadcast_arrays, broadcast_to, reshape


class _Part:
    """One dimension of a basic index: elements start, start + step, ..., `count` of them."""

    __slots__ = ("start", "step", "count", "drop")

    def __init__(self, start: int, step: int, count: int | Dim, drop: bool = False):
        self.start = start
        self.step = step
        self.count = count
        self.drop = drop


def _is_array(entry) -> bool:
    if isinstance(entry, _array.Array):  # while tracing a single integer, too, has no value but picks
        return entry.ndim > 0 or _tracing.local.frame is not None
    return isinstance(entry, np.ndarray)


def _is_mask(entry) -> bool:
    if isinstance(entry, (bool, np.bool_)):
        return True
    return isinstance(entry, (_array.Array, np.ndarray)) and entry.dtype == np.bool_


def _of_list(entry):
    """A list as an array of integers or bool; an empty one picks nothing."""
    if not isinstance(entry, list):
        return entry
    if any(isinstance(e, _array.Array) for e in entry):
        return _array.array_of(entry)
    return np.asarray(entry) if entry else np.zeros(0, np.int64)


def _expand(index, shape: tuple) -> list:
    """The index as one entry for each dimension, and None for each new one; of a mask, integers for each of its own."""
    rank = len(shape)
    entries = [_of_list(e) for e in (index if isinstance(index, tuple) else (index,))]
    if any(_is_mask(e) for e in entries):
        entries = _without_masks(entries, shape)
    used = sum(e is not None and e is not Ellipsis for e in entries)
    if sum(e is Ellipsis for e in entries) > 1:
        raise IndexError("expected at most one ... in an index")
    if used > rank:
        raise IndexError(f"expected at most {rank} indices for an array of rank {rank}, but got {used}")
    if not any(e is Ellipsis for e in entries):
        entries.append(Ellipsis)
    at = next(i for i, e in enumerate(entries) if e is Ellipsis)
    entries[at : at + 1] = [slice(None)] * (rank - used)
    return entries


def _without_masks(entries: list, shape: tuple) -> list:
    """Masks replaced by where they hold."""
    if _tracing.local.frame is not None and any(isinstance(e, _array.Array) and _is_mask(e) for e in entries):
        raise IndexError(
            "expected integers as index of a function under trace, where it is not known how much a mask picks: use "
            "dlc.where to choose by a condition"
        )
    ranks = [_array.array_of(e).ndim if _is_mask(e) else int(e is not None and e is not Ellipsis) for e in entries]
    result, dimension = [], 0
    for i, (entry, rank) in enumerate(zip(entries, ranks)):
        if entry is Ellipsis:
            dimension = len(shape) - sum(ranks[i + 1 :])
        if not _is_mask(entry):
            result.append(entry)
        else:
            mask, expected = _array.array_of(entry), tuple(shape[dimension : dimension + rank])
            if rank == 0:
                raise IndexError("expected a mask of rank 1 or more among several indices, but got rank 0")
            if mask.shape != expected:
                raise IndexError(f"expected a mask of shape {expected}, but got {mask.shape}")
            known = mask.numpy() if isinstance(entry, _array.Array) else np.asarray(entry)
            result.extend(_array.asarray(part) for part in np.nonzero(known))
        dimension += rank
    return result


def _part(entry, extent: int | Dim, dimension: int) -> _Part:
    if isinstance(entry, slice):
        return _slice_part(entry, extent, dimension)
    try:
        position = operator.index(entry)
    except TypeError:
        raise TypeError(
            f"expected integers, slices, None, ... or an integer array as index, but got {type(entry).__name__}"
        ) from None
    if isinstance(extent, Dim):
        if position < 0:
            raise IndexError(f"expected a non-negative index into the symbolic extent {extent}, but got {position}")
        return _Part(position, 1, 1, True)
    if not -extent <= position < extent:
        raise IndexError(f"expected an index in [{-extent}, {extent}) for dimension {dimension}, but got {position}")
    return _Part(position % extent, 1, 1, True)


def _slice_part(entry: slice, extent: int | Dim, dimension: int) -> _Part:
    if not isinstance(extent, Dim):
        start, stop, step = entry.indices(extent)
        return _Part(start, step, len(range(start, stop, step)))
    start = 0 if entry.start is None else operator.index(entry.start)
    step = 1 if entry.step is None else operator.index(entry.step)
    stop = extent if entry.stop is None else entry.stop
    if not isinstance(stop, Dim):
        stop = operator.index(stop)
        stop = extent + stop if stop < 0 else max(stop, start)
    if start < 0 or step != 1:
        raise IndexError(f"expected a start of 0 or more and step 1 in symbolic dimension {dimension}, but got {entry}")
    return _Part(start, 1, stop - start)


def _apply_parts(array, parts: list[_Part]):
    """The strided part of an array; dimensions of single elements stay with extent 1."""
    shape = array.shape
    flipped = [i for i, p in enumerate(parts) if p.step < 0]
    starts, limits, strides = [], [], []
    for part in parts:
        step = abs(part.step)
        is_empty = is_same(part.count, 0)
        lowest = part.start if part.step > 0 or is_empty else part.start + (part.count - 1) * part.step
        lowest = max(lowest, 0) if is_empty else lowest
        starts.append(lowest)
        strides.append(step)
        if isinstance(part.count, Dim):
            limits.append(part.count + lowest)
        else:
            limits.append(lowest if is_empty else lowest + (part.count - 1) * step + 1)
    is_whole = all(s == 0 and t == 1 for s, t in zip(starts, strides)) and is_same_shape(tuple(limits), tuple(shape))
    if not is_whole:
        attributes = dictionary(starts=i64s(starts), limits=dims(limits), strides=i64s(strides))
        array = _tracing.apply("dlc.slice", (array,), attributes)
    if flipped:
        array = _tracing.apply("dlc.reverse", (array,), dictionary(dims=i64s(flipped)))
    return array


def _inside(pick, extent):
    """Indices counted from the front; one out of range is an error that names the extent."""
    numbers = _tracing.apply("dlc.iota", (), dictionary(shape=dims((extent,)), dim=i64(0), element="i64"))
    return _tracing.apply("take", (numbers, pick), dictionary(axis=i64(0)))


def _picked(array, picks: dict):
    """Elements by integer arrays along several dimensions at once; theirs come first, those of the arrays before."""
    places = sorted(picks)
    extents = [array.shape[i] for i in places]
    rest = [i for i in range(array.ndim) if i not in picks]
    checked = [_inside(picks[i], extent) for i, extent in zip(places, extents)]
    arrays = broadcast_arrays(*checked)
    linear = arrays[0]
    for pick, extent in zip(arrays[1:], extents[1:]):
        linear = linear * extent + pick
    size = size_of(tuple(extents))
    moved = array.transpose(places + rest)
    flat = reshape(moved, (size, *(array.shape[i] for i in rest)))
    return _tracing.apply("take", (flat, linear), dictionary(axis=i64(0))), arrays[0].ndim


def _picks_of(entries: list) -> dict:
    """{dimension: array} of what picks: arrays, and integers beside them."""
    real = [e for e in entries if e is not None]
    if not any(_is_array(e) for e in real):
        return {}
    picks = {}
    for i, entry in enumerate(real):
        if _is_array(entry) or not isinstance(entry, slice):
            pick = _array.array_of(entry)
            if pick.dtype.kind not in "iu":
                raise IndexError(f"expected integers in an array as index, but got {pick.dtype}")
            picks[i] = pick
    return picks


def get(array, index):
    """array[index]."""
    index = _of_list(index)
    if isinstance(index, (bool, np.bool_)) or (_is_mask(index) and _array.array_of(index).ndim == 0):
        picked = np.zeros(int(bool(index)), np.int64)
        return get(reshape(array, (1, *array.shape)), picked)
    shape = array.shape
    entries = _expand(index, shape)
    picks = _picks_of(entries)
    real = [e for e in entries if e is not None]
    parts = [_Part(0, 1, shape[i]) if i in picks else _part(e, shape[i], i) for i, e in enumerate(real)]
    result = _apply_parts(array, parts)
    places = sorted(picks)
    # Where the dimensions of the picks go: to the first if they are neighbours in the index, else to the front.
    at = [i for i, e in enumerate(entries) if e is not None and sum(x is not None for x in entries[:i]) in picks]
    is_joint = bool(at) and at == list(range(at[0], at[-1] + 1))
    picked_shape: tuple = ()
    if len(picks) == 1:
        picked_shape = picks[places[0]].shape
        result = _tracing.apply("take", (result, picks[places[0]]), dictionary(axis=i64(places[0])))
    elif picks:
        result, rank = _picked(result, picks)
        picked_shape = result.shape[:rank]
        if is_joint:
            order = list(range(rank, rank + places[0])) + list(range(rank))
            result = result.transpose(order + list(range(rank + places[0], result.ndim)))
    final = list(picked_shape) if picks and not is_joint else []
    dimension = 0
    for i, entry in enumerate(entries):
        if is_joint and i == at[0]:
            final.extend(picked_shape)
        if entry is None:
            final.append(1)
            continue
        if dimension not in picks and not parts[dimension].drop:
            final.append(parts[dimension].count)
        dimension += 1
    if is_same_shape(tuple(final), result.shape):
        return result if result is not array else array.copy()
    return _tracing.apply("reshape", (result,), dictionary(shape=dims(final)))


def _as_element(value, array):
    """What is assigned, in the array's type: numbers are rounded once."""
    return value.astype(array.dtype) if isinstance(value, _array.Array) else _array.asarray(value, array.dtype)


def _set_picked(array, index, value) -> None:
    """array[index] = value, where arrays pick: of elements that are picked twice the last stays."""
    shape = array.shape
    entries = _expand(index, shape)
    value = _as_element(value, array)
    whole = [isinstance(e, slice) and e == slice(None) for e in entries]
    if whole.count(False) == 1 and not any(e is None for e in entries):
        axis = whole.index(False)
        pick = _array.array_of(entries[axis])
        if pick.ndim == 0:
            pick = reshape(pick, (1,))
            if value.ndim >= array.ndim - axis:
                value = reshape(
                    value,
                    (
                        *value.shape[: value.ndim - (array.ndim - 1 - axis)],
                        1,
                        *value.shape[value.ndim - (array.ndim - 1 - axis) :],
                    ),
                )
        target = (*shape[:axis], *pick.shape, *shape[axis + 1 :])
        value = value if is_same_shape(value.shape, target) else broadcast_to(value, target)
        array.assign(_tracing.apply("scatter", (array, pick, value), dictionary(axis=i64(axis), kind=string("set"))))
        return
    size = size_of(shape)
    numbers = _tracing.apply("dlc.iota", (), dictionary(shape=dims((size,)), dim=i64(0), element="i64"))
    places = get(reshape(numbers, shape), tuple(entries))
    value = value if is_same_shape(value.shape, places.shape) else broadcast_to(value, places.shape)
    operands = (reshape(array, (size,)), reshape(places, (-1,)), reshape(value, (-1,)))
    flat = _tracing.apply("scatter", operands, dictionary(axis=i64(0), kind=string("set")))
    array.assign(reshape(flat, shape))


def _set_masked(array, mask, value) -> bool:
    """array[mask] = value for one value for all, which needs no count; False for others."""
    mask, value = _array.array_of(mask), _as_element(value, array)
    if value.ndim > array.ndim - mask.ndim or mask.ndim > array.ndim:
        return False
    if mask.shape != array.shape[: mask.ndim]:
        raise IndexError(f"expected a mask of shape {array.shape[: mask.ndim]}, but got {mask.shape}")
    mask = reshape(mask, (*mask.shape, *(1,) * (array.ndim - mask.ndim)))
    array.assign(where(mask, value, array))
    return True


def set(array, index, value) -> None:  # noqa: A001
    """array[index] = value."""
    index = _of_list(index)
    if _is_mask(index) and _set_masked(array, index, value):
        return
    entries = _expand(index, array.shape)
    if any(_is_array(e) for e in entries):
        _set_picked(array, tuple(entries), value)
        return
    shape = array.shape
    real = [e for e in entries if e is not None]
    parts = [_part(e, shape[i], i) for i, e in enumerate(real)]
    if any(isinstance(s, Dim) for s in shape):
        if any(p.drop or p.step != 1 or not is_same(p.count, s) for p, s in zip(parts, shape)):
            raise NotImplementedError("expected an assignment to all elements of an array with symbolic extents")
        array.assign(value)
        return
    value = _as_element(value, array)
    kept = [p.count for p in parts if not p.drop]
    # The value has the shape that reading array[index] has; here every dimension stays.
    with_new, dimension = [], 0
    for entry in entries:
        if entry is None:
            with_new.append(1)
        else:
            if not parts[dimension].drop:
                with_new.append(parts[dimension].count)
            dimension += 1
    if value.shape != tuple(with_new):
        value = _tracing.apply("broadcast_to", (value,), dictionary(shape=dims(with_new)))
    flipped = [i for i, p in enumerate(p for p in parts if not p.drop) if p.step < 0]
    if with_new != kept:
        value = _tracing.apply("reshape", (value,), dictionary(shape=dims(kept)))
    if flipped:
        value = _tracing.apply("dlc.reverse", (value,), dictionary(dims=i64s(flipped)))
    full = [p.count for p in parts]
    if full != kept:
        value = _tracing.apply("reshape", (value,), dictionary(shape=dims(full)))
    starts = [p.start if p.step > 0 or p.count == 0 else p.start + (p.count - 1) * p.step for p in parts]
    attributes = dictionary(
        starts=i64s([max(s, 0) for s in starts]), strides=i64s([abs(p.step) for p in parts]), counts=i64s(full)
    )
    array.assign(_tracing.apply("update", (array, value), attributes))
