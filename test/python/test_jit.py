"""dlc.jit: equal to eager bit for bit, guards, and state that is reached, written or rebound."""

import collections
import dataclasses

import numpy as np
import pytest

import dlc

RNG = np.random.default_rng(2)
A = RNG.standard_normal((3, 4)).astype(np.float32)
OFFSET = None
SCALE = dlc.asarray([2.0])
FACTOR = 3


def mlp(x, w, b):
    return dlc.tanh(x @ w + b).sum(axis=0) * 2.5 - dlc.softmax(w).mean()


def test_equals_eager_bit_for_bit():
    w, b = RNG.standard_normal((4, 5)).astype(np.float32), RNG.standard_normal(5).astype(np.float32)
    eager = mlp(dlc.asarray(A), dlc.asarray(w), dlc.asarray(b))
    f = dlc.jit(mlp)
    dlc.testing.assert_equal(f(A, w, b), eager)
    dlc.testing.assert_equal(f(dlc.asarray(A), dlc.asarray(w), dlc.asarray(b)), eager)
    assert f.traces == 1


def test_traces_once_for_each_signature():
    @dlc.jit
    def f(x, n, flag=True):
        return x * n if flag else x

    x = dlc.asarray(A)
    f(x, 2), f(x + 1, 2)
    assert f.traces == 1
    f(x, 3)
    assert f.traces == 2
    f(x[0], 3), f(x.astype(dlc.float64), 3), f(x, 3, flag=False)
    assert f.traces == 5
    dlc.testing.assert_equal(f(x, 3), A * 3)
    assert f.traces == 5


def test_floats_are_inputs():
    @dlc.jit
    def f(x, rate):
        return x * rate

    for rate in (0.1, 0.25, 1e-3):
        dlc.testing.assert_equal(f(A, rate), A * np.float32(rate))
    assert f.traces == 1
    dlc.testing.assert_equal(f(A.astype(np.float64), 0.1), A.astype(np.float64) * 0.1)


def test_trees_in_and_out():
    @dataclasses.dataclass
    class Pair:
        left: dlc.Array
        right: dlc.Array
        name: str = "pair"

    @dlc.jit
    def f(tree, pair):
        return {"sum": tree["a"] + tree["b"][0], "rest": (pair, None, 7)}, [tree["b"][1]]

    x = dlc.asarray(A)
    out, (last,) = f({"a": x, "b": [x, x * 2]}, Pair(x, x + 1))
    dlc.testing.assert_equal(out["sum"], A + A)
    pair, none, seven = out["rest"]
    assert (pair.name, none, seven) == ("pair", None, 7)
    dlc.testing.assert_equal(pair.right, A + np.float32(1))
    dlc.testing.assert_equal(last, A * 2)


def test_globals_and_closures_are_inputs():
    weight = dlc.asarray([1.0])

    @dlc.jit
    def f(x):
        return x * SCALE + weight * FACTOR

    x = dlc.asarray([10.0])
    assert f(x).item() == 23
    weight.assign(5.0)
    assert f(x).item() == 35
    assert f.traces == 1


def test_rebound_global_is_seen():
    @dlc.jit
    def f(x):
        return x + OFFSET

    globals()["OFFSET"] = dlc.asarray([1.0])
    assert f(dlc.asarray([1.0])).item() == 2
    globals()["OFFSET"] = dlc.asarray([5.0])
    assert f(dlc.asarray([1.0])).item() == 6
    assert f.traces == 1
    globals()["OFFSET"] = 7
    assert f(dlc.asarray([1.0])).item() == 8
    assert f.traces == 2


class Counter:
    def __init__(self):
        self.count = dlc.asarray(np.int64(0))
        self.mean = dlc.zeros((4,))
        self.step = 1

    def update(self, x):
        self.count += self.step
        self.mean = self.mean * 0.5 + x.mean(axis=0)  # rebinds
        return self.mean


def test_state_is_written_back():
    jitted, plain = Counter(), Counter()
    held = jitted.mean
    f = dlc.jit(lambda x: jitted.update(x))
    for i in range(3):
        dlc.testing.assert_equal(f(A + i), plain.update(dlc.asarray(A + i)))
    assert f.traces == 1
    assert jitted.count.item() == 3
    dlc.testing.assert_equal(jitted.mean, plain.mean)
    dlc.testing.assert_equal(held, np.zeros(4, np.float32))  # as in eager mode: rebinding writes to nobody


def test_method_and_static_attribute():
    counter = Counter()
    f = dlc.jit(counter.update)
    f(A), f(A)
    assert f.traces == 1 and counter.count.item() == 2
    counter.step = 10
    f(A)
    assert f.traces == 2 and counter.count.item() == 12


