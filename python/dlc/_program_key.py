"""The program key (contract C6): a hash of everything that a trace depends on, so that another process can run the
compiled program without tracing, and what is kept with the program: where its inputs come from and its results go.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
import types
from typing import Any

import _dlc
import numpy as np

from dlc import _dtypes
from dlc._dim import Dim
from dlc._options import TIERS
from dlc._signature import Signature, is_installed, is_library
from dlc._tree import Structure


class NoKey(Exception):
    """Something has no contents that can be hashed; the message names it."""


@functools.cache
def package_digest() -> bytes:
    """The hash of dlc's own Python sources: they decide what user code becomes."""
    import dlc

    state = hashlib.sha256(f"{sys.version} {np.__version__}".encode())
    for folder in sorted(dlc.__path__):
        for root, folders, names in sorted(os.walk(folder)):
            folders.sort()
            for name in sorted(names):
                if name.endswith(".py"):
                    with open(os.path.join(root, name), "rb") as file:
                        state.update(name.encode() + file.read())
    return state.digest()


@functools.lru_cache(maxsize=4096)
def code_digest(code: types.CodeType) -> bytes:
    """The hash of a code object: instructions, names, constants, and its place in the source, which errors show."""
    state = hashlib.sha256()
    positions = getattr(code, "co_linetable", b"")
    parts = (code.co_filename, code.co_firstlineno, code.co_names, code.co_varnames, code.co_freevars, code.co_flags)
    state.update(repr((code.co_name, *parts)).encode() + code.co_code + positions)
    for constant in code.co_consts:
        state.update(code_digest(constant) if isinstance(constant, types.CodeType) else _text(constant).encode())
    return state.digest()


def _text(constant: Any) -> str:
    """A constant as text that is the same in every process: sets have no order of their own."""
    if isinstance(constant, frozenset):
        return f"frozenset({sorted(map(_text, constant))})"
    if isinstance(constant, tuple):
        return f"({', '.join(map(_text, constant))})"
    return repr(constant)


@functools.lru_cache(maxsize=4096)
def file_digest(path: str) -> str:
    """The hash of a source file of an installed package; "" if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""


def _add(state: Any, token: Any) -> None:
    """Adds a token of a signature to a hash."""
    if isinstance(token, tuple):
        if token[:1] == ("opaque",):
            raise NoKey("an object whose contents cannot be hashed")
        state.update(b"(%d" % len(token))
        for part in token:
            _add(state, part)
    elif isinstance(token, types.CodeType):
        state.update(b"code" + code_digest(token))
    elif isinstance(token, type):
        state.update(f"class {token.__module__}.{token.__qualname__};".encode())
    elif isinstance(token, types.ModuleType):
        state.update(f"module {token.__name__};".encode())
    elif isinstance(token, types.BuiltinFunctionType):
        state.update(f"builtin {token.__module__}.{token.__qualname__};".encode())
    elif isinstance(token, (bool, int, str, bytes, complex, type(None), type(Ellipsis), range, np.dtype)):
        state.update(f"{type(token).__name__} {token!r};".encode())
    elif isinstance(token, (_dtypes.DType, Dim)):
        state.update(f"{type(token).__name__} {token!r};".encode())
    else:
        raise NoKey(f"a {type(token).__name__}")


def key_of(signature: Signature, fast: bool = False) -> tuple[bytes | None, str]:
    """The key of 32 bytes and ""; or None and the words that say what has no contents to hash."""
    state = hashlib.sha256(b"dlc program 2" + package_digest() + _dlc.build_id().encode())
    fuse, cpu, tiers = _dlc.compile_options()
    state.update(repr((fuse, cpu, TIERS[tiers] == "baseline", bool(fast))).encode())  # the others keep optimized code
    for number, token in enumerate(signature.key):
        try:
            _add(state, token)
        except NoKey as error:
            return None, f"{signature.path_of(number)} is {error}"
    return state.digest(), ""


# Modules whose functions give what no key can hold: time, chance, files, the environment.
_OUTSIDE = frozenset(("time", "datetime", "posix", "io", "_io", "random", "_random", "_socket"))


def _home_of(function: Any) -> str:
    """The module of a built-in function, or of the object or class whose method it is."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, types.ModuleType):
        return owner.__name__
    kind = owner if isinstance(owner, type) else type(owner)
    return kind.__module__ if owner is not None else getattr(function, "__module__", None) or ""


