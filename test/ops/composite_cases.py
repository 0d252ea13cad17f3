"""Cases of the composites, written in NumPy from their definitions (docs/numerics.md): as in structured_cases, one
function an op.

Floats carry a bound of their error (bounds.py), computed in f32 for f16 and bf16 and else in the type itself.
Quantisation has no bound: its few operations are those of IEEE 754, which NumPy has in both types. And bitcast, whose
types come in pairs.
"""

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
import oracles
from bounds import Bounded
from cases import SHAPES, Case, Expected, Input, dims_of, generator_of, sample, tame
from element_types import BY_NAME, FLOATS, INTEGERS, STORAGE, Element

EPSILON = 1e-5
SMALL_INTEGERS = [BY_NAME[name] for name in ("i8", "i16", "u8", "u16")]


@dataclasses.dataclass
class _Maker:
    """Makes the operands and the cases of one op, element type and class of shapes."""

    op: str
    element: Element
    shape_class: str

    def input(self, shape: tuple, key, low: float = -2, high: float = 2, make=tame, element: Element | None = None):
        rng = generator_of(self.op, self.element.name, self.shape_class, key)
        element = element or self.element
        return Input(element, make(element, shape, rng, low, high), dims_of(self.shape_class, shape))

    def case(self, label: str, inputs: list[Input], attributes: str, compute: Callable[..., list[Bounded]]) -> Case:
        """`compute` maps the float operands to the results; it gets the others as they are."""

        def expected() -> list[Expected]:
            accumulator = self.element.accumulator
            values = [Bounded.of(x.values, accumulator) if x.element.kind == "f" else x.values for x in inputs]
            with np.errstate(all="ignore"):
                results = compute(*values)
            return [Expected(self.element, r.value, 0.5, r.error) for r in results]

        return Case(self.op, label, inputs, attributes, expected)


# ===--- Exponentials over a dim ---===#


def _dims_of_choice(shape_class: str) -> list[int]:
    """The dims of a shape that have elements."""
    return [dim for dim, extent in enumerate(SHAPES[shape_class]) if extent > 0]


def _log_softmax(x: Bounded, dim: int) -> Bounded:
    shifted = x - x.max((dim,))
    return shifted - shifted.exp().sum((dim,)).log()


def softmax(element: Element, shape_class: str) -> Iterator[Case]:
    make = _Maker("softmax", element, shape_class)
    for dim in _dims_of_choice(shape_class):
        x = make.input(SHAPES[shape_class], dim, -8, 8)

        def compute(x, dim=dim):
            e = (x - x.max((dim,))).exp()
            return [e / e.sum((dim,))]

        yield make.case(str(dim), [x], f"{{dim = {dim} : i64}}", compute)


def log_softmax(element: Element, shape_class: str) -> Iterator[Case]:
    make = _Maker("log_softmax", element, shape_class)
    for dim in _dims_of_choice(shape_class):
        x = make.input(SHAPES[shape_class], dim, -8, 8)
        yield make.case(str(dim), [x], f"{{dim = {dim} : i64}}", lambda x, dim=dim: [_log_softmax(x, dim)])


def logsumexp(element: Element, shape_class: str) -> Iterator[Case]:
    make = _Maker("logsumexp", element, shape_class)
    all_dims = _dims_of_choice(shape_class)
    for dims in [[], *([dim] for dim in all_dims), *([all_dims] if len(all_dims) > 1 else [])]:
        x = make.input(SHAPES[shape_class], str(dims), -8, 8)

        def compute(x, dims=tuple(dims)):
            m = x.max(dims)
            r = (x - m).exp().sum(dims).log() + m
            return [r.map(lambda v: np.squeeze(v, dims))]

        yield make.case(str(dims), [x], f"{{dims = {_i64s(dims)}}}", compute)


def cross_entropy(element: Element, shape_class: str) -> Iterator[Case]:
    make = _Maker("cross_entropy", element, shape_class)
    shape = SHAPES[shape_class]
    for dim in _dims_of_choice(shape_class):
        of = INTEGERS[(len(element.name) + dim + len(shape_class)) % len(INTEGERS)]
        x, kept = make.input(shape, dim, -8, 8), shape[:dim] + shape[dim + 1 :]
        rng = generator_of("labels", element.name, shape_class, dim)
        picked = rng.integers(0, min(shape[dim], np.iinfo(of.storage).max), kept)
        labels = Input(of, picked.astype(of.storage), dims_of(shape_class, kept))

        def compute(x, labels, dim=dim):
            at = np.expand_dims(labels.astype(np.int64), dim)
            rows = _log_softmax(x, dim)
            return [-rows.map(lambda v: np.squeeze(np.take_along_axis(v, at, dim), dim))]

        yield make.case(str(dim), [x, labels], f"{{dim = {dim} : i64}}", compute)


