"""Custom calls that Python and C functions answer: eager and under jit, their errors, and what they may not do."""

import ctypes
import gc
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import dlc


@pytest.fixture(params=["eager", "jit"])
def run(request):
    """Calls a function as it is, or compiled."""
    return (lambda fn, *args: fn(*args)) if request.param == "eager" else (lambda fn, *args: dlc.jit(fn)(*args))


@pytest.fixture
def register():
    """Registers functions and takes their names back at the end."""
    names = []

    def add(name, fn):
        names.append(name)
        dlc.register_custom_call(name, fn)

    yield add
    for name in names:
        dlc.register_custom_call(name, None)


def scaled(inputs, outputs, attributes):
    """outputs[0] = inputs[0] * float(attributes or "2"), in float32."""
    np.multiply(inputs[0], np.float32(attributes or "2"), out=outputs[0])


def test_stands_between_kernels(run, register):
    register("scaled", scaled)

    def f(x):
        y = dlc.custom_call("scaled", x * x, results=dlc.spec(x.shape), attributes="0.1")
        return dlc.exp(y) - 1

    x = np.linspace(-2, 2, 37, dtype=np.float32)
    y = (x * x) * np.float32("0.1")
    expected = (dlc.exp(dlc.asarray(y)) - 1).numpy()
    assert (run(f, dlc.asarray(x)).numpy() == expected).all()


def test_views_have_types_shapes_and_rights(run, register):
    seen = []

    def look(inputs, outputs, attributes):
        seen.append([(a.dtype.name, a.shape, a.flags.writeable, a.flags.c_contiguous) for a in inputs + outputs])
        seen.append(attributes)
        outputs[0][...] = True
        outputs[1][...] = inputs[0].T.ravel()

    register("look", look)

    def f(x, y, z):
        results = [dlc.spec((), dlc.bool), dlc.spec((6,), dlc.int64), dlc.spec((2, 0))]
        return dlc.custom_call("look", x.T, y, z, 3, results=results, attributes='a "b"\\\n\u00e9')

    x = dlc.asarray(np.arange(6).reshape(2, 3))
    a, b, c = run(f, x, dlc.asarray([1.5], dtype=dlc.bfloat16), dlc.zeros((0, 4), dtype=dlc.uint8))
    assert (a.item(), b.tolist(), c.shape) == (True, [0, 1, 2, 3, 4, 5], (2, 0))
    assert seen == [
        [
            ("int64", (3, 2), False, True),
            ("uint16", (1,), False, True),
            ("uint8", (0, 4), True, True),
            ("int64", (), False, True),
            ("bool", (), True, True),
            ("int64", (6,), True, True),
            ("float32", (2, 0), True, True),
        ],
        'a "b"\\\n\u00e9',
    ]


def test_many_results(run, register):
    def count(inputs, outputs, attributes):
        for i, out in enumerate(outputs):
            out[...] = i

    register("count", count)
    values = run(lambda: dlc.custom_call("count", results=[dlc.spec((2,), dlc.int32)] * 9))
    assert [v.tolist() for v in values] == [[i, i] for i in range(9)]


def test_results_are_unused_returned_twice_and_reshaped(run, register):
    def split(inputs, outputs, attributes):
        for out, row in zip(outputs, inputs[0]):
            out[...] = row

    register("split", split)

    def f(x):
        a, b, c = dlc.custom_call("split", x, results=[dlc.spec((4,))] * 3)
        d = dlc.custom_call("split", x[1:], results=[dlc.spec((4,)), dlc.spec((4,))])[1]
        return b, b.reshape((2, 2)), c, c, d + b, x

    x = np.arange(12, dtype=np.float32).reshape(3, 4)
    values = [v.tolist() for v in run(f, dlc.asarray(x))]
    rows = x.tolist()
    assert values == [rows[1], [rows[1][:2], rows[1][2:]], rows[2], rows[2], (x[2] + x[1]).tolist(), rows]


