"""Test cases of ops: operands, attributes and what the results must be. Those of elementwise ops follow from the table.

The table is build/test/op_table.json, which dlc-tblgen makes from the rows of dialects/dlc. A new row has its cases at
once; a new op of another family needs a function of its name in structured_cases.py, and a test fails until it is
there.
"""

import dataclasses
import itertools
import json
import pathlib
from collections.abc import Callable, Iterator

import numpy as np
import oracles
from element_types import ADMITS, ALL, BOOL, BY_NAME, Element

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = json.loads((ROOT / "build" / "test" / "op_table.json").read_text())

# Extents by class of shapes; what a class stands for in an op without elementwise operands is up to that op.
SHAPES = {
    "scalar": (),
    "empty": (3, 0),
    "ones": (1, 1),
    "odd": (7, 13),
    "blocks": (2, 1031),
    "symbolic": (5, 37),
}
SYMBOLS = {"B": 5, "N": 37}


@dataclasses.dataclass
class Input:
    """An operand: elements in memory, and extents as IR has them, which may name symbols."""

    element: Element
    stored: np.ndarray
    dims: tuple

    @property
    def values(self) -> np.ndarray:
        return self.element.decode(self.stored)


@dataclasses.dataclass
class Expected:
    """What a result must be: values in a wide type, and how far the result may be off.

    Attributes:
        element: The element type.
        values: The values; integers may be of any width and wrap.
        ulp: Units in the last place of the element type; half a one is correct rounding.
        bound: Absolute, for each element; None: none beside ulp.
        where: Elements to look at; None: all.
    """

    element: Element
    values: np.ndarray
    ulp: float = 0.5
    bound: np.ndarray | None = None
    where: np.ndarray | None = None

    def why_not(self, stored: np.ndarray) -> str:
        """What is wrong with a result; "" if nothing."""
        if stored.shape != np.shape(self.values):
            return f"expected shape {np.shape(self.values)}, but got {stored.shape}"
        got = self.element.decode(stored)
        if self.element.kind not in "fc":
            wrong = got != (self.element.wrap(self.values) if self.element.kind in "iu" else np.asarray(self.values))
        else:
            wrong = ~self._is_near(got, np.asarray(self.values, self.element.wide))
        if self.where is not None:
            wrong &= self.where
        if not wrong.any():
            return ""
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        return f"expected {np.asarray(self.values)[at]!r} at {at}, but got {got[at]!r} ({int(wrong.sum())} are wrong)"

    def _is_near(self, got: np.ndarray, want: np.ndarray) -> np.ndarray:
        rounded = self.element.decode(self.element.encode(want))
        same = _is_same(got, rounded)
        # The oracle is off by its own rounding: a thousandth of a unit is allowed for that.
        slack = max(self.ulp, 0.5) * 1.002 * self.element.unit(want)
        if self.bound is not None:
            slack = slack + self.bound
        with np.errstate(all="ignore"):
            near = np.abs(got - want) <= slack
        isolated = ~np.isfinite(got) | ((got == 0) & (want == 0))
        return same | (near & ~isolated)