# ===--- Activations ---===#


def gelu(element: Element, shape_class: str) -> Iterator[Case]:
    make = _Maker("gelu", element, shape_class)

    def by_erf(x):
        return [(x * 0.5) * ((x * 0.7071067811865475).erf() + 1)]

    def by_tanh(x):
        inner = (x * x * x) * 0.044715 + x
        return [(x * 0.5) * ((inner * 0.7978845608028654).tanh() + 1)]

    for form, compute in (("none", by_erf), ("tanh", by_tanh)):
        x = make.input(SHAPES[shape_class], form, -6, 6)
        yield make.case(form, [x], f"{{approximate = #dlc.gelu_form<{form}>}}", compute)


# ===--- Norms ---===#


def _affine(normalized: Bounded, affine: tuple) -> Bounded:
    if not affine:
        return normalized
    return normalized * affine[0] if len(affine) == 1 else normalized.fma(*affine)


def _moments(x: Bounded, axis: tuple) -> tuple[Bounded, Bounded, Bounded]:
    """x normalised, its mean and its variance."""
    mean = x.mean(axis)
    distance = x - mean
    var = (distance * distance).mean(axis)
    return distance * (var + EPSILON).rsqrt(), mean, var


def _over_last(op: str, element: Element, shape_class: str, most: int, normalize) -> Iterator[Case]:
    make = _Maker(op, element, shape_class)
    shape = SHAPES[shape_class]
    for count, affine in [(1, most), (len(shape), 0), (1, 1)]:
        if 0 in shape[-count:] and count > 1:
            continue
        key = f"{count} {affine}"
        xs = [make.input(shape, key), *(make.input(shape[-count:], key + str(i)) for i in range(affine))]
        text = f"{{normalized = {count} : i64, epsilon = {EPSILON:e} : f64}}"
        axis = tuple(range(len(shape) - count, len(shape)))
        yield make.case(key, xs, text, lambda x, *more, axis=axis: [_affine(normalize(x, axis), more)])


def layer_norm(element: Element, shape_class: str) -> Iterator[Case]:
    if SHAPES[shape_class]:
        yield from _over_last("layer_norm", element, shape_class, 2, lambda x, axis: _moments(x, axis)[0])


def rms_norm(element: Element, shape_class: str) -> Iterator[Case]:
    if SHAPES[shape_class]:
        yield from _over_last(
            "rms_norm", element, shape_class, 1, lambda x, axis: x * ((x * x).mean(axis) + EPSILON).rsqrt()
        )


def _channels(shape_class: str) -> list[tuple[tuple, int]]:
    """(shape, dim of the channels); each channel of the class `empty` has no element, but there is none."""
    shape = SHAPES[shape_class]
    if shape_class == "odd":
        return [(shape, 0), (shape, 1), ((3, 5, 7), 1)]
    return [(shape, 1)] if shape else []


def _along(x: Bounded, shape: tuple, dim: int) -> Bounded:
    return x.map(lambda v: v.reshape([e if d == dim else 1 for d, e in enumerate(shape)]))


def batch_norm(element: Element, shape_class: str) -> Iterator[Case]:
    make = _Maker("batch_norm", element, shape_class)
    for (shape, dim), affine in zip(_channels(shape_class) * 3, (2, 1, 0)):
        key, channels = f"{len(shape)} {dim} {affine}", (shape[dim],)
        xs = [make.input(shape, key), make.input(channels, key + "mean"), make.input(channels, key + "var", 0.25, 2)]
        xs += [make.input(channels, key + str(i)) for i in range(affine)]

        def compute(x, mean, var, *affine, shape=shape, dim=dim):
            scale = (var + EPSILON).rsqrt()
            if affine:
                scale = affine[0] * scale
            shift = (-mean).fma(scale, affine[1]) if len(affine) == 2 else -mean * scale
            return [x.fma(_along(scale, shape, dim), _along(shift, shape, dim))]

        yield make.case(key, xs, f"{{dim = {dim} : i64, epsilon = {EPSILON:e} : f64}}", compute)


def batch_norm_training(element: Element, shape_class: str) -> Iterator[Case]:
    make = _Maker("batch_norm_training", element, shape_class)
    for (shape, dim), affine in zip(_channels(shape_class) * 3, (2, 1, 0)):
        key, channels = f"{len(shape)} {dim} {affine}", (shape[dim],)
        xs = [make.input(shape, key), *(make.input(channels, key + str(i)) for i in range(affine))]

        def compute(x, *affine, shape=shape, dim=dim):
            normalized, *statistics = _moments(x, tuple(d for d in range(len(shape)) if d != dim))
            affine = tuple(_along(a, shape, dim) for a in affine)
            return [_affine(normalized, affine), *(s.map(np.ravel) for s in statistics)]

        yield make.case(key, xs, f"{{dim = {dim} : i64, epsilon = {EPSILON:e} : f64}}", compute)


