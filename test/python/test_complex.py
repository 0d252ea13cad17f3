"""Complex arrays: NumPy and DLPack both ways, promotion, functions against NumPy, derivatives by JAX's convention."""

import numpy as np
import pytest

import dlc

RNG = np.random.default_rng(7)
KINDS = ["complex64", "complex128"]


def numbers(kind: str, *shape: int) -> np.ndarray:
    return (RNG.standard_normal(shape) + 1j * RNG.standard_normal(shape)).astype(kind)


def named(name: str):
    """A function of dlc, or the op of that name."""
    return getattr(dlc, name, None) or getattr(dlc.ops, name)


def assert_near(actual, expected: np.ndarray, units: float = 8) -> None:
    """Each element is near as a vector in the plane."""
    got = actual.numpy()
    assert got.dtype == expected.dtype and got.shape == expected.shape
    if expected.dtype == bool:
        return np.testing.assert_array_equal(got, expected)
    assert np.all(np.abs(got - expected) <= units * np.finfo(expected.dtype).eps * np.abs(expected))


@pytest.mark.parametrize("kind", KINDS)
def test_numpy_and_dlpack_both_ways(kind):
    source = numbers(kind, 2, 3)
    array = dlc.asarray(source)
    assert array.dtype is getattr(dlc, kind) and array.dtype == kind and array.dtype.itemsize == source.itemsize
    dlc.testing.assert_equal(array, source)
    np.testing.assert_array_equal(np.from_dlpack(array), source)
    torch = pytest.importorskip("torch")
    assert torch.equal(torch.from_dlpack(array), torch.from_numpy(source))
    dlc.testing.assert_equal(dlc.from_dlpack(torch.from_numpy(source)), source)


def test_python_numbers():
    assert dlc.asarray(1 + 2j).dtype is dlc.complex64 and dlc.asarray(1j).item() == 1j
    assert complex(dlc.asarray(0.5 - 1j)) == 0.5 - 1j
    assert (dlc.ones(2) * 2j).tolist() == [2j, 2j]
    wide = dlc.ones(2, dtype=dlc.float64) * 0.1j
    assert wide.dtype is dlc.complex128 and wide.tolist() == [0.1j, 0.1j]
    assert (dlc.ones(2, dtype=dlc.complex64) * 2).dtype is dlc.complex64
    assert dlc.full((2,), 0.1j, dtype=dlc.complex128).tolist() == [0.1j, 0.1j]
    assert "1.+2.j" in repr(dlc.asarray([1 + 2j]))


def test_promotion():
    kinds = {
        ("complex64", "float32"): dlc.complex64,
        ("complex64", "float16"): dlc.complex64,
        ("complex64", "int32"): dlc.complex64,
        ("bool", "complex128"): dlc.complex128,
        ("complex64", "float64"): dlc.complex128,
        ("complex64", "complex128"): dlc.complex128,
    }
    for (a, b), expected in kinds.items():
        assert (dlc.ones(2, dtype=a) + dlc.ones(2, dtype=b)).dtype is expected


@pytest.mark.parametrize("engine", ["eager", "jit"])
@pytest.mark.parametrize("kind", KINDS)
def test_functions_match_numpy(kind, engine):
    x, y = numbers(kind, 5, 7), numbers(kind, 5, 7)
    calls = {
        "add": (lambda a, b: a + b, np.add),
        "sub": (lambda a, b: a - b, np.subtract),
        "mul": (lambda a, b: a * b, np.multiply),
        "div": (lambda a, b: a / b, np.divide),
        "matmul": (lambda a, b: a @ b.T, lambda a, b: a @ b.T),
        "where": (lambda a, b: dlc.where(a == b, a, b), lambda a, b: np.where(a == b, a, b)),
    }
    names = "exp expm1 log log1p log2 sqrt sin cos tan sinh cosh tanh abs conj real imag isnan isinf isfinite"
    inverse = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}
    inverse |= {"asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh"}
    for name in (*names.split(), *inverse):
        ours, theirs = named(name), getattr(np, inverse.get(name, name))
        calls[name] = (lambda a, b, f=ours: f(a), lambda a, b, f=theirs: f(a))
    calls["exp2"] = (lambda a, b: dlc.exp2(a), lambda a, b: np.exp2(a))
    calls["rsqrt"] = (lambda a, b: dlc.rsqrt(a), lambda a, b: 1 / np.sqrt(a))
    calls["pow"] = (lambda a, b: a**b, lambda a, b: a**b)
    for name in ("sum", "prod", "mean", "cumsum", "cumprod"):
        ours, theirs = getattr(dlc, name), getattr(np, name)
        calls[name] = (lambda a, b, f=ours: f(a, axis=0), lambda a, b, f=theirs: f(a, axis=0))
        calls[f"{name} of rows"] = (lambda a, b, f=ours: f(a, axis=1), lambda a, b, f=theirs: f(a, axis=1))
    for name, (ours, theirs) in calls.items():
        result = (dlc.jit(ours) if engine == "jit" else ours)(dlc.asarray(x), dlc.asarray(y))
        loose = name.split()[0] in ("sum", "matmul", "prod", "mean", "cumsum", "cumprod", "pow")
        assert_near(result, np.asarray(theirs(x, y)), 60 if loose else 8)


