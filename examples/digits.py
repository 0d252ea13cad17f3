"""Trains the digits classifier, ships it as an executable, and checks that its answers are the same bits as Python's.

Writes to a folder: loss.png, digits.safetensors, digits.mlir, the executable `digits`, and with --report the figures as
JSON. examples/demo.py runs it twice and shows both runs in one table.
"""

import argparse
import json
import pathlib
import statistics
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


def time_first_step(train):
    """Seconds that the first step of a new trainer takes: to trace and compile it, or to find it in the cache."""
    trainer = make_trainer()
    images, labels = next(iter(make_loader(train)))
    start = time.perf_counter()
    float(trainer.train_step(images, labels))
    return time.perf_counter() - start


def run_executable(program, images, folder, times=1):
    """The logits that the executable computes for images, and the median milliseconds from its start to its end."""
    np.save(folder / "images.npy", images)
    command = [str(program), "--input", f"images={folder / 'images.npy'}", "--output-dir", str(folder)]
    elapsed = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        elapsed.append(1e3 * (time.perf_counter() - start))
    return np.load(folder / "out0.npy"), statistics.median(elapsed)


def ship(model, images, folder):
    """Saves the classifier in its forms, runs the executable, and compares; returns the figures."""
    model.eval()
    dlc.save(folder / "digits.safetensors", model.state_dict())
    start = time.perf_counter()
    compiled = dlc.compile(model, [dlc.spec(("N", 1, 8, 8))], names=["images"])
    compiled.save(folder / "digits")
    compile_time = time.perf_counter() - start
    compiled.save(folder / "digits.mlir")
    _, first = run_executable(folder / "digits", images[:1], folder, times=9)
    logits, whole = run_executable(folder / "digits", images, folder, times=9)
    expected = dlc.jit(model)(images).numpy()
    return {
        "executable_compile_s": compile_time,
        "executable_bytes": (folder / "digits").stat().st_size,
        "first_output_ms": first,
        "per_image_us": 1e3 * max(whole - first, 0) / (len(images) - 1),
        "same_bits": dlc.testing.digest([logits]) == dlc.testing.digest([expected]),
    }


def main():
    """Trains, ships and checks; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("demo-out"))
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--at-least", type=float, default=97.5, help="the test accuracy, in percent, to reach")
    parser.add_argument("--report", type=pathlib.Path, help="write the figures as JSON")
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    make_data(folder / "digits.npz")
    train, test = read_data(folder / "digits.npz")

    figures = {"epochs": arguments.epochs, "first_step_s": time_first_step(train)}
    trainer, test_loader = make_trainer(), dlc.data.DataLoader(test, len(test))
    start = time.perf_counter()
    trainer.fit(make_loader(train), arguments.epochs, validation=test_loader)
    figures["train_s"] = time.perf_counter() - start
    figures["accuracy"] = 100 * trainer.evaluate(test_loader)["accuracy"]
    plot_losses(trainer.history, folder / "loss.png")
    figures["weights"] = dlc.testing.digest([*trainer.model.state_dict().values()])
    figures.update(ship(trainer.model, test.arrays[0], folder))
    figures.update(dlc.code_counts())
    if arguments.report:
        arguments.report.write_text(json.dumps(figures))
    for name, value in figures.items():
        print(f"{name:22} {value:.4g}" if isinstance(value, float) else f"{name:22} {value}", file=sys.stderr)
    if figures["accuracy"] < arguments.at_least:
        print(f"error: expected {arguments.at_least} % accuracy, but got {figures['accuracy']:.2f}", file=sys.stderr)
        return 1
    return 0 if figures["same_bits"] else 1


if __name__ == "__main__":
    sys.exit(main())