# ===--- Attention and cells ---===#


@dataclasses.dataclass
class _Attention:
    """Shapes of q, k and v; of the mask, its shape and whether it holds numbers."""

    label: str
    q: tuple
    k: tuple
    v: tuple
    mask: tuple | None = None
    adds: bool = False
    causal: bool = False

    def compute(self, q: Bounded, k: Bounded, v: Bounded, mask=None) -> list[Bounded]:
        shared = self.q[-3] // self.k[-3]
        k, v = (x.map(lambda a: np.repeat(a, shared, -3)) for x in (k, v))
        scores = q.dot(k, "...ld,...sd->...ls", self.q[-1]) * 0.3
        if self.mask is not None:
            scores = scores + mask if self.adds else scores.where(mask, -np.inf)
        if self.causal:
            rows, columns = np.indices(scores.value.shape[-2:])
            scores = scores.where(columns <= rows, -np.inf)
        most = scores.max(-1)
        e = (scores - most.where(most.value != -np.inf, 0)).exp()
        total = e.sum((scores.value.ndim - 1,))
        return [(e / total.where(total.value != 0, 1)).dot(v, "...ls,...se->...le", self.k[-2])]


def _attentions(shape_class: str) -> list[_Attention]:
    q, k, v = (2, 4, 5, 7), (2, 2, 9, 7), (2, 2, 9, 6)
    return {
        "empty": [
            _Attention("rows", (2, 0, 4), (1, 3, 4), (1, 3, 2)),
            _Attention("depth", (2, 3, 0), (1, 3, 0), (1, 3, 2)),
        ],
        "ones": [_Attention("", (1, 1, 1), (1, 1, 1), (1, 1, 1), (1, 1, 1))],
        "odd": [
            _Attention("causal", q, k, v, causal=True),
            _Attention("adds", q, k, v, (1, 4, 1, 9), adds=True),
            _Attention("bool", (4, 5, 7), (2, 9, 7), (2, 9, 6), (4, 5, 9), causal=True),
        ],
        "blocks": [_Attention("", (2, 3, 16), (1, 1031, 16), (1, 1031, 3))],
        "symbolic": [_Attention("", (2, 5, 4), (2, 37, 4), (2, 37, 3), (1, 5, 37))],
    }.get(shape_class, [])


def attention(element: Element, shape_class: str) -> Iterator[Case]:
    make = _Maker("attention", element, shape_class)
    for a in _attentions(shape_class):
        xs = [make.input(getattr(a, name), a.label + name) for name in ("q", "k", "v")]
        if a.mask is not None:
            of = element if a.adds else BY_NAME["bool"]
            xs.append(make.input(a.mask, a.label + "mask", element=of))
            if not a.adds and a.mask[-2] > 1:
                xs[-1].stored[..., 1, :] = False  # a row that sees nothing gives zeros
        text = f"{{scale = 0.3 : f64, causal = {str(a.causal).lower()}}}"
        yield make.case(a.label, xs, text, a.compute)


def _cell(op: str, element: Element, shape_class: str, gates: int, step) -> Iterator[Case]:
    make = _Maker(op, element, shape_class)
    forms = {"empty": (0, 3, 2), "ones": (1, 1, 1), "odd": (7, 13, 5), "blocks": (2, 1031, 3), "symbolic": (5, 37, 3)}
    if shape_class not in forms:
        return
    rows, inputs, hidden = forms[shape_class]
    states = [(rows, hidden)] * (2 if gates == 4 else 1)
    weights = [(gates * hidden, inputs), (gates * hidden, hidden)]
    for biases in (0, 2):
        shapes = [(rows, inputs), *states, *weights, *[(gates * hidden,)] * biases]
        scale = 2 / max(inputs, 1) ** 0.5
        xs = [make.input(shape, f"{biases} {i}", -scale, scale) for i, shape in enumerate(shapes)]

        def compute(x, *more):
            h, w, u = more[0], *more[len(states) :][:2]
            parts = [a.dot(b, "ni,gi->ng", a.value.shape[1]) for a, b in ((x, w), (h, u))]
            for i, bias in enumerate(more[len(states) + 2 :]):
                parts[i] = parts[i] + bias
            return step(*parts, *more[: len(states)])

        yield make.case(f"{biases} biases", xs, "", compute)


