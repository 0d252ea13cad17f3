"""Optimisers and learning-rate schedules, with PyTorch's formulas and argument names. See docs/python.md."""

from dlc.optim import lr_scheduler
from dlc.optim.adam import Adam, AdamW
from dlc.optim.clip import clip_grad_norm, clip_grad_value
from dlc.optim.optimizer import Optimizer
from dlc.optim.sgd import SGD

__all__ = ["Adam", "AdamW", "Optimizer", "SGD", "clip_grad_norm", "clip_grad_value", "lr_scheduler"]
