"""dlc.jit: a function is traced once for each signature, compiled, and then run without looking at it again.

Arrays that the function reaches become inputs of the program; those that it writes or rebinds become extra outputs,
which are written back after the call.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import _dlc
import numpy as np

from dlc import _dim, _dtypes, _program_key, _tree
from dlc._array import Array
from dlc._dim import Dim
from dlc._options import flag_of, options
from dlc._signature import FloatLeaf, Signature, difference, find_new_arrays
from dlc._tracing import Frame, local, tensor_of


class RootFrame(Frame):
    """The root of a trace that is compiled: arrays from outside become inputs, in the order of their first use."""

    __slots__ = ()

    def __init__(self, fast: bool = False):
        super().__init__(_dlc.Trace(False, options.engine, fast))

    def float_input(self, leaf: FloatLeaf, name: str) -> Array:
        """A weak rank-0 input for a Python float."""
        array = Array(self.trace.input(_dtypes.float64.code, [], name, True), self)
        self.inputs.append(leaf)
        return array


def _refuse_extents(structure: _tree.Structure) -> None:
    """A symbolic extent would be returned as a name, not as a number."""
    if structure.kind == "static" and isinstance(structure.data, Dim):
        raise TypeError(
            f"expected arrays and known values as results, but got the extent {structure.data}: return "
            "dlc.asarray of it"
        )
    for child in structure.children:
        _refuse_extents(child)


class Trace:
    """A traced function: its module, where the inputs come from, and where the outputs go.

    Attributes:
        module: The IR.
        inputs: Arrays and FloatLeafs, in the order of the program's inputs.
        structure: The tree of the results.
        result_count: How many outputs are results; the others are written back.
        written: The arrays that are written, in the order of the outputs after those.
        rebound: Places in the signature, by number, that get a new array each, in the order of the outputs after those.
        adopted: Arrays that the call left in a container for the first time, in the order of the outputs after those.
    """

    def __init__(self, fn: Callable, signature: Signature, frame: RootFrame):
        for leaf, path in zip(signature.leaves, signature.paths):
            frame.name_of.setdefault(id(leaf), path)
        try:
            self._run(fn, signature, frame)
        except BaseException:
            for container, accessor, number in signature.places:
                _put(container, accessor, signature.leaves[number])
            raise

    def _run(self, fn: Callable, signature: Signature, frame: RootFrame) -> None:
        with frame:
            args, kwargs = self._arguments(signature, frame)
            result = fn(*args, **kwargs)
            leaves, self.structure = _tree.flatten(result)
            _refuse_extents(self.structure)
            results = [frame.read(a) for a in leaves]
            changed, self.adopted = self._rebound(signature, fn, frame)
            self.rebound = [place for place, _ in changed]
            self.written = list(frame.written.values())
            outputs = results + [frame.read(a) for a in self.written] + [a._v for _, a in changed]
            outputs += [a._v for a in self.adopted]
        self.result_count = len(results)
        self.inputs = frame.inputs
        for one, other in sorted(_dim.assumed()):
            frame.trace.require_different(one, other)
        self.module = frame.trace.finish(outputs)

    @staticmethod
    def _arguments(signature: Signature, frame: RootFrame) -> tuple[tuple, dict]:
        """The arguments with traced arrays in the places of floats."""
        made: dict[int, Array] = {}

        def replace(value: Any) -> Any:
            if isinstance(value, FloatLeaf):
                number = signature.number_of(value)
                if number not in made:
                    made[number] = frame.float_input(value, signature.paths[number])
                return made[number]
            if type(value) is dict and _has_float(value.values()):
                return {k: replace(v) for k, v in value.items()}
            if isinstance(value, (list, tuple)) and _has_float(value):
                parts = [replace(v) for v in value]
                return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
            return value

        return tuple(replace(a) for a in signature.args), {k: replace(v) for k, v in signature.kwargs.items()}

    @staticmethod
    def _rebound(signature: Signature, fn: Callable, frame: Frame) -> tuple[list[tuple], list[Array]]:
        """Arrays of this trace that stand in containers the function reaches.

        Where an array stood before, it is put back until the program has run. An array in a new place is adopted: after
        the call it has a value.
        """
        numbers = {(id(c), a): number for number, (c, a, _) in enumerate(signature.places)}
        rebound, adopted = [], []
        for container, accessor, array in find_new_arrays(signature, fn, frame):
            number = numbers.get((id(container), accessor))
            if number is None:
                adopted.append(array)
                continue
            rebound.append((number, array))
            _put(container, accessor, signature.leaves[signature.places[number][2]])
        return rebound, adopted


def _put(container: Any, accessor: Any, array: Array) -> None:
    if isinstance(container, (dict, list)):
        container[accessor] = array
    else:
        setattr(container, accessor, array)


def _has_float(values: Any) -> bool:
    for value in values:
        if isinstance(value, FloatLeaf):
            return True
        if isinstance(value, dict) and _has_float(value.values()):
            return True
        if isinstance(value, (list, tuple)) and _has_float(value):
            return True
    return False


def tensor_of_leaf(leaf: Any) -> _dlc.Tensor:
    """The elements of a leaf as a program takes them."""
    if isinstance(leaf, FloatLeaf):
        return _dlc.tensor(np.float64(leaf.value).reshape(()), _dtypes.float64.code, [], True)
    return tensor_of(leaf)


class Entry:
    """A compiled trace. Inputs and written arrays are positions in the signature's leaves, or arrays beyond them."""

    def __init__(self, traced: Trace, signature: Signature, program: _dlc.Program, reached: int | None = None):
        self.program = program
        self.structure = traced.structure
        self.result_count = traced.result_count
        # Of a call's leaves only the first `reached` are looked up; the others are the arrays of the trace.
        limit = len(signature.leaves) if reached is None else reached
        self.inputs = [_position(x, signature, limit) for x in traced.inputs]
        self.written = [_position(x, signature, limit) for x in traced.written]
        self.rebound = traced.rebound
        self.opaque = signature.opaque
        self.keep: Callable[[], None] | None = None  # stores the program for other processes, once it has run

    @classmethod
    def found(cls, program: _dlc.Program, note: str, signature: Signature) -> Entry:
        """The entry of a program from the disk cache.

        Raises:
            ValueError: If the note is damaged.
        """
        fields = _program_key.read_note(note, signature)
        entry = cls.__new__(cls)
        entry.program, entry.structure = program, fields["structure"]
        entry.inputs, entry.written, entry.rebound = fields["inputs"], fields["written"], fields["rebound"]
        entry.result_count, entry.opaque, entry.keep = fields["results"], [], None
        return entry

    def run(self, leaves: list, places: list[tuple] = (), adopted: list[Array] = ()) -> Any:
        """Runs the program on the leaves of a call, writes and rebinds arrays, and returns the results."""
        tensors = [tensor_of_leaf(leaves[x] if isinstance(x, int) else x) for x in self.inputs]
        outputs = self.program.run(tensors)
        count = self.result_count
        states = iter(outputs[count:])
        for x in self.written:
            array = leaves[x] if isinstance(x, int) else x
            array._v = next(states)
        for number in self.rebound:
            _put(*places[number][:2], Array(next(states)))
        for array in adopted:
            array._v, array._home = next(states), None
        return self.structure.build(iter([Array(t) for t in outputs[:count]]))


