"""Cases of the ops that are not elementwise: one function an op, of the name of the op.

A function takes an element type and a class of shapes and yields cases; classes that mean nothing to an op are listed
with the reason in NOT_APPLICABLE, and in NO_ELEMENTS the ops that call a function and are gone before anything runs.
"""

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np
import oracles
import philox
from cases import SHAPES, Case, Expected, Input, dims_of, generator_of, near_unit_circle, sample, tame
from element_types import ALL, BY_NAME, FLOATS, INTEGERS, Element
from order_cases import order_key

NO_ELEMENTS = {
    "call": "inlined by autodiff: test/passes/autodiff",
    "custom_call": "its results are those of a user's function: test/python/test_custom_call.py",
    "jvp": "resolved by autodiff: test/passes/autodiff, test/unit/Passes/TangentTest.cpp",
    "vjp": "resolved by autodiff: test/passes/autodiff, test/unit/Passes/GradientTest.cpp",
    "vmap": "resolved by autodiff: test/passes/autodiff, test/unit/Passes/BatchTest.cpp",
}
_NEEDS_DIM = "it works along a dim, and rank 0 has none"
_STATIC = "its shape is that of a literal"
NOT_APPLICABLE = {
    ("concat", "scalar"): _NEEDS_DIM,
    ("iota", "scalar"): _NEEDS_DIM,
    ("argmax", "scalar"): _NEEDS_DIM,
    ("argmin", "scalar"): _NEEDS_DIM,
    ("cumulative", "scalar"): _NEEDS_DIM,
    ("sort", "scalar"): _NEEDS_DIM,
    ("top_k", "scalar"): _NEEDS_DIM,
    ("softmax", "scalar"): _NEEDS_DIM,
    ("log_softmax", "scalar"): _NEEDS_DIM,
    ("cross_entropy", "scalar"): _NEEDS_DIM,
    ("layer_norm", "scalar"): _NEEDS_DIM,
    ("rms_norm", "scalar"): _NEEDS_DIM,
    ("batch_norm", "scalar"): _NEEDS_DIM,
    ("batch_norm_training", "scalar"): _NEEDS_DIM,
    ("attention", "scalar"): "it has heads, rows and columns",
    ("lstm_cell", "scalar"): "it has rows and columns",
    ("gru_cell", "scalar"): "it has rows and columns",
    ("constant", "symbolic"): _STATIC,
    ("conv", "scalar"): "it has a batch dim and a channel dim",
    ("conv_input_grad", "scalar"): "it has a batch dim and a channel dim",
    ("conv_weight_grad", "scalar"): "it has a batch dim and a channel dim",
}


def i64s(values) -> str:
    return "array<i64" + (": " + ", ".join(map(str, values)) if len(values) else "") + ">"


def dims_text(dims) -> str:
    return "#dlc.dims<[" + ", ".join(map(str, dims)) + "]>"


def _input(op: str, element: Element, shape_class: str, shape: tuple, make=sample, key=0, **limits) -> Input:
    stored = make(element, shape, generator_of(op, element.name, shape_class, key), **limits)
    return Input(element, stored, dims_of(shape_class, shape))


def _exact(element: Element, compute):
    """The expectation of an op that moves elements: `compute` maps elements in memory."""
    return lambda: [Expected(element, element.decode(np.array(compute(), order="C")))]


# ===--- Ops that move elements ---===#


def broadcast(element: Element, shape_class: str) -> Iterator[Case]:
    big = {"scalar": (4, 3), "ones": (7, 5)}.get(shape_class, SHAPES[shape_class])
    small = {"scalar": [((), [])], "ones": [((1, 5), [0, 1]), ((1,), [0])], "empty": [((0,), [1]), ((3,), [0])]}
    for shape, dims in small.get(shape_class, [((big[1],), [1]), ((big[0],), [0])]):
        x = _input("broadcast", element, shape_class, shape, key=len(dims))
        text = f"{{shape = {dims_text(dims_of(shape_class, big))}, dims = {i64s(dims)}}}"
        spread = [1, 1]
        for extent, dim in zip(shape, dims):
            spread[dim] = extent
        yield Case(
            "broadcast",
            str(dims),
            [x],
            text,
            _exact(element, lambda x=x, s=spread: np.broadcast_to(x.stored.reshape(s), big)),
        )


