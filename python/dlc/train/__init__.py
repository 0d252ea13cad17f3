"""Training loops. See docs/python.md."""

from dlc.train.trainer import Trainer

__all__ = ["Trainer"]
