"""Emits a transform of a chain of N elementwise ops and transposes: input for tests of how passes scale.

Usage: long_chain.py N vjp|jvp|vmap
"""

import sys

SQUARE, TURNED = "tensor<8x16xf32>", "tensor<16x8xf32>"


def ops(count):
    """The lines of the chain, and the name of its last value."""
    last = "%x"
    for i in range(count):
        name = f"%{i}"
        if i % 4 == 3:
            yield f"%t{i} = dlc.transpose {last} {{perm = array<i64: 1, 0>}} : ({SQUARE}) -> {TURNED}"
            yield f"%e{i} = dlc.sigmoid %t{i} : ({TURNED}) -> {TURNED}"
            yield f"{name} = dlc.transpose %e{i} {{perm = array<i64: 1, 0>}} : ({TURNED}) -> {SQUARE}"
        elif i % 4 == 2:
            yield f"{name} = dlc.tanh {last} : ({SQUARE}) -> {SQUARE}"
        else:
            yield f"{name} = dlc.{('mul', 'add')[i % 4]} {last}, %y : ({SQUARE}, {SQUARE}) -> {SQUARE}"
        last = name
    yield f"return {last} : {SQUARE}"


def main():
    print(f"func.func private @f(%x: {SQUARE}, %y: {SQUARE}) -> {SQUARE} {{")
    print("\n".join(ops(int(sys.argv[1]))))
    print("}")
    {"vjp": vjp, "jvp": jvp, "vmap": vmap}[sys.argv[2]]()


def vjp():
    print(f"func.func @main(%x: {SQUARE}, %y: {SQUARE}) -> ({SQUARE}, {SQUARE}) {{")
    print("%r:3 = dlc.vjp @f(%x, %y, %x) {wrt = array<i64: 0, 1>, of = array<i64: 0>}")
    print(f"  : ({SQUARE}, {SQUARE}, {SQUARE}) -> ({SQUARE}, {SQUARE}, {SQUARE})")
    print(f"return %r#1, %r#2 : {SQUARE}, {SQUARE}\n}}")


def jvp():
    print(f"func.func @main(%x: {SQUARE}, %y: {SQUARE}) -> {SQUARE} {{")
    print("%r:2 = dlc.jvp @f(%x, %y, %y, %x) {wrt = array<i64: 0, 1>, of = array<i64: 0>}")
    print(f"  : ({SQUARE}, {SQUARE}, {SQUARE}, {SQUARE}) -> ({SQUARE}, {SQUARE})")
    print(f"return %r#1 : {SQUARE}\n}}")


def vmap():
    batch = SQUARE.replace("<", "<4x")
    print(f"func.func @main(%x: {batch}, %y: {SQUARE}) -> {batch} {{")
    print("%r = dlc.vmap @f(%x, %y) {in_axes = array<i64: 0, -1>, out_axes = array<i64: 0>}")
    print(f"  : ({batch}, {SQUARE}) -> {batch}")
    print(f"return %r : {batch}\n}}")


main()
