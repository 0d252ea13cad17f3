"""Arrays: creation, NumPy and DLPack both ways, operators with broadcasting and promotion, indexing, writing."""

import copy
import ctypes
import operator
import pickle

import _dlc
import numpy as np
import pytest

import dlc

RNG = np.random.default_rng(0)
A = RNG.standard_normal((3, 4)).astype(np.float32)
B = RNG.standard_normal((4,)).astype(np.float32)


@pytest.mark.parametrize("kind", ["bool", "int8", "int32", "int64", "uint8", "uint32", "float16", "float32", "float64"])
def test_numpy_round_trip(kind):
    source = (RNG.standard_normal((2, 3)) * 5).astype(kind)
    array = dlc.asarray(source)
    assert array.dtype == kind and array.shape == (2, 3) and array.ndim == 2 and array.size == 6
    dlc.testing.assert_equal(array, source)
    dlc.testing.assert_equal(np.asarray(array), source)


def test_asarray_copies():
    source = A.copy()
    array = dlc.asarray(source)
    source[0, 0] = 99
    assert float(array[0, 0]) == A[0, 0]


def test_asarray_of_python():
    assert dlc.asarray(1.5).dtype is dlc.float32
    assert dlc.asarray([1, 2]).dtype is dlc.int64
    assert dlc.asarray(True).dtype is dlc.bool
    assert dlc.asarray([dlc.asarray(1.0), 2.0]).tolist() == [1.0, 2.0]
    with pytest.raises(TypeError, match="expected an element type"):
        dlc.asarray(["a"])


def test_dlpack_both_ways():
    array = dlc.asarray(A)
    np.testing.assert_array_equal(np.from_dlpack(array), A)
    np.testing.assert_array_equal(dlc.from_dlpack(A).numpy(), A)
    torch = pytest.importorskip("torch")
    np.testing.assert_array_equal(torch.from_dlpack(array).numpy(), A)
    np.testing.assert_array_equal(dlc.from_dlpack(torch.from_numpy(A)).numpy(), A)


@pytest.mark.parametrize("name", "float32 float64 float16 int8 int16 int32 int64 uint8 bool".split())
@pytest.mark.parametrize("shape", [(2, 3), (0, 3), ()], ids=str)
def test_dlpack_of_every_dtype_and_shape(name, shape):
    torch = pytest.importorskip("torch")
    theirs = torch.arange(6)[: int(np.prod(shape))].reshape(shape).to(getattr(torch, name))
    ours = dlc.from_dlpack(theirs)
    assert str(ours.dtype) == f"dlc.{name}" and tuple(ours.shape) == shape
    assert torch.equal(torch.from_dlpack(ours), theirs)


@pytest.mark.parametrize("name", "bfloat16 float8_e4m3fn float8_e5m2".split())
@pytest.mark.parametrize("shape", [(2, 3), (0, 3), ()], ids=str)
def test_dlpack_of_types_that_numpy_has_not(name, shape):
    torch = pytest.importorskip("torch")
    theirs = torch.linspace(-3, 400, 6)[: int(np.prod(shape))].reshape(shape).to(getattr(torch, name))
    ours = dlc.from_dlpack(theirs)
    assert ours.dtype is getattr(dlc, name) and tuple(ours.shape) == shape
    np.testing.assert_array_equal(ours.astype(dlc.float32).numpy(), theirs.float().numpy())
    back = torch.from_dlpack(ours)
    assert back.dtype == theirs.dtype
    assert torch.equal(back.float(), theirs.float())


class Given:
    """An object with a capsule of DLPack."""

    def __init__(self, make, device=(1, 0)):
        self.make, self.device = make, device

    def __dlpack__(self, **how):
        return self.make(**how)

    def __dlpack_device__(self):
        return self.device