def _gate(gates: Bounded, i: int, count: int) -> Bounded:
    return gates.map(lambda v: np.split(v, count, 1)[i])


def lstm_cell(element: Element, shape_class: str) -> Iterator[Case]:
    def step(of_x, of_h, _, c):
        i, f, g, o = (_gate(of_x + of_h, part, 4) for part in range(4))
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return [o.sigmoid() * c.tanh(), c]

    return _cell("lstm_cell", element, shape_class, 4, step)


def gru_cell(element: Element, shape_class: str) -> Iterator[Case]:
    def step(of_x, of_h, h):
        a, b = ([_gate(gates, part, 3) for part in range(3)] for gates in (of_x, of_h))
        r, z = (a[0] + b[0]).sigmoid(), (a[1] + b[1]).sigmoid()
        n = (a[2] + r * b[2]).tanh()
        return [(-z + 1) * n + z * h]

    return _cell("gru_cell", element, shape_class, 3, step)


# ===--- Quantisation, and bitcast ---===#


def _computes(element: Element) -> np.dtype:
    """NumPy's type of the arithmetic."""
    return np.dtype(np.float64 if element.name == "f64" else np.float32)


def _scales(shape_class: str) -> list[int]:
    """-1: one scale for all elements; else the dim that has one for each index."""
    return [-1, *range(len(SHAPES[shape_class]))]


def _parameter(shape_class: str, dim: int) -> tuple:
    return () if dim == -1 else (SHAPES[shape_class][dim],)


def _spread(x: np.ndarray, shape_class: str, dim: int) -> np.ndarray:
    return x if dim == -1 else x.reshape([-1 if d == dim else 1 for d in range(len(SHAPES[shape_class]))])


def quantize(element: Element, shape_class: str) -> Iterator[Case]:
    make, of = _Maker("quantize", element, shape_class), _computes(element)
    for to, dim in ((to, dim) for to in SMALL_INTEGERS for dim in _scales(shape_class)):
        key, shape = f"{to.name} {dim}", _parameter(shape_class, dim)
        x = make.input(SHAPES[shape_class], key, -40, 40, make=sample)
        scale = make.input(shape, key + "scale", 0.03, 0.5)
        zero = make.input(shape, key + "zero", make=sample, element=to)

        def expected(x=x, scale=scale, zero=zero, dim=dim, to=to):
            with np.errstate(all="ignore"):
                steps = np.rint(x.values.astype(of) / _spread(scale.values.astype(of), shape_class, dim))
                return [Expected(to, oracles.cast(steps + _spread(zero.values.astype(of), shape_class, dim), to))]

        yield Case("quantize", key, [x, scale, zero], f"{{to = {to.ir}, dim = {dim} : i64}}", expected)


def dequantize(element: Element, shape_class: str) -> Iterator[Case]:
    make = _Maker("dequantize", element, shape_class)
    for to, dim in ((to, dim) for to in FLOATS for dim in _scales(shape_class)):
        key, shape, of = f"{to.name} {dim}", _parameter(shape_class, dim), _computes(to)
        x = make.input(SHAPES[shape_class], key, make=sample)
        scale = make.input(shape, key + "scale", 0.03, 0.5, element=to)
        zero = make.input(shape, key + "zero", make=sample)

        def expected(x=x, scale=scale, zero=zero, dim=dim, to=to, of=of):
            distance = x.values.astype(of) - _spread(zero.values.astype(of), shape_class, dim)
            result = distance * _spread(scale.values.astype(of), shape_class, dim)
            return [Expected(to, result.astype(to.wide))]

        yield Case("dequantize", key, [x, scale, zero], f"{{dim = {dim} : i64}}", expected)


def bitcast(element: Element, shape_class: str) -> Iterator[Case]:
    make = _Maker("bitcast", element, shape_class)
    x = make.input(SHAPES[shape_class], "", make=sample)
    bits = {"i4": 4, "u4": 4}
    width = bits.get(element.name, 8 * element.storage.itemsize)
    plain = [*FLOATS, *INTEGERS, *STORAGE]
    for to in (t for t in plain if bits.get(t.name, 8 * t.storage.itemsize) == width):

        def expected(to=to):
            stored = x.stored
            if element.kind == "f" and to.kind != "f":  # there the canonical NaN is the only one
                nan = element.encode(np.full((), np.nan, element.wide))
                stored = np.where(np.isnan(x.values), nan, stored).astype(element.storage)
            return [Expected(to, to.decode(stored.view(to.storage)))]

        yield Case("bitcast", to.name, [x], f"{{to = {to.ir}}}", expected)


def _i64s(values) -> str:
    return "array<i64" + (": " + ", ".join(map(str, values)) if len(values) else "") + ">"
