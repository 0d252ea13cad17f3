"""Datasets, loaders, and the Trainer: reproducible, the same compiled and eagerly, and it learns."""

import io

import numpy as np
import pytest

import dlc
from dlc.train.progress import Progress


def test_split_is_complete_and_fixed():
    x, y = np.arange(20.0), np.arange(20)
    train, test = dlc.data.train_test_split(x, y, test_size=0.25, seed=3)
    assert len(train) == 15 and len(test) == 5
    assert sorted(np.concatenate([train.arrays[1], test.arrays[1]])) == list(range(20))
    assert all((part.arrays[0] == part.arrays[1]).all() for part in (train, test))
    again = dlc.data.train_test_split(x, y, test_size=5, seed=3)[1]
    assert np.array_equal(test.arrays[1], again.arrays[1])
    other = dlc.data.train_test_split(x, y, test_size=5, seed=4)[1]
    assert not np.array_equal(test.arrays[1], other.arrays[1])


@pytest.mark.parametrize("drop_last, sizes", [(False, [4, 4, 2]), (True, [4, 4])])
def test_batches(drop_last, sizes):
    dataset = dlc.data.Dataset(np.arange(10), np.arange(10) * 2)
    loader = dlc.data.DataLoader(dataset, 4, drop_last=drop_last)
    assert len(loader) == len(sizes)
    batches = [(x.numpy(), y.numpy()) for x, y in loader]
    assert [len(x) for x, _ in batches] == sizes
    assert np.array_equal(np.concatenate([x for x, _ in batches]), np.arange(sum(sizes)))
    assert all(np.array_equal(y, 2 * x) for x, y in batches)


def orders(seed):
    loader = dlc.data.DataLoader(dlc.data.Dataset(np.arange(32)), 8, shuffle=True, seed=seed)
    return [np.concatenate([x.numpy() for (x,) in loader]).tolist() for _ in range(2)]


def test_shuffles_differ_by_epoch_and_repeat_by_seed():
    first, second = orders(1)
    assert sorted(first) == sorted(second) == list(range(32)) and first != second
    assert orders(1) == [first, second]
    assert orders(2)[0] != first


def test_wrong_arguments():
    with pytest.raises(ValueError, match=r"expected arrays of one length, but got \[3, 4\]"):
        dlc.data.Dataset(np.zeros(3), np.zeros(4))
    with pytest.raises(ValueError, match="expected batch_size to be 1 or more, but got 0"):
        dlc.data.DataLoader(dlc.data.Dataset(np.zeros(3)), 0)
    with pytest.raises(ValueError, match="expected test_size to leave two parts of 3 samples, but got 3"):
        dlc.data.train_test_split(np.zeros(3), test_size=3)
    with pytest.raises(ValueError, match="expected at least one array"):
        dlc.data.Dataset()


def spirals(count=120):
    rng = np.random.default_rng(0)
    labels = np.arange(count) % 2
    angle = np.linspace(0.5, 4, count)
    points = np.stack([np.cos(angle + labels * np.pi), np.sin(angle + labels * np.pi)], 1) * angle[:, None]
    return (points + rng.normal(0, 0.1, points.shape)).astype("f4"), labels


def trained(compiled, epochs=3):
    dlc.random.seed(0)
    x, y = spirals()
    model = dlc.nn.Sequential(
        dlc.nn.Linear(2, 16), dlc.nn.BatchNorm1d(16), dlc.nn.Tanh(), dlc.nn.Dropout(0.1), dlc.nn.Linear(16, 2)
    )
    optimizer = dlc.optim.AdamW(model, lr=0.03)
    schedule = dlc.optim.lr_scheduler.ExponentialLR(optimizer, 0.95)
    trainer = dlc.train.Trainer(model, dlc.nn.CrossEntropyLoss(), optimizer, schedule, compiled=compiled)
    data = dlc.data.Dataset(x, y)
    loader = dlc.data.DataLoader(data, 40, shuffle=True, drop_last=True, seed=1)
    history = trainer.fit(loader, epochs, validation=dlc.data.DataLoader(data, 60), progress=False)
    return model, history


def test_the_trainer_learns_and_keeps_a_history():
    model, history = trained(True, epochs=40)
    assert [entry["epoch"] for entry in history] == list(range(1, 41))
    assert history[-1]["loss"] < 0.2 * history[0]["loss"]
    assert history[-1]["val_accuracy"] > 0.97
    assert np.isclose(history[2]["lr"], 0.03 * 0.95**2)
    assert model.training


def test_compiled_and_eager_training_have_the_same_bits():
    compiled, first = trained(True)
    eager, second = trained(False)
    assert first == second
    for (name, a), b in zip(compiled.state_dict().items(), eager.state_dict().values()):
        assert np.array_equal(a.numpy(), b.numpy()), name


def test_the_progress_bar_is_for_terminals():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        bar = Progress(2, "epoch 1", stream)
        bar.advance("loss 1.0")
        bar.advance("loss 0.5")
        bar.finish("done")
    assert file.getvalue() == ""
    assert "epoch 1" in terminal.getvalue() and "2/2 loss 0.5" in terminal.getvalue()
    assert terminal.getvalue().endswith(")\n")


def test_an_empty_loader_is_an_error():
    model = dlc.nn.Linear(2, 2)
    trainer = dlc.train.Trainer(model, dlc.nn.CrossEntropyLoss(), dlc.optim.SGD(model))
    empty = dlc.data.DataLoader(dlc.data.Dataset(np.zeros((3, 2), "f4"), np.zeros(3, "i8")), 8, drop_last=True)
    with pytest.raises(ValueError, match="expected a loader with at least one batch, but got none"):
        trainer.fit(empty, 1)
