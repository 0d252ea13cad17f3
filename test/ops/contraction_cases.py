"""Cases of dot_general and the three convolutions, against sums in a wider type with an error bound."""

import dataclasses
from collections.abc import Iterator

import numpy as np
from cases import Case, Expected, Input, dims_of, generator_of, tame
from element_types import FLOATS, Element


def _i64s(values) -> str:
    return "array<i64" + (": " + ", ".join(map(str, values)) if len(values) else "") + ">"


def _input(op: str, element: Element, shape_class: str, shape: tuple, key) -> Input:
    stored = tame(element, shape, generator_of(op, element.name, shape_class, key))
    return Input(element, stored, dims_of(shape_class, shape))


def _of_products(element: Element, compute, terms: int, *operands: np.ndarray) -> Expected:
    """The result of a bilinear `compute` with `terms` terms an element."""
    if element.kind not in "fc":
        signed = [x.astype(np.int64).view(np.uint64) if element.kind == "i" else x.astype(np.uint64) for x in operands]
        return Expected(element, compute(*signed))
    sizes = compute(*(np.abs(x) for x in operands))
    if element.kind == "c":  # a term is two products for each part
        terms, sizes = 2 * terms, 2 * sizes
    return Expected(element, compute(*operands), 0.5, sizes * (terms + 1) * element.accumulator.epsilon / 2 * 1.01)


# ===--- dot_general ---===#


