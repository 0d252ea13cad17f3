"""Module: a tree of parameters, buffers and modules with a forward function.

A module's children are the attributes that hold parameters, buffers or modules, also inside lists, tuples and dicts,
in the order in which they were first set. That order is the order of leaves everywhere: parameters(), state_dict(), and
the module as a tree.
"""

import copy

import dlc
from dlc._tree import Parameter


def _contains_state(value):
    if isinstance(value, (dlc.Array, Module)):
        return True
    if isinstance(value, dict):
        return any(_contains_state(v) for v in value.values())
    return isinstance(value, (list, tuple)) and any(_contains_state(v) for v in value)


def _walk(value, name, leave):
    """Yields (name, value) of every module and array below a value, parents first; names are joined by dots."""
    if isinstance(value, (Module, dlc.Array)):
        if id(value) in leave:
            return
        yield name, value
    prefix = f"{name}." if name else ""
    if isinstance(value, Module):
        for key, child in value.children_by_name():
            yield from _walk(child, prefix + key, leave)
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from _walk(child, f"{prefix}{key}", leave)
    elif isinstance(value, (list, tuple)):
        for i, child in enumerate(value):
            yield from _walk(child, f"{prefix}{i}", leave)


def _first_of_each(pairs):
    """Pairs without those whose value came before: shared parameters and modules count once."""
    seen = set()
    for name, value in pairs:
        if id(value) not in seen:
            seen.add(id(value))
            yield name, value