def test_extents_are_symbols_of_the_inputs(register):
    def twice(inputs, outputs, attributes):
        outputs[0][...] = np.concatenate([inputs[0], inputs[0]])

    register("twice", twice)

    @dlc.jit
    def f(x):
        return dlc.custom_call("twice", x, results=dlc.spec((2 * x.shape[0],), x.dtype)) + 1

    for n in (3, 5, 7, 9):
        x = np.arange(n, dtype=np.float32)
        assert f(dlc.asarray(x)).tolist() == [*(x + 1), *(x + 1)]
    assert f.traces <= 2  # the third extent and later ones need none
    g = dlc.compile(lambda x: dlc.custom_call("twice", x, results=dlc.spec(("2*B",))), [dlc.spec(("B",))])
    assert g(dlc.asarray([1.0])).tolist() == [1.0, 1.0]


def test_in_branches_and_loops(run, register):
    register("scaled", scaled)

    def call(x):
        return dlc.custom_call("scaled", x, results=dlc.spec(x.shape))

    def f(n, x):
        y = dlc.fori_loop(0, n, lambda i, v: call(v), x)
        return dlc.cond(y.sum() > 100, lambda: y, lambda: call(y) + 1)

    assert run(f, dlc.asarray(3), dlc.asarray([1.0, 2.0])).tolist() == [17.0, 33.0]
    assert run(f, dlc.asarray(7), dlc.asarray([1.0, 2.0])).tolist() == [128.0, 256.0]
    assert run(f, dlc.asarray(0), dlc.asarray([1.0, 2.0])).tolist() == [3.0, 5.0]


class OwnError(Exception):
    pass


def test_the_original_exception_comes_out(run, register):
    error = OwnError("nothing of it is lost: " + "x" * 3000 + " end")

    def fail(inputs, outputs, attributes):
        raise error

    register("fail", fail)

    def f(x):
        return dlc.custom_call("fail", x, results=dlc.spec(x.shape)) + 1

    for _ in range(2):
        with pytest.raises(OwnError) as caught:
            run(f, dlc.asarray([1.0])).numpy()
        assert caught.value is error
    if hasattr(error, "__notes__"):
        assert "custom call 'fail' failed" in error.__notes__[0] and "test_custom_call.py:" in error.__notes__[0]
        assert 'dlc.custom_call("fail"' in error.__notes__[0]


@pytest.mark.parametrize("kind", [ValueError, TypeError, IndexError, OSError, NotImplementedError, KeyboardInterrupt])
def test_later_readers_get_the_message(kind, register):
    def fail(inputs, outputs, attributes):
        raise kind("broken")

    register("fail", fail)
    y = dlc.custom_call("fail", dlc.asarray([1.0]), results=dlc.spec((1,)))
    z = y + 1
    with pytest.raises(kind, match="^broken"):
        z.numpy()
    later = ValueError if kind is KeyboardInterrupt else kind
    with pytest.raises(later, match=f"custom call 'fail' failed: {kind.__name__}: broken"):
        z.numpy()


def test_a_name_without_function(run, register):
    def f(x):
        return dlc.custom_call("nobody", x, results=dlc.spec(x.shape))

    def fails():
        message = "expected a registered function for custom call 'nobody', but found none"
        with pytest.raises(ValueError, match=message) as caught:
            run(f, dlc.asarray([1.0])).numpy()
        assert "test_custom_call.py:" in str(caught.value)
        assert 'return dlc.custom_call("nobody", x' in str(caught.value)

    fails()
    register("nobody", scaled)
    assert run(f, dlc.asarray([1.0])).tolist() == [2.0]
    dlc.register_custom_call("nobody", None)
    fails()


def test_an_earlier_error_wins(run, register):
    called = []
    register("note", lambda inputs, outputs, attributes: called.append(1) or outputs[0].fill(0))

    def f(x, i):
        a = dlc.take(x, i, axis=0)
        b = dlc.custom_call("note", x, results=dlc.spec(x.shape))
        return a, b

    with pytest.raises(IndexError):
        [v.numpy() for v in run(f, dlc.asarray([1.0, 2.0]), dlc.asarray([0, 5]))]
    assert called == []


def test_a_later_error_loses(run, register):
    def fail(inputs, outputs, attributes):
        raise OwnError("first")

    register("fail", fail)

    def f(x, i):
        b = dlc.custom_call("fail", x, results=dlc.spec(x.shape))
        return b, dlc.take(x, i, axis=0)

    with pytest.raises(OwnError):
        [v.numpy() for v in run(f, dlc.asarray([1.0, 2.0]), dlc.asarray([0, 5]))]


