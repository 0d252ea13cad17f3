"""Datasets in memory and loaders of batches. See docs/python.md."""

from dlc.data.dataset import Dataset, train_test_split
from dlc.data.loader import DataLoader

__all__ = ["DataLoader", "Dataset", "train_test_split"]
