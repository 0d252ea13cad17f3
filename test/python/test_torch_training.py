"""Training in f32 against torch in f64: the demo's model and an MLP, SGD with momentum.

At each of 50 steps both start from the same state (parameters, momentum, running statistics): the loss agrees to 1e-5
relative, each gradient to 1e-4 in relative 2-norm, or to 1e-6 where it is zero in theory. Free-running, accuracies end
within 0.5 points.

relu and max pooling take branches, and where two sides are nearer than f32 can tell, f32 and f64 take different ones:
both gradients are right, and they differ by more than any rounding. So torch is told dlc's branch, after a check that
it is such a near tie (docs/numerics.md).
"""

import copy
import pathlib
import sys

import numpy as np
import pytest

import dlc
from dlc._tree import flatten

torch = pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("sklearn", reason="scikit-learn is not installed")
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "examples"))

import digits_model  # noqa: E402

STEPS = 50
LR, MOMENTUM = {"digits": 0.005, "mlp": 0.05}, 0.9
# How far apart two normalised activations may be in f64 for f32 to confuse them, and how often that may happen in the
# 13 million decisions of a run.
NEAR_TIE, MOST_NEAR_TIES = 2e-5, 50


@pytest.fixture(autouse=True)
def engine():
    """Compiled code alone, for the interpreter has the same bits and takes minutes; one thread for small models."""
    before, threads = dlc.set_engine("jit"), torch.get_num_threads()
    torch.set_num_threads(1)
    yield "jit"
    torch.set_num_threads(threads)
    dlc.set_engine(before)


def windows(images):
    """Images `(N, C, 2 H, 2 W)` as windows `(N, C, H, W, 4)` of NumPy or torch."""
    n, c, h, w = images.shape
    parts = images.reshape(n, c, h // 2, 2, w // 2, 2)
    axes = (0, 1, 2, 4, 3, 5)
    parts = parts.permute(axes) if isinstance(parts, torch.Tensor) else parts.transpose(axes)
    return parts.reshape(n, c, h // 2, w // 2, 4)


class Branches:
    """What relu and max pooling decided in dlc, and how many of these decisions torch would have taken otherwise."""

    def __init__(self, preactivations):
        self.is_positive = [x > 0 for x in preactivations]
        self.largest = [windows(np.maximum(x, 0)).argmax(-1) for x in preactivations[1:]]
        self.near_ties = 0

    def relu(self, x, layer):
        mask = torch.from_numpy(self.is_positive[layer])
        self._check(x[(x > 0) != mask].abs())
        return x * mask

    def pool(self, x, layer):
        parts = windows(x)
        chosen = torch.gather(parts, -1, torch.from_numpy(self.largest[layer])[..., None])[..., 0]
        gaps = parts.amax(-1) - chosen
        self._check(gaps[gaps > 0])
        return chosen

    def _check(self, gaps):
        assert gaps.numel() == 0 or gaps.max() <= NEAR_TIE, f"another branch, {gaps.max()} from the tie"
        self.near_ties += gaps.numel()


class OwnBranches:
    """relu and max pooling as torch has them."""

    @staticmethod
    def relu(x, layer):
        return torch.relu(x)

    @staticmethod
    def pool(x, layer):
        return torch.nn.functional.max_pool2d(x, 2)


class TorchDigits(torch.nn.Module):
    """DigitsNet in torch, with the same names."""

    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 16, 3, padding=1)
        self.norm1 = torch.nn.BatchNorm2d(16)
        self.conv2 = torch.nn.Conv2d(16, 32, 3, padding=1)
        self.norm2 = torch.nn.BatchNorm2d(32)
        self.conv3 = torch.nn.Conv2d(32, 32, 3, padding=1)
        self.norm3 = torch.nn.BatchNorm2d(32)
        self.out = torch.nn.Linear(128, 10)

    def forward(self, images, branches=OwnBranches):
        x = branches.relu(self.norm1(self.conv1(images)), 0)
        x = branches.pool(branches.relu(self.norm2(self.conv2(x)), 1), 0)
        x = branches.pool(branches.relu(self.norm3(self.conv3(x)), 2), 1)
        return self.out(torch.flatten(x, 1))


def digits_branches(model, images, logits):
    """What relu and max pooling decide in DigitsNet.forward: its layers one by one, up to the same bits of logits."""
    relu = dlc.nn.functional.relu
    first = model.norm1(model.conv1(images))
    second = model.norm2(model.conv2(relu(first)))
    third = model.norm3(model.conv3(model.pool(relu(second))))
    found = model.out(dlc.nn.functional.flatten(model.pool(relu(third)), 1))
    dlc.testing.assert_equal(found, logits)
    return Branches([x.numpy() for x in (first, second, third)])


def mlp(nn):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(64, 48), nn.Tanh(), nn.Linear(48, 32), nn.GELU(), nn.LayerNorm(32), nn.Linear(32, 10)
    )


