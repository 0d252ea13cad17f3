"""Numerics `fast`: an opt-in of a function. Exact programs keep their bits beside it, and share nothing with it."""

import json
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import dlc

RNG = np.random.default_rng(11)
X = RNG.standard_normal((300, 40)).astype(np.float32)
NARROW = RNG.standard_normal((5000, 3)).astype(np.float32)


def chain(x):
    return (x * x + x) / 3.0


FUNCTIONS = {
    "arithmetic": (chain, X),
    "sum of columns": (lambda x: x.sum(axis=0), X),
    "sum of narrow columns": (lambda x: x.sum(axis=0), NARROW),
    "sum of one column": (lambda x: x.sum(axis=0), NARROW[:, :1]),
    "sum of rows of a transpose": (lambda x: x.T.sum(axis=-1), X),
    "sum of products": (lambda x: (x * x).sum(axis=(0, 1)), X),
    "product": (lambda x: dlc.prod(1 + x / 1000, axis=0), X),
    "softmax": (lambda x: dlc.softmax(x), X),
    "f16": (lambda x: chain(x).sum(axis=0), X.astype(np.float16)),
    "bf16": (lambda x: chain(dlc.astype(x, dlc.bfloat16)).sum(axis=1), X),
    "f64": (lambda x: chain(x).sum(axis=0), X.astype(np.float64)),
    "empty": (lambda x: x.sum(axis=0), X[:0]),
}
ROUNDING = {"f16": 2e-2, "bf16": 2e-1, "f64": 1e-12}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_close_to_exact(name, engine):
    fn, x = FUNCTIONS[name]
    x = dlc.asarray(x)
    exact, fast = dlc.jit(fn)(x), dlc.jit(fn, fast=True)(x)
    assert fast.shape == exact.shape and fast.dtype == exact.dtype
    if engine == "interp":
        dlc.testing.assert_equal(fast, exact)
    tolerance = ROUNDING.get(name, 2e-5)
    wide = [np.asarray(dlc.astype(y, dlc.float64)) for y in (fast, exact)]
    np.testing.assert_allclose(*wide, rtol=tolerance, atol=tolerance)


def test_exact_stays_exact_beside_fast():
    x = dlc.asarray(X)
    before = dlc.testing.digest([chain(x), x.sum(axis=0)])
    dlc.jit(chain, fast=True)(x), dlc.jit(lambda x: x.sum(axis=0), fast=True)(x)
    assert dlc.testing.digest([chain(x), x.sum(axis=0)]) == before
    assert dlc.testing.digest([dlc.jit(chain)(x), dlc.jit(lambda x: x.sum(axis=0))(x)]) == before


def test_nan_infinities_and_zeros_keep_their_meaning():
    values = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-40, 3e38], np.float32)
    f = dlc.jit(lambda x, y: ((x + y) / 3.0, x / y, x * y), fast=True)
    one = np.ones_like(values)
    total, quotient, product = f(dlc.asarray(values), dlc.asarray(one))
    np.testing.assert_allclose(total.numpy(), (values + one) / np.float32(3), rtol=1e-6)
    np.testing.assert_array_equal(quotient.numpy(), values)
    np.testing.assert_array_equal(np.signbit(product.numpy())[1:], np.signbit(values)[1:])


def test_kernels_are_marked_and_flagged():
    spec = [dlc.spec((64,))]
    exact, fast = dlc.compile(chain, spec), dlc.compile(chain, spec, fast=True)
    assert "dlc.fast" in fast.ir() and "dlc.fast" not in exact.ir()
    assert "attributes {fast}" in fast.ir("fuse") and "fast" not in exact.ir("fuse")
    assert "fastmath<" in fast.ir("lower") and "fastmath" not in exact.ir("lower")
    x = dlc.asarray(X[0, :32].repeat(2))
    np.testing.assert_allclose(fast(x).numpy(), exact(x).numpy(), rtol=1e-6)
    assert "dlc.fast" in dlc.jit(chain, fast=True).ir(x)


def test_the_caller_decides():
    x = dlc.asarray(X)
    inner = dlc.jit(chain, fast=True)
    dlc.testing.assert_equal(dlc.jit(lambda x: inner(x))(x), chain(x))
    assert "fastmath" not in dlc.compile(lambda x: inner(x), [dlc.spec((8,))]).ir("lower")
    assert "fastmath" in dlc.compile(lambda x: dlc.jit(chain)(x), [dlc.spec((8,))], fast=True).ir("lower")


def test_derivatives_are_fast_if_the_entry_is():
    slope = dlc.grad(lambda x: chain(x).sum())
    fast = dlc.compile(slope, [dlc.spec((64,))], fast=True)
    assert "fastmath" in fast.ir("lower") and "dlc.fast" in fast.ir("autodiff")
    assert "fastmath" not in dlc.compile(slope, [dlc.spec((64,))]).ir("lower")
    x = dlc.asarray(X[0])
    np.testing.assert_allclose(dlc.jit(slope, fast=True)(x).numpy(), (2 * X[0] + 1) / 3, rtol=1e-5, atol=1e-6)


def test_the_attribute_survives_files(tmp_path, engine):
    fast = dlc.compile(chain, [dlc.spec(("B",))], fast=True)
    fast.save(tmp_path / "m.mlir")
    assert "dlc.fast" in (tmp_path / "m.mlir").read_text()


SCRIPT = """
import json
import numpy as np
import dlc

def chain(x):
    return (x * x + x) / 3.0

x = dlc.asarray(np.linspace(-3, 3, 1000, dtype=np.float32))
out = {}
for name in ORDER:
    f = dlc.jit(chain, fast=name == "fast")
    before = dlc.code_counts()
    digest = dlc.testing.digest(f(x))
    after = dlc.code_counts()
    out[name] = [digest, f.found] + [after[k] - before[k] for k in ("kernels_compiled", "kernels_shared")]
print(json.dumps(out))
"""


def run(folder, *order):
    script = folder / "script.py"
    script.write_text(textwrap.dedent(SCRIPT.replace("ORDER", repr(order))))
    environment = {**os.environ, "DLC_CACHE_DIR": str(folder / "cache"), "DLC_ENGINE": "jit"}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_modes_share_no_kernel_and_no_program(tmp_path, engine):
    if engine == "interp":
        pytest.skip("runs processes of its own")
    cold = run(tmp_path, "exact", "fast")
    assert cold["exact"][1:] == [0, 1, 0] and cold["fast"][1:] == [0, 1, 0], "each compiles a kernel of its own"
    assert cold["exact"][0] != cold["fast"][0], "contraction and the reciprocal show"
    for order in (("fast", "exact"), ("exact", "fast")):
        warm = run(tmp_path, *order)
        assert warm["exact"][:2] == [cold["exact"][0], 1] and warm["fast"][:2] == [cold["fast"][0], 1]
