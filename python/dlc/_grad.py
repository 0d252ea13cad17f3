"""Gradients: the function is traced into a private function of the module, and the op dlc.vjp differentiates it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from dlc import _tree
from dlc._array import Array
from dlc._attributes import dictionary, dims
from dlc._traced import Traced, as_arrays, in_trace


def _positions(argnums: int | Sequence[int], args: tuple) -> tuple[int, ...]:
    """The positions to differentiate."""
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for number in numbers:
        if not -len(args) <= number < len(args):
            raise ValueError(f"expected 'argnums' to be positions of {len(args)} arguments, but got {number}")
    return tuple(n % len(args) for n in numbers)


def unique(arrays: list[Array]) -> list[Array]:
    """The arrays in order, each once."""
    return list({id(a): a for a in arrays}.values())


def _check_loss(traced: Traced, has_aux: bool) -> None:
    if has_aux and not (isinstance(traced.result, tuple) and len(traced.result) == 2):
        raise TypeError(f"expected a function that returns (loss, aux), but got {type(traced.result).__name__}")
    loss = traced.result[0] if has_aux else traced.result
    if not isinstance(loss, Array):
        raise TypeError(f"expected a loss that is an array, but got {type(loss).__name__}")
    if loss.shape != ():
        raise ValueError(f"expected a loss of rank 0, but got shape {loss.shape}: use .sum() or .mean()")
    if loss.dtype.kind != "f":
        raise TypeError(f"expected a loss of a float type, but got {loss.dtype}")


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
            inner = tuple(as_arrays(a) if i in numbers else a for i, a in enumerate(args))
            parts = [_tree.trainable(inner[n]) for n in numbers]
            arguments = unique([a for leaves, _ in parts for a in leaves])
            if not arguments:
                raise TypeError("expected float arrays to differentiate, but the argument has none")
            traced = Traced(fn, inner, kwargs, arguments, lambda t: _check_loss(t, has_aux))
            loss = traced.leaves[0]
            one = traced.outer.trace.op("full", [1.0], dictionary(shape=dims(()), element=loss.dtype.ir))[0]
            results, cotangents = traced.vjp([0], [one])
            by_id = {id(a): c for a, c in zip(arguments, cotangents)}
            grads = [_tree.unflatten(s, [by_id[id(a)] for a in leaves]) for leaves, s in parts]
            value = _tree.unflatten(traced.structure, results)
            return value, grads[0] if isinstance(argnums, int) else tuple(grads)

        return in_trace(work)

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
