"""Training in f32 against torch in f64: the demo's model and an MLP, SGD with momentum.

At each of 50 steps both start from the same state (parameters, momentum, running statistics): the loss agrees to 1e-5
relative, each gradient to 1e-4 in relative 2-norm, or to 1e-6 where it is zero in theory. Free-running, accuracies end
within 0.5 points.
"""

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
LR, MOMENTUM = 0.05, 0.9


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
        self.pool = torch.nn.MaxPool2d(2)
        self.out = torch.nn.Linear(128, 10)

    def forward(self, images):
        x = torch.relu(self.norm1(self.conv1(images)))
        x = self.pool(torch.relu(self.norm2(self.conv2(x))))
        x = self.pool(torch.relu(self.norm3(self.conv3(x))))
        return self.out(torch.flatten(x, 1))


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
        self.optimizer = dlc.optim.SGD(self.ours.parameters(), LR, MOMENTUM)
        self.reference = torch.optim.SGD(self.theirs.parameters(), LR, MOMENTUM)
        state = {name: torch.tensor(value.numpy()) for name, value in self.ours.state_dict().items()}
        self.theirs.load_state_dict(state)
        loss_function = dlc.nn.CrossEntropyLoss()

        def objective(model, x, y):
            return loss_function(model(x), y)

        def step(x, y):
            loss, grads = dlc.value_and_grad(objective)(self.ours, x, y)
            self.optimizer.step(grads)
            return loss, flatten(grads)[0]

        self.step = dlc.jit(step)

    def torch_step(self, x, y):
        self.reference.zero_grad()
        loss = torch.nn.functional.cross_entropy(self.theirs(torch.tensor(x).double()), torch.tensor(y))
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


# The CNN is not among them yet: at some steps max pooling picks another of two near-equal elements in f32 than in f64.
@pytest.mark.parametrize("name", ["mlp"])
def test_each_step_agrees_with_torch_in_f64(name, data):
    pair = Pair(name)
    batches = list(digits_model.make_loader(data[0])) * 3
    for i, (x, y) in enumerate(batches[:STEPS]):
        pair.start_from_torch(i > 0)
        loss, grads = pair.step(x, y)
        expected_loss, expected_grads = pair.torch_step(x.numpy(), y.numpy())
        assert abs(float(loss) - expected_loss) <= 1e-5 * abs(expected_loss), f"step {i}"
        for parameter, ours, theirs in zip(pair.names, grads, expected_grads):
            if parameter in ZERO_IN_THEORY[name]:
                assert np.abs(ours.numpy()).max() <= 1e-6, f"step {i}, {parameter}"
            else:
                assert relative(ours.numpy(), theirs) <= 1e-4, f"step {i}, {parameter}"
        after = pair.theirs.state_dict()
        for key, value in pair.ours.state_dict().items():
            np.testing.assert_allclose(value.numpy(), after[key].numpy(), rtol=1e-4, atol=1e-5, err_msg=f"{i} {key}")


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
