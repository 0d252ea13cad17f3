"""dlc.compile: signatures with symbolic extents, frozen arrays, IR by phase, and calling."""

import numpy as np
import pytest

import dlc

RNG = np.random.default_rng(4)
W = RNG.standard_normal((3, 2)).astype(np.float32)


def test_symbolic_batch():
    w = dlc.asarray(W)
    f = dlc.compile(lambda x: dlc.softmax(x @ w), [dlc.spec(("B", 3))])
    assert "tensor<?x3xf32, #dlc.dims<[B, 3]>>" in f.ir()
    for n in (1, 2, 5):
        x = RNG.standard_normal((n, 3)).astype(np.float32)
        dlc.testing.assert_equal(f(x), dlc.softmax(dlc.asarray(x) @ w))


def test_shapes_are_polynomials():
    seen = []

    def f(x):
        seen.append(x.shape)
        y = dlc.concat([x, x], axis=0).reshape(-1)
        seen.append(y.shape)
        return y[: x.shape[0]]

    dlc.compile(f, [dlc.spec(("B", 4))])
    assert seen == [(dlc.Dim("B"), 4), (dlc.Dim("8*B"),)]
    with pytest.raises(TypeError, match="symbolic extent B"):
        dlc.compile(lambda x: x * int(x.shape[0]), [dlc.spec(("B",))])
    with pytest.raises(ValueError, match="expected shapes that broadcast, but got .B. and .4."):
        dlc.compile(lambda x: x + dlc.ones((4,)), [dlc.spec(("B",))])


def test_freezes_what_is_not_written():
    w, count = dlc.asarray(W), dlc.zeros(())

    def f(x):
        count.assign(count + 1)
        return x @ w

    g = dlc.compile(f, [dlc.spec((2, 3))])
    x = RNG.standard_normal((2, 3)).astype(np.float32)
    expected = dlc.asarray(x) @ dlc.asarray(W)
    w.assign(0)
    dlc.testing.assert_equal(g(x), expected)
    dlc.testing.assert_equal(g(x), expected)
    assert count.item() == 2


def test_calls_are_checked():
    f = dlc.compile(lambda x: x + 1, [dlc.spec((2,))])
    with pytest.raises(TypeError, match="expected 1 arrays, but got 2"):
        f(dlc.ones(2), dlc.ones(2))
    with pytest.raises((ValueError, TypeError), match="expected"):
        f(dlc.ones(3))


def test_save_mlir(tmp_path):
    f = dlc.compile(lambda x: dlc.tanh(x), [dlc.spec(("B", 2))], names=["x"])
    f.save(tmp_path / "m.mlir")
    assert "dlc.tanh" in (tmp_path / "m.mlir").read_text()
    with pytest.raises(ValueError, match="expected a path that ends in"):
        f.save(tmp_path / "m.exe2")
    with pytest.raises(OSError, match="m.mlir"):
        f.save(tmp_path / "missing" / "m.mlir")
    with pytest.raises(ValueError, match="expected the name of a phase"):
        f.ir("nothing")
