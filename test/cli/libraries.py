"""Shared libraries that dlc makes, called through the functions that their C header declares."""

import ctypes
import pathlib

import numpy as np

DTYPES = {np.dtype(name): number for name, number in {"?": 0, "i4": 3, "i8": 4, "f4": 13, "f8": 14}.items()}
MESSAGE_BYTES = 256


class Tensor(ctypes.Structure):
    """dlc_model_tensor of lib/Runtime/Model.h."""

    _fields_ = [
        ("data", ctypes.c_void_p),
        ("dtype", ctypes.c_uint8),
        ("rank", ctypes.c_uint32),
        ("dims", ctypes.c_int64 * 16),
    ]

    @classmethod
    def of(cls, array: np.ndarray) -> "Tensor":
        return cls(array.ctypes.data, DTYPES[array.dtype], array.ndim, (ctypes.c_int64 * 16)(*array.shape))

    def empty(self) -> np.ndarray:
        """An array of the tensor's type, which becomes its memory."""
        dtypes = {number: dtype for dtype, number in DTYPES.items()}
        array = np.empty(tuple(self.dims[: self.rank]), dtypes[self.dtype])
        self.data = array.ctypes.data
        return array


class Library:
    """A model of a library, opened with a number of threads; its functions start with NAME."""

    def __init__(self, path: pathlib.Path, name: str, threads: int = 2):
        self._library, self._prefix = ctypes.CDLL(str(path)), name
        self._model, self.message = ctypes.c_void_p(), ctypes.create_string_buffer(MESSAGE_BYTES)
        assert self._call("open", threads, ctypes.byref(self._model), self.message, MESSAGE_BYTES) == 0, self.message

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self._call("close", self._model)

    def _call(self, function: str, *arguments, result=ctypes.c_int):
        entry = getattr(self._library, f"{self._prefix}_{function}")
        entry.restype = result
        return entry(*arguments)

    def _names(self, kind: str) -> list[str]:
        count = self._call(f"{kind}_count", self._model, result=ctypes.c_size_t)
        texts = (
            self._call(f"{kind}_name", self._model, ctypes.c_size_t(i), result=ctypes.c_char_p) for i in range(count)
        )
        return [text.decode() for text in texts]

    def input_names(self) -> list[str]:
        return self._names("input")

    def output_names(self) -> list[str]:
        return self._names("output")

    def run_into(self, inputs: list[np.ndarray], outputs: list[np.ndarray]) -> tuple[int, str]:
        """Runs with memory for the outputs given; returns the result of NAME_run and its message."""
        ins, outs = (Tensor * len(inputs))(*map(Tensor.of, inputs)), (Tensor * len(outputs))(*map(Tensor.of, outputs))
        code = self._call("run", self._model, ins, outs, self.message, MESSAGE_BYTES)
        return code, self.message.value.decode()

    def register(self, name: str, function) -> tuple[int, str]:
        """Registers a ctypes function, or None, for custom calls of a name; returns the result and the message."""
        code = self._call("register_custom_call", name.encode(), function, None, self.message, MESSAGE_BYTES)
        return code, self.message.value.decode()

    def run(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The outputs by name."""
        arrays = [np.asarray(inputs[name], order="C") for name in self.input_names()]
        names = self.output_names()
        ins, outs = (Tensor * len(arrays))(*map(Tensor.of, arrays)), (Tensor * len(names))()
        assert self._call("infer", self._model, ins, outs, self.message, MESSAGE_BYTES) == 0, self.message.value
        results = {name: tensor.empty() for name, tensor in zip(names, outs)}
        assert self._call("run", self._model, ins, outs, self.message, MESSAGE_BYTES) == 0, self.message.value
        return results
