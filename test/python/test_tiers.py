"""Baseline and optimized code: the same bits, at any time, in any thread, before and after fork() and exit."""

import json
import os
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest

import dlc
from dlc import testing

RNG = np.random.default_rng(5)


@pytest.fixture(autouse=True)
def compiled(engine):
    if engine == "interp":
        pytest.skip("the interpreter has no tiers")
    before = dlc.set_compile_options(tiers="both")
    yield
    dlc.set_compile_options(**before)


def new_product(number):
    """A function that no other test has, for any extents."""
    return dlc.jit(lambda a, b: dlc.tanh(a @ b + number) @ b)


def operands(size):
    return [dlc.asarray(RNG.standard_normal((size, size)).astype(np.float32)) for _ in range(2)]


def kernels_compiled():
    return dlc.code_counts()["kernels_compiled"]


def make_symbolic(f):
    """Calls f for extents that are not met again, so that its program is one with symbols."""
    f(*operands(2))
    f(*operands(3))


@pytest.mark.parametrize("size", [0, 1, 5, 17, 64, 200])
def test_bits_are_those_of_each_tier_alone(size):
    x, f = operands(size), new_product(size + 0.125)
    make_symbolic(f)
    early = testing.digest(f(*x))
    dlc.finish_compiling()
    late = testing.digest(f(*x))
    alone = []
    for tiers in ("optimized", "baseline"):
        dlc.set_compile_options(tiers=tiers)
        g = new_product(size + 0.125)
        make_symbolic(g)
        alone.append(testing.digest(g(*x)))
    assert early == late == alone[0] == alone[1]


def test_a_program_is_compiled_twice_and_only_once_more():
    dlc.finish_compiling()
    before, f = kernels_compiled(), new_product(1001)
    make_symbolic(f)
    f(*operands(4))
    dlc.finish_compiling()
    both = kernels_compiled() - before
    f(*operands(9))
    dlc.finish_compiling()
    assert kernels_compiled() - before == both
    dlc.set_compile_options(tiers="optimized")
    before, g = kernels_compiled(), new_product(1002)
    make_symbolic(g)
    g(*operands(4))
    assert both > kernels_compiled() - before


def test_known_kernels_are_not_compiled_as_baseline_code():
    f = new_product(1006)
    make_symbolic(f)
    dlc.finish_compiling()
    before = dlc.code_counts()
    g = dlc.jit(lambda a, b: dlc.exp(dlc.tanh(a @ b + 1006) @ b).sum(axis=0))
    make_symbolic(g)
    after = dlc.code_counts()
    assert after["kernels_shared"] > before["kernels_shared"]


def test_short_calls_wait_in_the_end():
    dlc.finish_compiling()
    f = new_product(1007)
    make_symbolic(f)
    x = operands(100)
    for _ in range(50):
        f(*x)
    after = kernels_compiled()
    dlc.finish_compiling()
    assert kernels_compiled() == after


def test_a_long_call_waits_for_optimized_code():
    dlc.finish_compiling()
    f = new_product(1003)
    make_symbolic(f)
    f(*operands(600))
    after = kernels_compiled()
    dlc.finish_compiling()
    assert kernels_compiled() == after, "nothing was left to compile"


def test_work_known_to_be_long_has_no_baseline():
    dlc.finish_compiling()
    before = kernels_compiled()
    dlc.compile(lambda a, b: a @ b + 1004, [dlc.spec((600, 600))] * 2)(*operands(600))
    assert kernels_compiled() == before + 1


def test_a_loop_has_no_baseline():
    dlc.finish_compiling()
    before = kernels_compiled()
    step = lambda i, a: dlc.tanh(a @ a + 1005)  # noqa: E731
    f = dlc.compile(lambda a: dlc.fori_loop(0, 3, step, a), [dlc.spec(("B", "B"))])
    f(operands(4)[0])
    after = kernels_compiled()
    dlc.finish_compiling()
    assert kernels_compiled() == after > before


