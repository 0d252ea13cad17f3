"""Products with Jacobians, backward and forward, and whole Jacobians made of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from dlc import _tree
from dlc._array import Array, asarray
from dlc._creation import eye
from dlc._dim import size_of
from dlc._dtypes import has_derivative
from dlc._grad import unique
from dlc._traced import Traced, as_arrays, in_trace, is_result
from dlc._tracing import local
from dlc._vmap import vmap


def _check_cotangents(traced: Traced, given: list[Array]) -> None:
    of = traced.float_results()
    if len(given) != len(of):
        raise ValueError(f"expected {len(of)} cotangents, one for each float result, but got {len(given)}")
    for index, cotangent in zip(of, given):
        result = traced.leaves[index]
        if (cotangent.shape, cotangent.dtype) != (result.shape, result.dtype):
            raise ValueError(
                f"expected a cotangent of shape {result.shape} and type {result.dtype}, but got {cotangent.shape} and "
                f"{cotangent.dtype}"
            )


def vjp(fn: Callable, *primals: Any) -> tuple[Any, Callable]:
    """fn's results, and the function that pulls cotangents of them back to the arguments.

    The function is traced again for each call of pullback, and sees what it saw the first time: arrays that were
    written since, random generators among them, are read as they were.

    Args:
        fn: A function of trees of arrays that returns a tree of arrays.
        *primals: Its arguments.

    Returns:
        (results, pullback): pullback takes a tree like the results, float leaves only, and returns a tuple with one
        tree for each argument, which mirrors it as a gradient does (see dlc.value_and_grad).

    Raises:
        ValueError: By pullback, if the cotangents have not the count, shapes and types of the float results.

    Example:
        >>> import dlc
        >>> y, pullback = vjp(lambda a, b: a * b, dlc.asarray([1.0, 2.0]), dlc.asarray([3.0, 4.0]))
        >>> [g.tolist() for g in pullback(dlc.ones((2,)))]
        [[3.0, 4.0], [1.0, 2.0]]
    """
    inner = tuple(as_arrays(p) for p in primals)
    parts = [_tree.trainable(p) for p in inner]
    arguments = unique([a for leaves, _ in parts for a in leaves])
    saved = [a.copy() for a in arguments]

    def run() -> tuple[Any, list]:
        traced = Traced(fn, inner, {}, arguments, lambda t: None)
        return traced.call(), traced.outside

    results, outside = in_trace(run)

    def pullback(cotangents: Any) -> tuple:
        def work() -> tuple:
            given = _tree.flatten(as_arrays(cotangents))[0]
            check = functools.partial(_check_cotangents, given=given)
            traced = Traced(fn, inner, {}, arguments, check, sources=saved, outside=outside)
            traced.written = []  # the first run has made the writes
            _, pulled = traced.vjp(traced.float_results(), [local.frame.read(c) for c in given])
            by_id = {id(a): c for a, c in zip(arguments, pulled)}
            return tuple(_tree.unflatten(s, [by_id[id(a)] for a in leaves]) for leaves, s in parts)

        return in_trace(work)

    return results, pullback


def _tangent_of(primal: Array, tangent: Any) -> Array:
    if not is_result(tangent):
        raise TypeError(f"expected a tangent that is an array, but got {type(tangent).__name__}")
    if _tree.is_number(tangent):
        tangent = asarray(tangent, primal.dtype)
    tangent = asarray(tangent)
    if (tangent.shape, tangent.dtype) != (primal.shape, primal.dtype):
        raise ValueError(
            f"expected a tangent of shape {primal.shape} and type {primal.dtype.name}, but got {tangent.shape} and "
            f"{tangent.dtype.name}"
        )
    return tangent


def _collect_tangents(primal: Any, tangent: Any, found: dict[int, Array], in_object: bool = False) -> None:
    """The tangents of the float arrays of a tree, by the identity of the array; None is zero."""
    if tangent is None:
        return
    if isinstance(primal, Array):
        if getattr(primal, "requires_grad", not in_object) and has_derivative(primal.dtype):
            found.setdefault(id(primal), _tangent_of(primal, tangent))
        return
    node, other = _tree.children_of(primal), _tree.children_of(tangent)
    if node is None:
        return
    if other is None or node[0] != other[0] or len(node[2]) != len(other[2]):
        raise TypeError(
            f"expected tangents in a tree like that of the arguments, but got {type(tangent).__name__} for "
            f"{type(primal).__name__}"
        )
    for part, its in zip(node[2], other[2]):
        _collect_tangents(part, its, found, in_object or node[0] == "object")


def jvp(fn: Callable, primals: Sequence, tangents: Sequence) -> tuple[Any, Any]:
    """fn's results, and how they change along tangents of the arguments: the Jacobian times the tangents.

    Args:
        fn: A function of trees of arrays that returns a tree of arrays.
        primals: Its arguments.
        tangents: One tree for each argument that mirrors it as a gradient does: float arrays of the shapes and types of
            the argument's, and None for what is not differentiated or does not change.

    Returns:
        (results, tangents of the results): the second mirrors the first, with None for what is no float array.

    Raises:
        TypeError: If the trees differ, or there is no tangent at all.
        ValueError: If the counts, or a shape or type, differ.

    Example:
        >>> import dlc
        >>> y, t = jvp(lambda x: x * x, (dlc.asarray([1.0, 2.0]),), (dlc.asarray([1.0, 10.0]),))
        >>> y.tolist(), t.tolist()
        ([1.0, 4.0], [2.0, 40.0])
    """
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise TypeError(
            f"expected tuples of arguments and tangents, but got {type(primals).__name__} and {type(tangents).__name__}"
        )
    if len(primals) != len(tangents):
        raise ValueError(f"expected {len(primals)} tangents, one for each argument, but got {len(tangents)}")

    def work() -> tuple[Any, Any]:
        inner = tuple(as_arrays(p) for p in primals)
        arguments = unique([a for p in inner for a in _tree.trainable(p)[0]])
        found: dict[int, Array] = {}
        for primal, tangent in zip(inner, tangents):
            _collect_tangents(primal, tangent, found)
        if not found:
            raise TypeError("expected tangents of float arrays, but got none")
        traced = Traced(fn, inner, {}, arguments, lambda t: None)
        wrt = [i for i, a in enumerate(arguments) if id(a) in found]
        of = traced.float_results()
        results, moved = traced.jvp(wrt, of, [local.frame.read(found[id(arguments[i])]) for i in wrt])
        by_place = dict(zip(of, moved))
        changes = [by_place.get(i) for i in range(len(results))]
        return _tree.unflatten(traced.structure, results), _tree.unflatten(traced.structure, changes)

    return in_trace(work)


def _with_one(fn: Callable, argnums: int, args: tuple) -> tuple[Callable, Array]:
    """fn as a function of one of its arguments, a float array, and that argument."""
    if not isinstance(argnums, int) or not -len(args) <= argnums < len(args):
        raise ValueError(f"expected 'argnums' to be a position of {len(args)} arguments, but got {argnums}")
    place = argnums % len(args)
    if not is_result(args[place]):
        raise TypeError(f"expected an argument that is an array, but got {type(args[place]).__name__}")
    x = asarray(args[place])
    if x.dtype.kind != "f":
        raise TypeError(f"expected an argument of a float type, but got {x.dtype}")
    return lambda value: fn(*args[:place], value, *args[place + 1 :]), x


def _directions(like: Array) -> Array:
    """[size, shape...]: ones in the place of each element in turn."""
    size = size_of(like.shape)
    return eye(size, dtype=like.dtype).reshape((size, *like.shape))


def jacfwd(fn: Callable, argnums: int = 0) -> Callable:
    """The Jacobian of a function by forward mode: one pass for all elements of the argument, side by side.

    Args:
        fn: Returns a tree of arrays.
        argnums: The position of the argument: an array of a float type.

    Returns:
        A function with fn's arguments that returns a tree like fn's results, each leaf of shape
        [result..., argument...]; None for what is no float array.

    Raises:
        TypeError: If the argument is no float array.

    Example:
        >>> import dlc
        >>> jacfwd(lambda x: x * x)(dlc.asarray([1.0, 2.0])).tolist()
        [[2.0, 0.0], [0.0, 4.0]]
    """

    @functools.wraps(fn)
    def wrapped(*args: Any) -> Any:
        along, x = _with_one(fn, argnums, args)
        columns = vmap(lambda t: jvp(along, (x,), (t,))[1], out_axes=-1)(_directions(x))
        return _tree.map_leaves(lambda c: c.reshape((*c.shape[:-1], *x.shape)), columns)

    return wrapped


def jacrev(fn: Callable, argnums: int = 0) -> Callable:
    """The Jacobian of a function by reverse mode: one pass for all elements of the result. See jacfwd.

    Args:
        fn: Returns an array of a float type.
        argnums: The position of the argument: an array of a float type.

    Returns:
        A function with fn's arguments that returns an array of shape [result..., argument...].

    Raises:
        TypeError: If the argument or the result is no float array.

    Example:
        >>> import dlc
        >>> jacrev(lambda x: (x * x).sum())(dlc.asarray([1.0, 2.0])).tolist()
        [2.0, 4.0]
    """

    @functools.wraps(fn)
    def wrapped(*args: Any) -> Any:
        along, x = _with_one(fn, argnums, args)
        y, pullback = vjp(along, x)
        if not isinstance(y, Array) or y.dtype.kind != "f":
            raise TypeError(f"expected a function that returns a float array, but got {type(y).__name__}")
        rows = vmap(lambda ct: pullback(ct)[0])(_directions(y))
        return rows.reshape((*y.shape, *x.shape))

    return wrapped


def hessian(fn: Callable, argnums: int = 0) -> Callable:
    """The second derivatives of a function: the Jacobian, forward, of the Jacobian, backward. See jacfwd and jacrev.

    Example:
        >>> import dlc
        >>> hessian(lambda x: (x * x * x).sum())(dlc.asarray([1.0, 2.0])).tolist()
        [[6.0, 0.0], [0.0, 12.0]]
    """
    return jacfwd(jacrev(fn, argnums), argnums)
