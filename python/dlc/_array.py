"""The Array: a handle to a tensor, to a pending eager result, or to a value of a function under trace."""

from __future__ import annotations

import operator
from collections.abc import Sequence

import _dlc
import numpy as np

from dlc import _dlpack, _dtypes, _tracing
from dlc._attributes import dictionary, dims, i64s
from dlc._dim import Dim, of_text, size_of
from dlc._dtypes import DType


class Array:
    """A dense array with an element type and a shape.

    Made by dlc.asarray and by every op; supports Python's operators with broadcasting and promotion, NumPy's basic
    indexing, and DLPack. An Array is a mutable handle: `x[...] = v`, `x += v` and `x.assign(v)` give it new elements.
    """

    __slots__ = ("_v", "_home", "__weakref__")
    __array_priority__ = 1000

    def __init__(self, value, home=None):
        self._v = value
        self._home = home

    # What it is

    def _value(self):
        frame = _tracing.local.frame
        return self._v if frame is None else frame.read(self)

    @property
    def dtype(self) -> DType:
        """The element type."""
        return _dtypes.BY_CODE[self._v.dtype]

    @property
    def shape(self) -> tuple[int | Dim, ...]:
        """The extents; a symbolic one is a Dim."""
        value = self._value()
        shape = value.shape
        if -1 not in shape:
            return shape
        return tuple(of_text(value.dim(i)) if extent == -1 else extent for i, extent in enumerate(shape))

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self._value().shape)

    @property
    def size(self) -> int | Dim:
        """The number of elements."""
        return size_of(self.shape)

    @property
    def device(self) -> str:
        """Where the elements are."""
        return "cpu"

    def to_device(self, device: str, /, *, stream: None = None) -> Array:
        """The array itself: there is one device.

        Raises:
            ValueError: If it is another.
        """
        if device != "cpu" or stream is not None:
            raise ValueError(f"expected device 'cpu' and no stream, but got {device!r} and {stream!r}")
        return self

    def __array_namespace__(self, *, api_version: str | None = None):
        import dlc

        return dlc

    @property
    def T(self) -> Array:
        """The transpose of a matrix; reverses all dimensions."""
        return self.transpose()

    @property
    def mT(self) -> Array:
        """The matrices of the last two dimensions transposed."""
        order = list(range(self.ndim))
        if self.ndim < 2:
            raise ValueError(f"expected an array of rank 2 or more, but got rank {self.ndim}")
        order[-2:] = order[:-3:-1]
        return self.transpose(order)

    # Its elements

    def numpy(self) -> np.ndarray:
        """The elements as a NumPy array. Read-only: it shares the array's memory.

        Raises:
            TypeError: If the array is being traced, or NumPy has no type for its elements and ml_dtypes, which has
                one, is not installed.
        """
        return _dtypes.of_bytes(self._stored(), self.dtype)

    def _stored(self) -> np.ndarray:
        """The elements as their bytes."""
        frame = _tracing.local.frame
        if frame is not None:
            raise TypeError(
                "expected an array with a value, but got one in a function that is being traced: its value is known "
                "only when the function runs"
            )
        kind = self.dtype
        tensor = _tracing.tensor_of(self)
        stored = np.frombuffer(tensor, dtype=kind.storage) if 0 not in tensor.shape else np.empty(0, kind.storage)
        view = stored.reshape(tensor.shape)
        view.flags.writeable = False
        return view

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        array = self.numpy()
        if dtype is not None and np.dtype(dtype) != array.dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        if dl_device is not None and tuple(dl_device) != self.__dlpack_device__():
            raise BufferError(f"expected dl_device {self.__dlpack_device__()}, the CPU, but got {tuple(dl_device)}")
        # DLPack of NumPy refuses read-only arrays in its unversioned form; consumers must not write. One that does all
        # the same finds nothing pending that has yet to read.
        array = self._stored()
        _tracing.compute_pending()
        if copy or max_version is None or max_version[0] < 1:
            array = array.copy()
        return _dlpack.capsule_of(array, self.dtype, max_version)

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)

    def item(self) -> bool | int | float | complex:
        """The only element as a Python scalar.

        Raises:
            ValueError: If the array has another number of elements.
        """
        if self.size != 1:
            raise ValueError(f"expected an array of one element, but got shape {self.shape}")
        return self.numpy().item()

    def tolist(self) -> list | bool | int | float:
        """The elements as nested lists."""
        return self.numpy().tolist()

    def __bool__(self) -> bool:
        return bool(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __format__(self, spec: str) -> str:
        return str(self) if not spec else format(self.item(), spec)

    def __complex__(self) -> complex:
        return complex(self.item())

    @property
    def real(self) -> Array:
        """The real parts; the array itself if it is not complex."""
        return _tracing.apply("real", (self,)) if self.dtype.kind == "c" else self

    @property
    def imag(self) -> Array:
        """The imaginary parts; zeros if the array is not complex."""
        if self.dtype.kind == "c":
            return _tracing.apply("imag", (self,))
        return _tracing.apply("full", (0,), dictionary(shape=dims(self.shape), element=self.dtype.ir))

    def __index__(self) -> int:
        if self.dtype.kind not in "iu" or self.ndim != 0:
            raise TypeError(f"expected an integer array of rank 0, but got {self.dtype} of shape {self.shape}")
        return int(self.item())

    def __len__(self) -> int:
        if self.ndim == 0:
            raise TypeError("expected an array of rank 1 or more, but got rank 0")
        return operator.index(self.shape[0])

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        if _tracing.local.frame is not None or _tracing.home_of(self) is not None:
            return f"dlc.Array(traced, shape={self.shape}, dtype={self.dtype.name})"
        plain = _dtypes.int32 if self.dtype.name in ("int4", "uint4") else _dtypes.float32
        elements = self if self.dtype.numpy is not None else self.astype(plain)
        text = np.array2string(elements.numpy(), separator=", ", prefix="dlc.array(")
        return f"dlc.array({text}, dtype={self.dtype.name})"

    __hash__ = object.__hash__

    # Writing

    def assign(self, value: ArrayLike) -> None:
        """Gives the array new elements; they are cast to its element type and broadcast to its shape.

        Args:
            value: What to assign, of a shape that broadcasts to this one.

        Raises:
            ValueError: If the shape does not broadcast.
        """
        if not isinstance(value, Array) or value.dtype is not self.dtype:
            value = _tracing.apply("astype", (value,), dictionary(to=self.dtype.ir))
        if value.shape != self.shape:
            value = _tracing.apply("broadcast_to", (value,), dictionary(shape=dims(self.shape)))
        frame = _tracing.local.frame
        if frame is not None:
            frame.write(self, frame.read(value))
        elif _tracing.home_of(self) is not None:
            raise ValueError("expected an array that is alive, but got one of a trace that has ended")
        else:
            self._v = value._v

    def __copy__(self) -> Array:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: dict) -> Array:
        clone = object.__new__(type(self))
        clone._v, clone._home = self._value(), _tracing.local.frame
        if hasattr(self, "requires_grad"):
            clone.requires_grad = self.requires_grad
        return clone

    def __reduce__(self):
        return (type(self), (self.numpy(),)) if type(self) is not Array else (asarray, (self.numpy(),))

    def __getitem__(self, index) -> Array:
        return _index.get(self, index)

    def __setitem__(self, index, value: ArrayLike) -> None:
        _index.set(self, index, value)

    def conj(self) -> Array:
        """The complex conjugate; the array itself if it is not complex."""
        return _tracing.apply("conj", (self,)) if self.dtype.kind == "c" else self

    # Methods that are functions of dlc

    def astype(self, dtype: DType) -> Array:
        """The array with its elements cast to another type."""
        return _tracing.apply("astype", (self,), dictionary(to=_dtypes.dtype(dtype).ir))

    def copy(self) -> Array:
        """A new handle to the same elements, which later writes to this one leave alone."""
        return Array(self._value(), _tracing.local.frame)

    def reshape(self, *shape: int | Dim | Sequence[int | Dim]) -> Array:
        """The elements in row-major order under another shape; one extent may be -1."""
        if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
            shape = tuple(shape[0])
        return _tracing.apply("reshape", (self,), dictionary(shape=dims(shape)))

    def transpose(self, *axes: int | Sequence[int]) -> Array:
        """The array with its dimensions in another order, by default reversed."""
        if len(axes) == 1 and isinstance(axes[0], (tuple, list)):
            axes = tuple(axes[0])
        order = [a + self.ndim if a < 0 else a for a in axes] if axes else reversed(range(self.ndim))
        return _tracing.apply("dlc.transpose", (self,), dictionary(perm=i64s(order)))


