"""Trainer: epochs of compiled steps, a history, and evaluation."""

import dlc
from dlc.train.progress import Progress


class Trainer:
    """Trains a module on batches of (input, target).

    Each step is one program: forward, backward, statistics and the optimiser's update.

    Args:
        model: a Module.
        loss: a function of (output, target) that returns a rank-0 array, such as dlc.nn.CrossEntropyLoss().
        optimizer: an Optimizer of the model's parameters.
        scheduler: a schedule of the learning rate, which goes on by one after each epoch.
        compiled: False runs the steps eagerly, with the same results.

    Attributes:
        history: a list with one dict an epoch: "epoch", "lr", "loss", and with validation "val_loss" and
            "val_accuracy".
    """

    def __init__(self, model, loss, optimizer, scheduler=None, compiled=True):
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.scheduler = scheduler
        self.history = []
        wrap = dlc.jit if compiled else (lambda function: function)
        self._train_step = wrap(self._make_train_step())
        self._eval_step = wrap(self._make_eval_step())

    def _make_train_step(self):
        model, loss, optimizer = self.model, self.loss, self.optimizer

        def objective(model, x, y):
            return loss(model(x), y)

        def train_step(x, y):
            value, grads = dlc.value_and_grad(objective)(model, x, y)
            optimizer.step(grads)
            return value

        return train_step

    def _make_eval_step(self):
        model, loss = self.model, self.loss

        def eval_step(x, y):
            output = model(x)
            return loss(output, y), output

        return eval_step

    def train_step(self, x, y):
        """One step on one batch, in training mode; returns the loss, an Array of rank 0."""
        self.model.train()
        return self._train_step(x, y)

    def fit(self, loader, epochs, validation=None, progress=None):
        """Trains for some epochs.

        Args:
            loader: an iterable of batches with a length, such as a DataLoader.
            epochs: how often to go through it.
            validation: batches to evaluate on after each epoch, or None.
            progress: whether to show a progress bar; None: on a terminal only.

        Returns:
            The history of all epochs so far.
        """
        for _ in range(epochs):
            number = len(self.history) + 1
            bar = Progress(len(loader), f"epoch {number:3}", visible=progress)
            total, count = 0.0, 0
            lr = self.optimizer.lr
            for x, y in loader:
                value = float(self.train_step(x, y))
                total += value * len(x)
                count += len(x)
                bar.advance(f"loss {value:.4f}")
            if not count:
                raise ValueError("expected a loader with at least one batch, but got none")
            entry = {"epoch": number, "lr": lr, "loss": total / count}
            if validation is not None:
                entry.update({f"val_{name}": value for name, value in self.evaluate(validation).items()})
            self.history.append(entry)
            if self.scheduler is not None:
                self.scheduler.step()
            bar.finish("  ".join(f"{name} {entry[name]:.4f}" for name in entry if name not in ("epoch", "lr")))
        return self.history

    def evaluate(self, loader):
        """Loss and accuracy in evaluation mode; the model's mode is restored.

        Args:
            loader: an iterable of batches (input, target).

        Returns:
            {"loss": the mean over samples}, and "accuracy" where targets are class indices.
        """
        was_training = self.model.training
        self.model.eval()
        total, correct, count, has_classes = 0.0, 0, 0, False
        for x, y in loader:
            value, output = self._eval_step(x, y)
            total += float(value) * len(x)
            count += len(x)
            has_classes = y.dtype.kind in "iu" and output.ndim == y.ndim + 1
            if has_classes:
                correct += int((output.numpy().argmax(axis=1) == y.numpy()).sum())
        self.model.train(was_training)
        if not count:
            raise ValueError("expected a loader with at least one batch, but got none")
        return {"loss": total / count} | ({"accuracy": correct / count} if has_classes else {})