class CodeRecorder:
    """Records, while it is active, the code objects that run, and calls for what lies outside of the program.

    Attributes:
        entered: The code objects.
        outside: The names of the functions that gave what lies outside, in order.
    """

    def __init__(self):
        self.entered: set[types.CodeType] = set()
        self.outside: dict[str, None] = {}
        self.active = False

    def __enter__(self) -> CodeRecorder:
        # A profiler of the user's stays; then nothing is known of what runs.
        self.active = sys.getprofile() is None
        if self.active:
            sys.setprofile(self._event)
        return self

    def __exit__(self, *_: object) -> None:
        if self.active:
            sys.setprofile(None)

    def _event(self, frame: types.FrameType, event: str, function: Any) -> None:
        if event == "call":
            self.entered.add(frame.f_code)
        elif event == "c_call" and (home := _home_of(function)) in _OUTSIDE and function.__name__ != "fspath":
            self.outside[f"{home}.{function.__name__}"] = None

    def refusal(self, signature: Signature) -> str:
        """Why the signature does not say all that decided about the trace; "" if it does."""
        if not self.active:
            return "a profiler runs"
        known: set[types.CodeType] = set()
        for code in signature.codes:
            _collect(code, known)
        for code in sorted(self.entered, key=_place):
            if code.co_filename in _ENVIRONMENT and code.co_name in ("__getitem__", "__iter__"):
                return "the function reads the environment"
            if code not in known and not is_library(code.co_filename):
                return f"{code.co_name} at {_place(code)} is reached in a way that the key cannot see"
        for name in self.outside:
            return f"the function calls {name}"
        return ""

    def files(self) -> list[str]:
        """The sources of installed packages that ran; those of Python and of dlc are part of every key."""
        names = {code.co_filename for code in self.entered}
        return sorted(name for name in names if is_installed(name))


def _place(code: types.CodeType) -> str:
    return f"{code.co_filename}:{code.co_firstlineno}"


_ENVIRONMENT = ("<frozen os>", os.__file__)


def _collect(code: types.CodeType, known: set) -> None:
    if code in known:
        return
    known.add(code)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            _collect(constant, known)


# The note: JSON, so that nothing in a cache entry is ever executed.


def write_note(entry: Any, signature: Signature, files: list[str] = ()) -> str | None:
    """What a program needs beside its code to serve calls; None if it reaches arrays in ways that have no name."""
    if not all(isinstance(x, int) for x in (*entry.inputs, *entry.written)):
        return None
    numbers = {id(value): i for i, value in enumerate(signature.objects)}
    try:
        structure = _encode(entry.structure, numbers)
    except NoKey:
        return None
    return json.dumps(
        {
            "inputs": entry.inputs,
            "written": entry.written,
            "rebound": entry.rebound,
            "results": entry.result_count,
            "structure": structure,
            "files": {name: file_digest(name) for name in files},
        }
    )


def read_note(note: str, signature: Signature) -> dict[str, Any]:
    """The fields of an entry.

    Raises:
        ValueError: If the note is not what write_note writes for such a signature.
    """
    try:
        fields = json.loads(note)
        leaves, places = range(len(signature.leaves)), range(len(signature.places))
        if not all(x in leaves for x in (*fields["inputs"], *fields["written"])):
            raise ValueError("expected positions of leaves")
        if not all(x in places for x in fields["rebound"]):
            raise ValueError("expected positions of places")
        if not all(digest and file_digest(name) == digest for name, digest in fields["files"].items()):
            raise ValueError("expected the packages that the function uses as they were")
        fields["structure"] = _decode(fields["structure"], signature.objects)
        return fields
    except (AttributeError, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"expected the note of a program, but got {note!r}") from error


def _encode(structure: Structure, numbers: dict[int, int]) -> list:
    kind, data = structure.kind, structure.data
    children = [_encode(c, numbers) for c in structure.children]
    if kind == "static":
        return ["static", _encode_value(data, numbers)]
    if kind == "dict":
        return ["dict", [_encode_value(k, numbers) for k in data], children]
    if kind == "object":
        return ["object", _encode_value(data[0], numbers), data[1], children]
    if kind == "namedtuple":
        return ["namedtuple", _encode_value(data, numbers), children]
    return [kind, children]


def _encode_value(value: Any, numbers: dict[int, int]) -> list:
    if isinstance(value, (bool, int, float, str, type(None))) and type(value).__module__ == "builtins":
        return ["value", value]
    if isinstance(value, _dtypes.DType):
        return ["dtype", value.name]
    if id(value) in numbers:
        return ["object", numbers[id(value)]]
    raise NoKey(f"a {type(value).__name__}")


def _decode(encoded: list, objects: list) -> Structure:
    kind = encoded[0]
    if kind == "static":
        return Structure("static", _decode_value(encoded[1], objects))
    children = tuple(_decode(c, objects) for c in encoded[-1]) if kind != "leaf" else ()
    if kind == "dict":
        return Structure("dict", [_decode_value(k, objects) for k in encoded[1]], children)
    if kind == "object":
        return Structure("object", (_class(encoded[1], objects), list(encoded[2])), children)
    if kind == "namedtuple":
        return Structure("namedtuple", _class(encoded[1], objects), children)
    if kind not in ("leaf", "list", "tuple"):
        raise ValueError(f"expected the kind of a node, but got {kind!r}")
    return Structure(kind, None, children)


def _class(encoded: list, objects: list) -> type:
    value = _decode_value(encoded, objects)
    if not isinstance(value, type):
        raise ValueError(f"expected a class, but got {type(value).__name__}")
    return value


def _decode_value(encoded: list, objects: list) -> Any:
    kind, value = encoded
    if kind == "dtype":
        return _dtypes.dtype(value)
    return objects[value] if kind == "object" else value
