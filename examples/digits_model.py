"""The digits classifier and its data: what examples/digits.py trains, and examples/warm_start.py starts.

Needs dlc and NumPy only; `make_data` reads scikit-learn's images, once.
"""

import numpy as np

import dlc

BATCH_SIZE = 64
EPOCHS = 25
TEST_IMAGES = 360


class DigitsNet(dlc.nn.Module):
    """Three convolutions with batch normalisation, then one linear layer: images (N, 1, 8, 8) to logits (N, 10)."""

    def __init__(self):
        super().__init__()
        self.conv1 = dlc.nn.Conv2d(1, 16, 3, padding=1)
        self.norm1 = dlc.nn.BatchNorm2d(16)
        self.conv2 = dlc.nn.Conv2d(16, 32, 3, padding=1)
        self.norm2 = dlc.nn.BatchNorm2d(32)
        self.conv3 = dlc.nn.Conv2d(32, 32, 3, padding=1)
        self.norm3 = dlc.nn.BatchNorm2d(32)
        self.pool = dlc.nn.MaxPool2d(2)
        self.out = dlc.nn.Linear(32 * 2 * 2, 10)

    def forward(self, images):
        """The logits of the ten digits."""
        relu = dlc.nn.functional.relu
        x = relu(self.norm1(self.conv1(images)))
        x = self.pool(relu(self.norm2(self.conv2(x))))
        x = self.pool(relu(self.norm3(self.conv3(x))))
        return self.out(dlc.nn.functional.flatten(x, 1))


def make_data(path):
    """Writes the 1,797 real images of scikit-learn's digits and their labels, split in a fixed way, to an .npz file."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = (digits.images[:, None] / 16).astype(np.float32)
    train, test = dlc.data.train_test_split(images, digits.target.astype(np.int64), test_size=TEST_IMAGES, seed=0)
    names = ("train_images", "train_labels", "test_images", "test_labels")
    np.savez(path, **dict(zip(names, train.arrays + test.arrays)))


def read_data(path):
    """(train, test): two Datasets of images and labels."""
    with np.load(path) as file:
        train = dlc.data.Dataset(file["train_images"], file["train_labels"])
        return train, dlc.data.Dataset(file["test_images"], file["test_labels"])


def make_trainer(seed=0):
    """A new model with its Trainer; the same weights and steps for every run of one seed."""
    dlc.random.seed(seed)
    model = DigitsNet()
    optimizer = dlc.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.02)
    schedule = dlc.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=EPOCHS)
    return dlc.train.Trainer(model, dlc.nn.CrossEntropyLoss(), optimizer, schedule)


def make_loader(train, seed=0):
    """Shuffled batches of one size."""
    return dlc.data.DataLoader(train, BATCH_SIZE, shuffle=True, drop_last=True, seed=seed)
