"""Cases of scans, sorts and slices at places that are data: as in structured_cases, one function an op."""

from collections.abc import Iterator

import numpy as np
from cases import SHAPES, Case, Expected, Input, dims_of, generator_of, near_unit_circle, sample, tame
from element_types import BY_NAME, Element


def _input(op: str, element: Element, shape_class: str, shape: tuple, make=sample, key=0) -> Input:
    stored = make(element, shape, generator_of(op, element.name, shape_class, key))
    return Input(element, stored, dims_of(shape_class, shape))


def _dims(shape_class: str) -> range:
    return range(len(SHAPES[shape_class]))


def order_key(x: np.ndarray) -> np.ndarray:
    """Integers in the order of elements: NaN is the largest, -0 below +0."""
    if x.dtype.kind != "f":
        return x
    bits = x.astype(np.float64).view(np.int64)
    return np.where(np.isnan(x), np.iinfo(np.int64).max, np.where(bits < 0, bits ^ np.iinfo(np.int64).max, bits))


def cumulative(element: Element, shape_class: str) -> Iterator[Case]:
    for dim in _dims(shape_class):
        scans = {"sum": np.add, "max": np.maximum, "min": np.minimum, "prod": np.multiply}
        for kind in ("sum", "prod") if element.kind == "c" else ("sum", "max", "min"):
            scan = scans[kind]
            make = near_unit_circle if kind == "prod" else tame
            x = _input("cumulative", element, shape_class, SHAPES[shape_class], make, key=f"{kind} {dim}")

            def expected(x=x, dim=dim, kind=kind, scan=scan):
                values = scan.accumulate(x.values, dim)
                if kind in ("max", "min") or element.kind not in "fc":
                    return [Expected(element, values)]
                sizes = scan.accumulate(np.abs(x.values).astype(float), dim)
                terms = np.add.accumulate(np.ones(sizes.shape), dim)
                if kind == "prod":
                    terms = terms * 3  # roundings of one multiplication
                return [Expected(element, values, 0.5, sizes * terms * element.accumulator.epsilon / 2 * 1.01)]

            yield Case(
                "cumulative",
                f"{kind} {dim}",
                [x],
                f"{{kind = #dlc.reduce_kind<{kind}>, dim = {dim} : i64}}",
                expected,
            )


def _sorted(x: Input, dim: int, descending: bool, count: int) -> list[Expected]:
    key = order_key(x.values)
    if descending:  # equal elements stay in their order, so both ends are turned
        order = x.stored.shape[dim] - 1 - np.flip(np.argsort(np.flip(key, dim), dim, kind="stable"), dim)
    else:
        order = np.argsort(key, dim, kind="stable")
    order = np.take(order, range(count), dim)
    values = np.take_along_axis(x.stored, order, dim)
    return [Expected(x.element, x.element.decode(values)), Expected(BY_NAME["i64"], order)]


def sort(element: Element, shape_class: str) -> Iterator[Case]:
    for dim in _dims(shape_class):
        for descending in (False, True):
            x = _input("sort", element, shape_class, SHAPES[shape_class], key=f"{dim} {descending}")
            yield Case(
                "sort",
                f"{dim} {'descending' if descending else 'ascending'}",
                [x],
                f"{{dim = {dim} : i64, descending = {str(descending).lower()}}}",
                lambda x=x, d=dim, down=descending: _sorted(x, d, down, x.stored.shape[d]),
            )


def top_k(element: Element, shape_class: str) -> Iterator[Case]:
    for dim in _dims(shape_class):
        for largest in (True, False):
            count = min(3, SHAPES[shape_class][dim])
            x = _input("top_k", element, shape_class, SHAPES[shape_class], key=f"{dim} {largest}")
            yield Case(
                "top_k",
                f"{dim} {'largest' if largest else 'smallest'}",
                [x],
                f"{{k = {count} : i64, dim = {dim} : i64, largest = {str(largest).lower()}}}",
                lambda x=x, d=dim, down=largest, k=count: _sorted(x, d, down, k),
            )


def _parts(shape_class: str) -> list[tuple[tuple, tuple, str]]:
    """Sizes, starts, and what a start out of range does."""
    return {
        "scalar": [((), (), "error")],
        "empty": [((2, 0), (1, 0), "error")],
        "ones": [((1, 1), (0, 0), "error"), ((1, 0), (5, -3), "clamp")],
        "odd": [((3, 11), (4, 1), "error"), ((3, 11), (9, -2), "clamp")],
        "blocks": [((1, 1025), (1, 6), "error")],
        "symbolic": [((2, 30), (3, 5), "error"), ((2, 30), (7, -1), "clamp")],
    }[shape_class]


def _cut(shape: tuple, sizes: tuple, starts: tuple) -> tuple:
    places = [min(max(start, 0), extent - size) for extent, size, start in zip(shape, sizes, starts)]
    return tuple(np.s_[place : place + size] for place, size in zip(places, sizes))


def _starts(starts: tuple) -> list[Input]:
    return [Input(BY_NAME["i64"], np.array(start, np.int64), ()) for start in starts]


def dynamic_slice(element: Element, shape_class: str) -> Iterator[Case]:
    for sizes, starts, mode in _parts(shape_class):
        x = _input("dynamic_slice", element, shape_class, SHAPES[shape_class], key=mode)
        text = f"{{sizes = #dlc.dims<[{', '.join(map(str, sizes))}]>, mode = #dlc.index_mode<{mode}>}}"
        cut = _cut(SHAPES[shape_class], sizes, starts)
        expected = lambda x=x, cut=cut: [Expected(element, element.decode(x.stored[cut]))]  # noqa: E731
        yield Case("dynamic_slice", mode, [x, *_starts(starts)], text, expected)


def dynamic_update_slice(element: Element, shape_class: str) -> Iterator[Case]:
    for sizes, starts, mode in _parts(shape_class):
        x = _input("dynamic_update_slice", element, shape_class, SHAPES[shape_class], key=mode)
        update = sample(element, sizes, generator_of("dynamic_update_slice", element.name, shape_class, "update"))
        cut = _cut(SHAPES[shape_class], sizes, starts)

        def expected(x=x, update=update, cut=cut):
            stored = x.stored.copy()
            stored[cut] = update
            return [Expected(element, element.decode(stored))]

        yield Case(
            "dynamic_update_slice",
            mode,
            [x, Input(element, update, sizes), *_starts(starts)],
            f"{{mode = #dlc.index_mode<{mode}>}}",
            expected,
        )
