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
from dlc._signature import Signature, is_library
from dlc._tree import Structure


class NoKey(Exception):
    """Something has no contents that can be hashed; the message names it."""


@functools.cache
def package_digest() -> bytes:
    """The hash of dlc's own Python sources: they decide what user code becomes."""
    import dlc

    state = hashlib.sha256(sys.version.encode())
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
        state.update(code_digest(constant) if isinstance(constant, types.CodeType) else repr(constant).encode())
    return state.digest()


def _add(state: Any, token: Any) -> None:
    """Adds a token of a signature to a hash."""
    if isinstance(token, tuple):
        if token[:1] == ("opaque",):
            raise NoKey("an object without attributes")
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


def key_of(signature: Signature) -> bytes | None:
    """The key of 32 bytes; None if something that the function reaches cannot be hashed."""
    state = hashlib.sha256(b"dlc program 1" + package_digest() + _dlc.build_id().encode())
    state.update(repr(_dlc.compile_options()).encode())
    try:
        for token in signature.key:
            _add(state, token)
    except NoKey:
        return None
    return state.digest()


class CodeRecorder:
    """Records the user's code objects that run while it is active."""

    def __init__(self):
        self.entered: set[types.CodeType] = set()
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

    def _event(self, frame: types.FrameType, event: str, _: Any) -> None:
        if event == "call":
            self.entered.add(frame.f_code)

    def explains(self, signature: Signature) -> bool:
        """Whether all user code that ran was hashed by the signature."""
        known: set[types.CodeType] = set()
        for code in signature.codes:
            _collect(code, known)
        return self.active and all(code in known or is_library(code.co_filename) for code in self.entered)


def _collect(code: types.CodeType, known: set) -> None:
    if code in known:
        return
    known.add(code)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            _collect(constant, known)


# The note: JSON, so that nothing in a cache entry is ever executed.


def write_note(entry: Any, signature: Signature) -> str | None:
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
        fields["structure"] = _decode(fields["structure"], signature.objects)
        return fields
    except (KeyError, TypeError, IndexError) as error:
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
