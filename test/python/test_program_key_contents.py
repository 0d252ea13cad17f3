"""The program key sees every part of a model that decides about its trace, and says what it cannot (contract C6)."""

import os
import subprocess
import sys

import numpy as np
import pytest

import dlc
from dlc import _program_key
from dlc._signature import Signature

SOURCE = """
import dlc
import numpy as np

class Base:
    slope = 2.0
    def scaled(self, x):
        return x * self.slope

class Net(Base):
    __slots__ = ("depth",)
    def __init__(self):
        self.power, self.depth = 2, 7
    @property
    def gain(self):
        return 3.0
    @staticmethod
    def halved(x):
        return x / 8
    def __call__(self, x, shift=9.0, *, cut=0.5):
        first = {"one", "two", "three"}
        return self.scaled(x) ** self.power * self.gain + shift + cut + OFFSET + TABLE[0] + helper(x) + self.depth

def helper(x):
    return Net.halved(x) - helper.bias

helper.bias = 4.0
OFFSET = 5.0
TABLE = np.array([6.0])
net = Net()

def entry(x):
    return net(x)
"""
EDITS = {
    "class attribute of a base": ("slope = 2.0", "slope = 2.5"),
    "method of a base": ("x * self.slope", "x - self.slope"),
    "attribute": ("self.power, self.depth = 2, 7", "self.power, self.depth = 3, 7"),
    "slot": ("self.power, self.depth = 2, 7", "self.power, self.depth = 2, 8"),
    "property": ("return 3.0", "return 3.5"),
    "static method": ("x / 8", "x / 16"),
    "default": ("shift=9.0", "shift=9.5"),
    "keyword default": ("cut=0.5", "cut=0.75"),
    "set of constants": ('"three"', '"four"'),
    "function that is called": ("- helper.bias", "+ helper.bias"),
    "attribute of a function": ("helper.bias = 4.0", "helper.bias = 4.5"),
    "global": ("OFFSET = 5.0", "OFFSET = 5.5"),
    "type of a global": ("OFFSET = 5.0", "OFFSET = 5"),
    "NumPy array": ("np.array([6.0])", "np.array([6.5])"),
    "dtype of a NumPy array": ("np.array([6.0])", "np.array([6.0], np.float32)"),
    "place in the source": ("\ndef entry", "\n\ndef entry"),
}
X = np.ones(3, np.float32)


@pytest.fixture(autouse=True)
def engine():
    """Nothing is run here but by the JIT."""


def key(source, *args):
    """The key of the source's entry(X, ...), and why there is none."""
    names = {"__name__": "model"}
    exec(compile(source, "model.py", "exec"), names)
    return _program_key.key_of(Signature(names["entry"], args or (X,), {}))


@pytest.mark.parametrize("edit", EDITS)
def test_edit_misses(edit):
    old, new = EDITS[edit]
    assert SOURCE.count(old) == 1
    before, after = key(SOURCE), key(SOURCE.replace(old, new))
    assert before[0] and after[0] and before[0] != after[0]


def test_same_source_hits():
    assert key(SOURCE)[0] == key(SOURCE)[0]


def test_types_of_arguments_are_in_the_key():
    keys = {key(SOURCE, x)[0] for x in (X, X.astype(np.float64), np.ones(4, np.float32), np.ones((3, 1), np.float32))}
    assert len(keys) == 4


def test_dlc_itself_is_in_the_key(monkeypatch):
    before = key(SOURCE)[0]
    monkeypatch.setattr(_program_key._dlc, "build_id", lambda: "another build")
    other_build = key(SOURCE)[0]
    monkeypatch.undo()
    monkeypatch.setattr(_program_key, "package_digest", lambda: b"other sources")
    assert len({before, other_build, key(SOURCE)[0]}) == 3


def test_key_is_the_same_in_every_process():
    code = f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r})\n"
    code += "import test_program_key_contents as t; print(t.key(t.SOURCE)[0].hex())"
    outputs = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        outputs.add(done.stdout.strip())
    assert outputs == {key(SOURCE)[0].hex()}


def test_says_what_has_no_contents():
    refusal = key("import threading\nLOCK = threading.Lock()\ndef entry(x):\n  return LOCK and x")
    assert refusal == (None, "LOCK is an object whose contents cannot be hashed")
    generator = (
        "import numpy as np\nclass M: pass\nm = M()\nm.rng = np.random.default_rng()\ndef entry(x): return m.rng"
    )
    assert key(generator) == (None, "m.rng is an object whose contents cannot be hashed")


@pytest.fixture
def cache(tmp_path):
    """A cache folder of the test's own."""
    before = _program_key._dlc.cache_dir()
    _program_key._dlc.set_cache_dir(bytes(tmp_path / "cache"))
    engine = dlc.set_engine("jit")
    yield tmp_path / "cache"
    dlc.set_engine(engine)
    _program_key._dlc.set_cache_dir(before)


def stored(cache):
    return len(list(cache.rglob("*.program")))


def read_file(x):
    return x + len(open(__file__).read())


@pytest.mark.parametrize("fn, words", [
    (lambda x: x + __import__("time").time(), "the function calls time.time"),
    (lambda x: x + len(os.environ.get("HOME", "")), "the function reads the environment"),
    (read_file, "the function calls io.open"),
    (lambda x: x + __import__("random").random(), "the function calls random.random"),
])  # fmt: skip
def test_what_reads_from_outside_is_not_kept(cache, fn, words):
    f = dlc.jit(fn)
    f(X)
    assert f.explain() == f"traced: first call; in this process alone, for {words}"
    assert stored(cache) == 0


def test_what_is_hidden_is_not_kept(cache):
    f = dlc.jit(lambda x: globals()["hid" + "den"](x))
    f(X)
    assert "hidden at " in f.explain() and "in a way that the key cannot see" in f.explain()
    assert stored(cache) == 0


def hidden(x):
    return x * 2


def test_packages_that_a_function_uses_are_verified(cache, monkeypatch):
    """The sources of an installed package are not reached by the signature: the entry lists those that ran."""
    f = dlc.jit(lambda x: x * float(np.linalg.norm(np.ones(4))))  # Python, as the sources of any package
    f(X)
    assert stored(cache) == 1 and f.refusal == ""
    again = dlc.jit(f.__wrapped__)
    again(X)
    assert (again.found, again.traces) == (1, 0)
    _program_key.file_digest.cache_clear()
    monkeypatch.setattr(_program_key, "file_digest", lambda path: "another version")
    changed = dlc.jit(f.__wrapped__)
    changed(X)
    assert (changed.found, changed.traces) == (0, 1)