def reshape(element: Element, shape_class: str) -> Iterator[Case]:
    shape = SHAPES[shape_class]
    to = {"scalar": (1, 1), "empty": (0, 5), "ones": (1,), "odd": (91,), "blocks": (1031, 2), "symbolic": (185,)}
    dims = ("B*N",) if shape_class == "symbolic" else to[shape_class]
    x = _input("reshape", element, shape_class, shape)
    text = f"{{shape = {dims_text(dims)}}}"
    yield Case("reshape", "", [x], text, _exact(element, lambda: x.stored.reshape(to[shape_class])))


def transpose(element: Element, shape_class: str) -> Iterator[Case]:
    forms = [(SHAPES[shape_class], list(range(len(SHAPES[shape_class])))[::-1])]
    if shape_class == "odd":
        forms.append(((3, 5, 7), [2, 0, 1]))
    for shape, perm in forms:
        x = _input("transpose", element, shape_class, shape)
        text = f"{{perm = {i64s(perm)}}}"
        yield Case("transpose", str(perm), [x], text, _exact(element, lambda x=x, p=perm: x.stored.transpose(p)))


def slice(element: Element, shape_class: str) -> Iterator[Case]:  # noqa: A001
    shape = SHAPES[shape_class]
    starts, limits, strides = {
        "scalar": ([], [], []),
        "empty": ([1, 0], [3, 0], [1, 1]),
        "ones": ([0, 0], [1, 1], [1, 1]),
        "odd": ([1, 2], [6, 12], [2, 3]),
        "blocks": ([0, 3], [2, 1031], [1, 2]),
        "symbolic": ([1, 2], [5, 37], [1, 1]),
    }[shape_class]
    x = _input("slice", element, shape_class, shape)
    text = f"{{starts = {i64s(starts)}, limits = {dims_text(dims_of(shape_class, tuple(limits)))}, "
    text += f"strides = {i64s(strides)}}}"
    cut = tuple(np.s_[a:b:c] for a, b, c in zip(starts, limits, strides))
    yield Case("slice", "", [x], text, _exact(element, lambda: x.stored[cut]))


def _padded(stored: np.ndarray, value: np.ndarray, low, high, interior) -> np.ndarray:
    for axis, (a, b, between) in enumerate(zip(low, high, interior)):
        extent = stored.shape[axis]
        inner = extent + max(extent - 1, 0) * between
        shape = list(stored.shape)
        shape[axis] = inner
        spread = np.full(shape, value, stored.dtype)
        spread[(np.s_[:],) * axis + (np.s_[:: between + 1],)] = stored
        keep = np.s_[max(-a, 0) : inner + min(b, 0)]
        spread = spread[(np.s_[:],) * axis + (keep,)]
        widths = [(0, 0)] * stored.ndim
        widths[axis] = (max(a, 0), max(b, 0))
        stored = np.pad(spread, widths, constant_values=value)
    return stored


def pad(element: Element, shape_class: str) -> Iterator[Case]:
    low, high, interior = {
        "scalar": ([], [], []),
        "empty": ([0, 2], [1, 0], [0, 0]),
        "ones": ([1, 0], [0, 2], [0, 3]),
        "odd": ([2, -1], [0, 3], [1, 0]),
        "blocks": ([0, 1], [0, 0], [0, 1]),
        "symbolic": ([0, 1], [1, 0], [0, 0]),
    }[shape_class]
    x = _input("pad", element, shape_class, SHAPES[shape_class])
    value = _input("pad", element, shape_class, (), key="value")
    text = f"{{low = {i64s(low)}, high = {i64s(high)}, interior = {i64s(interior)}}}"
    yield Case(
        "pad", "", [x, value], text, _exact(element, lambda: _padded(x.stored, value.stored[()], low, high, interior))
    )


def concat(element: Element, shape_class: str) -> Iterator[Case]:
    forms = {
        "empty": ([(3, 0), (3, 0)], 1),
        "ones": ([(1, 1), (1, 1)], 0),
        "odd": ([(7, 13), (7, 5), (7, 1)], 1),
        "blocks": ([(2, 1031), (1, 1031)], 0),
        "symbolic": ([(5, 37), (5, 3)], 1),
    }
    if shape_class not in forms:
        return
    shapes, dim = forms[shape_class]
    xs = [_input("concat", element, shape_class, shape, key=i) for i, shape in enumerate(shapes)]
    compute = _exact(element, lambda: np.concatenate([x.stored for x in xs], dim))
    yield Case("concat", "", xs, f"{{dim = {dim} : i64}}", compute)


