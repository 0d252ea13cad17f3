"""Every op on every element type it admits and six classes of shapes: interpreter against oracle, compiled code against
the interpreter, bit for bit.

All ops of one element type and class of shapes are one program, each a kernel of its own, so that few programs are
compiled. Where a program fails, its cases are compiled one by one, and the message names those at fault. The
interpreter runs all cases; compiled are, without --full, every op on every element type in the class `odd`, and a third
of the other cases: as optimized code, and half of them as baseline code too.
"""

import contextlib
import dataclasses
import functools
import pathlib
import re
import subprocess
import zlib
from collections.abc import Iterator

import _dlc
import aarch64
import numpy as np
import pytest
import structured_cases
from cases import ROOT, SHAPES, SYMBOLS, TABLE, Case, Expected, elementwise_cases, elementwise_types
from element_types import ADMITS, ALL, BY_CODE, BY_NAME, Element

from dlc._options import TIERS

OPS = {row["name"]: row for row in TABLE}
NM = re.search(r"^DLC_LIT:\w+=(.*)/lit$", (ROOT / "build" / "CMakeCache.txt").read_text(), re.M)


def types_of(row: dict) -> list[Element]:
    """The element types that an op must be tested on."""
    if row["elementwise"]:
        return elementwise_types(row)
    if row["name"] in structured_cases.TYPES:
        return structured_cases.TYPES[row["name"]]
    return ADMITS[row["operands"][0]["admits"]]


def cases_of(row: dict, element: Element, shape_class: str) -> list[Case]:
    if row["name"] in structured_cases.NO_ELEMENTS or element not in types_of(row):
        return []
    if row["oracle"]:
        return list(elementwise_cases(row, element, shape_class))
    return list(getattr(structured_cases, row["name"])(element, shape_class))


@functools.cache
def all_cases(element: Element, shape_class: str) -> tuple[Case, ...]:
    return tuple(case for row in TABLE for case in cases_of(row, element, shape_class))


def compiled_cases(element: Element, shape_class: str, full: bool) -> tuple[Case, ...]:
    """The cases that are compiled too."""

    def is_chosen(case: Case) -> bool:
        return full or shape_class == "odd" or _number(case, element, shape_class) % 3 == 0

    return tuple(case for case in all_cases(element, shape_class) if is_chosen(case))


def baseline_cases(element: Element, shape_class: str, full: bool) -> tuple[Case, ...]:
    """Those of the compiled cases that are compiled as baseline code too."""
    cases = compiled_cases(element, shape_class, full)
    return tuple(case for case in cases if full or _number(case, element, shape_class) % 2 == 0)


def _number(case: Case, element: Element, shape_class: str) -> int:
    """A number that says which cases are chosen: the same in every run."""
    return zlib.crc32(f"{case.op} {case.label} {element.name} {shape_class}".encode())


@contextlib.contextmanager
def tiers(which: str) -> Iterator[None]:
    """Programs that are compiled inside have this tier."""
    before = _dlc.compile_options()
    _dlc.set_compile_options(*before[:2], TIERS.index(which))
    yield
    _dlc.set_compile_options(*before)


class Batch:
    """A program of many cases: its module, the tensors of its inputs, and where each case's results are."""

    def __init__(self, cases: tuple[Case, ...], engine: str):
        trace = _dlc.Trace(False, engine)
        self.tensors, self.stored, self.slices, outputs, seen = [], [], [], [], {}
        if any("B" in case.attributes for case in cases):  # symbols that only attributes name get their value here
            trace.input(0, list(SYMBOLS), "symbols", False)
            self._add(0, np.zeros(tuple(SYMBOLS.values()), bool))
        for case in cases:
            values = []
            for x in case.inputs:
                if id(x) not in seen:
                    stored = np.array(x.stored, order="C")
                    if case.constant:
                        tensor = _dlc.tensor(stored, x.element.code, list(x.stored.shape), True)
                        seen[id(x)] = x, trace.value(tensor)
                    else:
                        seen[id(x)] = x, trace.input(x.element.code, [str(d) for d in x.dims], "", False)
                        self._add(x.element.code, stored)
                values.append(seen[id(x)][1])
            try:
                results = values if case.constant else trace.op(f"dlc.{case.op}", values, case.attributes or None)
            except (TypeError, ValueError) as error:
                raise AssertionError(f"{case.op} {case.label} {case.attributes}: {error}") from error
            self.slices.append(np.s_[len(outputs) : len(outputs) + len(results)])
            outputs += results
        self.module = trace.finish(outputs)
        self.engine = engine

    def _add(self, dtype: int, stored: np.ndarray) -> None:
        self.tensors.append(_dlc.tensor(stored, dtype, list(stored.shape), True))
        self.stored.append((dtype, stored))

    def run(self) -> list[list[np.ndarray]]:
        """The results of each case, as elements in memory."""
        outputs = self.module.compile(self.engine).run(self.tensors)
        return [[_stored(t) for t in outputs[part]] for part in self.slices]


