"""Elementwise functions: dlc's compiled code against glibc's libmvec, SLEEF, torch and NumPy, those that are there.

One thread. Each figure is a median of the processor's time in ns an element, over an array that stays in the
second-level cache; the ratios are peer / dlc. dlc and NumPy allocate their results, the others write to memory that is
there; `neg`, which computes nothing, shows what a call and memory cost. A third table has the
largest errors in f32, over bit patterns spread evenly, against dlc's f64 form, which test/unit/Scalar holds against
MPFR; arguments and values must be normal numbers, since some peers flush others to zero.
"""

import argparse
import ctypes
import ctypes.util
import importlib.util
import sys
import time

import harness

# Name and the range of arguments; names of NumPy's and torch's functions where they are others.
RANGES = {
    "neg": (-10, 10),
    "exp": (-10, 10),
    "exp2": (-10, 10),
    "expm1": (-10, 10),
    "sigmoid": (-10, 10),
    "log": (0.01, 100),
    "log2": (0.01, 100),
    "log1p": (-0.9, 100),
    "sin": (-10, 10),
    "cos": (-10, 10),
    "tan": (-10, 10),
    "asin": (-1, 1),
    "acos": (-1, 1),
    "atan": (-10, 10),
    "sinh": (-10, 10),
    "cosh": (-10, 10),
    "tanh": (-5, 5),
    "asinh": (-10, 10),
    "acosh": (1, 100),
    "atanh": (-1, 1),
    "erf": (-3, 3),
    "erfinv": (-1, 1),
    "rsqrt": (0.01, 100),
    "lgamma": (0.1, 20),
    "digamma": (0.1, 20),
    "pow": (0.1, 10),
    "atan2": (-10, 10),
}
PAIRS = ("pow", "atan2")
NUMPY_NAMES = {
    "neg": "negative",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "pow": "power",
    "atan2": "arctan2",
}
BITS = {"f32": 32, "f64": 64}
COUNT = 1 << 16


def prepare_dlc(name, operands):
    import dlc

    function = getattr(dlc.ops, name)
    compiled = dlc.jit(lambda *x: function(*x))
    arrays = [dlc.asarray(x) for x in operands]
    return lambda: compiled(*arrays)


def prepare_torch(name, operands):
    import torch

    torch.set_num_threads(1)
    tensors = [torch.from_numpy(x) for x in operands]
    function, result = getattr(torch, name), torch.empty_like(tensors[0])
    return lambda: function(*tensors, out=result)


def prepare_numpy(name, operands):
    import numpy as np

    function = getattr(np, NUMPY_NAMES.get(name, name), None)
    return function and (lambda: function(*operands))


