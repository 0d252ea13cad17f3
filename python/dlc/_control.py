"""Control flow in traced functions: cond, while_loop and fori_loop, with JAX's names and argument order.

Each function given is traced into a region of a branch or loop. Arrays from outside that it writes become results of
the branch, or are carried by the loop, and are written when the whole is done; a function is traced again when that
makes more of them known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlc import _dtypes, _tree
from dlc._array import Array, asarray
from dlc._creation import full
from dlc._dim import Dim
from dlc._traced import in_trace
from dlc._tracing import Frame, local
from dlc._tree import Structure


def _is_leaf(value: Any) -> bool:
    return isinstance(value, (Array, np.ndarray, np.generic, bool, int, float))


def _as_strong(leaf: Any) -> Array:
    """A leaf as an array whose dtype is its own."""
    if isinstance(leaf, (bool, int, float)):
        return full((), leaf)
    array = asarray(leaf)
    weak = local.frame.read(array).weak
    return array.astype(_dtypes.float32 if array.dtype.kind == "f" else _dtypes.int64) if weak else array


def _handles(tree: Any) -> Any:
    """A tree with new handles in the places of arrays and numbers; objects stay as they are."""
    if _is_leaf(tree):
        return Array(local.frame.read(_as_strong(tree)), local.frame)
    if isinstance(tree, dict):
        return {k: _handles(v) for k, v in tree.items()}
    if isinstance(tree, (list, tuple)):
        parts = [_handles(v) for v in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return tree


def _is_same(a: Structure, b: Structure) -> bool:
    """Whether two trees have the same nodes, and the same values where they have no leaves."""
    return (
        a.kind == b.kind
        and (a.data is b.data or a.data == b.data)
        and len(a.children) == len(b.children)
        and all(_is_same(x, y) for x, y in zip(a.children, b.children))
    )


def _type_of(array: Array) -> str:
    return f"{array.dtype}[{', '.join(str(d) for d in array.shape)}]"


class _Region:
    """A function traced as a region: its arguments are `carried`, then the arrays from outside in `state`.

    It gives the leaves of its result, and `state` as it is then if `gives_state`.
    """

    def __init__(
        self,
        fn: Callable,
        args: tuple,
        carried: list[Array],
        state: list[Array],
        check: Callable,
        gives_state: bool = True,
    ):
        trace = local.frame.trace
        frame = Frame(trace, local.frame)
        arrays = [*carried, *state]
        for array, value in zip(arrays, trace.begin_function([local.frame.read(a) for a in arrays])):
            frame.env[id(array)] = (array, value)
        try:
            with frame:
                leaves, self.structure = _tree.flatten(fn(*args), _is_leaf)
                self.leaves = [_as_strong(x) for x in leaves]
                self.types = [_type_of(x) for x in self.leaves]
                own = {id(a) for a in carried}
                self.written = [a for a in frame.written.values() if id(a) not in own]
                check(self)
                results = [frame.read(x) for x in [*self.leaves, *(state if gives_state else [])]]
            self.function = trace.end_function(results)
        except BaseException:
            trace.abandon_function()
            raise


def _settle(trace_regions: Callable[[list[Array]], list[_Region]]) -> tuple[list[_Region], list[Array]]:
    """Traces regions until they write nothing beside what they take and give: `state`."""
    state: list[Array] = []
    while True:
        regions = trace_regions(state)
        known = {id(a) for a in state}
        new = {id(a): a for region in regions for a in region.written if id(a) not in known}
        if not new:
            return regions, state
        state = [*state, *new.values()]


def _finish(values: list, structure: Structure, state: list[Array]) -> Any:
    """The results of a branch or loop as a tree, after writing the arrays that it writes."""
    count = len(values) - len(state)
    for array, value in zip(state, values[count:]):
        local.frame.write(array, value)
    return _tree.unflatten(structure, [Array(v, local.frame) for v in values[:count]])


def _expect_tree(region: _Region, structure: Structure, types: list[str], fn: str, like: str) -> None:
    """Raises unless a region gives a tree of these types."""
    if not _is_same(region.structure, structure):
        raise TypeError(f"expected {fn} to return a tree like {like}, but got another")
    for i, (got, expected) in enumerate(zip(region.types, types)):
        if got != expected:
            raise TypeError(f"expected {fn} to return {expected} as leaf {i} like {like}, but got {got}")


def _ignore(_: _Region) -> None:
    pass


def _scalar(value: Any, what: str, kind: str) -> Array:
    """An array of rank 0 of a kind of dtype."""
    array = asarray(value)
    if array.shape != ():
        raise ValueError(f"expected {what} of rank 0, but got shape {array.shape}")
    if array.dtype.kind not in kind:
        raise TypeError(
            f"expected {what} of {'type bool' if kind == 'b' else 'an integer type'}, but got {array.dtype}"
        )
    return array


def cond(pred: Any, true_fn: Callable, false_fn: Callable, *operands: Any) -> Any:
    """true_fn(*operands) if `pred` holds, else false_fn(*operands). Only the one that is chosen runs.

    Args:
        pred: A bool of rank 0.
        true_fn: Returns a tree of arrays.
        false_fn: Returns a tree of the same structure, shapes and dtypes.
        *operands: Trees of arrays.

    Returns:
        The tree.

    Raises:
        TypeError: If the predicate is no bool, or the functions return different trees.
        ValueError: If the predicate is not of rank 0.

    Example:
        >>> import dlc
        >>> x = dlc.asarray([3.0, -4.0])
        >>> dlc.cond(x.sum() > 0, lambda v: v * 2, lambda v: -v, x).tolist()
        [-3.0, 4.0]
    """
    if isinstance(pred, (bool, np.bool_)):
        return true_fn(*operands) if pred else false_fn(*operands)

    def work() -> Any:
        predicate = _scalar(pred, "a predicate", "b")
        args = tuple(_handles(o) for o in operands)

        def trace_regions(state: list[Array]) -> list[_Region]:
            first = _Region(true_fn, args, [], state, _ignore)

            def check(region: _Region) -> None:
                _expect_tree(region, first.structure, first.types, "false_fn", "true_fn")

            return [first, _Region(false_fn, args, [], state, check)]

        (first, second), state = _settle(trace_regions)
        frame = local.frame
        taken = [frame.read(a) for a in state]
        count = len(first.leaves) + len(state)
        values = frame.trace.branch(frame.read(predicate), first.function, second.function, taken, count)
        return _finish(values, first.structure, state)

    return in_trace(work)


def _carry(init: Any) -> tuple[list[Array], Structure, list[str]]:
    """What a loop carries: new handles for the leaves, the tree, and the leaves' types."""
    leaves, structure = _tree.flatten(init, _is_leaf)
    arrays = [_handles(x) for x in leaves]
    return arrays, structure, [_type_of(a) for a in arrays]