def _position(leaf: Any, signature: Signature, limit: int) -> Any:
    number = signature.number_of(leaf)
    return leaf if number is None or number >= limit else number


class Family:
    """Signatures that differ in extents alone: the shapes that were seen, and entries with symbols for some extents.

    Attributes:
        refusal: Why the function has no entry with symbols; None if nothing speaks against one.
    """

    def __init__(self):
        self.shapes: list[list[tuple]] = []
        self.entries: list[tuple[dict[int, tuple], set, Entry]] = []
        self.refusal: Exception | None = None

    def see(self, signature: Signature) -> None:
        """Remembers the shapes of a call; a few are enough to know what varies."""
        if len(self.shapes) < 8:
            self.shapes.append(signature.shapes())

    def find(self, signature: Signature) -> Entry | None:
        """The entry whose symbols can stand for the call's extents."""
        for pattern, unequal, entry in self.entries:
            if _holds(pattern, unequal, signature):
                return entry
        return None

    def has(self, entry: Entry) -> bool:
        """Whether the entry has symbols for extents."""
        return any(e is entry for *_, e in self.entries)

    def pattern(self, signature: Signature) -> dict[int, tuple] | None:
        """Shapes of the leaves with symbols for extents that differ between calls; None if none does.

        Extents that are equal in all calls share a symbol. 0 and 1 are never symbols: they broadcast.
        """
        if not self.shapes or self.refusal is not None:
            return None
        calls = [*self.shapes, signature.shapes()]
        names: dict[tuple, Dim] = {}
        pattern = {}
        for number, shape in enumerate(calls[-1]):
            extents: list[int | Dim] = []
            for dimension, extent in enumerate(shape):
                seen = tuple(call[number][dimension] for call in calls)
                varies = extent > 1 and any(e != extent and e > 1 for e in seen)
                extents.append(names.setdefault(seen, Dim(f"n{len(names)}")) if varies else extent)
            pattern[number] = tuple(extents)
        return pattern if names else None