def test_array_that_appears_during_the_call():
    class Lazy:
        momentum = None

        def step(self, x):
            self.momentum = x * 1 if self.momentum is None else self.momentum + x
            return self.momentum * 1

    lazy = Lazy()
    f = dlc.jit(lazy.step)
    x = dlc.asarray([1.0])
    assert [f(x).item() for _ in range(4)] == [1, 2, 3, 4]
    assert lazy.momentum.item() == 4
    assert f.traces == 2


def test_arguments_are_written_in_place():
    @dlc.jit
    def f(x, rows):
        x[0] = 7
        rows[0] += x[1]
        return x.sum()

    x, row = dlc.asarray(A), dlc.zeros((4,))
    f(x, [row])
    expected = A.copy()
    expected[0] = 7
    dlc.testing.assert_equal(x, expected)
    dlc.testing.assert_equal(row, A[1])


def test_callable_objects():
    class Model:
        __dlc_tree__ = True

        def __init__(self):
            self.weight = dlc.Parameter(dlc.asarray([2.0]))
            self.traces = "an attribute with the name of one of jit's"

        def __call__(self, x):
            return x * self.weight

    model = Model()
    f = dlc.jit(model)
    assert f(dlc.asarray([3.0])).item() == 6
    model.weight.assign(5)
    assert f(dlc.asarray([3.0])).item() == 15
    assert f.traces == 1


def test_swap_of_two_arrays():
    class Pair:
        def __init__(self):
            self.a, self.b = dlc.asarray([1.0]), dlc.asarray([2.0])

        def swap(self):
            self.a, self.b = self.b * 1, self.a * 1

    pair = Pair()
    f = dlc.jit(pair.swap)
    f()
    assert (pair.a.item(), pair.b.item()) == (2, 1)
    f()
    assert (pair.a.item(), pair.b.item()) == (1, 2)


def test_nested_jit_is_one_program():
    inner = dlc.jit(lambda x: x + 1)
    outer = dlc.jit(lambda x: inner(x) * 2)
    assert outer(dlc.asarray([1.0])).item() == 4
    assert inner.traces == 0


def test_error_names_the_users_line_and_leaves_state_alone():
    weight = dlc.asarray([1.0])

    @dlc.jit
    def f(x):
        weight.assign(weight + 1)
        return x @ dlc.ones((9, 9))

    with pytest.raises(ValueError, match=r"expected the last dimension.*\n  at .*test_jit.py:\d+:\d+\n    return x @"):
        f(A)
    assert weight.item() == 1


def test_value_of_traced_array_is_an_error():
    f = dlc.jit(lambda x: x * float(x.sum()))
    with pytest.raises(TypeError, match="being traced"):
        f(A)
    g = dlc.jit(lambda x: x if x.sum() > 0 else -x)
    with pytest.raises(TypeError, match="being traced"):
        g(A)


def test_array_kept_from_a_trace_is_an_error():
    kept = collections.deque()  # what a deque holds is out of dlc's sight

    dlc.jit(lambda x: kept.append(x * 2))(A)
    with pytest.raises((TypeError, ValueError), match="kept from a|being traced"):
        (kept[0] + 1).numpy()


def test_attributes_outside_of_dict_are_state():
    class Slot:
        __slots__ = ("array", "scale")

    slot = Slot()
    slot.scale = 2

    def keep(x):
        slot.array = x * slot.scale

    f = dlc.jit(keep)
    f(A)
    assert slot.array.tolist() == (A * 2).tolist()
    slot.scale = 3
    f(A)
    assert slot.array.tolist() == (A * 3).tolist()


def test_what_a_class_or_function_holds_is_in_the_signature():
    class Base:
        scale = 2.0

        @property
        def twice(self):
            return self.scale * 2

    class Derived(Base):
        table = A

    def bias(x):
        return x + bias.amount

    bias.amount = 1.0
    f = dlc.jit(lambda x: bias(x * Derived().twice + Derived.table))
    assert f(A).tolist() == (A * 4 + A + 1).tolist()
    Base.scale, bias.amount, Derived.table = 3.0, 5.0, A * 2
    assert f(A).tolist() == (A * 6 + A * 2 + 5).tolist()


def test_index_error_names_the_line():
    f = dlc.jit(lambda x, i: x[i])
    with pytest.raises(IndexError, match=r"(?s)\b3\b.*test_jit.py:\d+:\d+|test_jit.py:\d+:\d+.*\b3\b"):
        f(A, np.array([0, 3]))
    with pytest.raises(IndexError, match=r"(?s)f = dlc.jit\(lambda x, i: x\[i\]\)\n *\^$"):
        f(A, np.array([0, 3]))
    dlc.testing.assert_equal(f(A, np.array([0, -1])), A[[0, -1]])


