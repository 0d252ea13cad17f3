"""DataLoader: batches of a dataset."""

import numpy as np

import dlc


class DataLoader:
    """Iterates over batches: tuples of Arrays.

    Args:
        dataset: a Dataset, or anything with a length that an array of indices selects rows from.
        batch_size: the rows of a batch.
        shuffle: whether each iteration has another order; it depends on `seed` and on how many came before.
        drop_last: whether a last batch of fewer rows is left out.
        seed: of the orders.
    """

    def __init__(self, dataset, batch_size=1, shuffle=False, drop_last=False, seed=0):
        if batch_size < 1:
            raise ValueError(f"expected batch_size to be 1 or more, but got {batch_size}")
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.seed = seed
        self.epoch = 0

    def __len__(self):
        """The number of batches."""
        whole, rest = divmod(len(self.dataset), self.batch_size)
        return whole + (1 if rest and not self.drop_last else 0)

    def __iter__(self):
        count = len(self.dataset)
        order = np.arange(count)
        if self.shuffle:
            order = np.random.Generator(np.random.Philox([self.seed, self.epoch])).permutation(count)
        self.epoch += 1
        for i in range(len(self)):
            rows = self.dataset[order[i * self.batch_size : (i + 1) * self.batch_size]]
            yield tuple(dlc.asarray(array) for array in rows)