ArrayLike = Array | np.ndarray | bool | int | float | complex | Dim | Sequence


_STRONG = {"b": _dtypes.bool_, "i": _dtypes.int64, "f": _dtypes.float32}


def is_weak(array: Array) -> bool:
    """Whether an array is a Python number that became an input of a traced function: its dtype gives way."""
    return _tracing.local.frame is not None and getattr(array._v, "weak", False)


def check_fits(number: int, kind: DType) -> None:
    """Raises ValueError for an integer that an integer type does not hold."""
    if kind.kind in "iu":
        bits = 8 * kind.itemsize - (kind.kind == "i")
        if not -(2**bits if kind.kind == "i" else 0) <= number < 2**bits:
            raise ValueError(f"expected an integer that {kind} holds, but got {number}")


def check_device(device: str | None) -> None:
    """Raises ValueError for another device than the only one."""
    if device not in (None, "cpu"):
        raise ValueError(f"expected device 'cpu', but got {device!r}")


def asarray(
    value: ArrayLike, dtype: DType | None = None, *, copy: bool | None = None, device: str | None = None
) -> Array:
    """An Array of what NumPy makes an array of.

    Args:
        value: An Array, a NumPy array, an object with DLPack or __array__, a scalar, a symbolic extent or nested lists.
        dtype: The element type; by default that of the value, and float32 for Python floats.
        copy: True also copies an Array. What is no Array is always copied, so that later writes are not seen.
        device: "cpu" or None.

    Returns:
        The Array.

    Raises:
        TypeError: If the elements have no type of dlc.
        ValueError: If `copy` is False and the elements must be copied.

    Example:
        >>> asarray([1, 2, 3]).dtype
        dlc.int64
    """
    check_device(device)
    wanted = None if dtype is None else _dtypes.dtype(dtype)
    if copy is False and (not isinstance(value, Array) or wanted not in (None, value.dtype)):
        raise ValueError("expected an Array of the element type, for copy=False, but got what must be copied")
    if isinstance(value, Array):
        result = value.copy() if copy else value
        if is_weak(value):
            return result.astype(wanted or _STRONG[value.dtype.kind])
        return result if wanted is None or wanted is result.dtype else result.astype(wanted)
    if isinstance(value, Dim):
        return _tracing.apply("astype", (value,), dictionary(to=(wanted or _dtypes.int64).ir))
    if hasattr(value, "__dlpack__") and not isinstance(value, (np.ndarray, np.generic)):
        result = from_dlpack(value)
        return result if wanted is None or wanted is result.dtype else result.astype(wanted)
    if type(value) is int and wanted is not None:
        check_fits(value, wanted)
    is_python = not hasattr(value, "dtype") and not hasattr(value, "__array__")
    array = np.asarray(value)
    if array.dtype == object and is_python:
        return stack_nested(value, wanted)
    kind = _dtypes.dtype(array.dtype)
    if is_python and kind in (_dtypes.float64, _dtypes.complex128):
        kind = _dtypes.float32 if kind is _dtypes.float64 else _dtypes.complex64
    if kind.kind == "c" and wanted is not None and wanted.kind != "c":
        raise TypeError(f"expected a complex element type for complex elements, but got {wanted}: take real or imag")
    if wanted is not None and wanted.numpy is not None:
        kind = wanted
    if kind.numpy is not None:
        array = array.astype(kind.numpy, copy=False)
    result = _of_elements(array, kind)
    return result if wanted is None or wanted is kind else result.astype(wanted)


