"""What a traced function depends on: its arguments, and what its code reaches through closures, defaults and globals.

The signature of a call is a key, equal for calls that one trace serves, and the arrays reached, in a fixed order. They
become inputs of the trace, so a hit of the key needs no look at the function itself.
"""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
import types
from collections.abc import Callable
from typing import Any

import numpy as np

import dlc
from dlc import _array, _dtypes
from dlc._array import Array
from dlc._dim import Dim


def _folders(*paths: str) -> tuple[str, ...]:
    return tuple({os.path.realpath(path) + os.sep for path in paths})


_PATHS = sysconfig.get_paths()
_OWN = _folders(*dlc.__path__)
_PACKAGES = _folders(_PATHS["purelib"], _PATHS["platlib"])
_LIBRARIES = _folders(_PATHS["stdlib"], _PATHS["platstdlib"]) + _PACKAGES + _OWN
_SLOT = (types.MemberDescriptorType, types.GetSetDescriptorType)
_PLAIN = (bool, int, str, bytes, complex, type(None), type(Ellipsis), _dtypes.DType, Dim, np.dtype, range)


# The default generator, state of every function: dlc.random puts it here.
_generator: list = []


class FloatLeaf:
    """A Python float among the arguments: an input, so that another value needs no other trace."""

    __slots__ = ("value",)

    def __init__(self, value: float):
        self.value = value


@functools.lru_cache(maxsize=4096)
def is_library(filename: str) -> bool:
    """Whether a source file belongs to Python, to an installed package or to dlc."""
    return filename.startswith("<frozen") or os.path.realpath(filename).startswith(_LIBRARIES)


@functools.lru_cache(maxsize=4096)
def is_installed(filename: str) -> bool:
    """Whether a source file belongs to an installed package other than dlc."""
    path = os.path.realpath(filename)
    return path.startswith(_PACKAGES) and not path.startswith(_OWN)


