"""The main job: trains a digits classifier, ships it as an executable and checks that its answers are the same bits.

Writes to a folder: loss.png, digits.safetensors, the executable `digits` and, with --report, a JSON of the figures.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

import matplotlib
import numpy as np
from digits_model import EPOCHS, make_data, make_loader, make_trainer, read_data

import dlc

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402


def plot_losses(history, path):
    """Draws training and test loss over epochs."""
    epochs = [entry["epoch"] for entry in history]
    figure, axes = plt.subplots(figsize=(6, 4))
    axes.plot(epochs, [entry["loss"] for entry in history], label="training")
    axes.plot(epochs, [entry["val_loss"] for entry in history], label="test")
    axes.set_yscale("log")
    axes.set_xlabel("epoch")
    axes.set_ylabel("cross entropy (nats)")
    axes.set_title("Digits: loss")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def run_executable(program, images, folder):
    """The logits that the executable computes for images, and the milliseconds of its whole run."""
    np.save(folder / "images.npy", images)
    start = time.perf_counter()
    subprocess.run(
        [str(program), "--input", f"images={folder / 'images.npy'}", "--output-dir", str(folder)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    elapsed = 1e3 * (time.perf_counter() - start)
    return np.load(folder / "out0.npy"), elapsed


def main():
    """Trains, ships and checks; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("demo-out"))
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--report", type=pathlib.Path, help="write the figures as JSON")
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    make_data(folder / "digits.npz")
    train, test = read_data(folder / "digits.npz")
    trainer = make_trainer()
    loader, test_loader = make_loader(train), dlc.data.DataLoader(test, len(test))

    start = time.perf_counter()
    images, labels = next(iter(make_loader(train)))
    trainer_probe = make_trainer()
    float(trainer_probe.train_step(images, labels))
    first_step = time.perf_counter() - start
    start = time.perf_counter()
    trainer.fit(loader, arguments.epochs, validation=test_loader)
    train_time = time.perf_counter() - start
    accuracy = trainer.evaluate(test_loader)["accuracy"]
    plot_losses(trainer.history, folder / "loss.png")
    model = trainer.model
    model.eval()
    dlc.save(folder / "digits.safetensors", model.state_dict())

    start = time.perf_counter()
    shape = (len(test), 1, 8, 8)
    compiled = dlc.compile(lambda images: model(images), [dlc.spec(shape)], names=["images"])
    compiled.save(folder / "digits")
    compile_time = time.perf_counter() - start
    test_images = np.stack([test[i][0] for i in range(len(test))])
    logits, whole_run = run_executable(folder / "digits", test_images, folder)
    expected = model(dlc.asarray(test_images)).numpy()
    is_same = dlc.testing.digest([logits]) == dlc.testing.digest([expected])

    figures = {
        "test accuracy": f"{100 * accuracy:.2f} %",
        "training, all epochs": f"{train_time:.1f} s",
        "first step (trace, compile, run)": f"{first_step:.2f} s",
        "executable, compile": f"{compile_time:.2f} s",
        "executable, size": f"{(folder / 'digits').stat().st_size / 1e3:.0f} kB",
        "executable, whole run": f"{whole_run:.1f} ms",
        "same bits as Python": str(is_same),
    }
    for name, value in figures.items():
        print(f"{name:34} {value}")
    if arguments.report:
        arguments.report.write_text(json.dumps(figures))
    return 0 if is_same and accuracy >= 0.975 else 1


if __name__ == "__main__":
    sys.exit(main())