def reverse(element: Element, shape_class: str) -> Iterator[Case]:
    shape = SHAPES[shape_class]
    for dims in [[], [0, 1]] if shape_class == "odd" else [list(range(len(shape)))[-1:]]:
        x = _input("reverse", element, shape_class, shape)
        compute = _exact(element, lambda x=x, d=dims: np.flip(x.stored, tuple(d)))
        yield Case("reverse", str(dims), [x], f"{{dims = {i64s(dims)}}}", compute)


def iota(element: Element, shape_class: str) -> Iterator[Case]:
    shape = SHAPES[shape_class]
    for dim in range(len(shape)):
        text = f"{{shape = {dims_text(dims_of(shape_class, shape))}, dim = {dim} : i64, element = {element.ir}}}"

        def expected(dim=dim):
            index = np.indices(shape)[dim]
            return [Expected(element, index.astype(element.wide if element.kind == "f" else element.storage))]

        yield Case("iota", str(dim), [], text, expected)


def constant(element: Element, shape_class: str) -> Iterator[Case]:
    if shape_class == "symbolic":
        return
    x = _input("constant", element, shape_class, SHAPES[shape_class])
    yield Case("constant", "", [x], "", _exact(element, lambda: x.stored), constant=True)


# ===--- Indices ---===#


@dataclasses.dataclass
class _Picking:
    """Shapes of a gather or scatter."""

    label: str
    shape: tuple
    picks: tuple
    axis: int
    batch: int = 0
    clamps: bool = False

    def attributes(self, more: str = "") -> str:
        mode = "clamp" if self.clamps else "error"
        return f"{{axis = {self.axis} : i64, batch_dims = {self.batch} : i64, mode = #dlc.index_mode<{mode}>{more}}}"


def _pickings(shape_class: str) -> list[_Picking]:
    return {
        "scalar": [_Picking("", (5,), (), 0)],
        "empty": [_Picking("", (3, 2), (0,), 0), _Picking("columns", (3, 0), (4,), 0)],
        "ones": [_Picking("", (1, 1), (1,), 0)],
        "odd": [
            _Picking("rows", (7, 13), (2, 3), 0),
            _Picking("columns", (7, 13), (5,), 1),
            _Picking("batch", (3, 7, 5), (3, 2), 1, batch=1),
            _Picking("clamp", (7, 13), (9,), 0, clamps=True),
        ],
        "blocks": [_Picking("rows", (3, 1031), (4,), 0), _Picking("columns", (2, 1031), (1100,), 1)],
        "symbolic": [_Picking("", (5, 37), (37,), 0)],
    }[shape_class]


def _indices(op: str, element: Element, shape_class: str, p: _Picking) -> tuple[Input, np.ndarray]:
    """Indices of a type that varies with the element type, and where they point."""
    of = INTEGERS[(len(element.name) + ord(element.name[0]) + len(p.label)) % len(INTEGERS)]
    extent, rng = p.shape[p.axis], generator_of(op, element.name, shape_class, p.label)
    beyond = 3 if p.clamps else 0
    limit = min(extent + beyond, np.iinfo(of.storage).max)
    raw = rng.integers(-extent - beyond if of.kind == "i" and extent < 100 else 0, limit, p.picks)
    resolved = np.clip(np.where(raw < 0, raw + extent, raw), 0, max(extent - 1, 0))
    return Input(of, raw.astype(of.storage), dims_of(shape_class, p.picks)), resolved


def _places(p: _Picking, resolved: np.ndarray) -> tuple:
    """NumPy's index into the operand for every element of gather's result."""
    before, after = p.shape[p.batch : p.axis], p.shape[p.axis + 1 :]
    full = p.shape[: p.batch] + before + p.picks[p.batch :] + after
    grid = np.indices(full, sparse=False)
    at = list(grid[: p.axis])
    picks = len(p.picks) - p.batch
    spread = resolved.reshape(p.picks[: p.batch] + (1,) * len(before) + p.picks[p.batch :] + (1,) * len(after))
    return (*at, np.broadcast_to(spread, full), *grid[p.axis + picks :])


