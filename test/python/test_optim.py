"""Optimisers and schedules against torch, step by step: eagerly and compiled."""

import math

import numpy as np
import pytest

import dlc

torch = pytest.importorskip("torch", reason="torch is not installed")
optim = dlc.optim

OPTIMISERS = {
    "sgd": (optim.SGD, torch.optim.SGD, dict(lr=0.1)),
    "sgd_momentum": (optim.SGD, torch.optim.SGD, dict(lr=0.05, momentum=0.9)),
    "sgd_dampening": (optim.SGD, torch.optim.SGD, dict(lr=0.05, momentum=0.9, dampening=0.3, weight_decay=0.1)),
    "sgd_nesterov": (optim.SGD, torch.optim.SGD, dict(lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01)),
    "sgd_maximize": (optim.SGD, torch.optim.SGD, dict(lr=0.01, momentum=0.5, maximize=True)),
    "adam": (optim.Adam, torch.optim.Adam, dict(lr=0.01)),
    "adam_decay": (optim.Adam, torch.optim.Adam, dict(lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
    "adam_amsgrad": (optim.Adam, torch.optim.Adam, dict(lr=0.02, amsgrad=True)),
    "adamw": (optim.AdamW, torch.optim.AdamW, dict(lr=0.01)),
    "adamw_decay": (optim.AdamW, torch.optim.AdamW, dict(lr=0.02, weight_decay=0.3, amsgrad=True)),
}
SHAPES = [(3, 4), (4,), ()]


def start():
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype("f4") for shape in SHAPES]


def gradients(step):
    rng = np.random.default_rng(100 + step)
    return [rng.standard_normal(shape).astype("f4") * 0.3 ** (step % 3) for shape in SHAPES]


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_steps_equal_torchs(name, compiled):
    ours, theirs, arguments = OPTIMISERS[name]
    params = [dlc.nn.Parameter(value) for value in start()]
    reference = [torch.nn.Parameter(torch.tensor(value)) for value in start()]
    mine, other = ours(params, **arguments), theirs(reference, **arguments)
    step = dlc.jit(lambda grads: mine.step(grads)) if compiled else mine.step
    for i in range(6):
        if i == 3:
            mine.lr = arguments["lr"] / 2
            other.param_groups[0]["lr"] = arguments["lr"] / 2
        for parameter, gradient in zip(reference, gradients(i)):
            parameter.grad = torch.tensor(gradient)
        other.step()
        step([dlc.asarray(gradient) for gradient in gradients(i)])
        for parameter, expected in zip(params, reference):
            np.testing.assert_allclose(parameter.numpy(), expected.detach().numpy(), rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("name", ["sgd_momentum", "adamw"])
def test_state_dict_restores_the_course(name, tmp_path):
    ours, _, arguments = OPTIMISERS[name]
    params = [dlc.nn.Parameter(value) for value in start()]
    mine = ours(params, **arguments)
    for i in range(2):
        mine.step([dlc.asarray(g) for g in gradients(i)])
    dlc.save(tmp_path / "state.safetensors", mine.state_dict())
    copies = [dlc.nn.Parameter(p.numpy()) for p in params]
    other = ours(copies, **(arguments | dict(lr=0.5)))
    other.load_state_dict(dlc.load(tmp_path / "state.safetensors"))
    for i in range(2, 4):
        mine.step([dlc.asarray(g) for g in gradients(i)])
        other.step([dlc.asarray(g) for g in gradients(i)])
    for ours_now, theirs_now in zip(params, copies):
        assert np.array_equal(ours_now.numpy(), theirs_now.numpy())


def test_changing_the_learning_rate_does_not_trace_again():
    param = dlc.nn.Parameter(np.zeros(3, "f4"))
    mine = optim.SGD([param], lr=1.0)

    @dlc.jit
    def step(grad):
        mine.step([grad])

    for lr in (1.0, 0.5, 0.25):
        mine.lr = lr
        step(dlc.ones((3,)))
    assert param.numpy().tolist() == [-1.75] * 3
    assert step.traces == 1


SCHEDULES = {
    "step": ("StepLR", dict(step_size=3, gamma=0.5)),
    "multi_step": ("MultiStepLR", dict(milestones=[2, 5], gamma=0.1)),
    "exponential": ("ExponentialLR", dict(gamma=0.9)),
    "linear": ("LinearLR", dict(start_factor=0.25, total_iters=4)),
    "cosine": ("CosineAnnealingLR", dict(T_max=6, eta_min=0.01)),
    "lambda": ("LambdaLR", dict(lr_lambda=lambda epoch: 1 / (1 + epoch))),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_equal_torchs(name):
    kind, arguments = SCHEDULES[name]
    mine = optim.SGD([dlc.nn.Parameter(np.zeros(2, "f4"))], lr=0.8)
    other = torch.optim.SGD([torch.nn.Parameter(torch.zeros(2))], lr=0.8)
    ours = getattr(optim.lr_scheduler, kind)(mine, **arguments)
    theirs = getattr(torch.optim.lr_scheduler, kind)(other, **arguments)
    for _ in range(10):
        assert math.isclose(mine.lr, other.param_groups[0]["lr"], rel_tol=1e-9, abs_tol=1e-12)
        assert math.isclose(ours.get_last_lr()[0], theirs.get_last_lr()[0], rel_tol=1e-9, abs_tol=1e-12)
        other.step()
        ours.step()
        theirs.step()


@pytest.mark.parametrize("norm_type", [2.0, math.inf])
@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_clip_grad_norm(norm_type, max_norm):
    values = gradients(0)
    reference = [torch.nn.Parameter(torch.zeros(value.shape)) for value in values]
    for parameter, value in zip(reference, values):
        parameter.grad = torch.tensor(value)
    expected = torch.nn.utils.clip_grad_norm_(reference, max_norm, norm_type)
    clipped, norm = optim.clip_grad_norm([dlc.asarray(value) for value in values], max_norm, norm_type)
    np.testing.assert_allclose(float(norm), expected.item(), rtol=1e-6)
    for ours, theirs in zip(clipped, reference):
        np.testing.assert_allclose(ours.numpy(), theirs.grad.numpy(), rtol=1e-6)


def parameter(shape=(2,)):
    return dlc.nn.Parameter(np.zeros(shape, "f4"))


WRONG = {
    "none": (lambda: optim.SGD([]), ValueError, "expected at least one parameter"),
    "kind": (lambda: optim.SGD([3.0]), TypeError, "expected arrays as parameters, but got float at 0"),
    "lr": (lambda: optim.SGD([parameter()], lr=-1.0), ValueError, "expected lr to be 0 or more, but got -1.0"),
    "nesterov": (lambda: optim.SGD([parameter()], nesterov=True), ValueError, "expected momentum and no dampening"),
    "beta": (lambda: optim.Adam([parameter()], betas=(0.9, 1.0)), ValueError, r"expected betas\[1\]"),
    "count": (lambda: optim.SGD([parameter()]).step([]), ValueError, "expected 1 gradients, one a parameter"),
    "shape": (
        lambda: optim.SGD([parameter()]).step([dlc.ones((3,))]),
        ValueError,
        r"expected gradient 0 to have shape \(2,\), but got \(3,\)",
    ),
    "state": (
        lambda: optim.Adam([parameter()]).load_state_dict(optim.SGD([parameter()]).state_dict()),
        ValueError,
        "missing: exp_avg.0, exp_avg_sq.0",
    ),
    "period": (
        lambda: optim.lr_scheduler.StepLR(optim.SGD([parameter()]), 0),
        ValueError,
        "expected step_size to be above 0",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_argument(name):
    call, kind, message = WRONG[name]
    with pytest.raises(kind, match=message):
        call()
