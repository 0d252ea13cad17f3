"""f8 and integers of 4 bits: they store. NumPy's ml_dtypes both ways, casts, moves, files; nothing computes in them."""

import ml_dtypes
import numpy as np
import pytest

import dlc

NAMES = ["float8_e4m3fn", "float8_e5m2", "int4", "uint4"]
VALUES = np.array([0, 1, -1, 0.3, 7, 7.6, -8.5, 464, 465, 61440, 1e-3, -0.0, np.inf, -np.inf, np.nan], np.float32)


def as_ml_dtypes(values: np.ndarray, name: str) -> np.ndarray:
    """What ml_dtypes casts to, but that floats saturate to integers as everywhere in dlc."""
    if name in ("int4", "uint4"):
        low, high = (-8, 7) if name == "int4" else (0, 15)
        values = np.clip(np.trunc(np.nan_to_num(values, nan=0.0)), low, high)
    return values.astype(getattr(ml_dtypes, name))


@pytest.mark.parametrize("name", NAMES)
def test_names_and_numpy_both_ways(name):
    kind = getattr(dlc, name)
    source = np.arange(-6, 6).reshape(3, 4).astype(getattr(ml_dtypes, name))
    array = dlc.asarray(source)
    assert array.dtype is kind and dlc.asarray(source, dtype=name).dtype is kind
    assert kind.itemsize == 1 and repr(kind) == f"dlc.{name}" and array.shape == (3, 4)
    back = array.numpy()
    assert back.dtype == source.dtype
    np.testing.assert_array_equal(back.astype(np.float32), source.astype(np.float32))
    assert dlc.asarray(np.zeros((0, 2), source.dtype)).numpy().shape == (0, 2)


def test_only_the_low_bits_of_an_element_count():
    wild = np.array([0x0F, 0xF7, 0x18], np.uint8)
    assert dlc.asarray(wild.view(ml_dtypes.int4)).astype(dlc.int32).tolist() == [-1, 7, -8]
    assert dlc.asarray(wild.view(ml_dtypes.uint4)).astype(dlc.int32).tolist() == [15, 7, 8]


@pytest.mark.parametrize("name", NAMES)
def test_casts_in_eager_and_jit(name):
    def there_and_back(x):
        stored = x.astype(name)
        return stored, stored.astype(dlc.float32)

    want = as_ml_dtypes(VALUES, name)
    for f in (there_and_back, dlc.jit(there_and_back)):
        stored, back = f(dlc.asarray(VALUES))
        dlc.testing.assert_equal(stored, want)
        dlc.testing.assert_equal(back, want.astype(np.float32))


@pytest.mark.parametrize("name", NAMES)
def test_moves(name):
    source = np.arange(12).reshape(3, 4).astype(getattr(ml_dtypes, name))
    index = np.array([2, 0])

    @dlc.jit
    def moves(x):
        joined = dlc.concat([x.T, dlc.flip(x, axis=0).reshape(4, 3)], axis=1)
        return joined[1:, ::2], dlc.take(x, index, axis=0), dlc.where(dlc.asarray(True), x, x), x[None, 1]

    got = moves(dlc.asarray(source))
    joined = np.concatenate([source.T, source[::-1].reshape(4, 3)], axis=1)
    for array, want in zip(got, (joined[1:, ::2], source[index], source, source[None, 1]), strict=True):
        dlc.testing.assert_equal(array, np.ascontiguousarray(want))


def test_writes_and_literals():
    x = dlc.zeros((2, 3), dtype=dlc.float8_e5m2)
    x[0] = 1.5
    x[1, 1:] = dlc.asarray([2.0, 1e6])
    assert x.astype(dlc.float32).tolist() == [[1.5, 1.5, 1.5], [0.0, 2.0, np.inf]]
    assert "float8_e5m2" in repr(x) and "1.5" in repr(x)
    assert repr(dlc.full((2,), -1, dtype=dlc.int4)) == "dlc.array([-1, -1], dtype=int4)"
    assert dlc.full((2,), -1, dtype=dlc.int4).astype(dlc.int8).tolist() == [-1, -1]


@pytest.mark.parametrize("name", ["float8_e4m3fn", "float8_e5m2"])
def test_safetensors_of_torch(name, tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file, save_file

    path = str(tmp_path / "w.safetensors")
    dlc.save(path, {"w": dlc.asarray(VALUES).astype(name)})
    theirs = load_file(path)["w"]
    assert theirs.dtype is getattr(torch, name)
    np.testing.assert_array_equal(theirs.float().numpy(), as_ml_dtypes(VALUES, name).astype(np.float32))
    save_file({"w": theirs}, path)
    dlc.testing.assert_equal(dlc.load(path)["w"], as_ml_dtypes(VALUES, name))


def test_safetensors_has_no_4_bits(tmp_path):
    with pytest.raises(NotImplementedError, match="expected a dtype that safetensors has, but got i4 for 'w'"):
        dlc.save(tmp_path / "w.safetensors", {"w": dlc.zeros((2,), dtype=dlc.int4)})


@pytest.mark.parametrize("name", NAMES)
def test_nothing_computes(name):
    x = dlc.zeros((2, 2), dtype=name)
    ir = {"float8_e4m3fn": "f8e4m3", "float8_e5m2": "f8e5m2", "int4": "i4", "uint4": "u4"}[name]
    wants = f"expected elements to compute with, but got element type {ir}, which only stores: cast it first"
    calls = [
        *(lambda: x + x, lambda: x == x, lambda: -x, lambda: x @ x, lambda: x / 2, lambda: dlc.exp(x)),
        *(lambda: dlc.sum(x), lambda: dlc.mean(x), lambda: dlc.sort(x), lambda: dlc.argmax(x), lambda: dlc.softmax(x)),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=wants):
            call()
    with pytest.raises(TypeError, match=f"where one only stores, but got {ir} and f32: cast it first"):
        dlc.concat([x, dlc.ones((2, 2))])
    with pytest.raises(TypeError, match="indices of an integer element type of 8 to 64 bits"):
        dlc.take(dlc.ones((2, 2)), x[0], axis=0)


def test_a_float_beside_4_bits_is_refused():
    x = dlc.zeros((2,), dtype=dlc.int4)
    assert dlc.where(dlc.asarray([True, False]), x, 3).astype(dlc.int32).tolist() == [0, 3]
    with pytest.raises(TypeError, match="expected an integer beside i4, but got a float: cast it first"):
        dlc.where(dlc.asarray([True, False]), x, 1.5)


def test_no_derivative_through_f8():
    def f(x):
        return dlc.sum(x.astype(dlc.float8_e4m3fn).astype(dlc.float32))

    with pytest.raises(Exception, match="f8 only stores, so there is nothing to add derivatives in"):
        dlc.grad(f)(dlc.ones((3,))).numpy()
    weights = dlc.asarray(np.array([1, 2, 3])).astype(dlc.float8_e4m3fn)
    assert dlc.grad(lambda x: dlc.sum(x * weights.astype(dlc.float32)))(dlc.ones((3,))).tolist() == [1, 2, 3]
