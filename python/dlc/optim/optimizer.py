"""Optimizer: parameters, their state, and a learning rate that is an array, so that changing it recompiles nothing.

All that step() writes (parameters, moments, the step count) are arrays. So step() works eagerly and inside dlc.jit,
where each of them becomes an output of the compiled step.
"""

import dlc
from dlc import _tree
from dlc.nn import Module


class Optimizer:
    """Base class: `update` of a subclass says how one parameter moves.

    Args:
        params: a Module, or an iterable of arrays; their order is that of gradients in step().
        lr: the learning rate.
        maximize: whether to climb instead of to descend.
    """

    def __init__(self, params, lr, maximize=False):
        self.params = list(params.parameters()) if isinstance(params, Module) else list(params)
        if not self.params:
            raise ValueError("expected at least one parameter, but got none")
        for i, param in enumerate(self.params):
            if not isinstance(param, dlc.Array):
                raise TypeError(f"expected arrays as parameters, but got {type(param).__name__} at {i}")
        check_range("lr", lr, lr >= 0, "0 or more")
        self.maximize = maximize
        self._lr = dlc.asarray(float(lr), dtype=dlc.float64)
        self.steps = dlc.asarray(0, dtype=dlc.int64)
        self.state = {}

    def add_state(self, name):
        """Zeros like each parameter, saved under `name`."""
        self.state[name] = [dlc.zeros_like(param) for param in self.params]

    @property
    def lr(self):
        """The learning rate; assigning to it recompiles nothing."""
        return float(self._lr)

    @lr.setter
    def lr(self, value):
        check_range("lr", value, value >= 0, "0 or more")
        self._lr.assign(dlc.asarray(float(value), dtype=dlc.float64))

    def step(self, grads):
        """Moves every parameter.

        Args:
            grads: a tree whose array leaves are the gradients of the parameters, in their order: what value_and_grad
                returned for the module. Frozen parameters have none.

        Raises:
            ValueError: the gradients are not as many as the parameters, or one has another shape.
        """
        trained = [i for i, param in enumerate(self.params) if getattr(param, "requires_grad", True)]
        leaves = gradient_leaves(grads)
        if len(leaves) > len(trained):
            # A shared parameter stands in several places of the tree, each with its whole gradient.
            leaves = list({id(leaf): leaf for leaf in leaves}.values())
        if len(leaves) != len(trained):
            raise ValueError(f"expected {len(trained)} gradients, one a parameter, but got {len(leaves)}")
        for i, grad in zip(trained, leaves):
            if tuple(grad.shape) != tuple(self.params[i].shape):
                raise ValueError(
                    f"expected gradient {i} to have shape {tuple(self.params[i].shape)}, but got {tuple(grad.shape)}"
                )
        self.steps.assign(self.steps + 1)
        for i, grad in zip(trained, leaves):
            param = self.params[i]
            state = {name: arrays[i] for name, arrays in self.state.items()}
            self.update(param, -grad if self.maximize else grad, state, self._lr.astype(param.dtype))

    def update(self, param, grad, state, lr):
        """Moves one parameter; `state` maps the names of add_state to its arrays, and `lr` has its dtype."""
        raise NotImplementedError(f"expected {type(self).__name__} to define update")

    def _named_state(self):
        named = {"lr": self._lr, "steps": self.steps}
        for name, arrays in self.state.items():
            named.update({f"{name}.{i}": array for i, array in enumerate(arrays)})
        return named

    def state_dict(self):
        """Copies of all that step() changes but the parameters, by name; dlc.save takes it as it is."""
        return {name: array.copy() for name, array in self._named_state().items()}

    def load_state_dict(self, state_dict):
        """Restores what state_dict() returned.

        Raises:
            ValueError: names or shapes do not match; nothing is written then.
        """
        own = self._named_state()
        values = {name: dlc.asarray(value) for name, value in state_dict.items()}
        missing = [name for name in own if name not in values]
        unexpected = [name for name in values if name not in own]
        problems = ([f"missing: {', '.join(missing)}"] if missing else []) + (
            [f"unexpected: {', '.join(unexpected)}"] if unexpected else []
        )
        for name in own.keys() & values.keys():
            if tuple(own[name].shape) != tuple(values[name].shape):
                problems.append(f"shape of {name}: expected {own[name].shape}, but got {values[name].shape}")
        if problems:
            raise ValueError(
                f"expected a state_dict of {type(self).__name__}, but got one that does not match\n  "
                + "\n  ".join(problems)
            )
        for name, array in own.items():
            array.assign(values[name])


def check_range(name, value, is_valid, rule):
    """Raises ValueError unless `is_valid`."""
    if not is_valid:
        raise ValueError(f"expected {name} to be {rule}, but got {value}")


def gradient_leaves(grads):
    """The arrays of a tree of gradients, in the order of leaves."""
    return _tree.flatten(grads)[0]
