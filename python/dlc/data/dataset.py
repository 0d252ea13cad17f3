"""Dataset: arrays with one row a sample."""

import numpy as np


class Dataset:
    """Arrays of equal length, kept as NumPy arrays: sample i is the tuple of their i-th rows.

    Args:
        arrays: what NumPy makes arrays of; also Arrays.

    Raises:
        ValueError: there is none, or their lengths differ.
    """

    def __init__(self, *arrays):
        self.arrays = tuple(np.asarray(array) for array in arrays)
        if not self.arrays or any(array.ndim == 0 for array in self.arrays):
            raise ValueError("expected at least one array, each of rank 1 or more")
        lengths = [len(array) for array in self.arrays]
        if len(set(lengths)) != 1:
            raise ValueError(f"expected arrays of one length, but got {lengths}")

    def __len__(self):
        return len(self.arrays[0])

    def __getitem__(self, index):
        """The rows at an index, a slice, or an array of indices."""
        return tuple(array[index] for array in self.arrays)

    def subset(self, indices):
        """A Dataset of the samples at these indices, copied."""
        return Dataset(*self[np.asarray(indices)])


def train_test_split(*arrays, test_size=0.25, seed=0):
    """Splits arrays of equal length at random, always alike for one seed.

    Args:
        arrays: what NumPy makes arrays of.
        test_size: the share (a float below 1) or number (an int) of test samples.
        seed: of the permutation.

    Returns:
        (train, test): two Datasets.

    Raises:
        ValueError: one of the parts would be empty.
    """
    dataset = Dataset(*arrays)
    count = round(len(dataset) * test_size) if isinstance(test_size, float) else test_size
    if not 0 < count < len(dataset):
        raise ValueError(f"expected test_size to leave two parts of {len(dataset)} samples, but got {test_size}")
    order = np.random.Generator(np.random.Philox(seed)).permutation(len(dataset))
    return dataset.subset(order[count:]), dataset.subset(order[:count])
