"""Element types as the oracles see them: elements in memory, and their values in a wider type.

Values of f8, f16, bf16 and f32 are float64, those of f64 longdouble, so that an oracle's own rounding is far below one
unit in the last place; integers and bool are their own values. f8 is read and rounded by ml_dtypes. Values of c64 are
complex128, those of c128 clongdouble; a unit of a complex number is that of its magnitude.
"""

import dataclasses

import ml_dtypes
import numpy as np

from dlc import _dtypes


@dataclasses.dataclass(frozen=True)
class Element:
    """An element type.

    Attributes:
        name: As in IR, but bool: "f32", "i8", "u8", "bool".
        code: Its number in the C ABI.
        ir: As in IR: "ui8", "i1".
        kind: One of f, i, u, b, c.
        storage: NumPy's type of an element in memory; bf16 and f8 are their bits.
        wide: NumPy's type of values.
        precision: Of a float: bits of the significand, with the hidden one.
        least: Of a float: the exponent of the smallest normal number.
        bits: Of an integer: its width.
        foreign: The type of ml_dtypes; None if NumPy has its own, and for bf16.
    """

    name: str
    code: int
    ir: str
    kind: str
    storage: np.dtype
    wide: np.dtype
    precision: int = 0
    least: int = 0
    bits: int = 0
    foreign: np.dtype | None = None

    @property
    def accumulator(self) -> "Element":
        """The type that sums of this type are made in."""
        return BY_NAME["f32"] if self.name in ("f16", "bf16") else self

    @property
    def part(self) -> "Element":
        """The type of the parts of complex elements."""
        return BY_NAME["f32" if self.name == "c64" else "f64"]

    @property
    def epsilon(self) -> float:
        """Twice the unit roundoff of a float."""
        return 2.0 ** (1 - self.precision)

    @property
    def limits(self) -> tuple[int, int]:
        """The lowest and the highest integer."""
        return (-(1 << self.bits - 1), (1 << self.bits - 1) - 1) if self.kind == "i" else (0, (1 << self.bits) - 1)

    @property
    def only_stores(self) -> bool:
        """Whether nothing is computed in it: f8 and integers of 4 bits."""
        return self.foreign is not None

    def wrap(self, values: np.ndarray) -> np.ndarray:
        """Integers modulo the width."""
        stored = np.asarray(values).astype(self.storage)
        if self.bits != 4:
            return stored
        return np.left_shift(stored, 4) >> 4 if self.kind == "i" else stored & 15

    def decode(self, stored: np.ndarray) -> np.ndarray:
        """The values of elements, exactly."""
        if self.foreign is not None and self.kind == "f":
            stored = np.ascontiguousarray(stored).view(self.foreign).reshape(np.shape(stored))
        if self.name == "bf16":
            stored = (stored.astype(np.uint32) << 16).view(np.float32)
        with np.errstate(invalid="ignore"):  # signalling NaN
            return stored.astype(self.wide)

    def encode(self, values: np.ndarray) -> np.ndarray:
        """The elements nearest to values; integers wrap."""
        with np.errstate(all="ignore"):
            if self.kind in "iu":
                return self.wrap(values)
            if self.foreign is not None:
                return np.ascontiguousarray(values).astype(self.foreign).view(self.storage).reshape(np.shape(values))
            if self.name != "bf16":
                return values.astype(self.storage)
            rounded = self.round(values).astype(np.float32)
        bits = (rounded.view(np.uint32) >> 16).astype(np.uint16)
        return np.where(np.isnan(rounded), np.uint16(0x7FC0), bits).reshape(np.shape(values))

    def unit(self, values: np.ndarray) -> np.ndarray:
        """The last place of values, as a number."""
        values = np.abs(values) if self.kind == "c" else values
        exponent = np.frexp(np.where(np.isfinite(values), values, 1))[1] - 1
        return np.ldexp(np.ones_like(values), np.maximum(exponent, self.least) - (self.precision - 1))

    def round(self, values: np.ndarray) -> np.ndarray:
        """Values rounded once to this type, half to even."""
        unit = self.unit(values)
        with np.errstate(all="ignore"):
            rounded = np.rint(values / unit) * unit
        largest = (2 - self.epsilon) * 2.0 ** (1 - self.least)
        rounded = np.where(np.abs(rounded) > largest, np.copysign(np.inf, values), rounded)
        return np.where(np.isfinite(values), np.copysign(rounded, values), values)


def _element(name: str, **more) -> Element:
    ir = {"c64": "complex<f32>", "c128": "complex<f64>", "bool": "i1", "f8e4m3": "f8E4M3FN", "f8e5m2": "f8E5M2"}.get(
        name
    )
    ir = ir or name.replace("u", "ui")
    of = next(t for t in _dtypes.ALL if t.ir == ir)
    kind = of.kind if of.kind != "V" else name[0]
    wide = of.storage if kind not in "fc" else np.dtype(np.longdouble if name == "f64" else np.float64)
    if kind == "c":
        wide = np.dtype(np.complex128 if name == "c64" else np.clongdouble)
    if of.kind == "V":
        more["foreign"] = np.dtype(getattr(ml_dtypes, of.name))
    if kind in "iu":
        more["bits"] = int(name[1:])
    return Element(name, of.code, ir, kind, of.storage, wide, **more)


FLOATS = [
    _element("f64", precision=53, least=-1022),
    _element("f32", precision=24, least=-126),
    _element("f16", precision=11, least=-14),
    _element("bf16", precision=8, least=-126),
]
INTEGERS = [_element(name) for name in ("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64")]
BOOL = _element("bool")
STORAGE = [
    _element("f8e4m3", precision=4, least=-6),
    _element("f8e5m2", precision=3, least=-14),
    _element("i4"),
    _element("u4"),
]
COMPLEX = [_element("c64", precision=24, least=-126), _element("c128", precision=53, least=-1022)]
ALL = [*FLOATS, *INTEGERS, BOOL, *STORAGE, *COMPLEX]
BY_NAME = {t.name: t for t in ALL}
BY_CODE = {t.code: t for t in ALL}

# What the constraints of operands admit, by the names that the table of ops has for them.
ADMITS = {
    "float": FLOATS,
    "int": INTEGERS,
    "number": FLOATS + INTEGERS,
    "bits": [*INTEGERS, BOOL],
    "bool": [BOOL],
    "ordered": [*FLOATS, *INTEGERS, BOOL],
    "computed": [*FLOATS, *INTEGERS, BOOL, *COMPLEX],
    "analytic": FLOATS + COMPLEX,
    "arithmetic": FLOATS + INTEGERS + COMPLEX,
    "complex": COMPLEX,
    "part": FLOATS[:2],
    "plain": FLOATS + INTEGERS + STORAGE,
    "any": ALL,
}