def test_ir_is_the_trace():
    text = dlc.jit(lambda x: dlc.tanh(x) + 1).ir(A)
    assert "dlc.tanh" in text and "tensor<3x4xf32>" in text


def test_random_is_state():
    dlc.random.seed(7)
    eager = [dlc.random.uniform((3,)), dlc.random.normal((2, 2))]
    dlc.random.seed(7)
    f = dlc.jit(lambda: (dlc.random.uniform((3,)), dlc.random.normal((2, 2))))
    first, second = f(), f()
    dlc.testing.assert_equal(first[0], eager[0])
    dlc.testing.assert_equal(first[1], eager[1])
    assert dlc.testing.digest(first) != dlc.testing.digest(second)
    assert f.traces == 1
    assert dlc.random.default_generator.state.tolist() == [7, 4]


def test_random_numbers_are_plausible():
    dlc.random.seed(0)
    u, n = dlc.random.uniform((4000,), -1, 3).numpy(), dlc.random.normal((4000,), 2, 3).numpy()
    assert u.min() >= -1 and u.max() < 3 and abs(u.mean() - 1) < 0.1
    assert abs(n.mean() - 2) < 0.2 and abs(n.std() - 3) < 0.2
    assert 0.2 < dlc.random.bernoulli((1000,), 0.3).numpy().mean() < 0.4
    assert set(dlc.random.randint(2, 5, (100,)).tolist()) == {2, 3, 4}
    p = dlc.random.permutation(50)
    assert sorted(p) == list(range(50)) and list(p) != sorted(p)
    dlc.random.seed(0)
    assert dlc.random.uniform((4000,), -1, 3).numpy().tobytes() == u.tobytes()


def test_numpy_arrays_reached_by_closure_are_constants():
    table = np.arange(4, dtype=np.float32)
    f = dlc.jit(lambda x: x + table)
    dlc.testing.assert_equal(f(A), A + table)
    table[0] = 100
    dlc.testing.assert_equal(f(A), A + table)
    assert f.traces == 2


def test_extents_that_vary_become_symbols():
    weight = dlc.ones((3,))

    @dlc.jit
    def f(x, y):
        return dlc.softmax(x * weight + y) * x.shape[1], (x * 2).reshape(-1)

    def call(n):
        x = RNG.standard_normal((n, 3)).astype(np.float32)
        a, b = f(x, x + 1)
        ea, eb = f.__wrapped__(dlc.asarray(x), dlc.asarray(x + 1))
        dlc.testing.assert_equal(a, ea)
        dlc.testing.assert_equal(b, eb)

    call(4)
    assert f.traces == 1
    call(6)
    assert f.traces == 2
    for n in (2, 9, 33, 4):
        call(n)
    assert f.traces == 2
    call(1)  # 1 broadcasts: it has a trace of its own
    assert f.traces == 3


def test_extents_that_decide_stay_static():
    @dlc.jit
    def f(x):
        for _ in range(x.shape[0]):
            x = x + 1
        return x

    for n in (2, 3, 4, 3):
        assert f(dlc.zeros((n,)))[0].item() == n
    assert f.traces == 4  # the attempt with a symbol counts


def test_dynamic_can_be_turned_off():
    f = dlc.jit(lambda x: x + 1, dynamic=False)
    for n in (2, 3, 4):
        f(dlc.zeros((n,)))
    assert f.traces == 3


def test_failed_trace_puts_rebound_arrays_back():
    class State:
        value = None

    state = State()
    state.value = dlc.asarray([1.0])

    def f(x):
        state.value = state.value + x
        raise KeyError("user")

    with pytest.raises(KeyError, match="user"):
        dlc.jit(f)(dlc.asarray([2.0]))
    assert state.value.item() == 1


def test_explains_why_it_traced():
    class Model:
        rate = 0.5

        def __call__(self, x):
            return x * self.rate

    model = Model()
    model.rate = 0.5
    f = dlc.jit(lambda x: model(x))
    f(A), f(A), f(A[:2])
    model.rate = 0.25
    f(A), f(A.astype(np.float64))
    assert f.explain().split("\n") == [
        "traced: first call",
        "traced: arg0 was float32[3, 4], is float32[2, 4]",
        "traced: arg0 was float32[2, 4], is float32[3, 4]",
        "traced: arg0 was float32[3, 4], is float64[3, 4]",
    ]
    f = dlc.jit(lambda x: model(x))
    f(A)
    model.rate = 0.125
    f(A)
    assert f.events[1] == "traced: model.rate was 0.25, is 0.125"