def _stored(tensor) -> np.ndarray:
    storage = BY_CODE[tensor.dtype].storage
    if 0 in tensor.shape:
        return np.zeros(tensor.shape, storage)
    return np.frombuffer(tensor, storage).reshape(tensor.shape)


def _compiled_alone(case: Case) -> str:
    try:
        Batch((case,), "jit").run()
    except Exception as error:
        return f"{case.op} {case.label} {case.attributes}: {str(error).splitlines()[0]}"
    return ""


def _run_compiled(cases: tuple[Case, ...], tier: str) -> tuple[list, list[str]]:
    """The results of compiled code, and the cases that have none."""
    with tiers(tier):
        try:
            return Batch(cases, "jit").run(), []
        except Exception as error:
            found = [text for case in cases if (text := _compiled_alone(case))]
            return [], found or [f"alone every case compiles, but together: {error}"]


def check(cases: tuple[Case, ...], compiled: tuple[Case, ...], baseline: tuple[Case, ...]) -> list[str]:
    """What is wrong with the results of cases, of which some are compiled too, as optimized and as baseline code."""
    problems = []
    expected = {id(case): case.expected() for case in cases}
    answers = dict(zip(map(id, cases), Batch(cases, "interp").run()))
    for case in cases:
        for want, got in zip(expected[id(case)], answers[id(case)], strict=True):
            if reason := want.why_not(got):
                problems.append(f"{case.op} {case.label}: interpreter: {reason}")
    for tier, chosen in (("optimized", compiled), ("baseline", baseline)):
        results, failures = _run_compiled(chosen, tier)
        for case, got in zip(chosen, results):
            for want, x, y in zip(expected[id(case)], answers[id(case)], got, strict=True):
                if reason := _difference(want.element, x, y):
                    problems.append(f"{case.op} {case.label}: {tier}: {reason}")
        problems += [f"{text}: {tier}" for text in failures]
    return problems


def _difference(element: Element, x: np.ndarray, y: np.ndarray) -> str:
    """Where y differs from x in bits, all NaNs being one; "" if nowhere."""
    if x.shape != y.shape:
        return f"expected shape {x.shape}, but got {y.shape}"
    wrong = _bits(element, x) != _bits(element, y)
    wrong = wrong.any(axis=-1) if element.kind == "c" else wrong
    if not wrong.any():
        return ""
    at = tuple(int(i) for i in np.argwhere(wrong)[0])
    values = element.decode(x), element.decode(y)
    return f"expected {values[0][at]!r} at {at}, but got {values[1][at]!r} ({int(wrong.sum())} differ)"


def _bits(element: Element, stored: np.ndarray) -> np.ndarray:
    """Elements as integers, all NaNs as one."""
    if element.kind == "c":
        parts = np.array(stored, order="C").reshape(-1).view(element.part.storage)
        return _bits(element.part, parts).reshape(*np.shape(stored), 2)
    if element.kind == "f":
        stored = np.where(np.isnan(element.decode(stored)), element.encode(np.full((), np.nan)), stored)
    return np.asarray(stored, element.storage).view(f"u{element.storage.itemsize}")


@pytest.mark.parametrize("shape_class", SHAPES)
@pytest.mark.parametrize("element", ALL, ids=lambda e: e.name)
def test_ops(element, shape_class, request):
    full = request.config.getoption("--full")
    chosen = [choose(element, shape_class, full) for choose in (compiled_cases, baseline_cases)]
    problems = check(all_cases(element, shape_class), *chosen)
    assert not problems, "\n".join(["", *problems])


def test_every_op_has_cases():
    missing, without = [], structured_cases.NOT_APPLICABLE
    for name, row in OPS.items():
        if name in structured_cases.NO_ELEMENTS:
            continue
        if not row["oracle"] and not hasattr(structured_cases, name):
            missing.append(f"{name}: its row has no oracle, and structured_cases.py no function of this name")
            continue
        for element in types_of(row):
            for shape_class in SHAPES:
                has, reason = bool(cases_of(row, element, shape_class)), (name, shape_class) in without
                if has == reason:
                    what = "a case, and a reason for none" if has else "no case"
                    missing.append(f"{name} {element.name} {shape_class}: expected cases, but got {what}")
    assert missing == []


