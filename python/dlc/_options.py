"""Options of the package; dlc/__init__.py sets them from the environment once."""

from __future__ import annotations

import _dlc

ENGINES = ("jit", "interp")


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
        ValueError: If the number is negative or too large.
    """
    if count < 0:
        raise ValueError(f"expected a number of threads of 0 or more, but got {count}")
    _dlc.set_num_threads(count)


def code_counts() -> dict[str, int]:
    """Where this process has its code from so far.

    Returns:
        "programs_found": programs that the disk cache had, neither traced nor compiled; "programs_compiled": those that
        the compiler made, from kernels that were "kernels_found" in the disk cache (as are those of the programs found
        there), "kernels_shared" with another program of the process, or "kernels_compiled".
    """
    return _dlc.code_counts()


def num_threads() -> int:
    """How many threads compiled programs use."""
    return _dlc.num_threads()
