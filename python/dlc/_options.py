"""Options of the package; dlc/__init__.py sets them from the environment once."""

from __future__ import annotations

import operator

import _dlc

ENGINES = ("jit", "interp")
MOST_THREADS = 2**32 - 1  # what the C ABI can be asked; it knows how many it can have


class Options:
    """What runs programs, and when eager ops are computed."""

    __slots__ = ("engine", "immediate")

    def __init__(self):
        self.engine = "jit"
        self.immediate = False


options = Options()


def set_engine(engine: str) -> str:
    """Chooses what runs programs that are made from now on; results have the same bits.

    Args:
        engine: "jit", compiled code, or "interp", the reference interpreter.

    Returns:
        The engine so far.

    Raises:
        ValueError: If there is no such engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"expected engine 'jit' or 'interp', but got {engine!r}")
    before, options.engine = options.engine, engine
    return before


def set_num_threads(count: int) -> None:
    """Sets how many threads programs that are loaded from now on use; results have the same bits.

    Args:
        count: The number of threads; 0: as many as CPUs are available.

    Raises:
        TypeError: If it is no integer.
        ValueError: If the number is negative or too large.
    """
    count = operator.index(count)
    if not 0 <= count <= MOST_THREADS:
        raise ValueError(f"expected a number of threads in 0..{MOST_THREADS}, but got {count}")
    _dlc.set_num_threads(count)


def num_threads() -> int:
    """How many threads compiled programs use."""
    return _dlc.num_threads()