def gather(element: Element, shape_class: str) -> Iterator[Case]:
    for p in _pickings(shape_class):
        x = _input("gather", element, shape_class, p.shape, key=p.label)
        indices, resolved = _indices("gather", element, shape_class, p)
        compute = _exact(element, lambda x=x, p=p, r=resolved: x.stored[_places(p, r)])
        yield Case("gather", p.label, [x, indices], p.attributes(), compute)


def scatter(element: Element, shape_class: str) -> Iterator[Case]:
    only_sets = element.only_stores or element.kind == "b"
    kinds = ("set",) if only_sets else ("add", "set") if element.kind == "c" else ("add", "set", "max", "min")
    for p, kind in itertools.product(_pickings(shape_class), kinds):
        key = f"{p.label} {kind}"
        indices, resolved = _indices("scatter", element, shape_class, p)
        at = _places(p, resolved)
        x = _input("scatter", element, shape_class, p.shape, tame, key=key)
        updates = _input("scatter", element, shape_class, at[p.axis].shape, tame, key=key + "updates")

        def expected(kind=kind, x=x, updates=updates, at=at):
            if kind == "add":
                return [_scatter_sum(element, x, updates, at)]
            stored = x.stored.copy()
            if kind == "set":
                stored[at] = updates.stored  # the last of equal places stays
                return [Expected(element, element.decode(stored))]
            order = order_key(updates.values)
            for i, place in enumerate(map(tuple, np.stack(at, -1).reshape(-1, len(at)))):
                met = order_key(element.decode(stored[place]))
                if order.flat[i] > met if kind == "max" else order.flat[i] < met:
                    stored[place] = updates.stored.flat[i]
            return [Expected(element, element.decode(stored))]

        yield Case("scatter", key, [x, indices, updates], p.attributes(f", kind = #dlc.scatter_kind<{kind}>"), expected)


def _scatter_sum(element: Element, x: Input, updates: Input, at) -> Expected:
    magnitude = abs if element.kind == "c" else lambda values: np.abs(values.astype(float))
    sums, sizes = x.values.copy(), magnitude(x.values)
    np.add.at(sums, at, updates.values)
    counts = np.zeros(sums.shape)
    np.add.at(sizes, at, magnitude(updates.values))
    np.add.at(counts, at, 1)
    return _sum(element, sums, sizes, counts)


def _sum(element: Element, sums: np.ndarray, sizes: np.ndarray, terms) -> Expected:
    """A sum of `terms` terms whose magnitudes add up to `sizes`."""
    if element.kind not in "fc":
        return Expected(element, sums)
    return Expected(element, sums, 0.5, sizes * terms * element.accumulator.epsilon / 2 * 1.01)


# ===--- Reductions ---===#


def _reduced_forms(shape_class: str) -> list[tuple[tuple, list[int]]]:
    shape = SHAPES[shape_class]
    return {
        "scalar": [((), [])],
        "empty": [(shape, [1]), (shape, [0])],
        "odd": [(shape, [1]), (shape, [0]), (shape, [0, 1])],
        "blocks": [(shape, [1]), (shape, [0, 1]), ((2100, 3), [0])],
    }.get(shape_class, [(shape, [1]), (shape, [0])])


def reduce(element: Element, shape_class: str) -> Iterator[Case]:
    kinds = {"b": ["all", "any"], "c": ["sum", "prod"]}.get(element.kind, ["sum", "prod", "max", "min"])
    for kind in kinds:
        for shape, dims in _reduced_forms(shape_class):
            if kind in ("max", "min") and any(shape[d] == 0 for d in dims):
                continue  # no neutral element: an error, which test/dlc/invalid.mlir has
            make, limits = (tame, {"low": 0.99, "high": 1.01}) if kind == "prod" and element.kind == "f" else (tame, {})
            if kind == "prod" and element.kind == "c":
                make = near_unit_circle
            if kind in ("max", "min"):
                make = sample
            x = _input("reduce", element, shape_class, shape, make, f"{kind}{dims}", **limits)
            order = "lanes" if len(shape) - 1 in dims else "chain"
            text = f"{{kind = #dlc.reduce_kind<{kind}>, dims = {i64s(dims)}, order = #dlc.order<{order}>}}"
            yield Case(
                "reduce",
                f"{kind} {dims}",
                [x],
                text,
                lambda x=x, kind=kind, dims=tuple(dims): [_reduced(element, kind, x.values, dims)],
            )


