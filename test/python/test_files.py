"""dlc.save and dlc.load: round trip, exchange with the safetensors package, and bad files."""

import numpy as np
import pytest

import dlc

RNG = np.random.default_rng(5)


def test_round_trip(tmp_path):
    path = tmp_path / "w.safetensors"
    tensors = {
        "a.weight": dlc.asarray(RNG.standard_normal((3, 4)).astype(np.float32)),
        "b": dlc.asarray(np.int64(7)),
        "c": dlc.asarray([True, False]),
        "empty": dlc.zeros((0, 3)),
        "computed": dlc.ones((2,)) + 1,
    }
    dlc.save(path, tensors)
    loaded = dlc.load(path)
    assert sorted(loaded) == sorted(tensors)
    for name, tensor in tensors.items():
        dlc.testing.assert_equal(loaded[name], tensor)


def test_exchange_with_safetensors(tmp_path):
    numpy_io = pytest.importorskip("safetensors.numpy")
    a = RNG.standard_normal((5, 2)).astype(np.float32)
    dlc.save(tmp_path / "ours.safetensors", {"a": a})
    np.testing.assert_array_equal(numpy_io.load_file(tmp_path / "ours.safetensors")["a"], a)
    numpy_io.save_file({"a": a}, tmp_path / "theirs.safetensors")
    dlc.testing.assert_equal(dlc.load(tmp_path / "theirs.safetensors")["a"], a)


def test_every_dtype_of_torch_comes_back(tmp_path):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    torch_io = pytest.importorskip("safetensors.torch")
    names = "float32 float64 float16 bfloat16 int8 int16 int32 int64 uint8 bool".split()
    tensors = {name: torch.arange(6).reshape(2, 3).to(getattr(torch, name)) for name in names}
    torch_io.save_file(tensors, tmp_path / "torch.safetensors", metadata={"format": "pt"})
    loaded = dlc.load(tmp_path / "torch.safetensors")
    assert {name: str(array.dtype) for name, array in loaded.items()} == {name: f"dlc.{name}" for name in names}
    dlc.save(tmp_path / "ours.safetensors", loaded)
    back = torch_io.load_file(tmp_path / "ours.safetensors")
    assert all(torch.equal(back[name], tensor) for name, tensor in tensors.items())


def test_bad_files(tmp_path):
    with pytest.raises(OSError, match="missing.safetensors"):
        dlc.load(tmp_path / "missing.safetensors")
    with pytest.raises(OSError, match="x.safetensors"):
        dlc.save(tmp_path / "no" / "x.safetensors", {"a": dlc.ones(1)})
    dlc.save(tmp_path / "a.safetensors", {"a": dlc.ones((4,))})
    whole = (tmp_path / "a.safetensors").read_bytes()
    for cut in (0, 4, 20, len(whole) - 1):
        (tmp_path / "cut.safetensors").write_bytes(whole[:cut])
        with pytest.raises(ValueError, match="cut.safetensors"):
            dlc.load(tmp_path / "cut.safetensors")
    (tmp_path / "json.safetensors").write_bytes(whole.replace(b"dtype", b"dtypo"))
    with pytest.raises(ValueError, match="json.safetensors"):
        dlc.load(tmp_path / "json.safetensors")
