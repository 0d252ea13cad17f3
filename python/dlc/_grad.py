"""Derivatives: the function is traced into a private function of the module, and the op dlc.vjp differentiates it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import _dlc
import numpy as np

from dlc import _tree
from dlc._array import Array, asarray
from dlc._attributes import dictionary, dims
from dlc._options import options
from dlc._tracing import BoundFrame, Frame, local


def _as_arrays(tree: Any) -> Any:
    """A tree with new handles in the places of arrays, numbers and NumPy arrays; objects stay as they are.

    New handles, so that an array that the function also reaches in another way is a constant there. An object is itself
    wherever it is reached: its Parameters are differentiated in every use.
    """
    if _is_result(tree):
        return asarray(tree, copy=True)
    if isinstance(tree, dict):
        return {k: _as_arrays(v) for k, v in tree.items()}
    if isinstance(tree, (list, tuple)):
        parts = [_as_arrays(v) for v in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return tree


class _Traced:
    """A function traced inside another: its results, and what it wrote to arrays from outside."""

    def __init__(self, fn: Callable, args: Sequence, kwargs: dict, arguments: list[Array], check: Callable):
        self.outer = local.frame
        trace = self.outer.trace
        self.values = [self.outer.read(a) for a in arguments]
        inner_values = trace.begin_function(self.values)
        frame = Frame(trace, self.outer)
        for array, value in zip(arguments, inner_values):
            frame.env[id(array)] = (array, value)
        try:
            with frame:
                self.result = fn(*args, **kwargs)
                self.leaves, self.structure = _tree.flatten(self.result, _is_result)
                self.written = list(frame.written.values())
                results = [frame.read(x) if isinstance(x, Array) else x for x in self.leaves]
                results += [frame.read(a) for a in self.written]
                check(self)
            self.function = trace.end_function(results)
        except BaseException:
            trace.abandon_function()
            raise
        self.count = len(results)

    def vjp(self, of: list[int], cotangents: list) -> tuple[list[Array], list[Array]]:
        """Applies dlc.vjp: the results as arrays of the outer function, then the cotangents of the arguments."""
        trace = self.outer.trace
        capacity = self.count + len(self.values)
        outs = trace.vjp(self.function, self.values, list(range(len(self.values))), of, cotangents, capacity)
        for array, value in zip(self.written, outs[len(self.leaves) : self.count]):
            self.outer.write(array, value)
        arrays = [Array(v, self.outer) for v in outs]
        return arrays[: len(self.leaves)], arrays[self.count :]


def _is_result(value: Any) -> bool:
    return isinstance(value, (Array, np.ndarray)) or _tree.is_number(value)


def _in_trace(work: Callable[[], Any]) -> Any:
    """Runs `work` under the trace of the moment; in eager mode under one of its own, whose results are pending."""
    if local.frame is not None:
        return work()
    frame = BoundFrame(_dlc.Trace(True, options.engine))
    with frame:
        result = work()
    frame.close()
    return result


def _positions(argnums: int | Sequence[int], args: tuple) -> tuple[int, ...]:
    """The positions to differentiate."""
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for number in numbers:
        if not -len(args) <= number < len(args):
            raise ValueError(f"expected 'argnums' to be positions of {len(args)} arguments, but got {number}")
    return tuple(n % len(args) for n in numbers)


def _unique(arrays: list[Array]) -> list[Array]:
    return list({id(a): a for a in arrays}.values())


def _check_loss(traced: _Traced, has_aux: bool) -> None:
    if has_aux and not (isinstance(traced.result, tuple) and len(traced.result) == 2):
        raise TypeError(f"expected a function that returns (loss, aux), but got {type(traced.result).__name__}")
    loss = traced.result[0] if has_aux else traced.result
    if not isinstance(loss, Array):
        raise TypeError(f"expected a loss that is an array, but got {type(loss).__name__}")
    if loss.shape != ():
        raise ValueError(f"expected a loss of rank 0, but got shape {loss.shape}: use .sum() or .mean()")
    if loss.dtype.kind != "f":
        raise TypeError(f"expected a loss of a float type, but got {loss.dtype}")


def _float_results(traced: _Traced) -> list[int]:
    return [i for i, x in enumerate(traced.leaves) if isinstance(x, Array) and x.dtype.kind == "f"]


def _check_cotangents(traced: _Traced, given: list[Array]) -> None:
    of = _float_results(traced)
    if len(given) != len(of):
        raise ValueError(f"expected {len(of)} cotangents, one for each float result, but got {len(given)}")
    for index, cotangent in zip(of, given):
        result = traced.leaves[index]
        if (cotangent.shape, cotangent.dtype) != (result.shape, result.dtype):
            raise ValueError(
                f"expected a cotangent of shape {result.shape} and type {result.dtype}, but got {cotangent.shape} and "
                f"{cotangent.dtype}"
            )


def value_and_grad(fn: Callable, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Callable:
    """The function that returns fn's value and its gradient.

    Args:
        fn: Returns a loss of rank 0, or (loss, aux) with has_aux.
        argnums: The arguments to differentiate: trees of arrays. Of a Module only Parameters with requires_grad count.
        has_aux: Whether fn also returns something that is not differentiated.

    Returns:
        A function with fn's arguments that returns (value, gradient). The gradient mirrors the argument, with None for
        leaves that are not differentiated; a tuple of them if argnums is a sequence.

    Raises:
        TypeError: If the loss is no float array, or nothing is to be differentiated.
        ValueError: If the loss is not of rank 0.

    Example:
        >>> import dlc
        >>> value, slope = value_and_grad(lambda x: (x * x).sum())(dlc.asarray([1.0, 2.0]))
        >>> value.item(), slope.tolist()
        (5.0, [2.0, 4.0])
    """

    @functools.wraps(fn)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        numbers = _positions(argnums, args)

        def work() -> Any:
            inner = tuple(_as_arrays(a) if i in numbers else a for i, a in enumerate(args))
            parts = [_tree.trainable(inner[n]) for n in numbers]
            arguments = _unique([a for leaves, _ in parts for a in leaves])
            if not arguments:
                raise TypeError("expected float arrays to differentiate, but the argument has none")
            traced = _Traced(fn, inner, kwargs, arguments, lambda t: _check_loss(t, has_aux))
            loss = traced.leaves[0]
            one = traced.outer.trace.op("full", [1.0], dictionary(shape=dims(()), element=loss.dtype.ir))[0]
            results, cotangents = traced.vjp([0], [one])
            by_id = {id(a): c for a, c in zip(arguments, cotangents)}
            grads = [_tree.unflatten(s, [by_id[id(a)] for a in leaves]) for leaves, s in parts]
            value = _tree.unflatten(traced.structure, results)
            return value, grads[0] if isinstance(argnums, int) else tuple(grads)

        return _in_trace(work)

    return wrapped


def grad(fn: Callable, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Callable:
    """The gradient of a function; (gradient, aux) with has_aux. See value_and_grad.

    Example:
        >>> import dlc
        >>> grad(grad(lambda x: x * x * x))(dlc.asarray(2.0)).item()
        12.0
    """
    both = value_and_grad(fn, argnums, has_aux)

    @functools.wraps(fn)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return wrapped


def vjp(fn: Callable, *primals: Any) -> tuple[Any, Callable]:
    """fn's results, and the function that pulls cotangents of them back to the arguments.

    Args:
        fn: A function of trees of arrays that returns a tree of arrays.
        *primals: Its arguments.

    Returns:
        (results, pullback): pullback takes a tree like the results, float leaves only, and returns a tuple with one
        tree for each argument.
    """

    def pullback(cotangents: Any) -> tuple:
        def work() -> tuple:
            inner = tuple(_as_arrays(p) for p in primals)
            parts = [_tree.trainable(p) for p in inner]
            arguments = _unique([a for leaves, _ in parts for a in leaves])
            given = _tree.flatten(_as_arrays(cotangents))[0]
            outer = local.frame
            traced = _Traced(fn, inner, {}, arguments, lambda t: _check_cotangents(t, given))
            traced.written = []  # the first call of fn has made the writes
            _, pulled = traced.vjp(_float_results(traced), [outer.read(c) for c in given])
            by_id = {id(a): c for a, c in zip(arguments, pulled)}
            return tuple(_tree.unflatten(s, [by_id[id(a)] for a in leaves]) for leaves, s in parts)

        return _in_trace(work)

    return fn(*(_as_arrays(p) for p in primals)), pullback
