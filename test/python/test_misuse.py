"""Wrong arguments, names, files and settings in Python: an exception of the right kind that says what was expected."""

import os
import pathlib
import random
import subprocess
import sys

import numpy as np
import pytest

import dlc


def run_python(code: str, **env) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | env,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
    )


X = dlc.asarray(np.ones((2, 3), np.float32))


@pytest.mark.parametrize(
    "call, kind, message",
    [
        (lambda: X @ X, ValueError, "expected"),
        (lambda: X + dlc.ones((4,)), ValueError, "expected shapes that broadcast"),
        (lambda: dlc.exp("a"), TypeError, "expected"),
        (lambda: X + "a", TypeError, ""),
        (lambda: X + object(), TypeError, ""),
        (lambda: dlc.asarray([1]) + 2**70, ValueError, "expected an integer of 64 bits"),
        (lambda: dlc.ones(2, dtype="int8") + 300, ValueError, "expected an integer that i8 holds, but got 300"),
        (lambda: dlc.ones(2, dtype="uint8") // -3, ValueError, "expected an integer that u8 holds, but got -3"),
        (lambda: dlc.flip(X, axis=5), ValueError, "expected an axis in"),
        (lambda: dlc.squeeze(dlc.ones((1, 2)), axis=2), ValueError, "expected an axis in"),
        (lambda: dlc.diff(X, axis=5), ValueError, "expected an axis in"),
        (lambda: dlc.split(X, 1, axis=5), ValueError, "expected an axis in"),
        (lambda: dlc.tensordot(X, X, axes=([5], [3])), ValueError, "expected an axis in"),
        (lambda: dlc.repeat(X, 1.5), TypeError, "expected integers to repeat by"),
        (lambda: dlc.spec(b"B"), TypeError, "expected extents, but got b'B'"),
        (lambda: dlc.compile(lambda x: x, [("B", 3)]), TypeError, "expected a dlc.spec for each argument"),
        (lambda: dlc.compile(lambda x: x, [dlc.spec(2)])(np.ones(2)), TypeError, "f32, but got f64"),
        (lambda: dlc.compile(lambda x: x.shape[0], [dlc.spec("B")]), TypeError, "but got the extent B: return"),
        (lambda: dlc.reshape(X, (5,)), ValueError, "holds 6 elements"),
        (lambda: dlc.sum(X, axis=2), (ValueError, IndexError), "expected"),
        (lambda: dlc.zeros((-1,)), ValueError, "expected"),
        (lambda: dlc.zeros((2**40, 2**40)).numpy(), (ValueError, OSError), ""),
        (lambda: dlc.zeros((1,) * 17), ValueError, "rank"),
        (lambda: dlc.asarray(np.zeros((1,) * 17)), ValueError, "rank"),
        (lambda: dlc.asarray([[1, 2], [3]]), (ValueError, TypeError), ""),
        (lambda: dlc.asarray(np.array(["a"])), TypeError, "expected an element type"),
        (lambda: dlc.asarray(np.array([object()])), TypeError, "expected an element type"),
        (lambda: X[5], IndexError, "expected an index"),
        (lambda: X[0, 0, 0], IndexError, "expected at most"),
        (lambda: float(X), ValueError, "expected an array of one element"),
        (lambda: dlc.concat([]), ValueError, "expected"),
        (lambda: dlc.jit(3), TypeError, "expected"),
        (lambda: dlc.grad(lambda x: x)(X), ValueError, "expected a loss of rank 0"),
        (lambda: dlc.spec(("2B",)), ValueError, "expected"),
        (lambda: dlc.spec((" ",)), ValueError, "expected"),
        (lambda: dlc.spec((-3,)), ValueError, "expected extents of at least 0, but got -3"),
        (lambda: dlc.spec((2.5,)), TypeError, ""),
        (lambda: dlc.jit(lambda x: x, fast="yes"), TypeError, "expected fast to be True or False, but got 'yes'"),
        (lambda: dlc.compile(lambda x: x, [dlc.spec(2)], fast=1), TypeError, "expected fast to be True or False"),
        (lambda: dlc.arange(0, 5, 0), ValueError, "expected a step other than 0"),
        (lambda: dlc.random.randint(5, (3,)), TypeError, "expected an integer 'high'"),
        (lambda: dlc.compile(3, []), TypeError, "expected a function to compile, but got int"),
        (lambda: dlc.compile(lambda x: x, [dlc.spec((2,))], names=[]), ValueError, "expected 1 names that differ"),
        (lambda: dlc.set_num_threads(-1), ValueError, "expected a number of threads"),
        (lambda: dlc.set_num_threads(2**40), ValueError, "expected a number of threads"),
        (lambda: dlc.set_num_threads("2"), TypeError, ""),
        (lambda: dlc.set_engine("magic"), ValueError, "expected engine"),
        (lambda: dlc.nn.Linear(-1, 2), ValueError, "expected"),
        (lambda: dlc.load("a\0b"), ValueError, "null"),
        (lambda: dlc.load(3), TypeError, ""),
        (lambda: dlc.load("/"), OSError, "'/'"),
        (lambda: dlc.save("/tmp", {}), OSError, "'/tmp'"),
        (lambda: dlc.save("x", {1: X}), TypeError, "expected names of tensors to be strings, but got 1"),
        (lambda: dlc.save("x", {"a\0b": X}), ValueError, "null"),
        (lambda: dlc.save("x", {"": X}), ValueError, "expected"),
    ],
)
def test_wrong_arguments(call, kind, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind, match=message or None):
        call()
    assert os.listdir(tmp_path) == []


def test_files_may_have_any_name(tmp_path):
    name = os.fsencode(tmp_path) + b"/w\xff.safetensors"
    dlc.save(name, {"a": X})
    dlc.testing.assert_equal(dlc.load(name)["a"], X)
    dlc.testing.assert_equal(dlc.load(os.fsdecode(name))["a"], X)
    with pytest.raises(OSError, match=r"v\\xff.safetensors"):
        dlc.load(name.replace(b"w", b"v"))


def test_saving_keeps_the_old_file_when_it_fails(tmp_path):
    path = tmp_path / "w.safetensors"
    dlc.save(path, {"a": X})
    before = path.read_bytes()
    code = f"""
import resource, signal, dlc
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
dlc.save({str(path)!r}, {{"a": dlc.ones((100000,))}})
"""
    result = run_python(code, DLC_CACHE_DIR="")
    assert "OSError: cannot write" in result.stderr and "w.safetensors" in result.stderr
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["w.safetensors"]


def test_a_link_to_weights_stays_a_link(tmp_path):
    (tmp_path / "latest").symlink_to("w.safetensors")
    dlc.save(tmp_path / "w.safetensors", {"a": X})
    dlc.save(tmp_path / "latest", {"b": X})
    assert (tmp_path / "latest").is_symlink() and list(dlc.load(tmp_path / "w.safetensors")) == ["b"]


def test_damaged_weights_are_refused_or_read(tmp_path):
    path = tmp_path / "w.safetensors"
    dlc.save(path, {"first": X, "second": dlc.asarray(np.arange(5)), "third": dlc.asarray([True, False])})
    whole, chance = path.read_bytes(), random.Random(0)
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(min(len(damaged), 250))] = chance.randrange(256)
        path.write_bytes(damaged[: chance.choice([len(whole), chance.randrange(len(whole))])])
        try:
            dlc.load(path)
        except (ValueError, NotImplementedError) as error:
            assert "w.safetensors" in str(error)


