"""What element types are and can, and what this namespace has: the Array API's questions."""

from __future__ import annotations

import functools
from typing import Any

import _dlc
import numpy as np

from dlc import _dtypes
from dlc._array import Array, is_weak
from dlc._dim import Dim, size_of
from dlc._dtypes import DType
from dlc._options import options

__all__ = ["can_cast", "finfo", "iinfo", "isdtype", "result_type", "size"]

_FLOATS = {
    # bits of the significand that are stored, the least exponent of a normal number
    _dtypes.float16: (10, -14),
    _dtypes.bfloat16: (7, -126),
    _dtypes.float32: (23, -126),
    _dtypes.float64: (52, -1022),
}
_KINDS = {
    "bool": "b",
    "signed integer": "i",
    "unsigned integer": "u",
    "integral": "iu",
    "real floating": "f",
    "complex floating": "c",
    "numeric": "iufc",
}


def size(x: Array, /) -> int | Dim:
    """The number of elements."""
    return size_of(x.shape)


@functools.lru_cache(maxsize=1024)
def _meet(a: DType, b: DType) -> DType:
    """The type of an array made of arrays of both."""
    trace = _dlc.Trace(False, options.engine)
    values = [trace.input(kind.code, [], "", False) for kind in (a, b)]
    return _dtypes.BY_CODE[trace.op("stack", values, "{axis = 0 : i64}")[0].dtype]


def result_type(*arrays_and_dtypes: Any) -> DType:
    """The element type in which arrays and types meet; a Python scalar gives way as it does beside an array.

    Raises:
        TypeError: If there is none.
        ValueError: If nothing is given.
    """
    kinds, scalars = [], []
    for x in arrays_and_dtypes:
        if isinstance(x, (bool, int, float, complex)) and not isinstance(x, np.generic):
            scalars.append(_dtypes.of_scalar(x))
        elif isinstance(x, Array) and is_weak(x):
            scalars.append(_dtypes.float32)
        else:
            kinds.append(x.dtype if isinstance(x, (Array, np.ndarray, np.generic)) else x)
    kinds = [_dtypes.dtype(kind) for kind in kinds]
    if not kinds and not scalars:
        raise ValueError("expected arrays or element types, but got none")
    result = functools.reduce(_meet, kinds) if kinds else functools.reduce(_meet, scalars)
    order = "biufc"
    for kind in scalars:
        is_higher = order.index(kind.kind.replace("u", "i")) > order.index(result.kind.replace("u", "i"))
        result = _meet(kind, result) if is_higher else result
    return result


def can_cast(from_: DType | Array, to: DType, /) -> bool:
    """Whether every element of one type, or of an array's, is promoted to another."""
    kind, to = _dtypes.dtype(from_.dtype if isinstance(from_, Array) else from_), _dtypes.dtype(to)
    if kind is to:
        return True
    try:
        return _meet(kind, to) is to
    except TypeError:
        return False


def isdtype(dtype: DType, kind: DType | str | tuple[DType | str, ...]) -> bool:
    """Whether a type is another, or one of a kind: "bool", "signed integer", "unsigned integer", "integral",
    "real floating", "complex floating", "numeric"; or any of several.

    Raises:
        ValueError: If there is no such kind.
    """
    if isinstance(kind, tuple):
        return any(isdtype(dtype, one) for one in kind)
    dtype = _dtypes.dtype(dtype)
    if not isinstance(kind, str):
        return dtype is _dtypes.dtype(kind)
    if kind not in _KINDS:
        raise ValueError(f"expected a kind of {', '.join(map(repr, _KINDS))}, but got {kind!r}")
    return dtype.kind in _KINDS[kind]


class _Limits:
    """Named numbers."""

    def __init__(self, **values: Any):
        self.__dict__.update(values)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.__dict__.items())})"


class finfo(_Limits):  # noqa: N801
    """The limits of a float type, or of the parts of a complex one.

    Attributes:
        dtype: The type.
        bits: The bits of an element.
        eps: The distance from 1 to the next larger number.
        max, min: The largest finite number, and its negation.
        smallest_normal: The least positive number of full precision.

    Raises:
        TypeError: If it is no float or complex type.
    """

    def __init__(self, type: DType | Array, /):  # noqa: A002
        kind = _dtypes.dtype(type.dtype if isinstance(type, Array) else type)
        kind = {_dtypes.complex64: _dtypes.float32, _dtypes.complex128: _dtypes.float64}.get(kind, kind)
        if kind not in _FLOATS:
            raise TypeError(f"expected a float or complex type, but got {kind}")
        stored, least = _FLOATS[kind]
        eps = 2.0**-stored
        largest = (2 - eps) * 2.0 ** (1 - least)
        super().__init__(
            dtype=kind, bits=8 * kind.itemsize, eps=eps, max=largest, min=-largest, smallest_normal=2.0**least
        )


class iinfo(_Limits):  # noqa: N801
    """The limits of an integer type.

    Attributes:
        dtype: The type.
        bits: The bits of an element.
        max, min: The largest and the least number.

    Raises:
        TypeError: If it is no integer type.
    """

    def __init__(self, type: DType | Array, /):  # noqa: A002
        kind = _dtypes.dtype(type.dtype if isinstance(type, Array) else type)
        if kind.kind not in "iu":
            raise TypeError(f"expected an integer type, but got {kind}")
        bits, is_signed = 8 * kind.itemsize, kind.kind == "i"
        super().__init__(
            dtype=kind, bits=bits, max=2 ** (bits - is_signed) - 1, min=-(2 ** (bits - 1)) if is_signed else 0
        )


class NamespaceInfo:
    """What the Array API asks a namespace about itself."""

    def capabilities(self) -> dict[str, Any]:
        """What may be left out: masks pick, and shapes depend on data, outside of traces alone."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 16}

    def default_device(self) -> str:
        """Where arrays are."""
        return "cpu"

    def devices(self) -> tuple[str, ...]:
        """Where they can be."""
        return ("cpu",)

    def default_dtypes(self, *, device: str | None = None) -> dict[str, DType]:
        """The types of Python's numbers."""
        return {
            "real floating": _dtypes.float32,
            "complex floating": _dtypes.complex64,
            "integral": _dtypes.int64,
            "indexing": _dtypes.int64,
        }

    def dtypes(self, *, device: str | None = None, kind: str | tuple[str, ...] | None = None) -> dict[str, DType]:
        """The Array API's types that dlc has, by name; those of a kind (see dlc.isdtype), or of all."""
        known = [t for t in _dtypes.ALL if t.numpy is not None and t is not _dtypes.float16]
        return {t.name: t for t in known if kind is None or isdtype(t, kind)}


def __array_namespace_info__() -> NamespaceInfo:
    """What the Array API asks a namespace about itself."""
    return NamespaceInfo()