def _reduced(element: Element, kind: str, x: np.ndarray, dims: tuple) -> Expected:
    if kind in ("all", "any"):
        return Expected(element, np.asarray(getattr(np, kind)(x, axis=dims)))
    if kind in ("max", "min"):
        return Expected(element, _extreme(x, dims, oracles.maximum if kind == "max" else oracles.minimum))
    count = int(np.prod([x.shape[d] for d in dims]))
    if kind == "sum":
        return _sum(element, np.asarray(np.sum(x, axis=dims, dtype=x.dtype)), np.sum(np.abs(x), axis=dims), count)
    product = np.asarray(np.prod(x, axis=dims, dtype=x.dtype))
    roundings = 3 if element.kind == "c" else 1  # of one multiplication
    return _sum(element, product, np.abs(product), count * roundings)


def _extreme(x: np.ndarray, dims: tuple, better) -> np.ndarray:
    kept = [d for d in range(x.ndim) if d not in dims]
    rows = x.transpose(*dims, *kept).reshape(int(np.prod([x.shape[d] for d in dims])), *[x.shape[d] for d in kept])
    best = rows[0]
    for row in rows[1:]:
        best = better(best, row)
    return best


def _arg(op: str, element: Element, shape_class: str) -> Iterator[Case]:
    forms = {"empty": [((3, 0), 0), ((0, 4), 1)], "blocks": [((2, 1031), 1), ((1031, 3), 0)]}
    usual = [(SHAPES[shape_class], dim) for dim in range(len(SHAPES[shape_class]))]
    for shape, dim in forms.get(shape_class, usual):
        x = _input(op, element, shape_class, shape, key=dim)

        def expected(x=x, dim=dim):
            values = x.values
            if op == "argmin" and element.kind == "f":
                values = -values
            key = order_key(values)
            return [
                Expected(BY_NAME["i64"], (np.argmin if op == "argmin" and element.kind != "f" else np.argmax)(key, dim))
            ]

        yield Case(op, str(dim), [x], f"{{dim = {dim} : i64}}", expected)


def argmax(element: Element, shape_class: str) -> Iterator[Case]:
    return _arg("argmax", element, shape_class)


def argmin(element: Element, shape_class: str) -> Iterator[Case]:
    return _arg("argmin", element, shape_class)


# ===--- Windows ---===#


@dataclasses.dataclass
class _Windows:
    shape: tuple
    window: tuple
    strides: tuple
    low: tuple
    high: tuple

    def attributes(self) -> str:
        return ", ".join(f"{n} = {i64s(getattr(self, n))}" for n in ("window", "strides", "low", "high"))

    def positions(self, x: np.ndarray):
        """(elements, whether they exist) at each position of the window, for all windows."""
        shape = [
            (e + a + b - w) // s + 1 for e, a, b, w, s in zip(x.shape, self.low, self.high, self.window, self.strides)
        ]
        for within in np.ndindex(*self.window):
            index = np.indices(shape).reshape(len(shape), *shape)
            at = [i * s + w - a for i, s, w, a in zip(index, self.strides, within, self.low)]
            inside = np.ones(shape, bool)
            for i, extent in zip(at, x.shape):
                inside &= (i >= 0) & (i < extent)
            at = tuple(np.clip(i, 0, max(e - 1, 0)) for i, e in zip(at, x.shape))
            yield (x[at] if x.size else np.zeros(shape, x.dtype)), inside


def _windows(shape_class: str) -> list[_Windows]:
    return {
        "scalar": [_Windows((), (), (), (), ())],
        "empty": [_Windows((3, 0), (2, 1), (1, 1), (0, 0), (0, 0))],
        "ones": [_Windows((1, 1), (1, 1), (1, 1), (0, 0), (0, 0))],
        "odd": [_Windows((7, 13), (2, 3), (2, 1), (1, 0), (0, 2)), _Windows((7, 13), (7, 5), (1, 4), (0, 2), (0, 2))],
        "blocks": [
            _Windows((2, 1031), (1, 1025), (1, 3), (0, 0), (0, 0)),
            _Windows((2, 1031), (2, 3), (1, 2), (1, 1), (0, 1)),
        ],
        "symbolic": [_Windows((5, 37), (2, 3), (1, 1), (0, 0), (0, 0))],
    }[shape_class]


