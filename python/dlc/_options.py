"""Options of the package; dlc/__init__.py sets them from the environment once."""

from __future__ import annotations

import operator

import _dlc
import numpy as np

ENGINES = ("jit", "interp")
TIERS = ("both", "optimized", "baseline")  # in the order of dlc_tiers
MOST_THREADS = 2**32 - 1  # what the C ABI can be asked; it knows how many it can have


class Options:
    """What runs programs, and when eager ops are computed."""

    __slots__ = ("engine", "immediate")

    def __init__(self):
        self.engine = "jit"
        self.immediate = False


options = Options()


def flag_of(name: str, value: bool) -> bool:
    """An option that is on or off.

    Raises:
        TypeError: If it is no bool.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"expected {name} to be True or False, but got {value!r}")
    return bool(value)


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


def set_compile_options(
    *, fuse: bool | None = None, cpu: str | None = None, tiers: str | None = None
) -> dict[str, bool | str]:
    """Chooses how programs that are made from now on are compiled; results have the same bits.

    The options are part of the keys of all caches.

    Args:
        fuse: Whether ops are fused into kernels; False makes each op a kernel of its own. None: as it is.
        cpu: The CPU to compile for, by LLVM's name ("haswell", "x86-64-v3"); "" for this machine's. None: as it is.
        tiers: "both": what takes long to compile runs as baseline code at first, which is soon there, while its
            optimized code is made in the background; "optimized": calls wait for optimized code; "baseline": no other
            code is made. None: as it is.

    Returns:
        The options so far: what restores them as keyword arguments.

    Raises:
        ValueError: If the CPU is unknown, or has features that this machine has not, or there are no such tiers.

    Example:
        >>> import dlc
        >>> before = set_compile_options(fuse=False)
        >>> dlc.tanh(dlc.asarray([0.0])).tolist()
        [0.0]
        >>> _ = set_compile_options(**before)
    """
    if tiers is not None and tiers not in TIERS:
        raise ValueError(f"expected tiers 'both', 'optimized' or 'baseline', but got {tiers!r}")
    fuse_before, cpu_before, tiers_before = _dlc.compile_options()
    _dlc.set_compile_options(
        fuse_before if fuse is None else bool(fuse),
        cpu_before if cpu is None else cpu,
        tiers_before if tiers is None else TIERS.index(tiers),
    )
    return {"fuse": fuse_before, "cpu": cpu_before, "tiers": TIERS[tiers_before]}


def finish_compiling() -> None:
    """Waits until the code is made that is to be made in the background.

    Then every function that was compiled so far runs its optimized code, unless the tiers are "baseline": for
    measuring, and to have all of a program's compiling behind it at a chosen time. Results have the same bits before
    and after. Ctrl-C has its effect when it is over.
    """
    _dlc.finish_compiling()


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