def test_pure_calls_are_left_out_and_effects_are_not(run, register):
    calls = []

    def note(inputs, outputs, attributes):
        calls.append(attributes)
        for out in outputs:
            out[...] = 0

    register("note", note)

    def f(x):
        dlc.custom_call("note", x, results=dlc.spec(x.shape), attributes="unused") + 1
        dlc.custom_call("note", x, results=[], attributes="first", has_side_effect=True)
        dlc.custom_call("note", x, results=dlc.spec(x.shape), attributes="second", has_side_effect=True)
        return x + 1

    assert run(f, dlc.asarray([1.0])).tolist() == [2.0]
    assert calls == ["first", "second"]


def test_an_effect_in_eager_control_flow_happens(register):
    calls = []
    register("note", lambda inputs, outputs, attributes: calls.append(inputs[0].tolist()))

    def body(i, v):
        dlc.custom_call("note", i, results=[], has_side_effect=True)
        return v

    dlc.fori_loop(0, 3, body, dlc.asarray([1.0]))
    assert calls == [0, 1, 2]


def test_an_effect_survives_a_derivative_that_does_not_need_it(run, register):
    calls = []
    register("note", lambda inputs, outputs, attributes: calls.append(1))

    def loss(x):
        dlc.custom_call("note", dlc.stop_gradient(x), results=[], has_side_effect=True)
        return (x * x).sum()

    assert run(dlc.grad(loss), dlc.asarray([1.0, 2.0])).tolist() == [2.0, 4.0]
    assert calls == [1]


def test_derivatives_are_refused(register):
    register("scaled", scaled)

    def f(x):
        return dlc.custom_call("scaled", x, results=dlc.spec(x.shape)).sum()

    x = dlc.asarray([[1.0, 2.0]])
    reason = "a function of the user's own, whose derivative is not known"
    with pytest.raises((ValueError, NotImplementedError, RuntimeError), match=reason):
        dlc.grad(f)(x).numpy()
    with pytest.raises((ValueError, NotImplementedError, RuntimeError), match=reason):
        dlc.jvp(f, (x,), (x,))[1].numpy()
    assert dlc.grad(lambda v: (v * f(dlc.stop_gradient(v))).sum())(x).tolist() == [[6.0, 6.0]]
    assert dlc.vmap(lambda v, w: v + f(w), in_axes=(0, None))(x[0], x).tolist() == [7.0, 8.0]


def weighted(inputs, outputs, attributes):
    """outputs[0] = sum of x * w over the last dim, in its order, for any leading dims that broadcast."""
    x, w = np.broadcast_arrays(*inputs)
    total = np.zeros(x.shape[:-1], np.float32)
    for i in range(x.shape[-1]):
        total += x[..., i] * w[..., i]
    outputs[0][...] = total


@pytest.mark.parametrize("batching", ["sequential", "expand", "broadcast"])
def test_vmap_is_a_call_for_each_example(batching, run, register):
    shapes = []

    def seen(inputs, outputs, attributes):
        shapes.append([a.shape for a in inputs])
        weighted(inputs, outputs, attributes)

    register("seen", seen)

    def f(x, w):
        return dlc.custom_call("seen", x * 2, w, results=dlc.spec(()), batching=batching) + 1

    def row(x, w):
        return dlc.vmap(f, in_axes=(0, None))(x, w)

    rng = np.random.default_rng(3)
    x, w = (rng.standard_normal(shape).astype(np.float32) for shape in ((2, 3, 5), (2, 5)))
    expected = np.array([[f(dlc.asarray(a), dlc.asarray(b)).item() for a in rows] for rows, b in zip(x, w)], "float32")
    shapes.clear()
    assert run(row, dlc.asarray(x[0]), dlc.asarray(w[0])).numpy().tobytes() == expected[0].tobytes()
    one = {"sequential": [[(5,), (5,)]] * 3, "expand": [[(3, 5), (1, 5)]], "broadcast": [[(3, 5), (3, 5)]]}
    assert shapes == one[batching]
    shapes.clear()
    assert run(dlc.vmap(row), dlc.asarray(x), dlc.asarray(w)).numpy().tobytes() == expected.tobytes()
    two = {
        "sequential": [[(5,), (5,)]] * 6,
        "expand": [[(2, 3, 5), (2, 1, 5)]],
        "broadcast": [[(2, 3, 5), (2, 3, 5)]],
    }
    assert shapes == two[batching]
    last = dlc.vmap(f, in_axes=(1, None))(dlc.asarray(x[0].T.copy()), dlc.asarray(w[0]))
    assert last.numpy().tobytes() == expected[0].tobytes()


