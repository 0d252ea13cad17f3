"""Adam and AdamW."""

import dlc
from dlc.optim.optimizer import Optimizer, check_range


class Adam(Optimizer):
    """Adam by PyTorch's formulas: p -= lr / (1 - b1**t) * m / (sqrt(v / (1 - b2**t)) + eps).

    Args:
        params: a Module or an iterable of arrays.
        lr: the learning rate.
        betas: decay rates of the moments m and v.
        eps: is added to the denominator.
        weight_decay: is added to the gradient times the parameter.
        amsgrad: whether v in the denominator is its largest value so far.
        maximize: whether to climb.
    """

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, *, maximize=False):
        super().__init__(params, lr, maximize)
        for i, beta in enumerate(betas):
            check_range(f"betas[{i}]", beta, 0 <= beta < 1, "0 or more and below 1")
        check_range("eps", eps, eps >= 0, "0 or more")
        check_range("weight_decay", weight_decay, weight_decay >= 0, "0 or more")
        self.betas = tuple(betas)
        self.eps = eps
        self.weight_decay = weight_decay
        self.amsgrad = amsgrad
        self.add_state("exp_avg")
        self.add_state("exp_avg_sq")
        if amsgrad:
            self.add_state("max_exp_avg_sq")

    def decay(self, param, grad, lr):
        """Weight decay before the step: returns the gradient to use."""
        return grad + self.weight_decay * param if self.weight_decay else grad

    def update(self, param, grad, state, lr):
        """Moves one parameter."""
        grad = self.decay(param, grad, lr)
        first, second = state["exp_avg"], state["exp_avg_sq"]
        b1, b2 = self.betas
        first.assign(first + (1 - b1) * (grad - first))
        second.assign(b2 * second + (1 - b2) * (grad * grad))
        # In float64: 1 - b2**t cancels in the first steps.
        steps = self.steps.astype(dlc.float64)
        size = (self._lr / (1 - b1**steps)).astype(param.dtype)
        root = dlc.sqrt(1 - b2**steps).astype(param.dtype)
        scale = second
        if self.amsgrad:
            scale = state["max_exp_avg_sq"]
            scale.assign(dlc.maximum(scale, second))
        param.assign(param - size * (first / (dlc.sqrt(scale) / root + self.eps)))


class AdamW(Adam):
    """Adam with decoupled weight decay: p *= 1 - lr * weight_decay before each step.

    Args:
        params: a Module or an iterable of arrays.
        lr: the learning rate.
        betas: decay rates of the moments.
        eps: is added to the denominator.
        weight_decay: the decay of parameters a step, times lr.
        amsgrad: whether v in the denominator is its largest value so far.
        maximize: whether to climb.
    """

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2, amsgrad=False, *, maximize=False
    ):
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

    def decay(self, param, grad, lr):
        """Shrinks the parameter; the gradient stays."""
        if self.weight_decay:
            param.assign(param * (1 - lr * self.weight_decay))
        return grad
