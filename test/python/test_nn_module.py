"""Module: registration order, names, modes, state_dict round trips, sharing, and weights that torch exported."""

import copy

import numpy as np
import pytest

import dlc
from dlc._tree import flatten

nn = dlc.nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU())
        self.blocks = [nn.Linear(4, 4), nn.Linear(4, 4)]
        self.heads = {"a": nn.Linear(4, 2), "b": nn.Linear(4, 3)}
        self.scale = nn.Parameter(np.ones(4, "f4"))
        self.register_buffer("offset", np.zeros(4, "f4"))
        self.register_buffer("cache", np.zeros(2, "f4"), persistent=False)

    def forward(self, x):
        x = dlc.mean(self.stem(x), axis=(2, 3)) * self.scale + self.offset
        for block in self.blocks:
            x = nn.functional.relu(block(x))
        return self.heads["b"](x)


NAMES = [
    "stem.0.weight",
    "stem.0.bias",
    "stem.1.weight",
    "stem.1.bias",
    "blocks.0.weight",
    "blocks.0.bias",
    "blocks.1.weight",
    "blocks.1.bias",
    "heads.a.weight",
    "heads.a.bias",
    "heads.b.weight",
    "heads.b.bias",
    "scale",
]
STATISTICS = ["stem.1.running_mean", "stem.1.running_var", "stem.1.num_batches_tracked"]


def test_names_are_in_registration_order():
    net = Net()
    assert [name for name, _ in net.named_parameters()] == NAMES
    assert [name for name, _ in net.named_buffers()] == STATISTICS + ["offset", "cache"]
    assert [name for name, _ in net.named_parameters("net")] == [f"net.{name}" for name in NAMES]
    assert [name for name, _ in net.named_buffers("net")][0] == f"net.{STATISTICS[0]}"
    assert list(net.state_dict()) == NAMES[:4] + STATISTICS + NAMES[4:] + ["offset"]
    assert [name for name, _ in net.named_modules()] == [
        "",
        "stem",
        "stem.0",
        "stem.1",
        "stem.2",
        "blocks.0",
        "blocks.1",
        "heads.a",
        "heads.b",
    ]
    assert [name for name, _ in net.named_children()] == ["stem", "blocks.0", "blocks.1", "heads.a", "heads.b"]


def test_modes_reach_all_modules():
    net = Net()
    assert net.eval() is net and not any(module.training for module in net.modules())
    assert net.train() is net and all(module.training for module in net.modules())


def test_state_dict_is_a_copy_and_restores():
    net = Net()
    x = dlc.asarray(np.random.default_rng(0).standard_normal((2, 1, 5, 5)).astype("f4"))
    net(x).numpy()
    state = net.state_dict()
    before = net.eval()(x).numpy()
    for parameter in net.parameters():
        parameter.assign(parameter + 1)
    net.train()(x).numpy()
    assert not np.array_equal(net.eval()(x).numpy(), before)
    assert net.load_state_dict(state) == ([], [])
    assert np.array_equal(net(x).numpy(), before)


def test_state_dict_through_safetensors(tmp_path):
    net, other = Net(), Net()
    dlc.save(tmp_path / "net.safetensors", net.state_dict())
    other.load_state_dict(dlc.load(tmp_path / "net.safetensors"))
    for (name, ours), theirs in zip(net.state_dict().items(), other.state_dict().values()):
        assert np.array_equal(ours.numpy(), theirs.numpy()), name
    from safetensors.numpy import load_file

    assert set(load_file(tmp_path / "net.safetensors")) == set(net.state_dict())


def test_load_state_dict_names_every_problem_and_writes_nothing():
    net = Net()
    state = {name: value.numpy() for name, value in net.state_dict().items()}
    before = {name: value.copy() for name, value in state.items()}
    del state["scale"]
    state["extra"] = np.zeros(1, "f4")
    state["stem.0.weight"] = np.ones((4, 1, 5, 5), "f4")
    state["stem.0.bias"] = np.full(4, 7, "f4")
    with pytest.raises(ValueError) as error:
        net.load_state_dict(state)
    message = str(error.value)
    assert "expected a state_dict of Net" in message
    assert "missing: scale" in message and "unexpected: extra" in message
    assert "shape of stem.0.weight: expected (4, 1, 3, 3), but got (4, 1, 5, 5)" in message
    for name, value in net.state_dict().items():
        assert np.array_equal(value.numpy(), before[name]), name


def test_load_state_dict_that_is_not_strict():
    net = Net()
    missing, unexpected = net.load_state_dict({"scale": np.full(4, 3.0), "extra": np.zeros(1)}, strict=False)
    assert "stem.0.weight" in missing and "scale" not in missing and unexpected == ["extra"]
    assert net.scale.numpy().tolist() == [3, 3, 3, 3] and net.scale.dtype == dlc.float32


def test_shared_parameters_count_once():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(5, 3)
            self.out = nn.Linear(3, 5, bias=False)
            self.out.weight = self.table.weight

        def forward(self, i):
            return self.out(self.table(i))

    tied = Tied()
    assert [name for name, _ in tied.named_parameters()] == ["table.weight"]
    assert list(tied.state_dict()) == ["table.weight", "out.weight"]
    torch = pytest.importorskip("torch", reason="torch is not installed")
    weight = torch.tensor(tied.table.weight.numpy().copy(), requires_grad=True)
    indices = np.array([1, 4])
    (weight[torch.from_numpy(indices)] @ weight.T).square().sum().backward()

    def loss(module):
        y = module(dlc.asarray(indices))
        return dlc.sum(y * y)

    gradients = flatten(dlc.value_and_grad(loss)(tied)[1])[0]
    assert len(gradients) == 2 and gradients[0] is gradients[1]
    np.testing.assert_allclose(gradients[0].numpy(), weight.grad.numpy(), rtol=1e-5)


