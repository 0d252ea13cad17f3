"""DLPack both ways, with the element types that NumPy does not know: it carries bytes, and the type is set here."""

from __future__ import annotations

from typing import Any

import _dlc
import numpy as np

from dlc import _dtypes

# (code, bits) of DLPack.
_TYPES = {
    _dtypes.bfloat16: (4, 16),
    _dtypes.float8_e4m3fn: (10, 8),
    _dtypes.float8_e5m2: (12, 8),
    _dtypes.int4: (0, 4),
    _dtypes.uint4: (1, 4),
}
_BY_TYPE = {value: key for key, value in _TYPES.items()}
_UNSIGNED = 1


def capsule_of(stored: np.ndarray, kind: _dtypes.DType, max_version: tuple[int, int] | None) -> Any:
    """A capsule of elements as their bytes.

    Args:
        stored: The bytes, of `kind.storage`; writable for a consumer without versions.
        kind: The element type.
        max_version: The highest version that the consumer knows.

    Raises:
        BufferError: If the consumer's version cannot say that 4 bits take a byte.
    """
    if max_version is not None and max_version[0] < 1:
        max_version = None
    if kind in (_dtypes.int4, _dtypes.uint4) and (max_version is None or tuple(max_version) < (1, 1)):
        raise BufferError(f"expected a consumer of DLPack 1.1 or later for {kind}, but got max_version {max_version}")
    capsule = stored.__dlpack__() if max_version is None else stored.__dlpack__(max_version=max_version)
    if kind in _TYPES:
        _dlc.set_dlpack_type(capsule, *_TYPES[kind])
    return capsule


class _Bytes:
    """What NumPy reads a capsule from."""

    def __init__(self, capsule: Any, device: tuple[int, int]):
        self._capsule, self._device = capsule, device

    def __dlpack__(self, **_: Any) -> Any:
        return self._capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._device


def elements_of(value: Any) -> tuple[np.ndarray, _dtypes.DType | None]:
    """The elements of an object with DLPack as NumPy has them, and their type if NumPy does not know it.

    Raises:
        BufferError: If the elements are not the CPU's, or packed.
    """
    device = tuple(value.__dlpack_device__())
    if device[0] != 1:
        raise BufferError(f"expected elements on the CPU, device type 1, but got device {device}")
    try:
        capsule = value.__dlpack__(max_version=(1, 1))
    except TypeError:  # from before versions
        capsule = value.__dlpack__()
    code, bits, lanes, is_padded = _dlc.dlpack_type(capsule)
    kind = _BY_TYPE.get((code, bits)) if lanes == 1 else None
    if kind is None:
        return np.from_dlpack(_Bytes(capsule, device)), None
    if bits < 8 and not is_padded:
        raise BufferError(f"expected elements of {kind} that take a byte each, but got packed ones")
    _dlc.set_dlpack_type(capsule, _UNSIGNED, 8 * kind.itemsize)
    return np.from_dlpack(_Bytes(capsule, device)).view(kind.storage), kind