@pytest.mark.parametrize("name, values", [("int4", [-8, -1, 0, 7]), ("uint4", [0, 1, 9, 15])])
def test_dlpack_of_4_bits_is_padded(name, values):
    array = dlc.asarray(values).astype(name)
    capsule = array.__dlpack__(max_version=(1, 1))
    assert _dlc.dlpack_type(capsule) == (0 if name == "int4" else 1, 4, 1, True)
    taken = dlc.from_dlpack(array)
    assert taken.dtype is getattr(dlc, name) and taken.astype(dlc.int32).tolist() == values
    for version in (None, (1, 0)):
        with pytest.raises(BufferError, match=f"expected a consumer of DLPack 1.1 or later for dlc.{name}, but got"):
            array.__dlpack__(max_version=version)

    def packed(**how):
        capsule = np.zeros(4, np.uint8).__dlpack__()  # the form that has no flags
        _dlc.set_dlpack_type(capsule, 0, 4)
        return capsule

    with pytest.raises(BufferError, match="expected elements of dlc.int4 that take a byte each, but got packed ones"):
        dlc.from_dlpack(Given(packed))


def test_dlpack_of_producers_without_versions_and_elsewhere():
    def old(**how):
        if how:
            raise TypeError("unexpected keyword argument 'max_version'")
        return np.arange(3.0).__dlpack__()

    assert dlc.from_dlpack(Given(old)).tolist() == [0, 1, 2]
    with pytest.raises(BufferError, match=r"expected elements on the CPU, device type 1, but got device \(2, 0\)"):
        dlc.from_dlpack(Given(old, (2, 0)))
    with pytest.raises(ValueError, match="PyCapsule_GetPointer"):
        dlc.from_dlpack(Given(lambda **how: _dlc_capsule()))


def _dlc_capsule():
    """A capsule of something else."""
    new = ctypes.pythonapi.PyCapsule_New
    new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return new(1, b"used_dltensor", None)


def test_dlpack_keeps_the_memory_of_its_owner():
    view = torch_bytes(dlc.asarray(np.arange(6.0)).astype(dlc.bfloat16) + 1)
    assert view == [1, 2, 3, 4, 5, 6]


def torch_bytes(array):
    torch = pytest.importorskip("torch")
    taken = torch.from_dlpack(array)
    del array
    return taken.float().tolist()


def test_dlpack_serves_the_cpu_alone():
    assert dlc.ones(2).__dlpack_device__() == (1, 0)
    with pytest.raises(BufferError, match=r"expected dl_device \(1, 0\), the CPU, but got \(2, 0\)"):
        dlc.ones(2).__dlpack__(dl_device=(2, 0))


def test_dlpack_of_strided_memory_that_its_owner_lets_go():
    torch = pytest.importorskip("torch")
    ours = dlc.from_dlpack(torch.arange(12).reshape(3, 4).T[::2])
    assert ours.tolist() == [[0, 4, 8], [2, 6, 10]]
    view = np.from_dlpack(dlc.asarray(A) + 1)
    np.testing.assert_array_equal(view, A + 1)


def test_numpy_view_is_read_only():
    with pytest.raises(ValueError):
        dlc.asarray(A).numpy()[0, 0] = 1


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv"])
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_arithmetic_matches_numpy_exactly(name, kind):
    a, b = A.astype(kind), B.astype(kind)
    op = getattr(operator, name)
    dlc.testing.assert_equal(op(dlc.asarray(a), dlc.asarray(b)), op(a, b))
    dlc.testing.assert_equal(op(dlc.asarray(a), b), op(a, b))
    dlc.testing.assert_equal(op(dlc.asarray(a), 2.5), op(a, np.dtype(kind).type(2.5)))
    dlc.testing.assert_equal(op(3, dlc.asarray(a)), op(np.dtype(kind).type(3), a))