def array_of(x: ArrayLike) -> Array:
    """An array as it is, anything else as one."""
    return x if isinstance(x, Array) else asarray(x)


def _of_elements(array: np.ndarray, kind: DType) -> Array:
    """An Array of elements that NumPy has in the type `kind`, in ml_dtypes' of that name, or as bytes."""
    tensor = _dlc.tensor(_dtypes.bytes_of(array, kind), kind.code, list(array.shape), True)
    frame = _tracing.local.frame
    return Array(tensor) if frame is None else Array(frame.trace.value(tensor), frame)


def stack_nested(value, wanted: DType | None) -> Array:
    """Nested lists that hold Arrays."""
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"expected numbers, arrays or lists of them, but got {type(value).__name__}")
    parts = [asarray(v, wanted) for v in value]
    return _tracing.apply("stack", parts, dictionary(axis="0 : i64"))


def from_dlpack(value, /, *, device: str | None = None, copy: bool | None = None) -> Array:
    """An Array with the elements of an object that has DLPack, copied.

    bfloat16, float8 and, if each takes a byte, integers of 4 bits are taken and given as DLPack 1.1 has them.

    Args:
        value: The object.
        device: "cpu" or None.
        copy: False: no copy is made, which only an Array allows.

    Raises:
        BufferError: If the elements are not on the CPU, or packed, or `copy` is False and they must be copied.
        TypeError: If they have no type of dlc.
    """
    check_device(device)
    if isinstance(value, Array):
        return value.copy()
    if copy is False:
        raise BufferError("expected copy=None or True for what is no Array: its elements are always copied")
    array, kind = _dlpack.elements_of(value)
    return asarray(array) if kind is None else _of_elements(array, kind)


