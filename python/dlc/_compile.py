"""dlc.compile: a function for given shapes, ahead of time, as something to run, to look at and to save."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Sequence
from typing import Any

import _dlc
import numpy as np

from dlc import _dim, _dtypes, _tree
from dlc._array import Array, asarray
from dlc._dim import Dim
from dlc._jit import Entry, RootFrame, Trace
from dlc._options import flag_of, options
from dlc._signature import Signature
from dlc._tracing import tensor_of

_KINDS = {".mlir": "mlir", ".o": "obj", ".so": "shared", ".dlc": "package", ".ptx": "ptx", ".s": "asm", "": "exe"}


def _extent(value: int | str | Dim | None, i: int) -> int | Dim:
    """An entry of a spec's shape at position i, checked."""
    if value is None:
        return Dim(f"d{i}")
    if isinstance(value, str):
        extent = _dim.of_text(_dlc.dim_combine("+", value, "0"))
    else:
        extent = value if isinstance(value, Dim) else operator.index(value)
    if isinstance(extent, int) and extent < 0:
        raise ValueError(f"expected extents of at least 0, but got {extent}")
    return extent


class ShapeDtype:
    """The type of an array: extents, of which some may be symbolic, and element type.

    Attributes:
        shape: Integers and Dims.
        dtype: The element type.
    """

    __slots__ = ("shape", "dtype", "unnamed")

    def __init__(self, shape: Sequence[int | str | Dim | None], dtype: Any = _dtypes.float32):
        if isinstance(shape, (bytes, dict, set)):
            raise TypeError(f"expected extents, but got {shape!r}")
        is_one = shape is None or isinstance(shape, (str, Dim)) or hasattr(shape, "__index__")
        extents = (shape,) if is_one else tuple(shape)
        self.shape = tuple(_extent(e, i) for i, e in enumerate(extents))
        self.unnamed = tuple(i for i, e in enumerate(extents) if e is None)
        self.dtype = _dtypes.dtype(dtype)

    def __repr__(self) -> str:
        return f"dlc.spec({self.shape}, {self.dtype})"


def spec(shape: Sequence[int | str | Dim | None], dtype: Any = _dtypes.float32) -> ShapeDtype:
    """The type of an argument of dlc.compile.

    Args:
        shape: The extents, or the only one: an integer, a symbolic one as text ("B", "2*B + 1"), None for one that
            nothing else has.
        dtype: The element type.

    Returns:
        The type.

    Raises:
        TypeError: If an extent is something else.
        ValueError: If one is negative, or its text malformed.
    """
    return ShapeDtype(shape, dtype)


def _named(of: ShapeDtype | Array, number: int) -> ShapeDtype:
    """The type of an argument, with names of its own for extents that nothing else has."""
    named = ShapeDtype(of.shape, of.dtype)
    for i in getattr(of, "unnamed", ()):
        named.shape = (*named.shape[:i], Dim(f"d{number}_{i}"), *named.shape[i + 1 :])
    return named


class _CompileFrame(RootFrame):
    """The root of an ahead-of-time trace: arrays that are no arguments are constants unless they are written."""

    __slots__ = ("live",)

    def __init__(self, live: dict[int, Array], fast: bool):
        super().__init__(fast)
        self.live = live

    def lift(self, array):
        if id(array) in self.live:
            return super().lift(array)
        value = self.trace.value(tensor_of(array))
        self.env[id(array)] = (array, value)
        return value


