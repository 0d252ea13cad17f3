"""Symbolic extents: integer polynomials over named symbols, as they stand in shapes of traced arrays."""

from __future__ import annotations

import contextlib
import operator
import threading
from collections.abc import Iterator

import _dlc


class _Assumptions(threading.local):
    """What the trace that runs in this thread has taken for different: pairs of texts; None outside of such a trace."""

    unequal: set[tuple[str, str]] | None = None


_assumptions = _Assumptions()


class Dim:
    """An extent that is not known while tracing, such as B or 2*B + 1.

    Supports + - * with integers and extents, and // by a positive integer; beside an Array, and in asarray, it is an
    integer of rank 0. Two are equal when they are provably so; a trace that takes others for different holds for
    extents alone where they are.

    Example:
        >>> Dim("B") * 2 + 1
        2*B + 1
    """

    __slots__ = ("text",)

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def __str__(self) -> str:
        return self.text

    def __hash__(self) -> int:
        if _assumptions.unequal is not None:  # a lookup beside numbers would miss, and nobody be asked
            self._refuse()
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Dim) and self.text == other.text:
            return True
        if hasattr(other, "_v") or getattr(other, "ndim", 0):
            return NotImplemented  # an array compares its elements
        number = _whole(other)
        if _assumptions.unequal is not None and number is not None:
            _assumptions.unequal.add((self.text, str(number)))
        return False

    def __neg__(self) -> int | Dim:
        return combine("-", 0, self)

    def __pow__(self, other: int) -> int | Dim:
        if not isinstance(other, int) or other < 0:
            return NotImplemented
        result: int | Dim = 1
        for _ in range(other):
            result = result * self
        return result

    def __mod__(self, other: int) -> int | Dim:
        return self - self // other * other if isinstance(other, int) else NotImplemented

    def __add__(self, other: int | Dim) -> int | Dim:
        return combine("+", self, other)

    def __radd__(self, other: int) -> int | Dim:
        return combine("+", other, self)

    def __sub__(self, other: int | Dim) -> int | Dim:
        return combine("-", self, other)

    def __rsub__(self, other: int) -> int | Dim:
        return combine("-", other, self)

    def __mul__(self, other: int | Dim) -> int | Dim:
        return combine("*", self, other)

    def __rmul__(self, other: int) -> int | Dim:
        return combine("*", other, self)

    def __floordiv__(self, other: int | Dim) -> int | Dim:
        return combine("/", self, other)

    def _refuse(self, *others: object):
        if any(hasattr(other, "_v") for other in others):  # an Array compares its elements
            return NotImplemented
        raise TypeError(
            f"expected an extent that is known while tracing, but got the symbolic extent {self.text}: beside arrays, "
            f"and by dlc.asarray, it is an integer"
        )

    __bool__ = __int__ = __index__ = __float__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __truediv__ = __rtruediv__ = __rpow__ = __rfloordiv__ = __rmod__ = _refuse


def _whole(value: object) -> int | Dim | None:
    """A number that an extent can be, as one; None for others."""
    if isinstance(value, Dim) or type(value) is int:
        return value
    try:
        return int(value) if value == int(value) else None  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        return None


@contextlib.contextmanager
def assuming() -> Iterator[set[tuple[str, str]]]:
    """Collects the pairs of extents that comparisons of this thread take for different."""
    before, _assumptions.unequal = _assumptions.unequal, set()
    try:
        yield _assumptions.unequal
    finally:
        _assumptions.unequal = before


def assumed() -> set[tuple[str, str]]:
    """The pairs so far that the trace of this thread has taken for different."""
    return _assumptions.unequal or set()


def is_same(one: int | Dim, other: int | Dim) -> bool:
    """Whether two extents are provably equal; nothing is assumed if not."""
    return str(one) == str(other)


def is_same_shape(one: tuple, other: tuple) -> bool:
    """Whether two shapes are provably equal; nothing is assumed if not."""
    return len(one) == len(other) and all(map(is_same, one, other))


def hold(unequal: set[tuple[str, str]], values: dict[str, int]) -> bool:
    """Whether the extents of each pair differ where symbols have these values."""
    names = {"__builtins__": {}, "floordiv": operator.floordiv, "ceildiv": lambda x, y: -(-x // y), **values}
    try:
        return all(eval(x, names) != eval(y, names) for x, y in unequal)
    except NameError:  # a symbol that the arguments do not have
        return False


def combine(operation: str, lhs: int | Dim, rhs: int | Dim) -> int | Dim:
    """The polynomial `lhs operation rhs`; an int when no symbol is left."""
    if isinstance(lhs, float) or isinstance(rhs, float):
        (lhs if isinstance(lhs, Dim) else rhs)._refuse()
    if not isinstance(lhs, Dim):
        lhs = lhs.__index__() if hasattr(lhs, "__index__") and not hasattr(lhs, "_v") else None
    if not isinstance(rhs, Dim):
        rhs = rhs.__index__() if hasattr(rhs, "__index__") and not hasattr(rhs, "_v") else None
    if lhs is None or rhs is None:
        return NotImplemented
    return of_text(_dlc.dim_combine(operation, str(lhs), str(rhs)))


def of_text(text: str) -> int | Dim:
    """An extent from its normal form."""
    return int(text) if text.lstrip("-").isdigit() else Dim(text)


def size_of(shape: tuple[int | Dim, ...]) -> int | Dim:
    """The product of extents."""
    size: int | Dim = 1
    for extent in shape:
        size = size * extent
    return size