def test_special_values():
    inf, nan = np.inf, np.nan
    assert dlc.abs(dlc.asarray([3 + 4j, complex(-inf, nan), 0j])).tolist() == [5, inf, 0]
    for kind in KINDS:
        assert np.isnan(dlc.abs(dlc.asarray([complex(nan, 0), complex(0, nan)], dtype=kind)).numpy()).all()
    assert (dlc.asarray([1 + 1j]) / dlc.asarray([0j])).tolist() == [complex(inf, inf)]
    big = dlc.asarray(np.array([1e300 + 1e300j, 3e-320 + 4e-320j]))
    assert_near(dlc.abs(big), np.abs(big.numpy()))
    assert_near(big / big, np.array([1 + 0j, 1 + 0j]))
    roots = dlc.sqrt(dlc.asarray(np.array([-1 + 0j, complex(-1, -0.0), 1e308 * (1 + 1j)]))).numpy()
    assert roots[0] == 1j and roots[1] == -1j and np.isfinite(roots[2])
    assert dlc.exp(dlc.asarray([complex(inf, 0)])).tolist() == [complex(inf, 0)]
    z = dlc.asarray([complex(nan, 0)])
    assert (z == z).tolist() == [False] and (z != z).tolist() == [True]


NUMPY = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
}


@pytest.mark.parametrize("engine", ["eager", "jit"])
@pytest.mark.parametrize("name", "exp log sqrt sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh".split())
def test_infinities_and_nans_are_those_of_annex_g(name, engine):
    parts = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0, np.inf, -np.inf, np.nan]
    z = np.array([complex(re, im) for re in parts for im in parts])
    function = named(name)
    got = (dlc.jit(function) if engine == "jit" else function)(dlc.asarray(z)).numpy()
    with np.errstate(all="ignore"):
        want = getattr(np, NUMPY.get(name, name))(z)
    for at, g, w in zip(z, got, want):
        for part in ("real", "imag"):
            a, b = getattr(g, part), getattr(w, part)
            near = np.isnan(a) and np.isnan(b) or a == b or abs(a - b) <= 1e-15 * max(1, abs(w))
            is_special = np.isinf(b) or b == 0
            is_signed = np.isfinite(at) or not is_special  # Annex G leaves the sign of some of these open
            assert near or (np.isinf(a) and np.isinf(b) and not is_signed), (name, at, g, w)
            if np.isfinite(at) and not np.isnan(b):
                assert np.signbit(a) == np.signbit(b), (name, at, g, w)


def test_powers():
    i = dlc.asarray([1j, 1 + 2j, -2.0])
    assert (i**2).tolist() == [-1, -3 + 4j, 4]
    assert (i**3).tolist() == [-1j, -11 - 2j, -8]
    assert (i**0).tolist() == [1, 1, 1]
    assert (i**-1).tolist()[0] == -1j and (i**-1).tolist()[2] == -0.5
    zero = dlc.asarray(np.array([0j, 0j, 0j, 0j]))
    power = (zero ** dlc.asarray(np.array([2 + 0j, 0.5 + 3j, 0j, -1 + 0j]))).numpy()
    assert power[:3].tolist() == [0, 0, 1] and np.isnan(power[3].real) and np.isnan(power[3].imag)
    wide = dlc.asarray(np.array([1e200 + 1e200j, 1e-200 + 0j]))
    assert (wide**-2).tolist()[0] == 0 and np.isinf((wide**-2).numpy()[1].real)
    assert_near(dlc.asarray(np.array([1.001 + 0.001j])) ** 127, np.array([1.001 + 0.001j]) ** 127, 300)


def test_products_start_from_their_first_factor():
    for x in ([complex(np.inf, 0)], [complex(-0.0, -0.0)], [complex(1, -0.0)], [1, complex(np.inf, -0.0), 1]):
        z = dlc.asarray(np.array(x, np.complex128))
        first = next(v for v in x if v != 1 or np.signbit(complex(v).imag))
        for engine in (lambda f: f, dlc.jit):
            for f in (lambda v: dlc.prod(v), lambda v: dlc.cumprod(v)[-1]):
                assert engine(f)(z).numpy().tobytes() == np.complex128(first).tobytes(), x
    assert dlc.prod(dlc.zeros((0, 2), dtype=dlc.complex64), axis=0).tolist() == [1, 1]