_KINDS = {"V": 0, "b": 0, "i": 1, "u": 1, "f": 2, "c": 3}  # a result in place is of the array's kind or of one before


def _of_numbers(name: str, *operands, attributes: str | None = None):
    """An operator on Python numbers alone, of which some became inputs of a traced function: in float64, and weak."""
    values = [asarray(x, _dtypes.float64) for x in operands]
    result = _tracing.apply(name, values, attributes)
    if result.dtype is not _dtypes.float64:
        return result
    frame = _tracing.local.frame
    return Array(frame.trace.as_weak(frame.read(result)), frame)


def are_numbers(*operands) -> bool:
    """Whether operands are Python numbers and symbolic extents alone, some of them inputs of a traced function."""
    if _tracing.local.frame is None or not any(isinstance(x, Array) for x in operands):
        return False
    return all(type(x) in (bool, int, float, Dim) or (isinstance(x, Array) and is_weak(x)) for x in operands)


def apply_operator(name: str, *operands, attributes: str | None = None) -> Array:
    """An operator; of numbers alone it is Python's, in float64."""
    if are_numbers(*operands):
        return _of_numbers(name, *operands, attributes=attributes)
    return _tracing.apply(name, operands, attributes)


def _binary(name: str):
    def forward(self, other):
        return apply_operator(name, self, other) if is_operand(other) else NotImplemented

    def reflected(self, other):
        return apply_operator(name, other, self) if is_operand(other) else NotImplemented

    def in_place(self, other):
        if not is_operand(other) or is_weak(self):  # a number is no array to write: x = x + y
            return NotImplemented
        result = _tracing.apply(name, (self, other))
        if _KINDS[result.dtype.kind] > _KINDS[self.dtype.kind]:
            raise TypeError(f"expected a result that {self.dtype} holds, but got {result.dtype}: use x = x + y")
        self.assign(result)
        return self

    return forward, reflected, in_place


def is_operand(value) -> bool:
    return isinstance(value, (Array, bool, int, float, complex, Dim, np.ndarray, np.generic))


def _compare(predicate: str):
    attributes = f"{{predicate = #dlc.predicate<{predicate}>}}"

    def compare(self, other):
        if not is_operand(other):
            return NotImplemented
        return apply_operator("compare", self, other, attributes=attributes)

    return compare


for _symbol, _name in {
    "add": "add",
    "sub": "sub",
    "mul": "mul",
    "truediv": "divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "matmul": "matmul",
    "and": "and",
    "or": "or",
    "xor": "xor",
    "lshift": "bitwise_left_shift",
    "rshift": "bitwise_right_shift",
}.items():
    _forward, _reflected, _in_place = _binary(_name)
    setattr(Array, f"__{_symbol}__", _forward)
    setattr(Array, f"__r{_symbol}__", _reflected)
    setattr(Array, f"__i{_symbol}__", _in_place)
for _symbol in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(Array, f"__{_symbol}__", _compare(_symbol))
Array.__neg__ = lambda self: apply_operator("neg", self)
Array.__pos__ = lambda self: self
Array.__abs__ = lambda self: apply_operator("abs", self)
Array.__invert__ = lambda self: _tracing.apply("not", (self,))

from dlc import _index  # noqa: E402