def test_vmap_over_symbolic_and_no_examples(register):
    calls = []

    def seen(inputs, outputs, attributes):
        calls.append(inputs[0].tolist())
        outputs[0][...] = inputs[0][0]

    register("seen", seen)

    def f(x):
        return dlc.custom_call("seen", x, results=dlc.spec(()))

    g = dlc.compile(dlc.vmap(f), [dlc.spec(("B", 2))])
    for n in (1, 3, 0):
        x = np.arange(2 * n, dtype=np.float32).reshape(n, 2)
        calls.clear()
        assert g(dlc.asarray(x)).tolist() == x[:, 0].tolist()
        assert calls == x.tolist()
    calls.clear()
    assert dlc.vmap(f)(dlc.zeros((0, 2))).shape == (0,) and calls == []


def test_vmap_makes_every_effect_happen_in_order(run, register):
    calls = []
    register("note", lambda inputs, outputs, attributes: calls.append(inputs[0].item()))

    def f(x):
        dlc.custom_call("note", x, results=[], has_side_effect=True)
        return x + 1

    assert run(dlc.vmap(f), dlc.asarray([3.0, 1.0, 2.0])).tolist() == [4.0, 2.0, 3.0]
    assert calls == [3.0, 1.0, 2.0]


def test_a_failure_names_its_example(run, register):
    def fail(inputs, outputs, attributes):
        if inputs[0] > 1:
            raise OwnError("too large")
        outputs[0][...] = 0

    register("fail", fail)
    f = dlc.vmap(lambda x: dlc.custom_call("fail", x, results=dlc.spec(())))
    with pytest.raises(OwnError, match="too large") as caught:
        run(f, dlc.asarray([0.0, 1.0, 2.0, 3.0])).numpy()
    if hasattr(caught.value, "__notes__"):
        assert "custom call 'fail' failed: example [2]" in caught.value.__notes__[0]


def test_a_function_may_use_dlc(run, register):
    captured = dlc.asarray([1.0, 2.0]) * 3
    captured.numpy()  # else it would be a part of the program that makes the call

    def inner(inputs, outputs, attributes):
        outputs[0][...] = (dlc.asarray(inputs[0].copy()) @ dlc.asarray(inputs[0].copy()) + captured).numpy()

    register("inner", inner)
    y = run(lambda x: dlc.custom_call("inner", x, results=dlc.spec((2,))) + 1, dlc.asarray([3.0, 4.0]))
    assert y.tolist() == [29.0, 32.0]


def test_a_function_cannot_wait_for_its_own_program(register):
    def inner(inputs, outputs, attributes):
        outputs[0][...] = z.numpy()

    register("inner", inner)
    x = dlc.asarray([1.0])
    y = dlc.custom_call("inner", x, results=dlc.spec((1,)))
    z = x + y
    with pytest.raises(ValueError, match="a custom call cannot wait for its own end"):
        z.numpy()


def test_a_function_keeps_no_view(run, register):
    kept = []

    def keep(inputs, outputs, attributes):
        outputs[0][...] = 0
        kept.append(inputs[0][1:])

    register("keep", keep)
    with pytest.raises(ValueError, match="keeps no view of its arrays, but 'keep' does"):
        run(lambda x: dlc.custom_call("keep", x, results=dlc.spec((2,))), dlc.asarray([1.0, 2.0])).numpy()
    kept.clear()
    gc.collect()


