"""Where ops go: the eager trace of the thread, or the frames of functions that are being traced.

A Frame is a function under trace. It sees arrays from outside through `env`: what it read is lifted to an input, what
it wrote is kept there, so that the array itself changes only when the function's results are known.
"""

from __future__ import annotations

import threading

import _dlc
import numpy as np

from dlc._dim import Dim
from dlc._dtypes import BY_CODE
from dlc._options import options


class _Local(threading.local):
    frame: Frame | None = None
    eager: _dlc.Trace | None = None


local = _Local()


class Frame:
    """A function that is being traced: the root, which owns the trace, or one inside it that is differentiated."""

    __slots__ = ("trace", "parent", "env", "written", "inputs", "name_of", "dims_of")

    def __init__(self, trace: _dlc.Trace, parent: Frame | None = None):
        self.trace = trace
        self.parent = parent
        self.env: dict[int, tuple] = {}
        self.written: dict[int, object] = {}
        self.inputs: list = []
        self.name_of: dict[int, str] = {}
        self.dims_of: dict[int, tuple] = {}

    def __enter__(self) -> Frame:
        if self.parent is not local.frame:
            raise RuntimeError("expected frames of one thread to nest")
        local.frame = self
        return self

    def __exit__(self, *_: object) -> None:
        local.frame = self.parent

    def read(self, array):
        """The value of an array as this function sees it."""
        key = id(array)
        frame = self
        while True:
            hit = frame.env.get(key)
            if hit is not None:
                return hit[1]
            if home_of(array) is frame:
                return array._v
            if frame.parent is None:
                return frame.lift(array)
            frame = frame.parent

    def write(self, array, value) -> None:
        """Gives an array a new value of the same type, for this function and what comes after it."""
        if array._home is self:
            array._v = value
        else:
            self.env[id(array)] = (array, value)
            self.written[id(array)] = array

    def lift(self, array):
        """Makes an array from outside an input of the root function."""
        if home_of(array) is not None:
            raise ValueError(
                "expected an array that is alive in the traced function, but got one that was kept from a function "
                "whose trace has ended: return it instead"
            )
        value = self.input(array)
        self.env[id(array)] = (array, value)
        self.inputs.append(array)
        return value

    def input(self, array):
        """A new input with the type of an array; subclasses bind it."""
        shape = self.dims_of.get(id(array)) or array._v.shape
        name = self.name_of.get(id(array), "")
        return self.trace.input(array._v.dtype, [str(d) for d in shape], name, False)


class BoundFrame(Frame):
    """A root that runs at once: its inputs are bound to the arrays' tensors, and scalars are inputs."""

    __slots__ = ("closed", "has_effects")

    def __init__(self, trace: _dlc.Trace):
        super().__init__(trace)
        self.closed = False
        self.has_effects = False

    def input(self, array):
        return self.trace.value(tensor_of(array))

    def close(self) -> None:
        """Ends recording: arrays made here, and what was written to arrays from outside, are pending results."""
        self.closed = True
        for array in self.written.values():
            array._v = self.env[id(array)][1]
        self.env.clear()
        if self.has_effects:
            self.trace.flush()


def home_of(array) -> Frame | None:
    """The function under trace that an array belongs to; None for one that has, or will have, a value."""
    home = array._home
    if type(home) is BoundFrame and home.closed:
        array._home = home = None
    return home


def tensor_of(array) -> _dlc.Tensor:
    """The computed elements of an array that no function under trace owns."""
    value = array._v
    if type(value) is not _dlc.Tensor:
        if home_of(array) is not None:
            raise TypeError(
                "expected an array with a value, but got one that is being traced: its value is known only when the "
                "traced function runs"
            )
        value = value.tensor()
        array._v = value
    return value


def eager_trace() -> _dlc.Trace:
    trace = local.eager
    if trace is None or trace.done:
        trace = local.eager = _dlc.Trace(True, options.engine)
    return trace


def compute_pending() -> None:
    """Computes what this thread has recorded eagerly."""
    if local.eager is not None and not local.eager.done:
        local.eager.flush()


def apply_all(name: str, operands, attributes: str | None = None, capacity: int = 4) -> list:
    """Appends an op or builder and returns its results as values, at most `capacity`."""
    frame = local.frame
    if frame is not None:
        values = [frame.read(x) if hasattr(x, "_v") else scalar(x, operands) for x in operands]
        return frame.trace.op(name, values, attributes, capacity)
    trace = eager_trace()
    values = trace.op(name, [x._v if hasattr(x, "_v") else scalar(x, operands) for x in operands], attributes, capacity)
    if options.immediate or trace.at_boundary:
        trace.flush()
    return values


def apply(name: str, operands, attributes: str | None = None):
    """Appends an op or builder with one result.

    Args:
        name: The name of a builder ("add", "matmul"), or of an op ("dlc.add"), which is strict.
        operands: Arrays and Python scalars; what NumPy makes an array of is converted.
        attributes: An MLIR dictionary as text, or None.

    Returns:
        The result, an Array.
    """
    return wrap(apply_all(name, operands, attributes)[0])


def apply_tuple(name: str, operands, attributes: str | None = None) -> tuple:
    """The same with several results, a tuple of Arrays."""
    return tuple(wrap(value) for value in apply_all(name, operands, attributes))


def wrap(value):
    """A value of the innermost function as an Array."""
    return Array(value, local.frame)


def scalar(x, beside=()):
    """A real Python scalar as it is; an extent, or anything else that NumPy makes an array of, as a value.

    A complex one has 128 bits beside an operand whose parts have 64, else 64.
    """
    if isinstance(x, (bool, int, float)) and not isinstance(x, np.generic):
        return x if not isinstance(x, int) or -(2**63) <= x < 2**63 else _large(x, beside)
    if isinstance(x, Dim):
        if local.frame is None:
            raise TypeError(f"expected an extent of the function that is traced, but got {x} outside of one")
        return local.frame.trace.extent(x.text)
    if isinstance(x, complex):
        is_wide = any(hasattr(y, "_v") and y.dtype.name in ("float64", "complex128") for y in beside)
        x = np.asarray(x, np.complex128 if is_wide else np.complex64)
    array = asarray(x)
    return local.frame.read(array) if local.frame is not None else array._v


def _large(x: int, beside=()):
    """An integer beyond int64: a float beside floats, else one of uint64."""
    if any(hasattr(y, "_v") and y.dtype.kind in "fc" for y in beside):
        return float(x)
    if not 0 <= x < 2**64:
        raise ValueError(f"expected an integer of 64 bits, but got {x}")
    return scalar(np.uint64(x))


def dtype_of(value):
    return BY_CODE[value.dtype]


# dlc._array imports this module, so it is imported last.
from dlc._array import Array, asarray  # noqa: E402