@functools.lru_cache(maxsize=4096)
def names_of(code: types.CodeType) -> tuple[str, ...]:
    """The global and attribute names that a code object, or one inside it, refers to."""
    names = dict.fromkeys(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names.update(dict.fromkeys(names_of(constant)))
    return tuple(names)


@functools.lru_cache(maxsize=4096)
def is_of_user(kind: type) -> bool:
    """Whether a class is defined in the user's own source, not by Python, an installed package or dlc."""
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    if kind.__module__ == "__main__" or (file is not None and not is_library(file)):
        return True
    functions = (part for part in vars(kind).values() if isinstance(part, types.FunctionType))
    return any(not is_library(function.__code__.co_filename) for function in functions)


@functools.lru_cache(maxsize=4096)
def slots_of(kind: type) -> tuple[str, ...]:
    """The attributes that the user's classes keep outside of __dict__, as getattr knows them."""
    names = []
    for base in kind.__mro__:
        slots = vars(base).get("__slots__", ()) if is_of_user(base) else ()
        for name in [slots] if isinstance(slots, str) else slots:
            is_private = name.startswith("__") and not name.endswith("__")
            names.append(f"_{base.__name__.lstrip('_')}{name}" if is_private else name)
    return tuple(name for name in names if name not in ("__dict__", "__weakref__"))


def members_of(kind: type) -> list[tuple[str, Any]]:
    """What a class of the user's defines: its functions, and the data under names that are not Python's own."""
    if not is_of_user(kind):
        return []
    members = []
    for name, part in vars(kind).items():
        if isinstance(part, (classmethod, staticmethod)):
            part = part.__func__
        elif isinstance(part, property):
            part = (part.fget, part.fset)
        elif isinstance(part, functools.cached_property):
            part = part.func
        is_own = not name.startswith("__") and name != "_abc_impl" and not isinstance(part, _SLOT)
        if is_own or isinstance(part, types.FunctionType):
            members.append((name, part))
    return members


class Signature:
    """The key and leaves of one call.

    Attributes:
        fn: The function.
        key: A hashable value.
        leaves: The arrays (and FloatLeaf of arguments), each once, in the order in which they were reached.
        paths: For each leaf, how it was reached: for messages and names of inputs.
        places: (container, accessor, leaf index) of each array in a mutable container.
        objects: Everything else that was reached, in order.
        opaque: What has no comparable contents and is compared by identity.
        codes: The code objects reached, in order.
    """

    def __init__(self, fn: Callable, args: tuple, kwargs: dict):
        self.fn = fn
        self.tokens: list = []
        self.leaves: list = []
        self.paths: list[str] = []
        self.places: list[tuple] = []
        self.opaque: list = []
        self.codes: list[types.CodeType] = []
        self._numbers: dict[int, int] = {}
        self._seen: dict[int, int] = {}
        self.objects: list = []
        self.args = tuple(self._argument(a, f"arg{i}") for i, a in enumerate(args))
        self.kwargs = {k: self._argument(v, k) for k, v in kwargs.items()}
        for name, value in self.kwargs.items():
            self.tokens.append(name)
            self.visit(value, name)
        for i, value in enumerate(self.args):
            self.visit(value, f"arg{i}")
        self.visit(fn, "fn")
        if _generator:
            self.visit(_generator[0].state, "random.state")
        self.key = tuple(self.tokens)

    def _argument(self, value: Any, path: str) -> Any:
        """An argument with arrays in the places of NumPy arrays and FloatLeafs in those of floats."""
        if type(value) is float:
            return FloatLeaf(value)
        if isinstance(value, (np.ndarray, np.generic)):
            return _array.asarray(value)
        if isinstance(value, dict):
            return {k: self._argument(v, path) for k, v in value.items()} if self._has_plain(value.values()) else value
        if isinstance(value, (list, tuple)) and self._has_plain(value):
            parts = [self._argument(v, path) for v in value]
            return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
        return value

    def _has_plain(self, values: Any) -> bool:
        """Whether something in a tree must be replaced, so that the caller's own containers stay otherwise."""
        for value in values:
            if type(value) is float or isinstance(value, (np.ndarray, np.generic)):
                return True
            if isinstance(value, dict) and self._has_plain(value.values()):
                return True
            if isinstance(value, (list, tuple)) and self._has_plain(value):
                return True
        return False

    def visit(self, value: Any, path: str) -> None:
        """Appends what a value contributes to the key."""
        if isinstance(value, Array):
            self._leaf(value, ("a", value._v.dtype, value._v.shape, getattr(value, "requires_grad", None)), path)
        elif isinstance(value, _PLAIN):
            self.tokens.append((type(value), value))
        elif isinstance(value, float):
            self.tokens.append((float, value.hex()))
        elif isinstance(value, FloatLeaf):
            self._leaf(value, ("f",), path)
        elif id(value) in self._seen:
            self.tokens.append(("seen", self._seen[id(value)]))
        else:
            self._seen[id(value)] = len(self._seen)
            self.objects.append(value)
            self._visit_object(value, path)

    def _leaf(self, leaf: Any, token: tuple, path: str) -> None:
        number = self._numbers.get(id(leaf))
        if number is None:
            self._numbers[id(leaf)] = len(self.leaves)
            self.leaves.append(leaf)
            self.paths.append(path)
            self.tokens.append(token)
        else:
            self.tokens.append(("same", number))

    def family(self) -> tuple:
        """The key without extents."""
        return tuple((t[0], t[1], len(t[2]), t[3]) if type(t) is tuple and t[:1] == ("a",) else t for t in self.key)

    def shapes(self) -> list[tuple]:
        """The shapes of the leaves."""
        return [leaf._v.shape if isinstance(leaf, Array) else () for leaf in self.leaves]

    def number_of(self, leaf: Any) -> int | None:
        """The index of a leaf; None for an array that was not reached."""
        return self._numbers.get(id(leaf))

    def path_of(self, number: int) -> str:
        """How the token of that number was reached."""
        return NamedSignature(self.fn, self.args, self.kwargs).token_paths[number]

    def _place(self, container: Any, accessor: Any, value: Any) -> None:
        if isinstance(value, Array):
            self.places.append((container, accessor, self._numbers[id(value)]))

    def _visit_object(self, value: Any, path: str) -> None:
        if isinstance(value, dict):
            self.tokens.append(("dict", len(value)))
            for key, part in value.items():
                self.visit(key, path)
                self.visit(part, f"{path}.{key}")
                self._place(value, key, part)
        elif isinstance(value, (list, tuple)):
            self.tokens.append((type(value), len(value)))
            for i, part in enumerate(value):
                self.visit(part, f"{path}.{i}")
                if isinstance(value, list):
                    self._place(value, i, part)
        elif isinstance(value, types.FunctionType):
            self._visit_function(value, path)
        elif isinstance(value, types.MethodType):
            self.visit(value.__self__, path)
            self.visit(value.__func__, path)
        elif isinstance(value, functools.partial):
            self.tokens.append("partial")
            self.visit((value.func, value.args, value.keywords), path)
        elif isinstance(value, type):
            self._visit_class(value, path)
        elif isinstance(value, (types.ModuleType, types.BuiltinFunctionType)):
            self.tokens.append(value)
        elif isinstance(value, np.ndarray):
            self.tokens.append(("numpy", value.dtype.str, value.shape, value.tobytes()))
        elif isinstance(value, (set, frozenset)):
            self.tokens.append(("set", tuple(sorted(map(repr, value)))))
        else:
            self._visit_instance(value, path)

    def _visit_instance(self, value: Any, path: str) -> None:
        attributes = getattr(value, "__dict__", None)
        wrapped = getattr(value, "__wrapped__", None)
        slots = slots_of(type(value))
        if (attributes is None and not slots) or type(value).__module__.split(".")[0] in ("numpy", "torch"):
            self.tokens.append(("opaque", id(value)))
            self.opaque.append(value)
            return
        attributes = {} if attributes is None else attributes
        self.tokens.append(len(attributes))
        self.visit(type(value), path)
        if getattr(type(value), "__dlc_wrapper__", False):
            self.visit(wrapped, path)
            return
        for name, part in attributes.items():
            self.tokens.append(name)
            self.visit(part, f"{path}.{name}")
            self._place(attributes, name, part)
        for name in slots:
            part = getattr(value, name, None)
            self.tokens.append(name)
            self.visit(part, f"{path}.{name}")
            self._place(value, name, part)

    def _visit_class(self, value: type, path: str) -> None:
        """A class by identity, with what the user's own classes, and those that they extend, hold."""
        self.tokens.append(value)
        for name, part in members_of(value):
            self.tokens.append(name)
            self.visit(part, f"{value.__name__}.{name}")
            self._place(value, name, part)
        for base in value.__mro__[1:]:
            if is_of_user(base):
                self.visit(base, path)

    def _visit_function(self, fn: types.FunctionType, path: str) -> None:
        code = fn.__code__
        self.tokens.append(("code", code))
        self.codes.append(code)
        for cell, name in zip(fn.__closure__ or (), code.co_freevars):
            try:
                value = cell.cell_contents
            except ValueError:
                self.tokens.append("empty")
                continue
            self.visit(value, name)
            self._place(cell, "cell_contents", value)
        if fn.__defaults__:
            self.visit(fn.__defaults__, path)
        if fn.__kwdefaults__:
            self.visit(fn.__kwdefaults__, path)
        if is_library(code.co_filename):
            return
        if fn.__dict__:
            self.visit(fn.__dict__, f"{path}.{fn.__name__}")
        for name in names_of(code):
            if name in fn.__globals__:
                value = fn.__globals__[name]
                self.tokens.append(name)
                self._visit_global(value, name, code)
                self._place(fn.__globals__, name, value)

    def _visit_global(self, value: Any, name: str, code: types.CodeType) -> None:
        is_module = isinstance(value, types.ModuleType)
        self.visit(value, name)
        if not is_module or is_library(getattr(value, "__file__", None) or "<frozen"):
            return
        for attribute in names_of(code):
            if hasattr(value, attribute):
                self.visit(getattr(value, attribute), f"{name}.{attribute}")


class NamedSignature(Signature):
    """A signature that knows for each token of its key how it was reached; made only to explain a new trace."""

    def __init__(self, fn: Callable, args: tuple, kwargs: dict):
        self.token_paths: list[str] = []
        self._stack = ["the call"]
        super().__init__(fn, args, kwargs)
        self._name(self._stack[-1])

    def _name(self, path: str) -> None:
        self.token_paths += [path] * (len(self.tokens) - len(self.token_paths))

    def visit(self, value: Any, path: str) -> None:
        self._name(self._stack[-1])
        self._stack.append(path)
        super().visit(value, path)
        self._name(path)
        self._stack.pop()


def difference(before: tuple, fn: Callable, args: tuple, kwargs: dict) -> str:
    """What first tells a call from an earlier key, as text: "arg0 was float32[3, 4], is float32[6, 4]"."""
    now = NamedSignature(fn, args, kwargs)
    for old, new, path in zip(before, now.key, now.token_paths):
        if old != new:
            return f"{path} was {_text(old)}, is {_text(new)}"
    return f"the call reached {len(before)} things, reaches {len(now.key)}"


def _text(token: Any) -> str:
    if type(token) is tuple and token[:1] == ("a",):
        return f"{_dtypes.BY_CODE[token[1]].name}{list(token[2])}"
    if type(token) is tuple and len(token) == 2 and isinstance(token[0], type):
        return str(float.fromhex(token[1])) if token[0] is float else repr(token[1])
    if type(token) is tuple and token[:1] == ("code",):
        return f"the code of {token[1].co_name} at line {token[1].co_firstlineno}"
    return "a Python float" if token == ("f",) else str(token)


def find_new_arrays(signature: Signature, fn: Callable, home: Any) -> list[tuple]:
    """(container, accessor, array) of arrays of a trace that stand in containers reached by the signature."""
    again = Signature(fn, signature.args, signature.kwargs)
    return [(c, a, again.leaves[i]) for c, a, i in again.places if getattr(again.leaves[i], "_home", None) is home]