def test_errors_are_the_same_in_each_tier():
    f = dlc.jit(lambda a, b, i: dlc.take(a @ b, i, axis=0))
    make_three = lambda n, i: [*operands(n), dlc.asarray(i)]  # noqa: E731
    for n in (2, 3):
        f(*make_three(n, [0]))
    messages = []
    for _ in range(2):
        with pytest.raises(IndexError) as error:
            f(*make_three(5, [0, 7])).numpy()
        messages.append(str(error.value))
        dlc.finish_compiling()
    assert messages[0] == messages[1] and "index 7 is out of range" in messages[0]


def test_threads_call_while_code_changes():
    functions, seen, wrong = [new_product(2000 + k) for k in range(8)], {}, []

    def call(seed):
        order = np.random.default_rng(seed)
        for _ in range(120):
            k, n = int(order.integers(8)), int(order.choice([1, 3, 8, 17, 33]))
            x = dlc.asarray(np.full((n, n), 0.01 * n, np.float32))
            bits = functions[k](x, x).numpy().tobytes()
            if seen.setdefault((k, n), bits) != bits:
                wrong.append((k, n))

    threads = [threading.Thread(target=call, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and len(seen) == 8 * 5


def test_a_child_process_goes_on():
    f = new_product(3000)
    make_symbolic(f)
    x = operands(6)
    expected = testing.digest(f(*x))
    child = os.fork()  # while optimized code is being made
    if child == 0:
        same = testing.digest(f(*x)) == expected
        f(*operands(300))
        dlc.finish_compiling()
        os._exit(0 if same and testing.digest(f(*x)) == expected else 1)
    assert testing.digest(f(*x)) == expected
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


SCRIPT = """
import json, sys
import numpy as np
import dlc

def product(k):
    return dlc.jit(lambda a, b: dlc.tanh(a @ b + (4000.0 + k)) @ b)

functions = [product(k) for k in range(6)]
for f in functions:
    for n in (2, 3):
        x = dlc.asarray(np.full((n, n), 0.1, np.float32))
        y = f(x, x)
print(json.dumps(dlc.code_counts()))
"""


def run(script, **environment):
    done = subprocess.run(
        [sys.executable, script], env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("tiers", ["both", "optimized", "baseline"])
def test_a_process_that_ends_at_once_leaves_its_programs_in_the_cache(tmp_path, tiers):
    (tmp_path / "script.py").write_text(textwrap.dedent(SCRIPT))
    environment = {"DLC_CACHE_DIR": str(tmp_path / "cache"), "DLC_TIERS": tiers, "DLC_ENGINE": "jit"}
    cold, warm = (run(tmp_path / "script.py", **environment) for _ in range(2))
    assert cold["programs_compiled"] == 12 and cold["programs_found"] == 0
    assert warm["programs_compiled"] == 0 and warm["programs_found"] == 12


def test_optimized_code_is_found_whichever_tiers_are_set(tmp_path):
    (tmp_path / "script.py").write_text(textwrap.dedent(SCRIPT))
    environment = {"DLC_CACHE_DIR": str(tmp_path / "cache"), "DLC_ENGINE": "jit"}
    run(tmp_path / "script.py", **environment, DLC_TIERS="both")
    assert run(tmp_path / "script.py", **environment, DLC_TIERS="optimized")["programs_found"] == 12
    assert run(tmp_path / "script.py", **environment, DLC_TIERS="baseline")["programs_found"] == 0


def test_without_a_cache_a_process_ends_at_once(tmp_path):
    (tmp_path / "script.py").write_text(textwrap.dedent(SCRIPT))
    assert run(tmp_path / "script.py", DLC_CACHE_DIR="", DLC_TIERS="", DLC_ENGINE="jit")["programs_compiled"] == 12


def test_wrong_tiers():
    with pytest.raises(ValueError, match="expected tiers 'both', 'optimized' or 'baseline', but got 'three'"):
        dlc.set_compile_options(tiers="three")
