"""Weights in files: dlc.save and dlc.load, safetensors."""

from __future__ import annotations

import os
from collections.abc import Mapping

import _dlc

from dlc._array import Array, ArrayLike, asarray
from dlc._tracing import tensor_of


def save(path: str | os.PathLike, tensors: Mapping[str, ArrayLike]) -> None:
    """Writes named arrays to a .safetensors file, all or nothing; equal contents give equal bytes.

    Args:
        path: The file.
        tensors: Arrays by name, such as a module's state_dict().

    Raises:
        NotImplementedError: If safetensors has no such element type: int4 and uint4.
        OSError: If the file cannot be written.
        TypeError: If a name is no string.
        ValueError: If a name is empty or holds a null character.

    Example:
        >>> import dlc, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "w.safetensors")
        >>> save(path, {"w": dlc.ones((2,))})
        >>> load(path)["w"].tolist()
        [1.0, 1.0]
    """
    for name in tensors:
        if not isinstance(name, str):
            raise TypeError(f"expected names of tensors to be strings, but got {name!r}")
    _dlc.save_tensors(os.fsencode(path), {name: tensor_of(asarray(x)) for name, x in tensors.items()})


def load(path: str | os.PathLike) -> dict[str, Array]:
    """The arrays of a .safetensors file by name. Nothing in the file is executed.

    Args:
        path: The file.

    Returns:
        The arrays, sorted by name.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is no whole .safetensors file.
    """
    return {name: Array(tensor) for name, tensor in _dlc.load_tensors(os.fsencode(path)).items()}