@pytest.mark.parametrize(
    "env, message",
    [
        (
            {"DLC_NUM_THREADS": "many"},
            "ValueError: expected DLC_NUM_THREADS to be a number of 0 or more, but got 'many'",
        ),
        ({"DLC_NUM_THREADS": "99999999999"}, "ValueError: expected a number of threads"),
        ({"DLC_ENGINE": "magic"}, "ValueError: expected engine 'jit' or 'interp', but got 'magic'"),
        ({"DLC_TIERS": "three"}, "ValueError: expected tiers 'both', 'optimized' or 'baseline', but got 'three'"),
        ({"DLC_EAGER": "never"}, "ValueError: expected DLC_EAGER"),
    ],
)
def test_wrong_environment(env, message):
    assert message in run_python("import dlc", **env).stderr


@pytest.mark.parametrize("folder", ["file/below", "/proc/dlc", "bytes\udcff"])
def test_an_unusable_cache_changes_no_result(tmp_path, folder):
    (tmp_path / "file").write_text("")
    code = "import dlc; print(dlc.jit(lambda x: x * 2 + 1)(dlc.ones((3,))).tolist())"
    result = run_python(code, DLC_CACHE_DIR=folder if folder[0] == "/" else str(tmp_path / folder))
    assert result.stdout == "[3.0, 3.0, 3.0]\n", result.stderr