class Module:
    """Base class of layers and models.

    A subclass sets its parameters and modules as attributes in `__init__` and defines `forward`.

    Example:
        >>> class Net(dlc.nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.hidden = dlc.nn.Linear(4, 8)
        ...         self.out = dlc.nn.Linear(8, 2)
        ...     def forward(self, x):
        ...         return self.out(dlc.nn.functional.relu(self.hidden(x)))
        >>> [name for name, _ in Net().named_parameters()]
        ['hidden.weight', 'hidden.bias', 'out.weight', 'out.bias']
    """

    __dlc_tree__ = True
    training = True

    def __init__(self):
        self.training = True

    def __call__(self, *args, **kwargs):
        return self.forward(*args, **kwargs)

    def forward(self, *args, **kwargs):
        """What the module computes; every subclass defines it."""
        raise NotImplementedError(f"expected {type(self).__name__} to define forward")

    # Children

    def __setattr__(self, name, value):
        """Sets an attribute. A buffer that is set to an array stays a buffer."""
        if "." in name:
            raise ValueError(f"expected an attribute name without dots, but got {name!r}")
        self.__dict__[name] = value

    def register_parameter(self, name, param):
        """Sets an attribute to a Parameter, or to None."""
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"expected a Parameter or None for {name!r}, but got {type(param).__name__}")
        setattr(self, name, param)

    def register_buffer(self, name, tensor, persistent=True):
        """Sets an attribute to an array that is state but not trained.

        Args:
            name: the attribute.
            tensor: an Array, or None.
            persistent: whether it is part of state_dict().
        """
        setattr(self, name, None if tensor is None else dlc.asarray(tensor))
        transient = self.__dict__.setdefault("_transient", ())
        self.__dict__["_transient"] = tuple(n for n in transient if n != name) + (() if persistent else (name,))

    def children_by_name(self):
        """(attribute, value) of each attribute that holds arrays or modules, in registration order."""
        return [(name, value) for name, value in self.__dict__.items() if _contains_state(value)]

    def named_modules(self, prefix=""):
        """(name, module) of this module and all below it, each module once."""
        pairs = _first_of_each(_walk(self, prefix, ()))
        return ((name, value) for name, value in pairs if isinstance(value, Module))

    def modules(self):
        """This module and all below it, each once."""
        return (module for _, module in self.named_modules())

    def named_children(self):
        """(name, module) of the modules directly below this one."""
        for name, value in self.children_by_name():
            for path, below in _first_of_each(_walk(value, name, ())):
                if isinstance(below, Module) and (below is value or not isinstance(value, Module)):
                    yield path, below

    def children(self):
        """The modules directly below this one."""
        return (module for _, module in self.named_children())

    def named_parameters(self, prefix=""):
        """(name, Parameter) in registration order, each parameter once; names start with `prefix` and a dot."""
        pairs = _first_of_each(_walk(self, prefix, ()))
        return ((name, value) for name, value in pairs if isinstance(value, Parameter))

    def parameters(self):
        """The parameters in registration order, each once."""
        return (parameter for _, parameter in self.named_parameters())

    def named_buffers(self, prefix=""):
        """(name, Array) of the arrays that are no parameters, each once; names start with `prefix` and a dot."""
        pairs = _first_of_each(_walk(self, prefix, ()))
        return (
            (name, value) for name, value in pairs if isinstance(value, dlc.Array) and not isinstance(value, Parameter)
        )

    def buffers(self):
        """The arrays that are no parameters, each once."""
        return (buffer for _, buffer in self.named_buffers())

    # Modes

    def train(self, mode=True):
        """Switches this module and all below it to training mode (or evaluation, if `mode` is False); returns it."""
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self):
        """Switches this module and all below it to evaluation mode; returns it."""
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        """Freezes (False) or unfreezes every parameter; returns the module."""
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    def apply(self, function):
        """Calls `function(module)` for all modules below, then this one; returns the module."""
        for child in self.children():
            child.apply(function)
        function(self)
        return self

    def to(self, dtype):
        """Casts float parameters and buffers, in place; returns the module. Make optimisers afterwards."""
        for _, value in self._named_state(transient=True):
            if value.dtype.kind == "f":
                value._v = value.astype(dtype)._v
        return self

    def float(self):
        """Casts float parameters and buffers to float32."""
        return self.to(dlc.float32)

    def double(self):
        """Casts float parameters and buffers to float64."""
        return self.to(dlc.float64)

    # State

    def _named_state(self, transient=False):
        """(name, array) of parameters and persistent buffers; a shared one under each of its names."""
        skipped = set()
        if not transient:
            for module in self.modules():
                skipped |= {id(module.__dict__[name]) for name in module.__dict__.get("_transient", ())}
        return [(name, v) for name, v in _walk(self, "", skipped) if isinstance(v, dlc.Array)]

    def state_dict(self):
        """Copies of parameters and persistent buffers by name, in registration order.

        Later training does not change the copies, and making them moves no elements.
        """
        return {name: value.copy() for name, value in self._named_state()}

    def load_state_dict(self, state_dict, strict=True):
        """Writes arrays into the parameters and buffers of the same names.

        Args:
            state_dict: names to Arrays, NumPy arrays, or others that dlc.asarray takes, such as torch's tensors.
                Elements are cast to the dtype of the parameter.
            strict: whether the names must be exactly the module's.

        Returns:
            (missing, unexpected): two lists of names; empty if `strict`.

        Raises:
            ValueError: names (if `strict`) or shapes do not match; nothing is written then.
        """
        own = dict(self._named_state())
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        problems = []
        if strict and missing:
            problems.append(f"missing: {', '.join(missing)}")
        if strict and unexpected:
            problems.append(f"unexpected: {', '.join(unexpected)}")
        values = {name: dlc.asarray(_detached(state_dict[name])) for name in own if name in state_dict}
        for name, value in values.items():
            if tuple(value.shape) != tuple(own[name].shape):
                problems.append(f"shape of {name}: expected {tuple(own[name].shape)}, but got {tuple(value.shape)}")
        if problems:
            raise ValueError(
                f"expected a state_dict of {type(self).__name__}, but got one that does not match\n  "
                + "\n  ".join(problems)
            )
        for name, value in values.items():
            own[name].assign(value)
        return missing, unexpected

    def __deepcopy__(self, memo):
        for _, value in self._named_state(transient=True):
            if id(value) not in memo:
                is_parameter = isinstance(value, Parameter)
                memo[id(value)] = Parameter(value, value.requires_grad) if is_parameter else value.copy()
        clone = object.__new__(type(self))
        memo[id(self)] = clone
        clone.__dict__.update({name: copy.deepcopy(value, memo) for name, value in self.__dict__.items()})
        return clone

    def extra_repr(self):
        """The arguments that repr() shows; layers define it."""
        return ""

    def __repr__(self):
        lines = [f"({name}): " + repr(child).replace("\n", "\n  ") for name, child in self.named_children()]
        head = f"{type(self).__name__}({self.extra_repr()}"
        return head + ")" if not lines else head + "\n  " + "\n  ".join(lines) + "\n)"


def _detached(value):
    """A torch tensor that requires grad refuses to be exported; its data does not."""
    return value.detach() if hasattr(value, "detach") else value