@dataclasses.dataclass
class _Dot:
    label: str
    lhs: tuple
    rhs: tuple
    batch: tuple = ((), ())
    contract: tuple = ((), ())

    def attributes(self) -> str:
        (lb, rb), (lc, rc) = self.batch, self.contract
        last = bool(lc) and lc[-1] == len(self.lhs) - 1 and rc[-1] == len(self.rhs) - 1
        lanes = last and (len(self.lhs) == len(lb) + len(lc) or len(self.rhs) == len(rb) + len(rc))
        return (
            f"{{lhs_batch = {_i64s(lb)}, rhs_batch = {_i64s(rb)}, lhs_contract = {_i64s(lc)}, "
            f"rhs_contract = {_i64s(rc)}, order = #dlc.order<{'lanes' if lanes else 'chain'}>}}"
        )

    def terms(self) -> int:
        return int(np.prod([self.lhs[d] for d in self.contract[0]]))

    def compute(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        letters = iter("abcdefghij")
        of_x = [next(letters) for _ in self.lhs]
        of_y = [next(letters) for _ in self.rhs]
        for pairs in (self.batch, self.contract):
            for left, right in zip(*pairs):
                of_y[right] = of_x[left]
        free_x = [c for i, c in enumerate(of_x) if i not in self.batch[0] + self.contract[0]]
        free_y = [c for i, c in enumerate(of_y) if i not in self.batch[1] + self.contract[1]]
        out = [of_x[i] for i in self.batch[0]] + free_x + free_y
        return np.asarray(np.einsum(f"{''.join(of_x)},{''.join(of_y)}->{''.join(out)}", x, y))


def _dots(shape_class: str) -> list[_Dot]:
    last, first = ((1,), (0,)), ((0,), (0,))
    return {
        "scalar": [_Dot("", (), ())],
        "empty": [_Dot("terms", (3, 0), (0, 5), contract=last), _Dot("rows", (0, 4), (4, 5), contract=last)],
        "ones": [_Dot("", (1, 1), (1, 1), contract=last), _Dot("dot", (1,), (1,), contract=first)],
        "odd": [
            _Dot("matrix", (7, 13), (13, 5), contract=last),
            _Dot("transposed", (13, 7), (5, 13), contract=((0,), (1,))),
            _Dot("vector", (7, 13), (13,), contract=last),
            _Dot("dot", (13,), (13,), contract=first),
            _Dot("batch", (3, 5, 7), (3, 7, 4), ((0,), (0,)), ((2,), (1,))),
            _Dot("outer", (7,), (13,)),
            _Dot("two dims", (5, 3, 7), (7, 3, 11), contract=((1, 2), (1, 0))),
        ],
        "blocks": [
            _Dot("matrix", (3, 1031), (1031, 5), contract=last),
            _Dot("vector", (3, 1031), (1031,), contract=last),
            _Dot("wide", (37, 19), (19, 70), contract=last),
        ],
        "symbolic": [_Dot("matrix", (5, 37), (37, 7), contract=last), _Dot("vector", (5, 37), (37,), contract=last)],
    }[shape_class]


def dot_general(element: Element, shape_class: str) -> Iterator[Case]:
    for dot in _dots(shape_class):
        x = _input("dot_general", element, shape_class, dot.lhs, dot.label + "x")
        y = _input("dot_general", element, shape_class, dot.rhs, dot.label + "y")

        def expected(dot=dot, x=x, y=y):
            return [_of_products(element, dot.compute, dot.terms(), x.values, y.values)]

        yield Case("dot_general", dot.label, [x, y], dot.attributes(), expected)


# ===--- Convolutions ---===#


@dataclasses.dataclass
class _Conv:
    """x [N, H, W, C], w [KH, KW, C / groups, O], y [N, OH, OW, O]."""

    label: str
    x: tuple
    w: tuple
    strides: tuple = (1, 1)
    low: tuple = (0, 0)
    high: tuple = (0, 0)
    dilation: tuple = (1, 1)
    groups: int = 1

    @property
    def y(self) -> tuple:
        spatial = [
            (e + a + b - ((k - 1) * d + 1)) // s + 1
            for e, a, b, k, d, s in zip(self.x[1:3], self.low, self.high, self.w[:2], self.dilation, self.strides)
        ]
        return (self.x[0], *spatial, self.w[3])

    def attributes(self, more: str = "") -> str:
        fields = ("strides", "low", "high", "dilation")
        listed = ", ".join(f"{name} = {_i64s(getattr(self, name))}" for name in fields)
        return f"{{{listed}, groups = {self.groups} : i64{more}}}"

    def positions(self):
        """(window position, what it reads of the padded x), for each."""
        for k in np.ndindex(*self.w[:2]):
            cut = [
                np.s_[i * d : i * d + (out - 1) * s + 1 : s]
                for i, d, s, out in zip(k, self.dilation, self.strides, self.y[1:3])
            ]
            yield k, (np.s_[:], *cut)

    def padded(self, x: np.ndarray) -> np.ndarray:
        return np.pad(x, [(0, 0), *zip(self.low, self.high), (0, 0)])

    def grouped(self, array: np.ndarray) -> np.ndarray:
        """[..., channels] as [..., groups, channels of one]."""
        return (
            array.reshape(*array.shape[:-1], self.groups, -1)
            if array.size
            else array.reshape(*array.shape[:-1], self.groups, array.shape[-1] // self.groups)
        )

    def weights(self, w: np.ndarray) -> np.ndarray:
        """[KH, KW, C of a group, groups, O of a group]."""
        return w.reshape(*self.w[:3], self.groups, self.w[3] // self.groups)

    def forward(self, x: np.ndarray, w: np.ndarray) -> np.ndarray:
        padded, w = self.grouped(self.padded(x)), self.weights(w)
        y = sum(np.einsum("nhwgc,cgo->nhwgo", padded[cut], w[k]) for k, cut in self.positions())
        return y.reshape(self.y)

    def input_grad(self, y: np.ndarray, w: np.ndarray) -> np.ndarray:
        y, w = self.grouped(y), self.weights(w)
        padded = self.grouped(self.padded(np.zeros(self.x, y.dtype)))
        for k, cut in self.positions():
            padded[cut] += np.einsum("nhwgo,cgo->nhwgc", y, w[k])
        padded = padded.reshape(*padded.shape[:3], self.x[3])
        rows, columns = (np.s_[a : a + e] for a, e in zip(self.low, self.x[1:3]))
        return padded[:, rows, columns]

    def weight_grad(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        padded, y = self.grouped(self.padded(x)), self.grouped(y)
        grads = [np.einsum("nhwgc,nhwgo->cgo", padded[cut], y) for _, cut in self.positions()]
        return np.stack(grads).reshape(self.w)


def _convs(shape_class: str) -> list[_Conv]:
    return {
        "scalar": [],
        "empty": [_Conv("", (0, 5, 4, 3), (3, 2, 3, 2))],
        "ones": [_Conv("", (1, 1, 1, 1), (1, 1, 1, 1))],
        "odd": [
            _Conv("strided", (2, 7, 5, 3), (3, 2, 3, 5), (2, 1), (1, 0), (1, 1)),
            _Conv("dilated", (1, 7, 9, 2), (3, 2, 2, 3), (1, 1), (2, 0), (0, 1), (2, 3)),
            _Conv("groups", (2, 5, 5, 4), (3, 3, 2, 6), groups=2),
        ],
        "blocks": [_Conv("", (1, 4, 4, 120), (3, 3, 120, 5)), _Conv("wide", (3, 20, 20, 2), (3, 3, 2, 18))],
        "symbolic": [_Conv("", (5, 6, 7, 3), (3, 3, 3, 4), (1, 1), (1, 1), (1, 1))],
    }[shape_class]


def _conv(op: str, element: Element, shape_class: str) -> Iterator[Case]:
    if element not in FLOATS:
        return
    for c in _convs(shape_class):
        shapes = {"x": c.x, "w": c.w, "y": c.y}
        reads, compute, terms, more = {
            "conv": ("xw", c.forward, c.w[0] * c.w[1] * c.w[2], ""),
            "conv_input_grad": (
                "yw",
                c.input_grad,
                c.w[0] * c.w[1] * c.w[3],
                f", spatial = #dlc.dims<{list(c.x[1:3])}>",
            ),
            "conv_weight_grad": ("xy", c.weight_grad, int(np.prod(c.y[:3])), f", window_shape = {_i64s(c.w[:2])}"),
        }[op]
        inputs = []
        for name in reads:
            stored = _input(op, element, shape_class, shapes[name], c.label + name)
            # The batch alone is symbolic: channels and windows are small numbers that could be taken for it.
            dims = ("B", *shapes[name][1:]) if shape_class == "symbolic" and name != "w" else shapes[name]
            inputs.append(dataclasses.replace(stored, dims=dims))

        def expected(compute=compute, terms=terms, inputs=inputs):
            return [_of_products(element, compute, terms, *(x.values for x in inputs))]

        yield Case(op, c.label, inputs, c.attributes(more), expected)


def conv(element: Element, shape_class: str) -> Iterator[Case]:
    return _conv("conv", element, shape_class)


def conv_input_grad(element: Element, shape_class: str) -> Iterator[Case]:
    return _conv("conv_input_grad", element, shape_class)


def conv_weight_grad(element: Element, shape_class: str) -> Iterator[Case]:
    return _conv("conv_weight_grad", element, shape_class)