def test_no_home_at_all(tmp_path):
    env = {"HOME": str(tmp_path / "none"), "XDG_CACHE_HOME": ""}
    code = "import os; os.environ.pop('DLC_CACHE_DIR', 0); import dlc; print((dlc.ones((2,)) + 1).tolist())"
    assert run_python(code, **env).stdout == "[2.0, 2.0]\n"


def test_a_script_whose_name_is_no_text(tmp_path):
    script = pathlib.Path(os.fsdecode(os.fsencode(tmp_path) + b"/s\xff.py"))
    script.write_text("import dlc\ndlc.ones((2,)) + dlc.ones((3,))\n")
    result = subprocess.run([sys.executable, script], capture_output=True, text=True, errors="replace")
    assert "ValueError: 'add' expected shapes that broadcast" in result.stderr and ".py:2:" in result.stderr


def test_special_values_and_empty_arrays():
    x = dlc.asarray(np.array([np.nan, np.inf, -np.inf, 0.0], np.float32))
    np.testing.assert_array_equal((x * 2).numpy(), np.array([np.nan, np.inf, -np.inf, 0.0], np.float32))
    empty = dlc.zeros((0, 3))
    assert dlc.sum(empty).item() == 0 and (empty + 1).shape == (0, 3) and (empty @ dlc.ones((3, 2))).shape == (0, 2)
    with pytest.raises(ValueError):
        dlc.max(empty).item()


@pytest.mark.parametrize(
    "start, other", [([1, 2], 1.5), ([True], 2), ([1.0], 1j)], ids=["integers", "booleans", "real numbers"]
)
def test_results_in_place_are_of_a_kind_that_the_array_holds(start, other):
    array = dlc.asarray(start)
    with pytest.raises(TypeError, match=f"expected a result that {array.dtype} holds, but got dlc."):
        array += other
    assert np.array_equal(np.asarray(array), np.asarray(start))


def test_integers_of_an_empty_range():
    with pytest.raises(ValueError, match="expected 'low' below 'high', but got 5 and 5"):
        dlc.random.randint(5, 5, (3,))


def test_a_forked_process_compiles():
    """The child has none of its parent's threads, and is no worse for it: multiprocessing forks."""
    code = """
import os, numpy as np, dlc
x = dlc.asarray(np.arange(600, dtype=np.float32))
def f(a):
    return dlc.exp(-a) @ a + dlc.sin(a).sum()
dlc.jit(f)(x)
child = os.fork()
answer = dlc.jit(lambda a: f(a * 2) + dlc.cos(a))(x).numpy()
if child:
    assert os.waitpid(child, 0)[1] == 0
    print(np.isfinite(answer).all())
else:
    os._exit(0 if np.isfinite(answer).all() else 1)
"""
    done = run_python(code, DLC_CACHE_DIR="")
    assert done.returncode == 0 and done.stdout == "True\n", done.stdout + done.stderr
