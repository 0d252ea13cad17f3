"""Indexing: integers, slices, None and ... give strided parts; one integer array picks along its dimension."""

from __future__ import annotations

import operator

import numpy as np

from dlc import _array, _tracing
from dlc._attributes import dictionary, dims, i64, i64s
from dlc._dim import Dim


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
    return isinstance(entry, (np.ndarray, list))


def _expand(index, rank: int) -> list:
    """The index as one entry for each dimension, and None for each new one."""
    entries = list(index) if isinstance(index, tuple) else [index]
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


def _part(entry, extent: int | Dim, dimension: int) -> _Part:
    if isinstance(entry, slice):
        return _slice_part(entry, extent, dimension)
    try:
        position = operator.index(entry)
    except TypeError:
        raise TypeError(
            f"expected integers, slices, None, ... or an integer array as index, but got {type(entry).__name__}"
        ) from None
    if isinstance(entry, (bool, np.bool_)):
        raise TypeError("expected integers, slices, None or ... as index, but got bool")
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
    if isinstance(stop, int) and stop < 0:
        stop = extent + stop
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
        lowest = part.start if part.step > 0 or part.count == 0 else part.start + (part.count - 1) * part.step
        lowest = max(lowest, 0) if part.count == 0 else lowest
        starts.append(lowest)
        strides.append(step)
        if isinstance(part.count, Dim):
            limits.append(part.count + lowest)
        else:
            limits.append(lowest if part.count == 0 else lowest + (part.count - 1) * step + 1)
    is_whole = all(s == 0 and t == 1 for s, t in zip(starts, strides)) and tuple(limits) == tuple(shape)
    if not is_whole:
        attributes = dictionary(starts=i64s(starts), limits=dims(limits), strides=i64s(strides))
        array = _tracing.apply("dlc.slice", (array,), attributes)
    if flipped:
        array = _tracing.apply("dlc.reverse", (array,), dictionary(dims=i64s(flipped)))
    return array


def _mask_error(entry) -> None:
    kind = entry.dtype if hasattr(entry, "dtype") else None
    if kind is not None and str(kind).endswith("bool"):
        raise IndexError("expected an integer array as index, but got bool: use dlc.where to choose by a condition")


def get(array, index):
    """array[index]."""
    entries = _expand(index, array.ndim)
    picks = [i for i, e in enumerate(e for e in entries if e is not None) if _is_array(e)]
    if len(picks) > 1:
        raise NotImplementedError(f"expected at most one array in an index, but got {len(picks)}")
    shape = array.shape
    parts, dimension = [], 0
    for entry in entries:
        if entry is None:
            continue
        whole = _Part(0, 1, shape[dimension])
        parts.append(whole if _is_array(entry) else _part(entry, shape[dimension], dimension))
        dimension += 1
    result = _apply_parts(array, parts)
    picked_shape = None
    if picks:
        pick = next(e for e in entries if e is not None and _is_array(e))
        pick = pick if isinstance(pick, _array.Array) else _array.asarray(pick)
        _mask_error(pick)
        picked_shape = pick.shape
        result = _tracing.apply("take", (result, pick), dictionary(axis=i64(picks[0])))
    final, dimension = [], 0
    for entry in entries:
        if entry is None:
            final.append(1)
            continue
        if picks and dimension == picks[0]:
            final.extend(picked_shape)
        elif not parts[dimension].drop:
            final.append(parts[dimension].count)
        dimension += 1
    if tuple(final) == result.shape:
        return result if result is not array else array.copy()
    return _tracing.apply("reshape", (result,), dictionary(shape=dims(final)))


def set(array, index, value) -> None:  # noqa: A001
    """array[index] = value."""
    entries = _expand(index, array.ndim)
    if any(_is_array(e) for e in entries):
        raise NotImplementedError(
            "expected integers, slices or ... as index of an assignment, but got an array: use dlc.scatter_add"
        )
    shape = array.shape
    real = [e for e in entries if e is not None]
    parts = [_part(e, shape[i], i) for i, e in enumerate(real)]
    if any(isinstance(s, Dim) for s in shape):
        if any(p.drop or p.step != 1 or p.count != s for p, s in zip(parts, shape)):
            raise NotImplementedError("expected an assignment to all elements of an array with symbolic extents")
        array.assign(value)
        return
    value = value if isinstance(value, _array.Array) else _array.asarray(value, array.dtype)
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
