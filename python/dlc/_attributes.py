"""Attributes of ops as the text of MLIR's dictionary, which is how the C ABI takes them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from dlc._dim import Dim
from dlc._dtypes import dtype


def dictionary(**attributes: str) -> str:
    """The attributes' texts as one dictionary."""
    return "{" + ", ".join(f"{name} = {text}" for name, text in attributes.items()) + "}"


def i64(value: int) -> str:
    return f"{_integer(value)} : i64"


def f64(value: float) -> str:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"expected a finite number, but got {value!r}")
    return f"{number:.17e} : f64"


def i64s(values: Iterable[int]) -> str:
    texts = [str(_integer(v)) for v in values]
    return f"array<i64: {', '.join(texts)}>" if texts else "array<i64>"


def flag(value: bool) -> str:
    return "true" if value else "false"


def dims(shape: Iterable[int | Dim]) -> str:
    texts = [str(d) if isinstance(d, Dim) else str(_integer(d)) for d in shape]
    return f"#dlc.dims<[{', '.join(texts)}]>"


def element(value: object) -> str:
    return dtype(value).ir


def enum(mnemonic: str, value: str) -> str:
    if not value.isidentifier():
        raise ValueError(f"expected the name of a {mnemonic}, but got {value!r}")
    return f"#dlc.{mnemonic}<{value}>"


def string(value: str) -> str:
    if not value.isidentifier():
        raise ValueError(f"expected a name, but got {value!r}")
    return f'"{value}"'


def text(value: str) -> str:
    """Any text as the IR writes it."""
    if not isinstance(value, str):
        raise TypeError(f"expected a text, but got {value!r}")
    plain = {c for c in range(32, 127)} - {ord('"'), ord("\\")}
    encoded = value.encode("utf-8", "surrogateescape")
    return '"' + "".join(chr(b) if b in plain else f"\\{b:02X}" for b in encoded) + '"'


def _integer(value: object) -> int:
    try:
        return value.__index__()
    except AttributeError:
        raise TypeError(f"expected an integer, but got {value!r}") from None