def prepare_vector(library, symbol):
    """A preparation that calls the vector function whose name `symbol` gives for (name, bits, lanes, operands)."""
    calls = ctypes.CDLL(harness.ROOT / "build/lib/libvector-calls.so")
    width = 512 if harness.widest_isa() == "avx512" else 256

    def prepare(name, operands):
        import numpy as np

        bits = 8 * operands[0].itemsize
        try:
            function = getattr(library, symbol(name, bits, width // bits, len(operands)))
        except AttributeError:
            return None
        result = np.empty_like(operands[0])
        pointers = [ctypes.c_void_p(x.ctypes.data) for x in (*operands, result)]
        call = getattr(calls, f"{'pairs' if len(operands) == 2 else 'map'}_f{bits}_{width // bits}")
        count = ctypes.c_long(result.size)

        def run():
            call(function, *pointers, count)
            return result

        run.keeps = operands
        return run

    return prepare


def libmvec_symbol(name, bits, lanes, operands):
    isa = "e" if lanes * bits == 512 else "d"
    return f"_ZGV{isa}N{lanes}{'v' * operands}_{name}{'f' if bits == 32 else ''}"


def sleef_symbol(name, bits, lanes, operands):
    return f"Sleef_{name}{'f' if bits == 32 else 'd'}{lanes}_u10"


def contenders():
    """The contenders that are installed, and the names of those that are not."""
    found, absent = [harness.Contender("dlc", prepare_dlc)], []
    for name, file, symbol in (("libmvec", "libmvec.so.1", libmvec_symbol), ("SLEEF", None, sleef_symbol)):
        try:
            file = file or ctypes.util.find_library("sleef")
            library = ctypes.CDLL(file) if file else None
        except OSError:
            library = None
        if library:
            found.append(harness.Contender(name, prepare_vector(library, symbol)))
        else:
            absent.append(f"{name} (Debian: {'libsleef-dev' if name == 'SLEEF' else 'libc6'})")
    for name, prepare in (("torch", prepare_torch), ("numpy", prepare_numpy)):
        if importlib.util.find_spec(name):
            found.append(harness.Contender(name, prepare))
        else:
            absent.append(name)
    return found, absent


def prepared(name, found, operands):
    """Calls by contender, of those that have the function."""
    calls = {contender.name: contender.prepare(name, operands) for contender in found if has(contender.name, name)}
    return {contender: call for contender, call in calls.items() if call}


def has(contender, name):
    if contender != "torch":
        return True
    import torch

    return hasattr(torch, name)


def measure_function(name, dtype, found, arguments):
    import numpy as np

    low, high = RANGES[name]
    random = np.random.default_rng(7)
    operands = [random.uniform(low, high, COUNT).astype(f"f{BITS[dtype] // 8}") for _ in range(1 + (name in PAIRS))]
    operands = [np.clip(x, np.nextafter(low, high, dtype=x.dtype), high) for x in operands]
    calls = prepared(name, found, operands)
    results = {contender: np.asarray(call()) for contender, call in calls.items()}
    for contender, result in results.items():
        np.testing.assert_allclose(result, results["dlc"], rtol=1e-4, atol=1e-5, err_msg=f"{name} of {contender}")

    def rate_of(call):
        return lambda: harness.seconds_per_call(call, arguments.seconds, time.process_time) / COUNT * 1e9

    return harness.measure({contender: rate_of(call) for contender, call in calls.items()}, arguments.rounds)


def measure_errors(name, found, patterns):
    """The largest error in ulp of each contender's f32 function, over normal arguments with normal values."""
    import numpy as np

    import dlc

    tiny = np.finfo(np.float32).tiny
    worst = {}
    reference = dlc.jit(lambda *x: getattr(dlc.ops, name)(*x))
    for start in range(0, patterns, 1 << 20):
        index = np.arange(start, start + (1 << 20), dtype=np.uint64)
        operands = [((index * np.uint64(0x9E3779B9)) & np.uint64(0xFFFFFFFF)).astype(np.uint32).view(np.float32)]
        with np.errstate(all="ignore"):
            operands[0] = np.where(np.isfinite(operands[0]) & (np.abs(operands[0]) >= tiny), operands[0], 1)
            if name in PAIRS:
                operands.append(np.random.default_rng(start).uniform(-8, 8, index.size).astype(np.float32))
            want = np.asarray(reference(*(dlc.asarray(x.astype(np.float64)) for x in operands)))
            normal = (np.abs(want) >= tiny) & (np.abs(want) < 2.0**127)
            place = np.exp2(np.floor(np.log2(np.abs(np.where(normal, want, 1)))) - 23)
            for contender, call in prepared(name, found, operands).items():
                got = np.asarray(call()).astype(np.float64)
                error = np.where(normal, np.abs(got - want) / place, 0)
                largest = float(np.max(np.where(np.isnan(error), np.inf, error)))
                worst[contender] = max(worst.get(contender, 0.0), largest)
    return worst


def table(title, results, names, form, ratios):
    peers = [name for name in names if name != "dlc"]
    header = ["function", *names, *(f"{peer} / dlc" for peer in peers if ratios)]
    rows = []
    for function, figures in results.items():
        row = [function, *(form(figures[name]) if name in figures else "-" for name in names)]
        if ratios:
            row += [f"{figures[peer] / figures['dlc']:.2f}" if peer in figures else "-" for peer in peers]
        rows.append(row)
    return ["", title, "", harness.markdown_table(header, rows)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench functions", description=__doc__.splitlines()[0])
    parser.add_argument("--functions", nargs="+", default=list(RANGES), choices=list(RANGES), metavar="NAME")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of which the median is taken")
    parser.add_argument("--seconds", type=float, default=0.02, help="least time of one measurement")
    parser.add_argument("--patterns", type=int, default=1 << 22, help="arguments of the table of errors; 0: no table")
    arguments = parser.parse_args()

    harness.use_threads(1)
    found, absent = contenders()
    names = [contender.name for contender in found]
    results, errors = {dtype: {} for dtype in BITS}, {}
    for name in arguments.functions:
        for dtype in BITS:
            results[dtype][name] = measure_function(name, dtype, found, arguments)
        if arguments.patterns:
            errors[name] = measure_errors(name, found, arguments.patterns)
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)

    machine = harness.describe_machine()
    lines = [
        "# Elementwise functions",
        "",
        ", ".join(f"{key}: {value}" for key, value in machine.items()) + f", elements: {COUNT}",
        *([f"not installed: {', '.join(absent)}"] if absent else []),
    ]
    for dtype, figures in results.items():
        lines += table(f"{dtype}, ns an element, medians", figures, names, "{:.2f}".format, ratios=True)
    if errors:
        lines += table("f32, largest error in ulp", errors, names, "{:.3g}".format, ratios=False)
    text = "\n".join(lines)
    print(text)
    record = {"machine": machine, "ns": results, "ulp": errors}
    print(f"\nwritten to {harness.write_results('functions', text, record).relative_to(harness.ROOT)}")


if __name__ == "__main__":
    main()
