"""Minimax polynomials with coefficients that are floating-point numbers.

`fit` finds the sum of c[k] * basis[k](x) whose weighted error is smallest in the maximum norm (Remez exchange in 50
digits), then rounds the coefficients one by one, lowest first, and fits the others again around each rounded one.
"""

import mpmath as mp

mp.mp.dps = 50


def round_to(value, bits):
    """`value` rounded to `bits` binary digits, exactly representable."""
    if value == 0:
        return mp.mpf(0)
    mantissa, exponent = mp.frexp(value)
    return mp.ldexp(mp.nint(mp.ldexp(mantissa, bits)), exponent - bits)


def _exchange(target, weight, basis, low, high, grid_size=600, rounds=12):
    """The real minimax coefficients; `target`, `weight` and each of `basis` are functions of x."""
    n = len(basis)
    grid = [
        (low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * (k + mp.mpf(1) / 2) / grid_size) for k in range(grid_size)
    ]
    grid = [low] + grid + [high]
    values = [(target(x), weight(x), [phi(x) for phi in basis]) for x in grid]
    # The Chebyshev grid is uniform in the angle, so equal steps of the index are the extrema to start from.
    picked = [round(k * (len(grid) - 1) / mp.mpf(n)) for k in range(n + 1)]
    solution = None
    for _ in range(rounds):
        system = mp.matrix(n + 1, n + 1)
        right = mp.matrix(n + 1, 1)
        for row, index in enumerate(picked):
            g, w, phis = values[index]
            for column in range(n):
                system[row, column] = phis[column] * w
            system[row, n] = (-1) ** row
            right[row] = g * w
        solution = mp.lu_solve(system, right)
        errors = [w * (sum(solution[k] * phis[k] for k in range(n)) - g) for g, w, phis in values]
        extrema = []
        for index, error in enumerate(errors):
            if extrema and (errors[extrema[-1]] > 0) == (error > 0):
                if abs(error) > abs(errors[extrema[-1]]):
                    extrema[-1] = index
            else:
                extrema.append(index)
        while len(extrema) > n + 1:
            if len(extrema) == n + 2:
                extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
            else:
                k = min(
                    range(len(extrema) - 1), key=lambda k: min(abs(errors[extrema[k]]), abs(errors[extrema[k + 1]]))
                )
                del extrema[k : k + 2]
        if len(extrema) < n + 1 or extrema == picked:
            break
        picked = extrema
    worst = max(abs(e) for e in errors)
    return [solution[k] for k in range(n)], worst


def _remaining(target, fixed, basis):
    """`target` less the terms whose coefficients are decided."""
    done = list(zip(fixed, basis))
    return lambda x: target(x) - sum(c * phi(x) for c, phi in done)


def fit(target, weight, basis, low, high, bits, together=False):
    """Coefficients of `basis`, each rounded to bits[k] digits, and the largest weighted error on [low, high].

    Rounding one by one needs a weighted basis without a common zero inside the interval; else they are rounded
    together.
    """
    low, high = mp.mpf(low), mp.mpf(high)
    fixed = []
    if together:
        coefficients, _ = _exchange(target, weight, basis, low, high)
        fixed = [round_to(c, b) for c, b in zip(coefficients, bits)]
    for k in range(len(fixed), len(basis)):
        rest = basis[k:]

        coefficients, _ = _exchange(_remaining(target, fixed, basis), weight, rest, low, high)
        fixed.append(round_to(coefficients[0], bits[k]))
    worst = mp.mpf(0)
    for k in range(2001):
        x = low + (high - low) * k / 2000
        worst = max(worst, abs(weight(x) * (sum(c * phi(x) for c, phi in zip(fixed, basis)) - target(x))))
    return fixed, worst


def powers(count, first=0, step=1):
    """The basis x**first, x**(first + step), ..., `count` of them."""
    return [lambda x, p=first + step * k: x**p for k in range(count)]