def test_a_function_must_not_write_inputs_nor_return(run, register):
    def write(inputs, outputs, attributes):
        inputs[0][...] = 1

    register("write", write)
    register("give", lambda inputs, outputs, attributes: inputs[0] + 1)
    x = dlc.asarray([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        run(lambda x: dlc.custom_call("write", x, results=dlc.spec((2,))), x).numpy()
    with pytest.raises(TypeError, match="expected a function that writes its outputs and returns None, but got"):
        run(lambda x: dlc.custom_call("give", x, results=dlc.spec((2,))), x).numpy()


@pytest.mark.parametrize("dtype", ["complex64", "complex128", "float8_e5m2", "int4", "uint4", "bfloat16", "uint64"])
def test_every_element_type_passes_through(run, register, dtype):
    def copy(inputs, outputs, attributes):
        outputs[0][...] = inputs[0]

    register("copy", copy)
    x = dlc.asarray([1, 2, 3]).astype(dlc.float32).astype(dtype)
    got = run(lambda x: dlc.custom_call("copy", x, results=dlc.spec((3,), dtype)), x)
    assert got.dtype.name == dtype and got.astype(dlc.complex64).tolist() == [1, 2, 3]


def test_outputs_are_written_in_place_and_start_as_zeros(run, register):
    def replace(inputs, outputs, attributes):
        outputs[0] = inputs[0] + 1

    def write_some(inputs, outputs, attributes):
        outputs[0][:1] = 5

    register("replace", replace)
    register("write_some", write_some)
    x = dlc.asarray([1.0, 2.0])
    with pytest.raises(TypeError, match="writes its outputs in place .* but 'replace' puts other arrays in the list"):
        run(lambda x: dlc.custom_call("replace", x, results=dlc.spec((2,))), x).numpy()
    assert run(lambda x: dlc.custom_call("write_some", x, results=dlc.spec((2,))), x).tolist() == [5, 0]


def test_bad_arguments(run):
    x = dlc.asarray([1.0])
    spec = dlc.spec((1,))
    for work, kind, message in [
        (lambda: dlc.custom_call("", x, results=spec), ValueError, "to be the name of a function, but got an empty"),
        (lambda: dlc.custom_call("a\0b", x, results=spec), ValueError, "'target' without null characters"),
        (lambda: dlc.custom_call(3, x, results=spec), TypeError, "expected a text, but got 3"),
        (lambda: dlc.custom_call("a", x, results=[3]), TypeError, "expected results made by dlc.spec, but got 3"),
        (lambda: dlc.custom_call("a", x, results=[]), ValueError, "the call would do nothing"),
        (lambda: dlc.custom_call("a", x, results=dlc.spec((-1,))), ValueError, "extents of at least 0"),
        (lambda: dlc.custom_call("a", x, results=dlc.spec(("N",))), ValueError, "made of symbols of the operands"),
        (lambda: dlc.custom_call("a", x, results=dlc.spec((1,) * 17)), ValueError, "a rank of at most 16, but got 17"),
        (lambda: dlc.custom_call("a", object(), results=spec), TypeError, "expected"),
        (
            lambda: dlc.custom_call("a", x, results=spec, batching="all"),
            ValueError,
            "expected 'batching' to be sequential, expand or broadcast, but got 'all'",
        ),
        (lambda: dlc.register_custom_call("", scaled), ValueError, "expected the name of a custom call, but got an"),
        (lambda: dlc.register_custom_call("a\0b", scaled), ValueError, "without null characters"),
        (lambda: dlc.register_custom_call("a", 3), TypeError, "expected a function, a capsule or None, but got 3"),
    ]:
        with pytest.raises(kind, match=message):
            run(work)


C_SOURCE = """
#include "dlc-c/custom_call.h"
int add_number(const dlc_custom_call *call, void *user_data) {
  if (call->inputs[0].dtype != 13 || call->output_count != 1)
    return call->fail(call, 2, "expected f32, but got another type");
  int64_t size = 1;
  for (uint32_t i = 0; i < call->inputs[0].rank; ++i)
    size *= call->inputs[0].dims[i];
  for (int64_t i = 0; i < size; ++i)
    ((float *)call->outputs[0].data)[i] = ((const float *)call->inputs[0].data)[i] + (call->attributes[0] - '0');
  return 0;
}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("custom")
    (folder / "f.c").write_text(C_SOURCE)
    include = pathlib.Path(__file__).resolve().parents[2] / "include"
    subprocess.run(["cc", "-shared", "-fPIC", "-I", include, "f.c", "-o", "libf.so"], cwd=folder, check=True)
    return ctypes.CDLL(str(folder / "libf.so"))


@pytest.mark.parametrize("form", ["ctypes", "capsule"])
def test_c_functions(run, register, library, form):
    function = library.add_number
    if form == "capsule":
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        name = b"dlc_custom_function"
        function = new(ctypes.cast(function, ctypes.c_void_p).value, name, None)
        # the capsule keeps the pointer to its name, not a copy
        function_name_alive = name  # noqa: F841
    register("add_number", function)

    def f(x):
        return dlc.custom_call("add_number", x, results=dlc.spec(x.shape, x.dtype), attributes="3")

    assert run(f, dlc.asarray([[1.0], [2.0]])).tolist() == [[4.0], [5.0]]
    with pytest.raises(TypeError, match="custom call 'add_number' failed: expected f32, but got another type"):
        run(f, dlc.asarray([1, 2])).numpy()


def test_a_saved_program_is_linked_with_the_function(library, tmp_path):
    include = pathlib.Path(__file__).resolve().parents[2] / "include"
    (tmp_path / "f.c").write_text(C_SOURCE)
    subprocess.run(["cc", "-c", "-fPIC", "-I", include, "f.c", "-o", "f.o"], cwd=tmp_path, check=True)
    f = dlc.compile(
        lambda x: dlc.custom_call("add_number", x, results=dlc.spec(x.shape), attributes="3") * 2, [dlc.spec(("B",))]
    )
    f.save(tmp_path / "model", link=[tmp_path / "f.o"])
    np.save(tmp_path / "x.npy", np.array([1.0, 2.0], np.float32))
    subprocess.run(["./model", "--input", "arg0=x.npy", "--output-dir", "."], cwd=tmp_path, check=True)
    (out,) = set(tmp_path.glob("*.npy")) - {tmp_path / "x.npy"}
    assert np.load(out).tolist() == [8.0, 10.0]
    with pytest.raises(
        ValueError, match="expected a C function 'add_number' in the files of --link, .*but got no files"
    ):
        f.save(tmp_path / "model")
    with pytest.raises(OSError, match="cannot read '.*none.o'"):
        f.save(tmp_path / "model", link=[tmp_path / "none.o"])
    with pytest.raises(ValueError, match="files to link with the forms obj, shared and exe alone, but got 'package'"):
        f.save(tmp_path / "model.dlc", link=[tmp_path / "f.o"])
    with pytest.raises(TypeError, match="expected a sequence of files to link, but got 'f.o'"):
        f.save(tmp_path / "model", link="f.o")


def test_a_capsule_of_another_name_is_refused():
    capsule = np._core._multiarray_umath._ARRAY_API if hasattr(np, "_core") else np.core._multiarray_umath._ARRAY_API
    with pytest.raises(ValueError, match="PyCapsule"):
        dlc.register_custom_call("a", capsule)


def test_extents_below_zero_are_an_error(register):
    register("scaled", scaled)

    def f(x):
        return dlc.custom_call("scaled", x[4:], results=dlc.spec((x.shape[0] - 4,)))

    g = dlc.compile(f, [dlc.spec(("B",))])
    assert g(dlc.ones((6,))).tolist() == [2.0, 2.0]
    with pytest.raises(ValueError, match="expected"):
        g(dlc.ones((2,))).numpy()


def test_the_end_of_python_is_quiet(tmp_path):
    (tmp_path / "p.py").write_text(
        "import dlc\n"
        "x = dlc.asarray([1.0])\n"
        "dlc.register_custom_call('f', lambda i, o, a: o[0].fill(x.item()))\n"
        "f = dlc.jit(lambda x: dlc.custom_call('f', x, results=dlc.spec((1,))))\n"
        "print(f(x).tolist())\n"
    )
    done = subprocess.run([sys.executable, "p.py"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[1.0]\n", "")


PROGRAM = """
import sys
import _dlc, dlc
dlc.register_custom_call("f", lambda i, o, a: o[0].fill(float(sys.argv[1])))
fn = dlc.jit(lambda x: dlc.custom_call("f", x, results=dlc.spec(x.shape)) + x)
print(fn(dlc.asarray([1.0])).tolist(), fn.traces, fn.refusal)
"""


def test_the_program_key_has_the_name_alone(tmp_path, engine):
    if engine != "jit":
        pytest.skip("only compiled programs are kept")
    (tmp_path / "p.py").write_text(PROGRAM)
    env = os.environ | {"DLC_CACHE_DIR": str(tmp_path / "cache"), "DLC_ENGINE": "jit"}
    lines = [
        subprocess.run(
            [sys.executable, "p.py", value], cwd=tmp_path, env=env, check=True, capture_output=True, text=True
        ).stdout.strip()
        for value in ("5", "7")
    ]
    assert lines == ["[6.0] 1", "[8.0] 0"]
