"""Parameter: the arrays of a module that training changes."""

import dlc


class Parameter(dlc.Array):
    """An Array that is a trainable leaf of the module that it is an attribute of.

    value_and_grad differentiates a module with respect to its parameters alone; optimisers update them in place.
    Results of ops on a Parameter are plain Arrays.

    Args:
        data: what dlc.asarray takes.
        requires_grad: False freezes it: it stays in parameters() and state_dict(), but is not differentiated.
    """

    __slots__ = ("requires_grad",)

    def __init__(self, data, requires_grad=True):
        source = dlc.asarray(data).copy()
        super().__init__(source._v, source._home)
        self.requires_grad = requires_grad

    def __repr__(self):
        return f"Parameter({super().__repr__()})"
