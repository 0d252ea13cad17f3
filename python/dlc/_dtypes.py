"""Element types: one object each, with the names that Python, the IR and NumPy have for it."""

from __future__ import annotations

import numpy as np


class DType:
    """An element type, such as dlc.float32. Compares equal to NumPy's type of the same name.

    Example:
        >>> import dlc
        >>> dlc.float32.itemsize
        4
    """

    __slots__ = ("name", "code", "ir", "itemsize", "kind", "numpy")

    def __init__(self, name: str, code: int, ir: str, itemsize: int, kind: str, numpy: str | None):
        self.name = name
        self.code = code
        self.ir = ir
        self.itemsize = itemsize
        self.kind = kind
        self.numpy = np.dtype(numpy) if numpy else None

    def __repr__(self) -> str:
        return f"dlc.{self.name}"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, DType):
            return self is other
        try:
            return self.numpy is not None and self.numpy == np.dtype(other)
        except TypeError:
            return False

    def __hash__(self) -> int:
        return hash(self.name)

    def __reduce__(self):
        return (dtype, (self.name,))


bool_ = DType("bool", 0, "i1", 1, "b", "bool")
int8 = DType("int8", 1, "i8", 1, "i", "int8")
int16 = DType("int16", 2, "i16", 2, "i", "int16")
int32 = DType("int32", 3, "i32", 4, "i", "int32")
int64 = DType("int64", 4, "i64", 8, "i", "int64")
uint8 = DType("uint8", 5, "ui8", 1, "u", "uint8")
uint16 = DType("uint16", 6, "ui16", 2, "u", "uint16")
uint32 = DType("uint32", 7, "ui32", 4, "u", "uint32")
uint64 = DType("uint64", 8, "ui64", 8, "u", "uint64")
float16 = DType("float16", 11, "f16", 2, "f", "float16")
bfloat16 = DType("bfloat16", 12, "bf16", 2, "f", None)
float32 = DType("float32", 13, "f32", 4, "f", "float32")
float64 = DType("float64", 14, "f64", 8, "f", "float64")

ALL = (
    bool_,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
    float16,
    bfloat16,
    float32,
    float64,
)
BY_CODE = {t.code: t for t in ALL}
_BY_NAME = {t.name: t for t in ALL}


def dtype(value: object) -> DType:
    """The element type that a value names: a DType, its name, a NumPy type, or bool, int, float.

    Args:
        value: What names the type. Python's int is int64, its float float32.

    Returns:
        The element type.

    Raises:
        TypeError: If it names none.
    """
    if isinstance(value, DType):
        return value
    if value is float:
        return float32
    if isinstance(value, str) and value in _BY_NAME:
        return _BY_NAME[value]
    try:
        name = np.dtype(value).name
    except TypeError:
        name = str(value)
    if name not in _BY_NAME:
        raise TypeError(f"expected an element type such as dlc.float32, but got {value!r}")
    return _BY_NAME[name]


def of_scalar(value: bool | int | float) -> DType:
    """The element type of a Python scalar alone."""
    if isinstance(value, bool):
        return bool_
    return int64 if isinstance(value, int) else float32
