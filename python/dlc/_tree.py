"""Trees of arrays: dicts, lists, tuples, named tuples, dataclasses and objects that say they are trees (Module).

Flattening gives the leaves in order and a Structure that rebuilds a tree of the same shape around other leaves.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from dlc._array import Array
from dlc._dtypes import has_derivative


def is_object_node(value: Any) -> bool:
    """Whether an object is a tree of its attributes: its class says so, or it is a dataclass."""
    kind = type(value)
    return getattr(kind, "__dlc_tree__", False) or (dataclasses.is_dataclass(value) and not isinstance(value, type))


class Parameter(Array):
    """An array of a Module that is trained: value_and_grad differentiates it as long as `requires_grad` is set."""

    __slots__ = ("requires_grad",)

    def __init__(self, value: Any, requires_grad: bool = True):
        from dlc._array import asarray

        array = asarray(value)
        super().__init__(array._v, array._home)
        self.requires_grad = requires_grad


class Structure:
    """The shape of a tree: what is needed to rebuild it around new leaves."""

    __slots__ = ("kind", "data", "children")

    def __init__(self, kind: str, data: Any = None, children: tuple[Structure, ...] = ()):
        self.kind = kind
        self.data = data
        self.children = children

    def build(self, leaves) -> Any:
        """A tree with the next leaves of an iterator in the places of leaves."""
        if self.kind == "leaf":
            return next(leaves)
        if self.kind == "static":
            return self.data
        parts = [c.build(leaves) for c in self.children]
        if self.kind == "dict":
            return dict(zip(self.data, parts))
        if self.kind == "object":
            kind, names = self.data
            made = object.__new__(kind)
            vars(made).update(zip(names, parts))
            return made
        if self.kind == "namedtuple":
            return self.data(*parts)
        return tuple(parts) if self.kind == "tuple" else parts


def children_of(value: Any) -> tuple[str, Any, list] | None:
    """(kind, data, parts) of an inner node; None for a leaf or a static value."""
    if isinstance(value, dict):
        return "dict", list(value), list(value.values())
    if isinstance(value, tuple):
        return ("namedtuple", type(value), list(value)) if hasattr(value, "_fields") else ("tuple", None, list(value))
    if isinstance(value, list):
        return "list", None, value
    if is_object_node(value):
        attributes = vars(value)
        return "object", (type(value), list(attributes)), list(attributes.values())
    return None


def is_array(value: Any) -> bool:
    return isinstance(value, Array)


def flatten(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> tuple[list, Structure]:
    """The leaves of a tree in order, and its structure.

    Args:
        tree: The tree.
        is_leaf: What counts as a leaf outside of objects; by default, and in objects, an Array. Other values that are
            no inner nodes are static.

    Returns:
        Leaves and structure.
    """
    leaves: list = []
    is_leaf = is_leaf or is_array

    def visit(value: Any, is_leaf: Callable[[Any], bool]) -> Structure:
        if is_leaf(value):
            leaves.append(value)
            return Structure("leaf")
        node = children_of(value)
        if node is None:
            return Structure("static", value)
        kind, data, parts = node
        below = is_array if kind == "object" else is_leaf
        return Structure(kind, data, tuple(visit(p, below) for p in parts))

    structure = visit(tree, is_leaf)
    return leaves, structure


def unflatten(structure: Structure, leaves) -> Any:
    """The tree of a structure around leaves."""
    return structure.build(iter(leaves))


def map_leaves(function: Callable, tree: Any, *rest: Any) -> Any:
    """A tree with function(leaf, leaves of the other trees...) in the place of each leaf."""
    leaves, structure = flatten(tree)
    others = [flatten(t)[0] for t in rest]
    return unflatten(structure, [function(*parts) for parts in zip(leaves, *others)])


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.generic)) and not isinstance(value, bool)


def trainable(tree: Any) -> tuple[list[Array], Structure]:
    """The leaves of a tree that are differentiated, and the structure that has None in the places of all others.

    In an object node these are Parameters with requires_grad; elsewhere all arrays of a float type.
    """
    leaves: list[Array] = []

    def visit(value: Any, in_object: bool) -> Structure:
        if isinstance(value, Array):
            wanted = getattr(value, "requires_grad", not in_object) and has_derivative(value.dtype)
            if wanted:
                leaves.append(value)
            return Structure("leaf") if wanted else Structure("static", None)
        node = children_of(value)
        if node is None:
            return Structure("static", value if in_object else None)
        kind, data, parts = node
        return Structure(kind, data, tuple(visit(p, in_object or kind == "object") for p in parts))

    structure = visit(tree, False)
    return leaves, structure
