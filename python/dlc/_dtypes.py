"""Element types: one object each, with the names that Python, the IR and NumPy have for it."""

from __future__ import annotations

import numpy as np


class DType:
    """An element type, such as dlc.float32. Compares equal to the type of the same name of NumPy or ml_dtypes.

    Attributes:
        name: The name, as NumPy or ml_dtypes has it.
        code: The number in the C ABI.
        ir: The name in the IR.
        itemsize: Bytes of an element in memory.
        kind: One of b, i, u, f, c, and V for types that only store.
        numpy: NumPy's own type; None if it has none.
        storage: NumPy's type of an element's bytes.

    Example:
        >>> import dlc
        >>> dlc.float32.itemsize
        4
    """

    __slots__ = ("name", "code", "ir", "itemsize", "kind", "numpy", "storage")

    def __init__(
        self, name: str, code: int, ir: str, itemsize: int, kind: str, numpy: str | None, storage: str | None = None
    ):
        self.name = name
        self.code = code
        self.ir = ir
        self.itemsize = itemsize
        self.kind = kind
        self.numpy = np.dtype(numpy) if numpy else None
        self.storage = np.dtype(storage) if storage else self.numpy

    def __repr__(self) -> str:
        return f"dlc.{self.name}"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, DType):
            return self is other
        try:
            return np.dtype(other) == self.numpy if self.numpy else np.dtype(other).name == self.name
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
bfloat16 = DType("bfloat16", 12, "bf16", 2, "f", None, "uint16")
float32 = DType("float32", 13, "f32", 4, "f", "float32")
float64 = DType("float64", 14, "f64", 8, "f", "float64")
complex64 = DType("complex64", 15, "complex<f32>", 8, "c", "complex64")
complex128 = DType("complex128", 16, "complex<f64>", 16, "c", "complex128")
float8_e4m3fn = DType("float8_e4m3fn", 9, "f8E4M3FN", 1, "V", None, "uint8")
float8_e5m2 = DType("float8_e5m2", 10, "f8E5M2", 1, "V", None, "uint8")
int4 = DType("int4", 17, "i4", 1, "V", None, "int8")
uint4 = DType("uint4", 18, "ui4", 1, "V", None, "uint8")

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
    complex64,
    complex128,
    float8_e4m3fn,
    float8_e5m2,
    int4,
    uint4,
)
BY_CODE = {t.code: t for t in ALL}
_BY_NAME = {t.name: t for t in ALL}


def dtype(value: object) -> DType:
    """The element type that a value names: a DType, its name, a NumPy type, or bool, int, float, complex.

    Args:
        value: What names the type. Python's int is int64, its float float32, its complex complex64.

    Returns:
        The element type.

    Raises:
        TypeError: If it names none.
    """
    if isinstance(value, DType):
        return value
    if value is float or value is complex:
        return float32 if value is float else complex64
    if isinstance(value, str) and value in _BY_NAME:
        return _BY_NAME[value]
    try:
        name = np.dtype(value).name
    except TypeError:
        name = str(value)
    if name not in _BY_NAME:
        raise TypeError(f"expected an element type such as dlc.float32, but got {value!r}")
    return _BY_NAME[name]


def bytes_of(array: np.ndarray, kind: DType) -> np.ndarray:
    """The elements of an array whose type is kind, or ml_dtypes' of that name, as dlc has them in memory."""
    stored = np.ascontiguousarray(array).view(kind.storage).reshape(array.shape)
    if kind is int4:  # only the low 4 bits count
        return np.left_shift(stored, 4) >> 4
    return stored & 15 if kind is uint4 else stored


def of_bytes(stored: np.ndarray, kind: DType) -> np.ndarray:
    """The elements that bytes of memory are, in NumPy's type or that of ml_dtypes.

    Raises:
        TypeError: If NumPy has no such type and ml_dtypes is not installed.
    """
    if kind.numpy is not None:
        return stored
    try:
        import ml_dtypes
    except ImportError:
        raise TypeError(
            f"expected an element type that NumPy has, but got {kind}: use .astype(dlc.float32), or install ml_dtypes"
        ) from None
    return stored.view(getattr(ml_dtypes, kind.name))


def has_derivative(kind: DType) -> bool:
    """Whether arrays of the type have derivatives: floats and complex numbers."""
    return kind.kind in "fc"


def of_scalar(value: bool | int | float | complex) -> DType:
    """The element type of a Python scalar alone."""
    if isinstance(value, complex):
        return complex64
    if isinstance(value, bool):
        return bool_
    return int64 if isinstance(value, int) else float32
