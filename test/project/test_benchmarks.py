"""The harness of the benchmarks takes turns and medians, and its yardstick measures something believable."""

import ctypes
import importlib.util
import subprocess
import sys
import time

import numpy as np
import pytest
from sources import ROOT

_spec = importlib.util.spec_from_file_location("harness", ROOT / "benchmarks/harness.py")
harness = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(harness)
sys.modules["harness"] = harness  # by this name the suites import it
_spec = importlib.util.spec_from_file_location("functions", ROOT / "benchmarks/functions.py")
functions = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(functions)


def test_takes_turns_and_medians():
    turns, figures = [], {"a": iter([1.0, 9.0, 2.0]), "b": iter([5.0, 4.0, 6.0])}

    def contender(name):
        def figure():
            turns.append(name)
            return next(figures[name])

        return figure

    assert harness.measure({name: contender(name) for name in "ab"}, rounds=3) == {"a": 2.0, "b": 5.0}
    assert "".join(turns) == "abbaab"


def test_mean_over_enough_calls():
    calls = []
    mean = harness.seconds_per_call(lambda: calls.append(0), at_least=0.01, clock=time.process_time)
    assert len(calls) > 1 and mean * len(calls) == pytest.approx(0.01, rel=0.5)


def test_time_is_that_of_the_clock():
    ticks = iter(range(100))
    assert harness.seconds_per_call(lambda: None, at_least=5, clock=lambda: next(ticks)) == 1


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("name", ["exp", "log", "pow"])
def test_vector_functions_are_called_on_every_element(name, bits):
    """libmvec, which every glibc brings, on arrays of four vectors."""
    random = np.random.default_rng(bits)
    operands = [random.uniform(0.1, 10, 64).astype(f"f{bits // 8}") for _ in range(1 + (name == "pow"))]
    library = ctypes.CDLL("libmvec.so.1")
    call = functions.prepare_vector(library, functions.libmvec_symbol)(name, operands)
    expected = np.power(*operands) if name == "pow" else getattr(np, name)(*operands)
    np.testing.assert_allclose(call(), expected, rtol=1e-6 if bits == 32 else 1e-14, atol=1e-6 if bits == 32 else 1e-14)


def test_a_function_that_a_library_lacks_is_no_contender():
    library = ctypes.CDLL("libmvec.so.1")
    operands = [np.ones(64, np.float32)]
    assert functions.prepare_vector(library, functions.libmvec_symbol)("digamma", operands) is None


def test_absent_peers_are_named(monkeypatch):
    monkeypatch.setattr(functions.ctypes.util, "find_library", lambda name: None)
    found, absent = functions.contenders()
    assert [contender.name for contender in found][0] == "dlc" and "SLEEF (Debian: libsleef-dev)" in absent


def test_table_is_aligned():
    assert harness.markdown_table(["x", "long"], [["name", "1"]]) == (
        "| x    | long |\n| ---- | ---: |\n| name |    1 |"
    )


def test_peak_is_believable():
    """A core does 8 or 16 lanes, 2 operations, at most 2 units, at 0.5 to 7 GHz, and avx512 is no slower than avx2."""
    narrow = harness.fma_peak("avx2", 0.05)
    assert 8 < narrow < 8 * 2 * 2 * 7
    if harness.widest_isa() == "avx512":
        assert 0.8 * narrow < harness.fma_peak("avx512", 0.05) < 16 * 2 * 2 * 7


@pytest.mark.parametrize("arguments", [[], ["sse", "1"], ["avx2", "0"], ["avx2"]])
def test_peak_refuses_wrong_arguments(arguments):
    run = subprocess.run([harness.FMA_PEAK, *arguments], capture_output=True, text=True)
    assert run.returncode == 2 and "usage" in run.stderr


def test_unknown_suite_is_an_error():
    run = subprocess.run([ROOT / "dev", "bench", "fly"], capture_output=True, text=True)
    assert run.returncode == 2 and "expected a suite (compile, fast, functions, gemm" in run.stderr


def test_unknown_verb_is_an_error():
    run = subprocess.run([ROOT / "dev", "fly"], capture_output=True, text=True)
    assert run.returncode == 2 and "expected a verb of ./dev, but got 'fly'" in run.stderr