def reduce_window(element: Element, shape_class: str) -> Iterator[Case]:
    for kind in ("sum", "max", "min"):
        for number, w in enumerate(_windows(shape_class)):
            make = tame if kind == "sum" else sample
            x = _input("reduce_window", element, shape_class, w.shape, make, f"{kind}{number}")
            text = f"{{kind = #dlc.reduce_kind<{kind}>, {w.attributes()}}}"

            def expected(x=x, w=w, kind=kind):
                if kind == "sum":
                    parts = [np.where(inside, v, np.zeros_like(v)) for v, inside in w.positions(x.values)]
                    total = np.sum(parts, axis=0, dtype=x.values.dtype)
                    size = np.sum(np.abs(parts), axis=0).astype(float)
                    return [_sum(element, np.asarray(total), size, len(parts))]
                best = has = None
                better = oracles.maximum if kind == "max" else oracles.minimum
                for v, inside in w.positions(x.values):
                    if best is None:
                        best, has = v, inside
                        continue
                    best = np.where(inside, np.where(has, better(best, v), v), best)
                    has = has | inside
                return [Expected(element, best)]

            yield Case("reduce_window", f"{kind} {number}", [x], text, expected)


def window_argmax(element: Element, shape_class: str) -> Iterator[Case]:
    for number, w in enumerate(_windows(shape_class)):
        x = _input("window_argmax", element, shape_class, w.shape, key=number)

        def expected(x=x, w=w):
            best = has = place = None
            for position, (v, inside) in enumerate(w.positions(order_key(x.values))):
                wins = inside if best is None else inside & (~has | (v > best))
                best = v if best is None else np.where(wins, v, best)
                place = np.where(wins, position, 0 if place is None else place)
                has = inside if has is None else has | inside
            return [Expected(BY_NAME["i32"], place)]

        yield Case("window_argmax", str(number), [x], f"{{{w.attributes()}}}", expected)


# ===--- Random numbers ---===#


def _random(op: str, element: Element, shape_class: str) -> Iterator[Case]:
    state = np.array([12345678901234567, 3 + len(element.name)], np.int64)
    text = f"{{shape = {dims_text(dims_of(shape_class, SHAPES[shape_class]))}"
    text += "}" if op == "random_bits" else f", element = {element.ir}}}"

    def expected():
        words = philox.words(state, int(np.prod(SHAPES[shape_class])))
        values = getattr(philox, op)(words, element).reshape(SHAPES[shape_class])
        # A normal number is a product of functions of 2 units each.
        ulp = 0.5 if op != "normal" else 0.52 if element.name in ("f16", "bf16") else 8
        return [Expected(element, values, ulp)]

    yield Case(op, "", [Input(BY_NAME["i64"], state, (2,))], text, expected)


def random_bits(element: Element, shape_class: str) -> Iterator[Case]:
    return _random("random_bits", element, shape_class)


def uniform(element: Element, shape_class: str) -> Iterator[Case]:
    return _random("uniform", element, shape_class)


def normal(element: Element, shape_class: str) -> Iterator[Case]:
    return _random("normal", element, shape_class)


# ===--- Which types, and the other families ---===#

# Element types of ops whose first operand does not say them.
TYPES = {"iota": FLOATS + INTEGERS, "random_bits": [BY_NAME["u32"]], "uniform": FLOATS, "normal": FLOATS}
TYPES["constant"] = ALL

from composite_cases import (  # noqa: E402, F401
    SMALL_INTEGERS,
    attention,
    batch_norm,
    batch_norm_training,
    bitcast,
    cross_entropy,
    dequantize,
    gelu,
    gru_cell,
    layer_norm,
    log_softmax,
    logsumexp,
    lstm_cell,
    quantize,
    rms_norm,
    softmax,
)
from contraction_cases import conv, conv_input_grad, conv_weight_grad, dot_general  # noqa: E402, F401
from order_cases import (  # noqa: E402, F401
    cumulative,
    dynamic_slice,
    dynamic_update_slice,
    sort,
    top_k,
)

TYPES["dequantize"] = SMALL_INTEGERS
