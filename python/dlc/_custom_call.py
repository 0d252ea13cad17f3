"""Functions of the user's own as nodes of programs: custom_call, and the functions that names stand for."""

from __future__ import annotations

import atexit
import ctypes
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import _dlc
import numpy as np

from dlc import _attributes, _dtypes
from dlc._array import Array
from dlc._compile import ShapeDtype
from dlc._dim import Dim
from dlc._tracing import BoundFrame, apply_all, local, wrap

# C functions stay: a call may be running when their name is given to another.
_kept: list = []
_names: set[str] = set()


@atexit.register
def _forget() -> None:
    """Gives the functions back before Python ends, with all that they refer to."""
    for name in _names:
        _dlc.register_custom_call(name, None)


def _type(spec: ShapeDtype) -> str:
    """The IR's text of a type."""
    for extent in spec.shape:
        if not isinstance(extent, Dim) and extent < 0:
            raise ValueError(f"expected extents of at least 0, but got {spec}")
    shape = "".join("?x" if isinstance(e, Dim) else f"{e.__index__()}x" for e in spec.shape)
    is_symbolic = any(isinstance(e, Dim) for e in spec.shape)
    return f"tensor<{shape}{spec.dtype.ir}{f', {_attributes.dims(spec.shape)}' if is_symbolic else ''}>"


def custom_call(
    name: str,
    *arrays: Any,
    results: ShapeDtype | Sequence[ShapeDtype],
    attributes: str = "",
    has_side_effect: bool = False,
    batching: str = "sequential",
) -> Array | tuple[Array, ...]:
    """Calls the function that is registered under a name when the program runs.

    The bits of the results are the function's own. It counts as pure: calls may be merged, or left out where nothing
    needs their results. There is no derivative. Under dlc.vmap, `batching` says how it is called.

    Args:
        name: The name; see register_custom_call.
        *arrays: The inputs; what NumPy makes an array of is converted.
        results: The type of the result (dlc.spec), or a sequence of types. Symbolic extents are those of the inputs.
        attributes: A text for the function.
        has_side_effect: Every call happens, once, in order, even if nothing needs its results. In eager mode it happens
            at once.
        batching: What dlc.vmap makes of a call whose arrays depend on the example. "sequential": one call an example,
            in order, and arrays that all examples share are passed to each. "expand": one call, whose arrays and
            results have one more dim in front; for an array that all examples share its extent is 1. "broadcast": the
            same with shared arrays repeated. Each further vmap puts its dim before those.

    Returns:
        The result, or a tuple of as many as `results` has.

    Raises:
        TypeError: If `results` holds something else than types.
        ValueError: If a name is empty, `batching` is none of these, or a result has extents that the inputs do not
            determine. When the program runs: if no function is registered. What the function raises comes out as it
            is.

    Example:
        >>> import dlc, numpy as np
        >>> def reversed_rows(inputs, outputs, attributes):
        ...     outputs[0][...] = inputs[0][::-1]
        >>> dlc.register_custom_call("reversed_rows", reversed_rows)
        >>> x = dlc.asarray([1.0, 2.0, 3.0])
        >>> dlc.custom_call("reversed_rows", x, results=dlc.spec(x.shape)).tolist()
        [3.0, 2.0, 1.0]
    """
    is_single = isinstance(results, ShapeDtype)
    specs = [results] if is_single else list(results)
    for spec in specs:
        if not isinstance(spec, ShapeDtype):
            raise TypeError(f"expected results made by dlc.spec, but got {spec!r}")
    fields = {
        "target": _attributes.text(name),
        "attributes": _attributes.text(attributes),
        "batching": _attributes.text(batching),
        "results": f"[{', '.join(_type(spec) for spec in specs)}]",
    }
    if has_side_effect:
        fields["has_side_effect"] = "unit"
    values = apply_all("custom_call", arrays, _attributes.dictionary(**fields), capacity=len(specs))
    if has_side_effect:
        _make_happen()
    wrapped = tuple(wrap(value) for value in values)
    return wrapped[0] if is_single else wrapped


def _make_happen() -> None:
    """Runs the eager trace now; a trace of a function that is called eagerly, when it ends."""
    frame = local.frame
    if frame is None:
        local.eager.flush()
        return
    while frame.parent is not None:
        frame = frame.parent
    if isinstance(frame, BoundFrame):
        frame.has_effects = True


def register_custom_call(name: str, fn: Any) -> None:
    """Registers the function that programs of this process call by a name, those that were compiled before included.

    A Python function is called as fn(inputs, outputs, attributes): lists of NumPy arrays over the program's own memory,
    which it must not keep, and the text. Inputs are read-only; it writes into the outputs, which are zeros when it is
    called, and returns None. bfloat16 and float8 are seen as their bits in uint16 and uint8, int4 and uint4 in a byte
    each. What it raises comes out of the call that ran the program. Threads may call it at once.

    Args:
        name: The name.
        fn: A Python function; a C function with the signature of dlc_custom_function (include/dlc-c/custom_call.h), as
            a ctypes function or as a capsule named "dlc_custom_function"; or None, which takes the name back.

    Raises:
        TypeError: If fn is none of these.
        ValueError: If the name is empty.
    """
    if isinstance(fn, ctypes._CFuncPtr):
        _register_address(name, fn, ctypes.cast(fn, ctypes.c_void_p).value)
    elif type(fn).__name__ == "PyCapsule":
        _register_address(name, fn, _dlc.custom_function_of(fn))
    elif fn is None or callable(fn):
        _dlc.register_custom_call(name, None if fn is None else _adapter(name, fn))
    else:
        raise TypeError(f"expected a function, a capsule or None, but got {fn!r}")
    _names.add(name)


def _register_address(name: str, owner: Any, address: int) -> None:
    _dlc.register_custom_function(name, address)
    _kept.append(owner)


def _flat(memory: memoryview, code: int, dims: tuple[int, ...]) -> np.ndarray:
    """The elements in a row; all views of them refer to this array."""
    kind = _dtypes.BY_CODE[code].storage
    return np.empty(0, kind) if 0 in dims else np.frombuffer(memory, kind)


def _adapter(name: str, fn: Callable) -> Callable:
    """What _dlc calls: fn on views, which end with the call, outside of whatever is being traced."""

    def call(inputs: list[tuple], outputs: list[tuple], attributes: str) -> None:
        flat = [_flat(*tensor) for tensor in inputs + outputs]
        count = len(inputs)
        before = [sys.getrefcount(x) for x in flat]
        frame, local.frame = local.frame, None
        written = [x.reshape(dims) for x, (_, _, dims) in zip(flat[count:], outputs)]
        given = list(written)
        try:
            result = fn(
                [x.reshape(dims) for x, (_, _, dims) in zip(flat[:count], inputs)],
                written,
                attributes,
            )
        except BaseException as error:
            # The variables of the frames that the exception keeps are views of memory that the program takes back.
            traceback.clear_frames(error.__traceback__)
            raise
        finally:
            local.frame = frame
        if result is not None:
            raise TypeError(f"expected a function that writes its outputs and returns None, but got {result!r}")
        if len(written) != len(given) or any(x is not y for x, y in zip(written, given)):
            raise TypeError(
                f"expected a function that writes its outputs in place (outputs[0][...] = ...), but '{name}' "
                "puts other arrays in the list"
            )
        written.clear()
        given.clear()
        if [sys.getrefcount(x) for x in flat] != before:
            raise ValueError(
                f"expected a function that keeps no view of its arrays, but '{name}' does: copy what it needs"
            )

    return call