def _matches(pattern: tuple, shape: tuple, bound: dict[str, int]) -> bool:
    for expected, extent in zip(pattern, shape):
        if isinstance(expected, Dim):
            if extent < 2 or bound.setdefault(expected.text, extent) != extent:
                return False
        elif expected != extent:
            return False
    return True


def _holds(pattern: dict[int, tuple], unequal: set, signature: Signature) -> bool:
    """Whether a trace for shapes with symbols, which took some extents for different, is one for this signature."""
    bound: dict[str, int] = {}
    shapes = enumerate(signature.shapes())
    return all(_matches(pattern[i], shape, bound) for i, shape in shapes) and _dim.hold(unequal, bound)


class JitFunction:
    """A function that is compiled for each signature; see dlc.jit.

    Attributes:
        traces: How often the function was traced.
        events: What happened at each call that no earlier program could serve, and why; see explain.
        found: How often the disk cache had its program, so that it was not traced.
        refusal: Why the program of the newest event cannot be kept for other processes; "" if it can.
    """

    __dlc_wrapper__ = True

    def __init__(self, fn: Callable, dynamic: bool = True, fast: bool = False):
        functools.update_wrapper(self, fn, updated=())
        self.entries: dict[Any, Entry] = {}
        self.dynamic = dynamic
        self.fast = fast
        self.families: dict[Any, Family] = {}
        self.events: list[str] = []
        self.last_key: tuple | None = None
        self.refusal = ""
        self.traces = 0
        self.found = 0

    def __get__(self, instance: Any, owner: Any = None) -> Callable:
        return self if instance is None else functools.partial(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if local.frame is not None:
            return self.__wrapped__(*args, **kwargs)
        signature = Signature(self.__wrapped__, args, kwargs)
        key = (signature.key, options.engine, _dlc.num_threads(), _dlc.compile_options())
        entry = self.entries.get(key)
        if entry is not None:
            return entry.run(signature.leaves, signature.places)
        if self.last_key is None:
            reason = "first call"
        else:
            reason = difference(self.last_key, self.__wrapped__, args, kwargs)
        self.last_key = signature.key
        program_key, self.refusal = None, ""
        if options.engine == "jit" and _dlc.cache_dir():
            program_key, self.refusal = _program_key.key_of(signature, self.fast)
        family = self.families.setdefault((signature.family(), *key[1:]), Family())
        found = self._find(program_key, signature) if (entry := family.find(signature)) is None else None
        entry = entry or found
        what = "found a program"
        adopted: list[Array] = []
        if entry is None:
            entry, adopted = self._specialise(program_key, signature, family)
            what = "traced"
            if family.refusal is not None:
                what = f"traced for these extents alone ({str(family.refusal).splitlines()[0]})"
        kept = f"; in this process alone, for {self.refusal}" if self.refusal else ""
        self.events.append(f"{what}: {reason}{kept}")
        family.see(signature)
        try:
            results = entry.run(signature.leaves, signature.places, adopted)
        except ValueError:
            if entry is not found and not family.has(entry):
                raise
            # It refuses these extents, before anything is written: what they mean is for a trace of their own to say.
            self.events.append("traced for these extents alone (the program with symbolic extents refuses them)")
            entry, adopted = self._compile(program_key, signature, None)
            results = entry.run(signature.leaves, signature.places, adopted)
        if entry.keep is not None:
            entry.keep()
            entry.keep = None
        if not adopted:
            self.entries[key] = entry
        return results

    def _find(self, program_key: bytes | None, signature: Signature) -> Entry | None:
        """The entry of another process, if the disk cache has it."""
        known = None if program_key is None else _dlc.find_program(program_key)
        if known is None:
            return None
        try:
            entry = Entry.found(*known, signature)
        except ValueError:
            return None
        self.found += 1
        return entry

    def _specialise(self, program_key: bytes | None, signature: Signature, family: Family) -> tuple[Entry, list[Array]]:
        """A new entry: with symbols for extents that have varied, if the function can be traced and compiled so."""
        pattern = family.pattern(signature) if self.dynamic else None
        if pattern is not None:
            try:
                with _dim.assuming() as unequal:
                    entry, adopted = self._compile(program_key, signature, pattern)
                if _holds(pattern, unequal, signature):
                    family.entries.append((pattern, unequal, entry))
                    return entry, adopted
            except (TypeError, ValueError, IndexError, NotImplementedError, RuntimeError) as reason:
                # Extents decide what the function does, or an op needs them: one program for each shape, then.
                family.refusal = reason
        return self._compile(program_key, signature, None)

    def _compile(
        self, program_key: bytes | None, signature: Signature, pattern: dict[int, tuple] | None
    ) -> tuple[Entry, list[Array]]:
        recorder = _program_key.CodeRecorder()
        if program_key is None:
            traced = self._trace(signature, pattern)
        else:
            with recorder:
                traced = self._trace(signature, pattern)
        entry = Entry(traced, signature, traced.module.compile(options.engine))
        if program_key is not None:
            self.refusal = self._prepare_keeping(program_key, entry, signature, recorder, traced)
        return entry, traced.adopted

    def _prepare_keeping(
        self,
        program_key: bytes,
        entry: Entry,
        signature: Signature,
        recorder: _program_key.CodeRecorder,
        traced: Trace,
    ) -> str:
        """Sets how an entry is kept for other processes; returns why it cannot be, "" if it can."""
        if traced.adopted:
            return "the call left an array in a new place"
        if refusal := recorder.refusal(signature):
            return refusal
        note = _program_key.write_note(entry, signature, recorder.files())
        if note is None:
            return "arrays are reached in ways that have no name"
        name = getattr(self, "__name__", "jit")
        entry.keep = lambda: entry.program.store(program_key, name, note)
        return ""

    def _trace(self, signature: Signature, pattern: dict[int, tuple] | None = None) -> Trace:
        self.traces += 1
        frame = RootFrame(self.fast)
        for number, shape in (pattern or {}).items():
            frame.dims_of[id(signature.leaves[number])] = shape
        return Trace(self.__wrapped__, signature, frame)

    def explain(self) -> str:
        """One line for each call that had to trace or to look for a program: what differed from the call before, and
        what keeps the program from other processes.

        Example:
            >>> import dlc
            >>> f = jit(lambda x, n: x * n)
            >>> _ = f(dlc.zeros((2,)), 3), f(dlc.zeros((2,)), 4)
            >>> print(f.explain())
            traced: first call
            traced: arg1 was 3, is 4
        """
        return "\n".join(self.events)

    def ir(self, *args: Any, phase: str = "trace", **kwargs: Any) -> str:
        """The IR of the function for these arguments, after a phase."""
        return self._trace(Signature(self.__wrapped__, args, kwargs)).module.text(phase)


def jit(
    fn: Callable | None = None, *, dynamic: bool = True, fast: bool = False
) -> JitFunction | Callable[[Callable], JitFunction]:
    """Compiles a function: it is traced at the first call with arguments of new types, shapes or static values.

    Arrays among the arguments, and those that the function reaches through closures, attributes and globals, are inputs
    of the compiled program. Arrays that it writes (`x[...] = v`, `x += v`, `x.assign(v)`) or rebinds in a reached
    object have their new elements after the call. Python floats among the arguments are inputs too; all other values
    are static: another value is traced anew.

    Args:
        fn: A function of trees of arrays and static values that returns a tree of arrays. None: a decorator with these
            options is returned, so that `@jit(fast=True)` works.
        dynamic: Whether extents that differ between calls become symbols, so that further ones need no new trace.
        fast: Whether to give up exact numerics for speed. Code may then contract, reorder and approximate: bits may
            differ from those of the function, and between CPUs, batch sizes and thread counts. Errors stay bounded.
            A compiled function that is called by another one that is compiled, or differentiated by it, goes by that
            one: `jit(grad(f), fast=True)`.

    Returns:
        A function with the same arguments and results, bit for bit unless it is fast.

    Raises:
        TypeError: If `fn` cannot be called, or an option is no bool.

    Example:
        >>> import dlc
        >>> double = jit(lambda x: x + x)
        >>> double(dlc.asarray([1.0, 2.0])).tolist()
        [2.0, 4.0]
    """
    dynamic, fast = flag_of("dynamic", dynamic), flag_of("fast", fast)
    if fn is None:
        return functools.partial(jit, dynamic=dynamic, fast=fast)
    if not callable(fn):
        raise TypeError(f"expected a function to compile, but got {type(fn).__name__}")
    return JitFunction(fn, dynamic, fast)