def test_integer_division_rounds_down():
    a, b = np.array([7, -7, 7, -7, 6]), np.array([3, 3, -3, -3, -2])
    dlc.testing.assert_equal(dlc.asarray(a) // dlc.asarray(b), a // b)
    dlc.testing.assert_equal(dlc.asarray(a) % dlc.asarray(b), a % b)
    x, y = a.astype(np.float32), b.astype(np.float32)
    np.testing.assert_array_equal((dlc.asarray(x) % dlc.asarray(y)).numpy(), x % y)
    np.testing.assert_array_equal((dlc.asarray(x) // dlc.asarray(y)).numpy(), x // y)
    assert (dlc.asarray(a) / 2).dtype is dlc.float32


def test_promotion():
    kinds = {
        ("int32", "float32"): dlc.float32,
        ("int64", "float16"): dlc.float16,
        ("int8", "uint8"): dlc.int16,
        ("int32", "int64"): dlc.int64,
        ("bool", "int8"): dlc.int8,
        ("float32", "float64"): dlc.float64,
    }
    for (a, b), expected in kinds.items():
        assert (dlc.ones(2, dtype=a) + dlc.ones(2, dtype=b)).dtype is expected
    assert (dlc.ones(2, dtype="int8") + 1).dtype is dlc.int8
    assert (dlc.ones(2, dtype="float16") * 2.5).dtype is dlc.float16
    assert (dlc.ones(2, dtype="int32") * 2.5).dtype is dlc.float32
    assert dlc.exp(dlc.ones(2, dtype="int32")).dtype is dlc.float32
    with pytest.raises(TypeError, match="expected element types that have a common one, but got u64 and i8"):
        dlc.ones(2, dtype="uint64") + dlc.ones(2, dtype="int8")


def test_python_integers_keep_64_bits():
    big = 2**62 + 1
    assert (dlc.zeros((), dtype=dlc.int64) + big).item() == big


def test_comparisons_and_logic():
    a, b = np.array([1.0, np.nan, 3.0]), np.array([1.0, 2.0, 2.0])
    for op in (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge):
        dlc.testing.assert_equal(op(dlc.asarray(a), dlc.asarray(b)), op(a, b))
    p, q = dlc.asarray(a) > 2, dlc.asarray(b) > 1
    assert (p & q).tolist() == [False, False, True]
    assert (p | q).tolist() == [False, True, True]
    assert (~p).tolist() == [True, True, False]
    assert (p ^ q).tolist() == [False, True, False]


def test_pow():
    x = dlc.asarray(A)
    dlc.testing.assert_equal(x**2, A * A)
    dlc.testing.assert_equal(dlc.asarray([2, -3]) ** 5, np.array([32, -243]))
    dlc.testing.assert_equal(dlc.asarray([2, -3]) ** 0, np.array([1, 1]))
    np.testing.assert_allclose((dlc.abs(x) ** 0.5).numpy(), np.abs(A) ** 0.5, rtol=1e-6)
    with pytest.raises(TypeError, match="expected an exponent of 0 or more for an integer base, but got -1"):
        dlc.asarray([2]) ** -1


INDICES = [
    0,
    -1,
    (1, 2),
    slice(None),
    slice(1, None),
    slice(None, None, 2),
    slice(None, None, -1),
    slice(2, 0, -1),
    slice(5, 2),
    (slice(1, None), None, slice(None, None, 2)),
    (Ellipsis, 1),
    (0, Ellipsis),
    (None, 1),
    (slice(None), slice(3, None, -2)),
    (slice(None), slice(3, 0, -3)),
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_index_reads(index):
    dlc.testing.assert_equal(dlc.asarray(A)[index], A[index])


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_index_writes(index):
    expected, array = A.copy(), dlc.asarray(A)
    expected[index] = 7
    array[index] = 7
    dlc.testing.assert_equal(array, expected)
    part = RNG.standard_normal(A[index].shape).astype(np.float32)
    expected[index] = part
    array[index] = part
    dlc.testing.assert_equal(array, expected)


def test_integer_array_index():
    x, pick = dlc.asarray(A), np.array([[2, 0], [-1, 1]])
    dlc.testing.assert_equal(x[pick], A[pick])
    dlc.testing.assert_equal(x[:, dlc.asarray([3, 0])], A[:, [3, 0]])
    dlc.testing.assert_equal(x[1:, [3, 0], None], A[1:, [3, 0], None])


def test_index_errors():
    x = dlc.asarray(A)
    with pytest.raises(IndexError, match=r"expected an index in \[-3, 3\) for dimension 0, but got 3"):
        x[3]
    with pytest.raises(IndexError, match="expected at most 2 indices"):
        x[0, 0, 0]
    with pytest.raises(TypeError, match="expected integers, slices"):
        x["a"]
    with pytest.raises(IndexError, match="expected integers in an array as index, but got dlc.float32"):
        x[x]
    with pytest.raises(IndexError, match="expected a mask of rank 1 or more among several indices"):
        x[0, True]


def test_index_out_of_range_in_running_code_names_line():
    x = dlc.asarray(A)
    picked = x[dlc.asarray([0, 5])]
    with pytest.raises(IndexError, match=r"(?s)\b5\b.*test_array.py:\d+:\d+|test_array.py:\d+:\d+.*\b5\b"):
        picked.numpy()


def test_writing_is_seen_through_every_handle():
    x = dlc.asarray(A)
    alias, copied = x, x.copy()
    x += 1
    assert alias is x
    dlc.testing.assert_equal(alias, A + np.float32(1))
    dlc.testing.assert_equal(copied, A)
    x.assign(0)
    dlc.testing.assert_equal(alias, np.zeros_like(A))
    with pytest.raises(ValueError, match="expected a shape that broadcasts to"):
        x.assign(dlc.ones((7,)))


def test_scalars_and_text():
    x = dlc.asarray([1.5])
    assert (float(x), int(x), bool(x), x.item()) == (1.5, 1, True, 1.5)
    assert repr(dlc.asarray([1, 2])) == "dlc.array([1, 2], dtype=int64)"
    assert [float(v) for v in dlc.asarray([1.0, 2.0])] == [1.0, 2.0]
    assert range(5)[dlc.asarray(2)] == 2
    with pytest.raises(ValueError, match="expected an array of one element"):
        float(dlc.asarray(A))
    with pytest.raises(TypeError, match="expected an integer array of rank 0"):
        range(5)[dlc.asarray(2.0)]


def test_shape_error_names_line():
    x = dlc.asarray(A)
    with pytest.raises(ValueError) as error:
        x + dlc.asarray(np.ones(3, np.float32))
    message = str(error.value)
    assert "expected shapes that broadcast, but got [3, 4] and [3]" in message
    assert "test_array.py" in message and "x + dlc.asarray" in message and message.rstrip().endswith("^")


def test_eager_is_cut_by_content_and_stays_right():
    x = dlc.asarray(np.float64(0))
    for _ in range(5000):
        x = x + 1
    assert x.item() == 5000


def test_dead_results_are_not_computed():
    x = dlc.asarray(A)
    x[dlc.asarray([99])]  # out of range, but nobody holds it
    dlc.testing.assert_equal(x + 1, A + np.float32(1))


def test_error_in_a_generated_function_names_the_users_line():
    with pytest.raises(ValueError, match=r"(?s)test_array.py:\d+:\d+\n    dlc.fma\("):
        dlc.fma(dlc.ones(2), dlc.ones(3), 1.0)


def test_copies_and_pickles():
    x = dlc.Parameter(A, requires_grad=False)
    for clone in (copy.copy(x), copy.deepcopy([x])[0], pickle.loads(pickle.dumps(x))):
        assert type(clone) is dlc.Parameter and clone is not x
        dlc.testing.assert_equal(clone, A)
    assert not copy.deepcopy(x).requires_grad
    clone = copy.deepcopy(x)
    x += 1
    dlc.testing.assert_equal(clone, A)


def test_format():
    assert f"{dlc.asarray(1.23456):.3f}" == "1.235" and f"{dlc.asarray(7):>4}" == "   7"
    assert f"{dlc.asarray([1, 2])}" == "dlc.array([1, 2], dtype=int64)"
    with pytest.raises(ValueError, match="expected an array of one element"):
        f"{dlc.asarray([1.0, 2.0]):.3f}"
