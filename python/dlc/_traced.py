"""A function traced inside another: what grad, vjp, jvp and vmap build a call of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import _dlc
import numpy as np

from dlc import _tree
from dlc._array import Array, asarray
from dlc._dtypes import has_derivative
from dlc._options import options
from dlc._tracing import BoundFrame, Frame, home_of, local


def is_result(value: Any) -> bool:
    """Whether a value is a leaf of what a traced function takes and returns."""
    return isinstance(value, (Array, np.ndarray)) or _tree.is_number(value)


def as_arrays(tree: Any) -> Any:
    """A tree with new handles in the places of arrays, numbers and NumPy arrays; objects stay as they are.

    New handles, so that an array that the function also reaches in another way is a constant there. An object is itself
    wherever it is reached: its Parameters are differentiated in every use.
    """
    if is_result(tree):
        return asarray(tree, copy=True)
    if isinstance(tree, dict):
        return {k: as_arrays(v) for k, v in tree.items()}
    if isinstance(tree, (list, tuple)):
        parts = [as_arrays(v) for v in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return tree


def in_trace(work: Callable[[], Any]) -> Any:
    """Runs `work` under the trace of the moment; in eager mode under one of its own, whose results are pending."""
    if local.frame is not None:
        return work()
    frame = BoundFrame(_dlc.Trace(True, options.engine))
    with frame:
        result = work()
    frame.close()
    return result


class _InnerFrame(Frame):
    """The frame of a traced function, which remembers what it read from outside, as it was then."""

    __slots__ = ("outside",)

    def __init__(self, trace: _dlc.Trace, parent: Frame):
        super().__init__(trace, parent)
        self.outside: dict[int, tuple[Array, Array]] = {}

    def read(self, array):
        value = super().read(array)
        key, frame = id(array), self
        while type(frame) is _InnerFrame and key not in frame.env and home_of(array) is not frame:
            if key not in frame.outside:
                frame.outside[key] = (array, Array(value, frame.parent))
            frame = frame.parent
        return value


class Traced:
    """A function traced inside another, to be called by one of the methods; each gives arrays of the outer function.

    Attributes:
        outer: The frame that it was traced in.
        result: What it returned; `leaves` and `structure` are its parts.
        written: The arrays from outside that it wrote; a call gives them their new values.
        outside: Pairs of an array that it read from outside, and a handle to the elements that it saw.
    """

    def __init__(
        self,
        fn: Callable,
        args: Sequence,
        kwargs: dict,
        arguments: list[Array],
        check: Callable[[Traced], Any],
        *,
        axes: list[int] | None = None,
        sources: Sequence[Array] | None = None,
        outside: Sequence[tuple[Array, Array]] = (),
    ):
        """Traces fn(*args, **kwargs).

        Args:
            fn: The function.
            args: Its arguments.
            kwargs: Its keyword arguments.
            arguments: The arrays among them that are arguments of the traced function; other arrays are constants.
            check: Called with self at the end of the trace; its errors are the caller's.
            axes: For each argument the axis that counts the examples of a batch, -1 for none; None: no batch.
            sources: The arrays that have the values of `arguments`; by default they themselves.
            outside: Pairs of an array from outside and the array that it is read as.
        """
        self.outer = local.frame
        trace = self.outer.trace
        self.axes = axes
        self.arguments = arguments
        self.values = [self.outer.read(a) for a in sources or arguments]
        inner = trace.begin_function(self.values) if axes is None else trace.begin_batched(self.values, axes)
        frame = _InnerFrame(trace, self.outer)
        for array, saved in outside:
            frame.env[id(array)] = (array, self.outer.read(saved))
        for array, value in zip(arguments, inner):
            frame.env[id(array)] = (array, value)
        try:
            with frame:
                self.result = fn(*args, **kwargs)
                leaves, self.structure = _tree.flatten(self.result, is_result)
                self.leaves = [x if isinstance(x, (Array, int, float)) else asarray(x) for x in leaves]
                self.written = list(frame.written.values())
                results = [frame.read(x) if isinstance(x, Array) else x for x in self.leaves]
                results += [frame.read(a) for a in self.written]
                self.outside = list(frame.outside.values())
                check(self)
            self.function = trace.end_function(results)
        except BaseException:
            trace.abandon_function()
            raise
        self.count = len(results)

    def float_results(self) -> list[int]:
        """The positions of the results that have derivatives."""
        return [i for i, x in enumerate(self.leaves) if isinstance(x, Array) and has_derivative(x.dtype)]

    def call(self) -> Any:
        """The results alone."""
        return _tree.unflatten(self.structure, self.vjp([], [], wrt=[])[0])

    def vjp(self, of: list[int], cotangents: list, wrt: list[int] | None = None) -> tuple[list[Array], list[Array]]:
        """Applies dlc.vjp: the results, then the cotangents of the arguments."""
        wrt = list(range(len(self.values))) if wrt is None else wrt
        outs = self.outer.trace.vjp(self.function, self.values, wrt, of, cotangents, self.count + len(wrt))
        return self._split(outs)

    def jvp(self, wrt: list[int], of: list[int], tangents: list) -> tuple[list[Array], list[Array]]:
        """Applies dlc.jvp: the results, then the tangents of those listed in `of`."""
        outs = self.outer.trace.jvp(self.function, self.values, wrt, of, tangents, self.count + len(of))
        return self._split(outs)

    def vmap(self, out_axes: list[int]) -> list[Array]:
        """Applies dlc.vmap; what the function wrote to an argument has a batch as the argument has."""
        axis_of = {id(a): axis for a, axis in zip(self.arguments, self.axes)}
        out_axes = out_axes + [axis_of.get(id(a), -1) for a in self.written]
        outs = self.outer.trace.vmap(self.function, self.values, self.axes, out_axes)
        return self._split(outs)[0]

    def _split(self, outs: list) -> tuple[list[Array], list[Array]]:
        for array, value in zip(self.written, outs[len(self.leaves) : self.count]):
            self.outer.write(array, value)
        arrays = [Array(v, self.outer) for v in outs]
        return arrays[: len(self.leaves)], arrays[self.count :]
