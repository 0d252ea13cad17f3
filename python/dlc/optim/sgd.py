"""Stochastic gradient descent."""

import dlc
from dlc.optim.optimizer import Optimizer, check_range


class SGD(Optimizer):
    """p -= lr * g, with momentum and weight decay by PyTorch's formulas.

    g += weight_decay * p; buffer = momentum * buffer + (1 - dampening) * g, in the first step g; then g is the buffer,
    or g + momentum * buffer with `nesterov`.

    Args:
        params: a Module or an iterable of arrays.
        lr: the learning rate.
        momentum, dampening, weight_decay: numbers.
        nesterov: whether to look ahead; needs momentum and no dampening.
        maximize: whether to climb.
    """

    def __init__(self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False):
        super().__init__(params, lr, maximize)
        check_range("momentum", momentum, momentum >= 0, "0 or more")
        check_range("weight_decay", weight_decay, weight_decay >= 0, "0 or more")
        if nesterov and (momentum == 0 or dampening != 0):
            raise ValueError(
                f"expected momentum and no dampening with nesterov, but got momentum {momentum} and "
                f"dampening {dampening}"
            )
        self.momentum = momentum
        self.dampening = dampening
        self.weight_decay = weight_decay
        self.nesterov = nesterov
        if momentum:
            self.add_state("momentum_buffer")

    def update(self, param, grad, state, lr):
        """Moves one parameter."""
        if self.weight_decay:
            grad = grad + self.weight_decay * param
        if self.momentum:
            buffer = state["momentum_buffer"]
            share = grad
            if self.dampening:
                share = dlc.where(self.steps == 1, grad, (1 - self.dampening) * grad)
            buffer.assign(self.momentum * buffer + share)
            grad = grad + self.momentum * buffer if self.nesterov else buffer
        param.assign(param - lr * grad)