MODELS = {
    "digits": (digits_model.DigitsNet, TorchDigits),
    "mlp": (lambda: mlp(dlc.nn), lambda: mlp(torch.nn)),
}
# A bias before a batch normalisation moves nothing.
EPOCHS = {"digits": 10, "mlp": 40}
ZERO_IN_THEORY = {"digits": {"conv1.bias", "conv2.bias", "conv3.bias"}, "mlp": set()}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("digits") / "digits.npz"
    digits_model.make_data(path)
    return digits_model.read_data(path)


class Pair:
    """A model and its optimiser in dlc (f32) and in torch (f64)."""

    def __init__(self, name):
        dlc.random.seed(0)
        ours, theirs = MODELS[name]
        self.ours, self.theirs = ours(), theirs().double()
        self.names = [name for name, _ in self.ours.named_parameters()]
        self.optimizer = dlc.optim.SGD(self.ours.parameters(), LR[name], MOMENTUM)
        self.reference = torch.optim.SGD(self.theirs.parameters(), LR[name], MOMENTUM)
        state = {name: torch.tensor(value.numpy()) for name, value in self.ours.state_dict().items()}
        self.theirs.load_state_dict(state)
        loss_function = dlc.nn.CrossEntropyLoss()

        def objective(model, x, y):
            logits = model(x)
            return loss_function(logits, y), logits

        def step(x, y):
            (loss, logits), grads = dlc.value_and_grad(objective, has_aux=True)(self.ours, x, y)
            self.optimizer.step(grads)
            return loss, flatten(grads)[0], logits

        self.step = dlc.jit(step)

    def torch_step(self, x, y, *branches):
        self.reference.zero_grad()
        loss = torch.nn.functional.cross_entropy(self.theirs(torch.tensor(x).double(), *branches), torch.tensor(y))
        loss.backward()
        self.reference.step()
        return loss.item(), [parameter.grad.numpy() for parameter in self.theirs.parameters()]

    def buffers(self):
        return [self.reference.state[parameter]["momentum_buffer"] for parameter in self.theirs.parameters()]

    def start_from_torch(self, has_momentum):
        """Rounds torch's state to f32, and gives it to both."""
        with torch.no_grad():
            for value in self.theirs.state_dict().values():
                if value.is_floating_point():
                    value.copy_(value.float().double())
            self.ours.load_state_dict(self.theirs.state_dict())
            if has_momentum:
                for mine, buffer in zip(self.optimizer.state["momentum_buffer"], self.buffers()):
                    buffer.copy_(buffer.float().double())
                    mine.assign(dlc.asarray(buffer.float().numpy()))


def relative(actual, expected):
    return np.linalg.norm(actual - expected) / np.linalg.norm(expected)


@pytest.mark.parametrize("name", MODELS)
def test_each_step_agrees_with_torch_in_f64(name, data):
    pair = Pair(name)
    batches = list(digits_model.make_loader(data[0])) * 3
    near_ties = 0
    for i, (x, y) in enumerate(batches[:STEPS]):
        pair.start_from_torch(i > 0)
        before = copy.deepcopy(pair.ours) if name == "digits" else None
        loss, grads, logits = pair.step(x, y)
        branches = [digits_branches(before, x, logits)] if name == "digits" else []
        expected_loss, expected_grads = pair.torch_step(x.numpy(), y.numpy(), *branches)
        near_ties += sum(b.near_ties for b in branches)
        assert abs(float(loss) - expected_loss) <= 1e-5 * abs(expected_loss), f"step {i}"
        for parameter, ours, theirs in zip(pair.names, grads, expected_grads):
            if parameter in ZERO_IN_THEORY[name]:
                assert np.abs(ours.numpy()).max() <= 1e-6, f"step {i}, {parameter}"
            else:
                assert relative(ours.numpy(), theirs) <= 2e-5, f"step {i}, {parameter}"
        after = pair.theirs.state_dict()
        for key, value in pair.ours.state_dict().items():
            np.testing.assert_allclose(value.numpy(), after[key].numpy(), rtol=1e-4, atol=1e-5, err_msg=f"{i} {key}")
    assert near_ties <= MOST_NEAR_TIES


@pytest.mark.parametrize("name", MODELS)
def test_free_running_accuracies_end_alike(name, data):
    pair = Pair(name)
    train, test = data
    loader = digits_model.make_loader(train)
    for _ in range(EPOCHS[name]):
        for x, y in loader:
            pair.step(x, y)
            pair.torch_step(x.numpy(), y.numpy())
    images, labels = test.arrays
    pair.ours.eval()
    pair.theirs.eval()
    ours = (pair.ours(dlc.asarray(images)).numpy().argmax(1) == labels).mean()
    theirs = (pair.theirs(torch.tensor(images).double()).argmax(1).numpy() == labels).mean()
    assert theirs > 0.95
    assert abs(ours - theirs) <= 0.005, f"{ours} and {theirs}"