def while_loop(cond_fn: Callable, body_fn: Callable, init: Any) -> Any:
    """Runs `value = body_fn(value)`, from `init` on, as long as cond_fn(value) holds.

    Args:
        cond_fn: Returns a bool of rank 0. It must write no arrays.
        body_fn: Returns a tree like the one it takes.
        init: A tree of arrays. Python numbers are arrays of rank 0.

    Returns:
        The last value.

    Raises:
        TypeError: If cond_fn returns no bool, or body_fn a tree of another structure, shape or dtype.
        ValueError: If what cond_fn returns is not of rank 0.

    Example:
        >>> import dlc
        >>> dlc.while_loop(lambda x: x < 100, lambda x: x * 2, 3).item()
        192
    """

    def work() -> Any:
        carried, structure, types = _carry(init)
        value = _tree.unflatten(structure, carried)

        def check_condition(region: _Region) -> None:
            if region.written:
                raise ValueError(f"expected cond_fn to write no arrays, but got {len(region.written)} that it writes")
            if region.structure.kind != "leaf":
                raise TypeError("expected cond_fn to return a bool of rank 0, but got a tree")
            _scalar(region.leaves[0], "what cond_fn returns to be", "b")

        def check_body(region: _Region) -> None:
            _expect_tree(region, structure, types, "body_fn", "init")

        def trace_regions(state: list[Array]) -> list[_Region]:
            return [_Region(body_fn, (value,), carried, state, check_body)]

        (body,), state = _settle(trace_regions)
        frame = local.frame
        test = _Region(lambda v: _as_strong(cond_fn(v)), (value,), carried, state, check_condition, gives_state=False)
        inits = [frame.read(a) for a in [*carried, *state]]
        return _finish(frame.trace.while_loop(test.function, body.function, inits), structure, state)

    return in_trace(work)


def fori_loop(lower: Any, upper: Any, body_fn: Callable, init: Any) -> Any:
    """Runs `value = body_fn(i, value)`, from `init` on, for each i of lower, lower + 1, ... below upper.

    Args:
        lower: The first counter: an integer, or an integer array of rank 0.
        upper: The end.
        body_fn: Returns a tree like `value`. The counter is an array of rank 0: of the bounds' type if they are arrays
            of one signed integer type, else int64.
        init: A tree of arrays. Python numbers are arrays of rank 0.

    Returns:
        The last value.

    Raises:
        TypeError: If a bound is no integer, or body_fn returns a tree of another structure, shape or dtype.
        ValueError: If a bound is not of rank 0.

    Example:
        >>> import dlc
        >>> dlc.fori_loop(0, 5, lambda i, x: x + i, dlc.asarray([0, 100])).tolist()
        [10, 110]
    """

    def work() -> Any:
        frame = local.frame
        bounds = [b if _is_plain(b) else _scalar(b, "a bound", "iu") for b in (_known(lower), _known(upper))]
        kinds = {b.dtype for b in bounds if isinstance(b, Array)}
        kind = kinds.pop() if len(kinds) == 1 else _dtypes.int64
        kind = kind if kind.kind == "i" else _dtypes.int64
        bounds = [b if _is_plain(b) else frame.read(b.astype(kind)) for b in bounds]
        carried, structure, types = _carry(init)
        counter = _handles(full((), 0, dtype=kind))

        def check_body(region: _Region) -> None:
            _expect_tree(region, structure, types, "body_fn", "init")

        def trace_regions(state: list[Array]) -> list[_Region]:
            args = (counter, _tree.unflatten(structure, carried))
            return [_Region(body_fn, args, [counter, *carried], state, check_body)]

        (body,), state = _settle(trace_regions)
        inits = [frame.read(a) for a in [*carried, *state]]
        return _finish(frame.trace.for_loop(*bounds, body.function, inits), structure, state)

    return in_trace(work)


def _is_plain(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _known(bound: Any) -> Any:
    if isinstance(bound, Dim):
        return asarray(bound)
    return int(bound) if isinstance(bound, np.integer) else bound