class Compiled:
    """A function compiled ahead of time for given argument types; see dlc.compile."""

    def __init__(self, fn: Callable, specs: tuple, names: Sequence[str] | None, fast: bool = False):
        leaves, structure = _tree.flatten(specs, lambda v: not isinstance(v, (dict, list, tuple)))
        if names is not None and (len(names) != len(leaves) or len(set(names)) != len(names)):
            raise ValueError(f"expected {len(leaves)} names that differ, but got {list(names)}")
        for s in leaves:
            if not isinstance(s, (ShapeDtype, Array)):
                raise TypeError(f"expected a dlc.spec for each argument, but got {s!r}")
        self._specs = [_named(s, i) for i, s in enumerate(leaves)]
        arguments = [_abstract(s) for s in self._specs]
        self._signature = Signature(fn, tuple(_tree.unflatten(structure, arguments)), {})
        live = {id(a): a for a in arguments}
        # What is written turns out at the end: then it is no constant, and the function is traced once more.
        while True:
            frame = _CompileFrame(live, fast)
            with frame:
                for i, array in enumerate(arguments):
                    frame.dims_of[id(array)] = self._specs[i].shape
                    frame.name_of[id(array)] = names[i] if names else f"arg{i}"
                    frame.read(array)
            with _dim.assuming():
                self._traced = Trace(fn, self._signature, frame)
            frozen = {id(a): a for a in self._traced.written if id(a) not in live}
            if not frozen:
                break
            live.update(frozen)
        self._module = self._traced.module
        self._entry: Entry | None = None

    def __call__(self, *args: Any) -> Any:
        """Runs the function; the arguments must have the types that it was compiled for."""
        if self._entry is None:
            program = self._module.compile(options.engine)
            self._entry = Entry(self._traced, self._signature, program, len(self._specs))
        leaves = _tree.flatten(args, lambda v: not isinstance(v, (dict, list, tuple)))[0]
        if len(leaves) != len(self._specs):
            raise TypeError(f"expected {len(self._specs)} arrays, but got {len(leaves)}")
        arrays = [
            asarray(x) if isinstance(x, (Array, np.ndarray, np.generic)) else asarray(x, s.dtype)
            for x, s in zip(leaves, self._specs)
        ]
        return self._entry.run(arrays, self._signature.places)

    def ir(self, phase: str = "trace") -> str:
        """The IR after a phase: "trace", "autodiff", "simplify", "fuse", "schedule", "bufferize" or "lower".

        Raises:
            ValueError: If there is no such phase.
        """
        return self._module.text(phase)

    def save(self, path: str | os.PathLike, *, target: str = "", link: Sequence[str | os.PathLike] = ()) -> None:
        """Writes the function to a file; the ending says as what.

        Args:
            path: Ends in .mlir (IR), .o (object, with a C header), .so (shared library), .dlc (package), .ptx, .s, or
                has no ending: a static executable.
            target: The CPU or GPU to compile for; by default the host's.
            link: Object files and static libraries to link an object, shared library or executable with: they define a
                C function of its name for each custom call. An executable needs them for all of its calls.

        Raises:
            ValueError: If the ending is none of these, or the files lack a function that is called.
            OSError: If a file cannot be read or written, or the linker refuses.
        """
        path = os.fsdecode(path)
        ending = os.path.splitext(os.path.basename(path))[1]
        if ending not in _KINDS:
            raise ValueError(
                f"expected a path that ends in .mlir, .o, .so, .dlc, .ptx, .s or nothing, but got {path!r}"
            )
        if isinstance(link, (str, bytes, os.PathLike)):
            raise TypeError(f"expected a sequence of files to link, but got {link!r}")
        self._module.emit(_KINDS[ending], os.fsencode(path), target, [os.fsencode(file) for file in link])


def _abstract(of: ShapeDtype) -> Array:
    """An array that stands for a type: it has no elements."""
    return Array(_dlc.Trace(False, options.engine).input(of.dtype.code, [str(d) for d in of.shape], "", False))


def compile(  # noqa: A001
    fn: Callable, specs: Any, *, names: Sequence[str] | None = None, fast: bool = False
) -> Compiled:
    """Compiles a function ahead of time.

    Arrays that the function reaches and does not write are frozen into the program. Symbolic extents that it compares
    count as different unless they are provably equal, and the program refuses those that are not.

    Args:
        fn: A function of arrays, or a Module.
        specs: One dlc.spec (or an array that stands for its type) for each argument.
        names: Names of the arguments, for the artifact's signature; by default arg0, arg1, ...
        fast: Whether to give up exact numerics for speed. Code may then contract, reorder and approximate: bits may
            differ from those of the function, and between CPUs, batch sizes and thread counts. Errors stay bounded.

    Returns:
        The compiled function, which can be called, shown (`ir`) and saved (`save`).

    Raises:
        TypeError: If `fn` cannot be called, or `fast` is no bool.
        ValueError: If `names` are not one for each argument, or not unique.

    Example:
        >>> import dlc
        >>> f = compile(lambda x: x * 2, [dlc.spec(("B",))])
        >>> "tensor<?xf32" in f.ir()
        True
    """
    if not callable(fn):
        raise TypeError(f"expected a function to compile, but got {type(fn).__name__}")
    if isinstance(specs, (ShapeDtype, Array)):
        specs = (specs,)
    return Compiled(fn, tuple(specs), names, flag_of("fast", fast))
