"""Batches: a function of one example is traced, and the op dlc.vmap runs it for all of them, bit for bit."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from dlc import _tree
from dlc._array import Array
from dlc._traced import Traced, as_arrays, in_trace, is_result

Axes = "int | None | Sequence | dict"


def _each_leaf(tree: Any, axes: Any, is_leaf: Callable[[Any], bool], path: str) -> list[tuple[Any, int | None, str]]:
    """(leaf, axis, path) for all leaves; `axes` is a tree like the upper part of `tree`."""
    if axes is not None and not isinstance(axes, (int, tuple, list, dict)):
        raise TypeError(f"expected axes that are integers, None or trees of them, but got {type(axes).__name__}")
    if is_leaf(tree):
        if axes is not None and not isinstance(axes, int):
            raise ValueError(f"expected one axis for {path}, but got a tree of them")
        return [(tree, axes, path)]
    node = _tree.children_of(tree)
    if node is None:
        return []
    kind, data, parts = node
    names = data if kind == "dict" else data[1] if kind == "object" else range(len(parts))
    if axes is None or isinstance(axes, int):
        below = [axes] * len(parts)
    elif isinstance(axes, dict) != (kind == "dict") or kind == "object" or len(axes) != len(parts):
        raise ValueError(f"expected axes in a tree like that of {path}, a {kind} of {len(parts)}, but got {axes}")
    elif isinstance(axes, dict):
        if set(axes) != set(data):
            raise ValueError(f"expected axes for the keys of {path}, {sorted(data)}, but got {sorted(axes)}")
        below = [axes[key] for key in data]
    else:
        below = list(axes)
    found = []
    is_leaf = _tree.is_array if kind == "object" else is_leaf
    for name, part, its in zip(names, parts, below):
        found += _each_leaf(part, its, is_leaf, f"{path}.{name}" if kind == "object" else f"{path}[{name!r}]")
    return found


def _normalised(axis: int, rank: int, name: str, path: str) -> int:
    if not -rank <= axis < rank:
        raise ValueError(f"expected '{name}' of {path} to be in [{-rank}, {rank}), but got {axis}")
    return axis % rank


def _mapped(leaves: list[tuple[Array, int | None, str]]) -> dict[int, tuple[Array, int]]:
    """The arrays that have an example axis, with it, by their identity; all extents there are one."""
    mapped: dict[int, tuple[Array, int]] = {}
    extent, first = None, ""
    for array, axis, path in leaves:
        if axis is None:
            continue
        if array.ndim == 0:
            raise ValueError(f"expected {path} to have an axis {axis} that counts the examples, but got rank 0")
        axis = _normalised(axis, array.ndim, "in_axes", path)
        if extent is None:
            extent, first = array.shape[axis], path
        if array.shape[axis] != extent:
            raise ValueError(
                f"expected as many examples in {path} as in {first}, but got {array.shape[axis]} and {extent}"
            )
        mapped.setdefault(id(array), (array, axis))
    if not mapped:
        raise ValueError("expected an argument with an axis that counts the examples, but got None for all")
    return mapped


def _result_axes(traced: Traced, out_axes: Any) -> list[int]:
    """The axis of each result, -1 for None."""
    axes = []
    for leaf, axis, path in _each_leaf(traced.result, out_axes, is_result, "the result"):
        rank = 1 + (leaf.ndim if hasattr(leaf, "ndim") else 0)
        axes.append(-1 if axis is None else _normalised(axis, rank, "out_axes", path))
    return axes


def vmap(fn: Callable, in_axes: Axes = 0, out_axes: Axes = 0) -> Callable:
    """The function that does for a batch of examples what fn does for one.

    Each example's results have the bits that fn gives for it alone. What does not depend on the example is computed
    once. Arrays that fn reaches in other ways are shared by all examples, and so are random generators: each example
    sees the same numbers unless the state is an argument with an axis. What fn writes to an argument with an axis is
    written for each example; what it writes to any other array must be the same for all.

    Args:
        fn: A function of trees of arrays that returns a tree of arrays.
        in_axes: The axis that counts the examples: one for all arguments, or a tuple with a tree for each of them,
            whose leaves serve whole subtrees. None: shared by all examples. Keyword arguments have axis 0.
        out_axes: Where the examples are counted in the results, as a tree like the upper part of them. None: fn gives
            the same for each example.

    Returns:
        A function with fn's arguments.

    Raises:
        ValueError: If no argument has an axis, an axis is out of range, or the extents differ.

    Example:
        >>> import dlc
        >>> dot = lambda x, y: (x * y).sum()
        >>> x = dlc.asarray([[1.0, 2.0], [3.0, 4.0]])
        >>> vmap(dot, in_axes=(0, None))(x, dlc.asarray([1.0, 10.0])).tolist()
        [21.0, 43.0]
        >>> vmap(dlc.grad(dot))(x, x).tolist()
        [[1.0, 2.0], [3.0, 4.0]]
    """

    @functools.wraps(fn)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        def work() -> Any:
            inner = tuple(as_arrays(a) for a in args)
            named = {name: as_arrays(value) for name, value in kwargs.items()}
            leaves = _argument_leaves(inner, named, in_axes)
            mapped = _mapped(leaves)
            arguments = [array for array, _ in mapped.values()]
            axes = [axis for _, axis in mapped.values()]
            places: list[int] = []
            traced = Traced(fn, inner, named, arguments, lambda t: places.extend(_result_axes(t, out_axes)), axes=axes)
            return _tree.unflatten(traced.structure, traced.vmap(places))

        return in_trace(work)

    return wrapped


def _argument_leaves(args: tuple, kwargs: dict, in_axes: Any) -> list[tuple[Array, int | None, str]]:
    if in_axes is not None and not isinstance(in_axes, (int, tuple, list)):
        raise TypeError(f"expected 'in_axes' to be an integer, None or a tuple, but got {type(in_axes).__name__}")
    if isinstance(in_axes, (tuple, list)) and len(in_axes) != len(args):
        raise ValueError(
            f"expected 'in_axes' to have {len(args)} entries, one for each argument, but got {len(in_axes)}"
        )
    each = in_axes if isinstance(in_axes, (tuple, list)) else [in_axes] * len(args)
    leaves = []
    for number, (argument, axes) in enumerate(zip(args, each)):
        leaves += _each_leaf(argument, axes, _tree.is_array, f"argument {number}")
    for name, value in kwargs.items():
        leaves += _each_leaf(value, 0, _tree.is_array, f"argument {name!r}")
    return leaves
