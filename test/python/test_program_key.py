"""Warm starts: a second process runs the program without tracing and without opening the compiler; what changes the
trace changes the key."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

SCRIPT = """
import json, sys
import numpy as np
import dlc

class Net:
    __dlc_tree__ = True

    def __init__(self):
        self.weight = dlc.Parameter(dlc.random.uniform((4,), -1, 1))
        self.count = dlc.zeros(())
        self.slope = {slope}

    def __call__(self, x):
        self.count += 1
        return scaled(x, self.slope) * self.weight

def scaled(x, slope):
    return dlc.tanh(x) * slope + OFFSET

OFFSET = {offset}
net = Net()

@dlc.jit
def step(x, rate):
    loss, grads = dlc.value_and_grad(lambda net: (net(x) * net(x)).sum())(net)
    net.weight -= grads.weight * rate
    return loss, grads, {{"tag": "t"}}

for _ in range(2):
    loss, grads, extra = step(np.arange(4, dtype=np.float32), 0.1)
opened = "libdlc-compiler" in open("/proc/self/maps").read()
print(json.dumps(dict(traces=step.traces, found=step.found, opened=opened, count=net.count.item(),
    digest=dlc.testing.digest([loss, grads.weight, net.weight]), kind=type(grads).__name__, tag=extra["tag"])))
"""


@pytest.fixture(autouse=True)
def engine():
    """These tests run in processes of their own."""


def run(folder, source=SCRIPT, slope="0.5", offset="2.0", **environment):
    script = folder / "script.py"
    script.write_text(textwrap.dedent(source.format(slope=slope, offset=offset)))
    environment = {**os.environ, "DLC_CACHE_DIR": str(folder / "cache"), "DLC_ENGINE": "jit", **environment}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_second_process_neither_traces_nor_compiles(tmp_path):
    cold = run(tmp_path)
    warm = run(tmp_path)
    assert (cold["traces"], cold["found"], cold["opened"]) == (1, 0, True)
    assert (warm["traces"], warm["found"], warm["opened"]) == (0, 1, False)
    for name in ("digest", "count", "kind", "tag"):
        assert warm[name] == cold[name]
    assert cold["count"] == 4 and cold["kind"] == "Net"


def test_what_the_trace_depends_on_is_in_the_key(tmp_path):
    cold = run(tmp_path)
    assert run(tmp_path, slope="0.25")["found"] == 0  # a module's attribute
    assert run(tmp_path, offset="3.0")["found"] == 0  # a global
    changed = SCRIPT.replace("dlc.tanh(x) * slope", "dlc.sigmoid(x) * slope")
    assert run(tmp_path, changed)["digest"] != cold["digest"]  # the code of a function that the function calls
    assert run(tmp_path)["found"] == 1


def test_no_cache_directory_means_no_cache(tmp_path):
    assert run(tmp_path, DLC_CACHE_DIR="")["found"] == 0
    assert run(tmp_path, DLC_CACHE_DIR="")["found"] == 0


def test_damaged_entries_are_rebuilt(tmp_path):
    cold = run(tmp_path)
    entries = [p for p in (tmp_path / "cache").rglob("*") if p.is_file()]
    assert entries
    for number, path in enumerate(entries):
        data = bytearray(path.read_bytes())
        if number % 2:
            data = data[: len(data) // 2]
        else:
            data[len(data) // 2] ^= 0xFF
        path.write_bytes(data)
    again = run(tmp_path)
    assert (again["traces"], again["digest"]) == (1, cold["digest"])
    assert run(tmp_path)["found"] == 1


def test_unwritable_cache_is_no_failure(tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert run(tmp_path)["traces"] == 1


def test_code_that_the_key_cannot_see_is_traced_each_time(tmp_path):
    source = SCRIPT.replace(
        "return scaled(x, self.slope)", "return getattr(sys.modules[__name__], 'sca' + 'led')(x, self.slope)"
    )
    assert run(tmp_path, source)["found"] == 0
    assert run(tmp_path, source)["found"] == 0
