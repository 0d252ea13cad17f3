"""The environment, read once when the package is imported; nothing deeper reads it."""

from __future__ import annotations

import os

import _dlc

from dlc._options import options, set_compile_options, set_engine, set_num_threads


def read() -> None:
    """Sets the options of the process from DLC_NUM_THREADS, DLC_CACHE_DIR, DLC_ENGINE, DLC_TIERS and DLC_EAGER.

    Raises:
        ValueError: If a variable has a value that it cannot have.
    """
    threads = os.environ.get("DLC_NUM_THREADS", "")
    if threads:
        if not (threads.isascii() and threads.isdigit()):
            raise ValueError(f"expected DLC_NUM_THREADS to be a number of 0 or more, but got {threads!r}")
        set_num_threads(int(threads))
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    _dlc.set_cache_dir(os.fsencode(os.environ.get("DLC_CACHE_DIR", os.path.join(home, "dlc"))))
    if engine := os.environ.get("DLC_ENGINE", ""):
        set_engine(engine)
    if tiers := os.environ.get("DLC_TIERS", ""):
        set_compile_options(tiers=tiers)
    eager = os.environ.get("DLC_EAGER", "lazy")
    if eager not in ("lazy", "immediate"):
        raise ValueError(f"expected DLC_EAGER to be 'lazy' or 'immediate', but got {eager!r}")
    options.immediate = eager == "immediate"