def test_gradients_of_products_and_powers():
    z = dlc.asarray(np.array([0.5 + 1j, -1 + 0.25j, 2j]))
    one = dlc.asarray(np.array(1 + 0j))
    a, b, c = z.numpy()
    np.testing.assert_allclose(dlc.vjp(lambda v: dlc.prod(v), z)[1](one)[0].numpy(), [b * c, a * c, a * b])
    with_zero = dlc.asarray(np.array([0j, b, c]))
    np.testing.assert_allclose(dlc.vjp(lambda v: dlc.prod(v), with_zero)[1](one)[0].numpy(), [b * c, 0, 0])
    ones = dlc.ones((3,), dtype=dlc.complex128)
    np.testing.assert_allclose(dlc.vjp(lambda v: v**3, z)[1](ones)[0].numpy(), 3 * z.numpy() ** 2)
    np.testing.assert_allclose(
        dlc.jvp(dlc.ops.acosh, (z,), (ones,))[1].numpy(), 1 / (np.sqrt(z.numpy() - 1) * np.sqrt(z.numpy() + 1))
    )
    np.testing.assert_allclose(dlc.grad(lambda v: dlc.mean(v).real)(z).numpy(), np.full(3, 1 / 3))


def test_parts_and_moves():
    source = numbers("complex64", 3, 4)
    x = dlc.asarray(source)
    dlc.testing.assert_equal(dlc.complex(x.real, x.imag), source)
    dlc.testing.assert_equal(x.T[1:], np.ascontiguousarray(source.T[1:]))
    dlc.testing.assert_equal(dlc.concat([x, x]), np.concatenate([source, source]))
    y = dlc.asarray(source)
    y[0] = 1j
    assert y[0].tolist() == [1j] * 4
    added = dlc.scatter_add(
        dlc.zeros((2,), dtype=dlc.complex64), dlc.asarray([1, 1, 0]), dlc.asarray([1j, 1.0, 2 + 1j])
    )
    assert added.tolist() == [2 + 1j, 1 + 1j]
    assert dlc.ones(2).imag.tolist() == [0, 0]


def test_refusals():
    x = dlc.asarray([1j, 2])
    for call in (
        lambda: dlc.maximum(x, x),
        lambda: dlc.sort(x),
        lambda: dlc.erf(x),
        lambda: dlc.var(x),
        lambda: x // x,
    ):
        with pytest.raises(TypeError, match="expected real elements, but got element type c64"):
            call()
    with pytest.raises(TypeError, match="expected real elements to combine by max, but got element type c64"):
        dlc.max(x)
    with pytest.raises(TypeError, match="expected real elements to scan by max, but got element type c64"):
        dlc.cummax(x)
    with pytest.raises(ValueError, match="expected 'predicate' to be eq or ne for 'complex<f32>', but got lt"):
        x < x  # noqa: B015
    for call in (lambda: x.astype(dlc.float32), lambda: dlc.asarray(np.array([1j]), dtype=dlc.float32)):
        with pytest.raises(TypeError, match="expected a complex element type for complex elements"):
            call()
    with pytest.raises(TypeError, match="expected complex elements, but got element type f32"):
        dlc.conj(dlc.ones(2))


def test_gradients_by_the_convention_of_jax():
    z = dlc.asarray(np.array([0.5 + 1j, -1 + 0.25j]))
    x, y = z.numpy().real, z.numpy().imag
    # Of a real function f(x + iy) the gradient is df/dx - i df/dy.
    np.testing.assert_allclose(dlc.grad(lambda z: dlc.sum(z.real * z.imag))(z).numpy(), y - 1j * x)
    np.testing.assert_allclose(dlc.grad(lambda z: dlc.sum(dlc.abs(z)))(z).numpy(), (x - 1j * y) / np.hypot(x, y))
    # A holomorphic function is differentiated as such.
    _, tangent = dlc.jvp(dlc.exp, (z,), (dlc.ones((2,), dtype=dlc.complex128),))
    np.testing.assert_allclose(tangent.numpy(), np.exp(z.numpy()))
    _, pullback = dlc.vjp(lambda z: z * z * 1j, z)
    np.testing.assert_allclose(pullback(dlc.ones((2,), dtype=dlc.complex128))[0].numpy(), 2j * z.numpy())
    # At 0 the derivative of abs is 0.
    assert dlc.grad(lambda z: dlc.sum(dlc.abs(z)))(dlc.asarray([0j])).tolist() == [0]


def test_vmap():
    x, w = dlc.asarray(numbers("complex64", 4, 3, 5)), dlc.asarray(numbers("complex64", 5, 2))
    batched = dlc.vmap(lambda a: (a @ w, dlc.sum(dlc.exp(a), axis=1)))(x)
    for i in range(4):
        dlc.testing.assert_equal(batched[0][i], x[i] @ w)
        dlc.testing.assert_equal(batched[1][i], dlc.sum(dlc.exp(x[i]), axis=1))


def test_vecdot_conjugates_its_first_argument():
    x, y = np.array([[1 + 2j, 3j]], np.complex64), np.array([[2 - 1j, 1]], np.complex64)
    assert np.array_equal(np.asarray(dlc.vecdot(x, y)), (x.conj() * y).sum(-1))
    assert np.array_equal(np.asarray(dlc.vecdot(x.real, y.real)), (x.real * y.real).sum(-1))
