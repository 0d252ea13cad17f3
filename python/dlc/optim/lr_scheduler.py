"""Schedules of the learning rate. Each is a function of the number of its steps; step() sets the optimiser's lr."""

import math


class LRScheduler:
    """Base class: `factor_at` of a subclass, or `lr_at`, gives the learning rate after a number of steps.

    Args:
        optimizer: the Optimizer; its lr now is `base_lr`.
        last_epoch: how many steps were done, -1 for none yet.
    """

    def __init__(self, optimizer, last_epoch=-1):
        self.optimizer = optimizer
        self.base_lr = optimizer.lr
        self.last_epoch = last_epoch
        self.step()

    def factor_at(self, epoch):
        """The factor of `base_lr` after `epoch` steps."""
        raise NotImplementedError(f"expected {type(self).__name__} to define factor_at")

    def lr_at(self, epoch):
        """The learning rate after `epoch` steps."""
        return self.base_lr * self.factor_at(epoch)

    def step(self):
        """Goes on by one epoch."""
        self.last_epoch += 1
        self.optimizer.lr = self.lr_at(self.last_epoch)

    def get_last_lr(self):
        """The learning rate that the last step set, in a list."""
        return [self.lr_at(self.last_epoch)]

    def state_dict(self):
        """What load_state_dict takes: numbers."""
        return {"base_lr": self.base_lr, "last_epoch": self.last_epoch}

    def load_state_dict(self, state_dict):
        """Restores what state_dict() returned, and sets the optimiser's lr."""
        self.base_lr = state_dict["base_lr"]
        self.last_epoch = state_dict["last_epoch"]
        self.optimizer.lr = self.lr_at(self.last_epoch)


def _check_positive(name, value):
    if value <= 0:
        raise ValueError(f"expected {name} to be above 0, but got {value}")


class LambdaLR(LRScheduler):
    """lr = base_lr * lr_lambda(epoch)."""

    def __init__(self, optimizer, lr_lambda, last_epoch=-1):
        self.lr_lambda = lr_lambda
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch):
        """The function's value."""
        return self.lr_lambda(epoch)


class StepLR(LRScheduler):
    """Multiplies by `gamma` every `step_size` epochs."""

    def __init__(self, optimizer, step_size, gamma=0.1, last_epoch=-1):
        _check_positive("step_size", step_size)
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch):
        """gamma to the number of whole periods."""
        return self.gamma ** (epoch // self.step_size)


class MultiStepLR(LRScheduler):
    """Multiplies by `gamma` at each of the epochs `milestones`."""

    def __init__(self, optimizer, milestones, gamma=0.1, last_epoch=-1):
        self.milestones = sorted(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch):
        """gamma to the number of milestones passed."""
        return self.gamma ** sum(epoch >= milestone for milestone in self.milestones)


class ExponentialLR(LRScheduler):
    """Multiplies by `gamma` every epoch."""

    def __init__(self, optimizer, gamma, last_epoch=-1):
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch):
        """gamma to the epoch."""
        return self.gamma**epoch


class LinearLR(LRScheduler):
    """Goes linearly from `start_factor` to `end_factor` within `total_iters` epochs."""

    def __init__(self, optimizer, start_factor=1.0 / 3, end_factor=1.0, total_iters=5, last_epoch=-1):
        _check_positive("total_iters", total_iters)
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch):
        """The factor on the line."""
        done = min(epoch, self.total_iters) / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * done


class CosineAnnealingLR(LRScheduler):
    """Goes along half a cosine from base_lr to `eta_min` within `T_max` epochs, then back."""

    def __init__(self, optimizer, T_max, eta_min=0.0, last_epoch=-1):
        _check_positive("T_max", T_max)
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def lr_at(self, epoch):
        """The learning rate on the cosine."""
        return self.eta_min + (self.base_lr - self.eta_min) * (1 + math.cos(math.pi * epoch / self.T_max)) / 2