def imports_of(module: _dlc.Module, folder: pathlib.Path) -> set[str]:
    """The undefined symbols of the object of a module; it holds the runtime, which needs libc."""
    path = folder / "ops.o"
    module.emit("obj", bytes(path), "")
    nm = subprocess.run([f"{NM[1]}/llvm-nm", "-u", "-j", path], capture_output=True, text=True, check=True)
    return set(nm.stdout.split())


@pytest.mark.parametrize("element", ALL, ids=lambda e: e.name)
def test_objects_import_what_the_runtime_does(element, tmp_path):
    trace = _dlc.Trace(False, "jit")
    runtime = imports_of(trace.finish([trace.input(element.code, ["3"], "", False)]), tmp_path)
    assert imports_of(Batch(all_cases(element, "odd"), "jit").module, tmp_path) <= runtime


def check_kernels(*arguments) -> None:
    """Every kernel for the GPU, on the emulator, and on the GPU of this machine if it has one."""
    done = subprocess.run([ROOT / "build/bin/dlc-check-kernels", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.match(r"[1-9]\d* kernels, 0 differ", done.stdout)


@pytest.mark.parametrize(
    "shape_class", ["odd", *(pytest.param(c, marks=pytest.mark.full) for c in ("blocks", "symbolic"))]
)
@pytest.mark.parametrize("element", ALL, ids=lambda e: e.name)
def test_ops_have_the_same_bits_on_gpus(element, shape_class, tmp_path):
    path = tmp_path / "ops.mlir"
    Batch(all_cases(element, shape_class), "jit").module.emit("mlir", bytes(path), "")
    check_kernels(path, *(f"--symbol={name}={extent}" for name, extent in SYMBOLS.items()))


@pytest.mark.parametrize("first", [0, 50])
def test_random_graphs_have_the_same_bits_on_gpus(first):
    check_kernels("--graphs=50", f"--seed={first}")


@pytest.mark.parametrize("element", ALL, ids=lambda e: e.name)
def test_ops_have_the_same_bits_on_aarch64(element, tmp_path):
    aarch64.require()
    cases = all_cases(element, "odd")
    batch = Batch(cases, "interp")
    batch.module.emit("obj", bytes(tmp_path / "model.o"), aarch64.CPU)
    outputs, problems = aarch64.run(aarch64.link(tmp_path), batch.stored), []
    for case, part, answers in zip(cases, batch.slices, batch.run()):
        for x, (dtype, shape, data) in zip(answers, outputs[part], strict=True):
            y = np.frombuffer(data, BY_CODE[dtype].storage).reshape(shape)
            if reason := _difference(BY_CODE[dtype], x, y):
                problems.append(f"{case.op} {case.label}: {reason}")
    assert not problems, "\n".join(["", *problems])


def test_bounds_are_small():
    """A bound that is not far below the values would let anything pass."""
    for case in all_cases(BY_NAME["f32"], "odd"):
        for want in case.expected():
            if want.bound is not None and np.size(want.values):
                with np.errstate(all="ignore"):
                    size = np.nanmax(np.where(np.isfinite(want.values), np.abs(want.values), 0))
                assert np.max(want.bound) <= 1e-4 * max(size, 0.1), f"{case.op} {case.label}: {np.max(want.bound)}"


def test_finds_wrong_results():
    f32, i8 = BY_NAME["f32"], BY_NAME["i8"]
    x = np.array([1.0, np.nan, -0.0], np.float32)
    want = Expected(f32, np.array([1.0, np.nan, -0.0]))
    assert want.why_not(x) == ""
    assert "at (0,)" in want.why_not(np.nextafter(x, 2, dtype=np.float32))
    assert "at (1,)" in want.why_not(np.nan_to_num(x, nan=0.0))
    assert "at (2,)" in want.why_not(np.abs(x))
    assert "shape" in want.why_not(x[:2])
    assert Expected(f32, np.array([1.0]), ulp=2).why_not(np.array([1 + 2**-22], np.float32)) == ""
    assert "at (0,)" in Expected(f32, np.array([1.0]), ulp=2).why_not(np.array([1 + 2**-20], np.float32))
    assert "at (0,)" in Expected(i8, np.array([300])).why_not(np.array([45], np.int8))
    assert Expected(i8, np.array([300])).why_not(np.array([44], np.int8)) == ""
    other_nan = np.array([0x7FC00001], np.uint32).view(np.float32)
    assert _difference(f32, x, np.array([1.0, other_nan[0], -0.0], np.float32)) == ""
    assert "at (2,)" in _difference(f32, x, np.array([1.0, np.nan, 0.0], np.float32))
    case = next(c for c in all_cases(f32, "odd") if c.op == "exp")
    wrong = dataclasses.replace(case, op="exp2", expected=case.expected)
    assert any("interpreter" in text for text in check((wrong,), (), ()))
