"""Losses against torch, with their gradients; labels out of range."""

import numpy as np
import pytest

import dlc

torch = pytest.importorskip("torch", reason="torch is not installed")
F = torch.nn.functional
nn = dlc.nn
rng = np.random.default_rng(1)
LOGITS = (rng.standard_normal((6, 5)) * 4).astype("f4")
LABELS = np.array([0, 4, 2, 2, 1, 3])
WEIGHT = np.array([1, 2, 0.5, 3, 1.5], "f4")
SHARES = rng.dirichlet(np.ones(5), 6).astype("f4")


def compare(ours, theirs, x, *targets):
    tx = torch.from_numpy(x).requires_grad_()
    expected = theirs(tx, *(torch.from_numpy(t) for t in targets))
    expected.sum().backward()
    value, gradient = dlc.value_and_grad(lambda x: dlc.sum(ours(x, *(dlc.asarray(t) for t in targets))))(dlc.asarray(x))
    np.testing.assert_allclose(float(value), expected.sum().item(), rtol=1e-5)
    np.testing.assert_allclose(gradient.numpy(), tx.grad.numpy(), rtol=1e-4, atol=1e-6)
    result = ours(dlc.asarray(x), *(dlc.asarray(t) for t in targets))
    assert tuple(result.shape) == tuple(expected.shape)
    np.testing.assert_allclose(result.numpy(), expected.detach().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("ignored", [-100, 2])
def test_cross_entropy(reduction, smoothing, weighted, ignored):
    common = dict(ignore_index=ignored, reduction=reduction, label_smoothing=smoothing)
    ours = nn.CrossEntropyLoss(dlc.asarray(WEIGHT) if weighted else None, **common)
    theirs = torch.nn.CrossEntropyLoss(torch.from_numpy(WEIGHT) if weighted else None, **common)
    compare(ours, theirs, LOGITS, LABELS)


def test_cross_entropy_of_the_default_ignored_label():
    compare(nn.CrossEntropyLoss(), torch.nn.CrossEntropyLoss(), LOGITS, np.array([0, -100, 2, -100, 1, 3]))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weighted", [False, True])
def test_cross_entropy_of_probabilities(reduction, smoothing, weighted):
    ours = nn.CrossEntropyLoss(
        dlc.asarray(WEIGHT) if weighted else None, reduction=reduction, label_smoothing=smoothing
    )
    theirs = torch.nn.CrossEntropyLoss(
        torch.from_numpy(WEIGHT) if weighted else None, reduction=reduction, label_smoothing=smoothing
    )
    compare(ours, theirs, LOGITS, SHARES)


def test_cross_entropy_of_pixels_and_of_one_sample():
    pixels = rng.standard_normal((2, 5, 3, 4)).astype("f4")
    compare(nn.CrossEntropyLoss(), torch.nn.CrossEntropyLoss(), pixels, rng.integers(0, 5, (2, 3, 4)))
    compare(nn.CrossEntropyLoss(), torch.nn.CrossEntropyLoss(), LOGITS[0], np.array(3))


def test_cross_entropy_of_large_logits_is_finite():
    x = np.array([[1e4, -1e4], [-1e4, 1e4]], "f4")
    loss = nn.CrossEntropyLoss(reduction="none")(dlc.asarray(x), dlc.asarray(np.array([0, 0])))
    assert loss.numpy().tolist() == [0.0, 20000.0]


@pytest.mark.parametrize("label", [5, -1, 1 << 40])
@pytest.mark.parametrize("compiled", [False, True])
def test_label_out_of_range(label, compiled):
    loss = nn.CrossEntropyLoss()
    call = dlc.jit(lambda x, y: loss(x, y)) if compiled else loss
    with pytest.raises(IndexError):
        call(dlc.asarray(LOGITS), dlc.asarray(np.array([0, label, 2, 2, 1, 3]))).numpy()


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_losses_of_numbers(reduction):
    x, y = rng.standard_normal((2, 4, 3)).astype("f4")
    bits = rng.integers(0, 2, (4, 3)).astype("f4")
    weight = np.array([1, 2, 3], "f4")
    compare(nn.MSELoss(reduction), torch.nn.MSELoss(reduction=reduction), x, y)
    compare(nn.L1Loss(reduction), torch.nn.L1Loss(reduction=reduction), x, y)
    ours, theirs = nn.BCEWithLogitsLoss, torch.nn.BCEWithLogitsLoss
    compare(ours(reduction=reduction), theirs(reduction=reduction), x * 10, bits)
    compare(
        ours(dlc.asarray(weight), reduction, dlc.asarray(weight[::-1].copy())),
        theirs(torch.from_numpy(weight), reduction=reduction, pos_weight=torch.from_numpy(weight[::-1].copy())),
        x,
        bits,
    )
    ours, theirs = nn.NLLLoss(reduction=reduction), torch.nn.NLLLoss(reduction=reduction)
    log_softmax = nn.functional.log_softmax
    compare(lambda x, y: ours(log_softmax(x), y), lambda x, y: theirs(F.log_softmax(x, -1), y), LOGITS, LABELS)


WRONG = {
    "reduction": (lambda: nn.MSELoss("max"), "expected reduction to be"),
    "shapes": (lambda: nn.MSELoss()(dlc.ones((2, 3)), dlc.ones((3,))), "expected input and target of one shape"),
    "labels": (
        lambda: nn.CrossEntropyLoss()(dlc.ones((2, 3)), dlc.asarray(np.zeros((3,), "i8"))),
        r"expected target of shape \(2,\)",
    ),
    "weight": (
        lambda: nn.CrossEntropyLoss(dlc.ones((4,)))(dlc.ones((2, 3)), dlc.asarray(np.zeros((2,), "i8"))),
        r"expected weight of shape \(3,\)",
    ),
    "smoothing": (
        lambda: nn.CrossEntropyLoss(label_smoothing=2.0)(dlc.ones((2, 3)), dlc.asarray(np.zeros((2,), "i8"))),
        "expected label_smoothing between 0 and 1",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_argument(name):
    call, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        call()