def test_frozen_parameters_get_no_gradient():
    net = Net()
    net.requires_grad_(False)
    net.scale.requires_grad = True
    x = dlc.ones((2, 1, 5, 5))
    gradients = flatten(dlc.value_and_grad(lambda net: dlc.sum(net(x)))(net)[1])[0]
    assert [tuple(g.shape) for g in gradients] == [(4,)]


def test_deep_copies_are_independent():
    net = Net()
    clone = copy.deepcopy(net)
    clone.scale.assign(5)
    assert net.scale.numpy().tolist() == [1, 1, 1, 1]
    assert [name for name, _ in clone.named_parameters()] == NAMES
    assert type(clone.scale) is nn.Parameter


def test_double_and_float():
    net = Net().double()
    assert {str(p.dtype) for p in net.parameters()} == {str(dlc.float64)}
    assert net.stem[1].num_batches_tracked.dtype == dlc.int64
    assert net.eval()(dlc.ones((1, 1, 4, 4), dtype=dlc.float64)).dtype == dlc.float64
    assert {str(p.dtype) for p in net.float().parameters()} == {str(dlc.float32)}


def test_containers():
    layers = nn.ModuleList([nn.Linear(2, 3), nn.Linear(3, 4)])
    layers.append(nn.ReLU())
    assert len(layers) == 3 and isinstance(layers[-1], nn.ReLU) and len(layers[:2]) == 2
    assert [type(layer).__name__ for layer in layers] == ["Linear", "Linear", "ReLU"]
    with pytest.raises(NotImplementedError, match="expected the modules of a ModuleList to be called"):
        layers(dlc.ones((1, 2)))
    with pytest.raises(TypeError, match="expected modules, but got int"):
        nn.Sequential(3)
    named = nn.Sequential({"first": nn.Linear(2, 3), "second": nn.Linear(3, 1)})
    assert list(named.state_dict()) == ["first.weight", "first.bias", "second.weight", "second.bias"]


def test_repr_shows_the_tree():
    text = repr(nn.Sequential(nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.Linear(4, 2)))
    assert text == (
        "Sequential(\n"
        "  (0): Conv2d(1, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)\n"
        "  (1): Linear(in_features=4, out_features=2, bias=True)\n"
        ")"
    )


def test_seed_decides_the_weights():
    dlc.random.seed(1)
    first = nn.Linear(30, 20).weight.numpy()
    second = nn.Linear(30, 20).weight.numpy()
    dlc.random.seed(1)
    assert np.array_equal(nn.Linear(30, 20).weight.numpy(), first)
    assert not np.array_equal(first, second)


def test_default_initialisation_has_torchs_distribution():
    dlc.random.seed(0)
    linear = nn.Linear(100, 300)
    bound = 0.1
    for values in (linear.weight.numpy(), linear.bias.numpy()):
        assert np.abs(values).max() <= bound and np.abs(values).max() > 0.97 * bound
        assert abs(values.std() - bound / np.sqrt(3)) < 0.05 * bound
    conv = nn.Conv2d(4, 256, 5)
    assert np.abs(conv.weight.numpy()).max() <= 0.1 < np.abs(conv.weight.numpy()).max() * 1.02
    table = nn.Embedding(200, 100).weight.numpy()
    assert abs(table.mean()) < 0.02 and abs(table.std() - 1) < 0.02


def test_named_initialisers():
    weight = nn.Parameter(np.zeros((200, 100), "f4"))
    expected = {
        nn.init.xavier_uniform_: np.sqrt(2 / 300),
        nn.init.xavier_normal_: np.sqrt(2 / 300),
        nn.init.kaiming_uniform_: np.sqrt(2 / 100),
        nn.init.kaiming_normal_: np.sqrt(2 / 100),
    }
    for initialise, deviation in expected.items():
        assert initialise(weight) is weight
        assert abs(weight.numpy().std() / deviation - 1) < 0.03, initialise.__name__
    assert nn.init.ones_(weight).numpy().min() == 1
    with pytest.raises(ValueError, match="expected a weight of rank 2 or more"):
        nn.init.xavier_uniform_(nn.Parameter(np.zeros(3, "f4")))


def test_weights_that_torch_exported_load_by_name(tmp_path):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from safetensors.torch import save_file

    theirs = torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 3)
    ).eval()
    with torch.no_grad():
        theirs[1].running_mean.normal_()
        theirs[1].running_var.uniform_(0.5, 2)
    ours = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3)).eval()
    save_file(theirs.state_dict(), tmp_path / "torch.safetensors")
    ours.load_state_dict(dlc.load(tmp_path / "torch.safetensors"))
    x = np.random.default_rng(2).standard_normal((5, 1, 8, 8)).astype("f4")
    np.testing.assert_allclose(
        ours(dlc.asarray(x)).numpy(), theirs(torch.from_numpy(x)).detach().numpy(), rtol=1e-5, atol=1e-6
    )
