"""f32 matrix products of square matrices: dlc against NumPy and every other peer that is installed.

One thread unless --threads, and the widest ISA unless --isa says otherwise; peers choose their ISA themselves. Each
figure is a median in GFLOP/s; beside them stand dlc's share of the peak of fused multiply-adds, measured in the same
rounds, and the ratios dlc / peer. dlc's product is compared with NumPy's before it is timed.
"""

import argparse
import importlib.util
import sys

import harness

SIZES = (256, 512, 1024, 2048)
CPUS = {"avx2": "haswell", "avx512": "skylake-avx512"}


def prepare_dlc(operands):
    import numpy as np

    import dlc

    product = dlc.jit(lambda a, b: a @ b)
    a, b = (dlc.asarray(x) for x in operands)
    np.testing.assert_allclose(np.asarray(product(a, b)), operands[0] @ operands[1], rtol=1e-4, atol=1e-3)
    return lambda: product(a, b)


def prepare_numpy(operands):
    a, b = operands
    return lambda: a @ b


def prepare_torch(operands):
    import torch

    a, b = (torch.from_numpy(x) for x in operands)
    return lambda: a @ b


def prepare_jax(operands):
    import jax

    product = jax.jit(lambda a, b: a @ b)
    a, b = (jax.numpy.asarray(x) for x in operands)
    return lambda: product(a, b).block_until_ready()


CONTENDERS = [
    harness.Contender("dlc", prepare_dlc),
    harness.Contender("numpy", prepare_numpy),
    harness.Contender("torch", prepare_torch),
    harness.Contender("jax", prepare_jax),
]


def measure_size(size, contenders, arguments):
    """Medians in GFLOP/s of each contender, and of the peak of one core, for cubes of one size."""
    import numpy as np

    random = np.random.default_rng(size)
    operands = [random.standard_normal((size, size), dtype=np.float32) for _ in range(2)]
    flops = 2.0 * size**3

    def rate_of(call):
        call()
        return lambda: flops / harness.seconds_per_call(call, arguments.seconds) * 1e-9

    measured = {contender.name: rate_of(contender.prepare(operands)) for contender in contenders}
    measured["peak"] = lambda: harness.fma_peak(arguments.isa, arguments.seconds)
    return harness.measure(measured, arguments.rounds, between=lambda: print(".", end="", file=sys.stderr, flush=True))


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench gemm", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="edges of the cubes")
    parser.add_argument("--rounds", type=int, default=9, help="rounds of which the median is taken")
    parser.add_argument("--seconds", type=float, default=0.1, help="least time of one measurement")
    parser.add_argument("--threads", type=int, default=1, help="threads, each on its own CPU")
    parser.add_argument(
        "--isa",
        choices=CPUS,
        default=harness.widest_isa(),
        help="what dlc compiles for and whose peak it is held against",
    )
    arguments = parser.parse_args()

    harness.use_threads(arguments.threads)
    if arguments.isa != harness.widest_isa():
        import dlc

        dlc.set_compile_options(cpu=CPUS[arguments.isa])
    installed = [c for c in CONTENDERS if importlib.util.find_spec(c.name)]
    absent = [c.name for c in CONTENDERS if c not in installed]
    results = {size: measure_size(size, installed, arguments) for size in arguments.sizes}
    print(file=sys.stderr)

    names = [c.name for c in installed]
    peers = [name for name in names if name != "dlc"]
    header = ["M = N = K", *names, "peak x threads", "dlc, % of peak", *(f"dlc / {peer}" for peer in peers)]
    rows = []
    for size, rate in results.items():
        peak = rate["peak"] * arguments.threads
        shares = [f"{100 * rate['dlc'] / peak:.0f}", *(f"{rate['dlc'] / rate[peer]:.2f}" for peer in peers)]
        rows.append([f"{size}", *(f"{rate[name]:.1f}" for name in names), f"{peak:.1f}", *shares])
    machine = harness.describe_machine()
    lines = [
        "# f32 matrix product, GFLOP/s, medians",
        "",
        ", ".join(f"{key}: {value}" for key, value in machine.items())
        + f", dlc for: {arguments.isa}, threads: {arguments.threads}",
        *([f"not installed: {', '.join(absent)}"] if absent else []),
        "",
        harness.markdown_table(header, rows),
    ]
    text = "\n".join(lines)
    print(text)
    record = {"machine": machine, "threads": arguments.threads, "gflops": results}
    print(f"\nwritten to {harness.write_results('gemm', text, record).relative_to(harness.ROOT)}")


if __name__ == "__main__":
    main()