def _is_same(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Where numbers are equal with their signs, or both NaN; complex ones in both parts."""
    if np.iscomplexobj(x):
        return _is_same(x.real, y.real) & _is_same(x.imag, y.imag)
    return (x == y) & (np.signbit(x) == np.signbit(y)) | np.isnan(x) & np.isnan(y)


@dataclasses.dataclass
class Case:
    """One op with operands and attributes. `expected` computes what its results must be."""

    op: str
    label: str
    inputs: list[Input]
    attributes: str
    expected: Callable[[], list[Expected]]
    constant: bool = False


def generator_of(*key) -> np.random.Generator:
    """Random numbers that depend on the key alone."""
    return np.random.default_rng(list("/".join(map(str, key)).encode()))


def dims_of(shape_class: str, shape: tuple) -> tuple:
    """Extents as IR has them: symbols for those that stand for one, if the class is symbolic."""
    if shape_class != "symbolic":
        return shape
    names = {extent: name for name, extent in SYMBOLS.items()}
    return tuple(names.get(extent, extent) for extent in shape)


def sample(element: Element, shape: tuple, rng: np.random.Generator, low: float = -3, high: float = 3) -> np.ndarray:
    """Elements of all kinds: most in [low, high], some special, some with random bits."""
    size = int(np.prod(shape))
    if element.kind == "b":
        return rng.integers(0, 2, shape).astype(bool)
    if element.kind == "c":
        parts = sample(element.part, (*shape, 2), rng, -3, 3)
        return parts.view(element.storage).reshape(shape)
    bits = rng.integers(0, 256, size * element.storage.itemsize, dtype=np.uint8).view(element.storage)
    if element.kind != "f":
        lowest, highest = element.limits
        special = np.array([0, 1, highest, lowest, highest - 1, -1 if lowest else 2], element.storage)
        usual = rng.integers(-3 if lowest else 0, 8, size).astype(element.storage)
        wild = element.wrap(bits)
    else:
        special = element.encode(np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 2.0 ** (element.least - 2)]))
        usual = element.encode(rng.uniform(low, high, size).astype(element.wide))
        wild = bits
    kind = rng.integers(0, 8, size)
    stored = np.where(kind == 0, special[rng.integers(0, len(special), size)], np.where(kind == 1, wild, usual))
    if element.kind == "f" and low >= 0:
        negative = np.signbit(element.decode(stored)) & (element.decode(stored) != 0)
        stored = np.where(negative, usual, stored)
    return stored.astype(element.storage).reshape(shape)


def tame(element: Element, shape: tuple, rng: np.random.Generator, low: float = -2, high: float = 2) -> np.ndarray:
    """Finite elements of modest size; integers of all sizes."""
    if element.kind == "c":
        return tame(element.part, (*shape, 2), rng, low, high).view(element.storage).reshape(shape)
    if element.kind != "f":
        return sample(element, shape, rng)
    return element.encode(rng.uniform(low, high, shape).astype(element.wide)).reshape(shape)


def near_unit_circle(element: Element, shape: tuple, rng: np.random.Generator) -> np.ndarray:
    """Complex numbers of magnitude near 1, and a few that are 1: products of many stay numbers."""
    angle, size = rng.uniform(-np.pi, np.pi, shape), rng.uniform(0.999, 1.001, shape)
    return element.encode(np.where(rng.integers(0, 8, shape) == 0, 1, size * np.exp(1j * angle)))


# ===--- Elementwise ops ---===#


def _attribute_choices(row: dict) -> Iterator[tuple[str, str, dict]]:
    """(label, attributes as text, their values) for every value that the attributes of a row can have."""
    choices = []
    for attribute in row["attributes"]:
        name = attribute["name"]
        if attribute["kind"] == "enum":
            choices.append([(c, f"{name} = #dlc.{attribute['mnemonic']}<{c}>", {name: c}) for c in attribute["cases"]])
        elif attribute["kind"] == "TypeAttr":
            choices.append([(t.name, f"{name} = {t.ir}", {name: t}) for t in ALL])
        else:
            raise NotImplementedError(f"attribute {name} of {row['name']} is of kind {attribute['kind']}")
    for choice in itertools.product(*choices):
        label = " ".join(c[0] for c in choice)
        values = {k: v for c in choice for k, v in c[2].items()}
        yield label, "{" + ", ".join(c[1] for c in choice) + "}" if choice else "", values


def complex_of(element: Element) -> Element:
    """The complex type with parts of this type; of a complex type itself."""
    return {"f32": BY_NAME["c64"], "f64": BY_NAME["c128"]}.get(element.name, element)


def elementwise_types(row: dict) -> list[Element]:
    """The element types of a row: those of its last operand, which is never a condition."""
    return ADMITS[row["operands"][-1]["admits"]]


def elementwise_cases(row: dict, element: Element, shape_class: str) -> Iterator[Case]:
    """The cases of an elementwise op for one element type and class of shapes."""
    shape = SHAPES[shape_class]
    rng = generator_of(row["name"], element.name, shape_class)
    low, high = (float(end) for end in row["domain"])
    inputs = []
    for operand in row["operands"]:
        of = BOOL if operand["admits"] == "bool" else element
        inputs.append(Input(of, sample(of, shape, rng, low, high), dims_of(shape_class, shape)))
    for label, text, values in _attribute_choices(row):
        result = {"any": element, "bool": BOOL}.get(row["results"][0], element)
        result = values.get("to", result)
        result = {"part": element.part, "complex": complex_of(element)}.get(row["results"][0], result)
        result = element.part if row["name"] == "abs" and element.kind == "c" else result
        is_order = values.get("predicate", "eq") not in ("eq", "ne")
        if element.kind == "c" and (is_order or ("to" in values and result.kind != "c")):
            continue  # an error, which test/dlc/invalid-complex.mlir has
        yield Case(row["name"], label, inputs, text, _row_oracle(row, inputs, values, result, element))


def _row_oracle(row: dict, inputs: list[Input], values: dict, result: Element, element: Element):
    names = [operand["name"] for operand in row["operands"]]

    def expected() -> list[Expected]:
        scope = oracles.NAMES | values | {name: x.values for name, x in zip(names, inputs)}
        with np.errstate(all="ignore"):
            answer = eval(row["oracle"], {"__builtins__": {}}, scope)  # rows are part of the project
        # f16 and bf16 compute in f32, whose error is a few thousandths of their unit.
        ulp = row["ulp"] if element.name in ("f32", "f64") else 0.52
        if "c" not in (element.kind, result.kind):
            return [Expected(result, answer, max(ulp, 0.5))]
        # Each part of a complex number may be off by units of the whole, and what is computed on the way may overflow.
        exact = row["name"] in ("real", "imag", "conj", "complex", "cast", "select", "neg", "stop_gradient")
        if exact or row["name"] in ("is_nan", "is_inf", "is_finite"):
            return [Expected(result, answer, 0.5)]
        bound = None
        most = 1e2
        if (
            row["name"] == "pow"
        ):  # the error of the logarithm counts as often as y says; that of numbers in f64 does not
            most, x, y = 4, inputs[0].values, inputs[1].values
            with np.errstate(all="ignore"):
                size = np.abs(y) * (np.abs(np.log(np.where(x == 0, 1, x))) + 1)
                bound = 4 * size * np.abs(answer) * (2.0**-53)
        calm = np.ones(np.shape(answer), bool)
        for x in inputs:
            for part in (np.real(x.values), np.imag(x.values)) if x.element.kind == "c" else ():
                size = np.abs(part)
                calm &= (size == 0) | (size > 1e-5) & (size < most)
        if row["name"] == "log2":  # of 0 the angle is rounded twice beside an infinity
            calm &= np.isfinite(answer)
        return [Expected(result, answer, 6, bound, where=calm)]

    return expected
