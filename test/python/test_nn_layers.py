"""Layers and functions of dlc.nn against torch: values, and gradients of inputs and parameters."""

import numpy as np
import pytest

import dlc
from dlc._tree import flatten

torch = pytest.importorskip("torch", reason="torch is not installed")
F = torch.nn.functional
nn = dlc.nn


def images(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype("f4")


def close(ours, theirs, tolerance=2e-5):
    np.testing.assert_allclose(np.asarray(ours), theirs.detach().numpy(), rtol=tolerance, atol=tolerance)


def compare(layer, reference, x, tolerance=2e-5):
    """Loads the reference's weights by name; compares output and all gradients of sum(output * c)."""
    layer.load_state_dict(reference.state_dict())
    tx = torch.from_numpy(x).requires_grad_()
    expected = reference(tx)
    c = np.random.default_rng(9).standard_normal(tuple(expected.shape)).astype("f4")
    (expected * torch.from_numpy(c)).sum().backward()
    close(layer(dlc.asarray(x)), expected, tolerance)

    def of_input(x):
        return dlc.sum(layer(x) * dlc.asarray(c))

    def of_layer(layer):
        return dlc.sum(layer(dlc.asarray(x)) * dlc.asarray(c))

    state = layer.state_dict()
    close(dlc.value_and_grad(of_input)(dlc.asarray(x))[1], tx.grad, tolerance * 10)
    layer.load_state_dict(state)
    parameters = dict(reference.named_parameters())
    if parameters:
        gradients = flatten(dlc.value_and_grad(of_layer)(layer)[1])[0]
        assert len(gradients) == len(parameters)
        for (name, _), gradient in zip(layer.named_parameters(), gradients):
            close(gradient, parameters[name].grad, tolerance * 10)


CONVOLUTIONS = {
    "plain": dict(in_channels=3, out_channels=4, kernel_size=3),
    "padded": dict(in_channels=3, out_channels=4, kernel_size=3, padding=1),
    "rectangular": dict(in_channels=3, out_channels=4, kernel_size=(3, 2), stride=(2, 1), padding=(1, 0)),
    "same": dict(in_channels=3, out_channels=2, kernel_size=(4, 3), padding="same"),
    "valid": dict(in_channels=3, out_channels=2, kernel_size=2, padding="valid"),
    "dilated": dict(in_channels=3, out_channels=4, kernel_size=3, dilation=2, padding=2, bias=False),
    "grouped": dict(in_channels=4, out_channels=6, kernel_size=3, groups=2),
    "depthwise": dict(in_channels=4, out_channels=4, kernel_size=3, groups=4, stride=2, padding=1),
}


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_conv2d(name):
    arguments = CONVOLUTIONS[name]
    x = images(2, arguments["in_channels"], 7, 8)
    compare(nn.Conv2d(**arguments), torch.nn.Conv2d(**arguments), x)


def test_conv2d_without_batch():
    compare(nn.Conv2d(3, 4, 3), torch.nn.Conv2d(3, 4, 3), images(3, 6, 6))


@pytest.mark.parametrize("shape", [(5, 6), (6,), (2, 3, 6)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear(shape, bias):
    compare(nn.Linear(6, 4, bias), torch.nn.Linear(6, 4, bias), images(*shape))


POOLS = [
    dict(kernel_size=2),
    dict(kernel_size=3, stride=2, padding=1),
    dict(kernel_size=(2, 3), stride=(1, 2)),
    dict(kernel_size=3, stride=2, ceil_mode=True),
    dict(kernel_size=3, stride=2, padding=1, ceil_mode=True),
]


@pytest.mark.parametrize("arguments", POOLS, ids=str)
def test_max_pool2d(arguments):
    compare(nn.MaxPool2d(**arguments), torch.nn.MaxPool2d(**arguments), images(2, 3, 8, 9))


@pytest.mark.parametrize("arguments", POOLS, ids=str)
@pytest.mark.parametrize("count_include_pad", [True, False])
def test_avg_pool2d(arguments, count_include_pad):
    arguments = arguments | dict(count_include_pad=count_include_pad)
    compare(nn.AvgPool2d(**arguments), torch.nn.AvgPool2d(**arguments), images(2, 3, 8, 9))


@pytest.mark.parametrize("size", [1, (4, 3), (3, 2), (None, 1)], ids=str)
def test_adaptive_avg_pool2d(size):
    compare(nn.AdaptiveAvgPool2d(size), torch.nn.AdaptiveAvgPool2d(size), images(2, 3, 8, 9))


ACTIVATIONS = [
    (nn.ReLU(), torch.nn.ReLU()),
    (nn.ReLU(True), torch.nn.ReLU()),
    (nn.LeakyReLU(0.2), torch.nn.LeakyReLU(0.2)),
    (nn.Dropout(0.5, True).eval(), torch.nn.Dropout(0.5).eval()),
    (nn.GELU(), torch.nn.GELU()),
    (nn.GELU("tanh"), torch.nn.GELU("tanh")),
    (nn.SiLU(), torch.nn.SiLU()),
    (nn.Tanh(), torch.nn.Tanh()),
    (nn.Sigmoid(), torch.nn.Sigmoid()),
    (nn.Softmax(1), torch.nn.Softmax(1)),
    (nn.LogSoftmax(-1), torch.nn.LogSoftmax(-1)),
    (nn.Flatten(), torch.nn.Flatten()),
    (nn.Identity(), torch.nn.Identity()),
]


@pytest.mark.parametrize("layer, reference", ACTIVATIONS, ids=lambda layer: type(layer).__name__)
def test_activation(layer, reference):
    compare(layer, reference, images(3, 4, 5) * 3)


@pytest.mark.parametrize("shape", [(4,), (3, 4)])
def test_layer_norm(shape):
    reference = torch.nn.LayerNorm(shape)
    with torch.no_grad():
        reference.weight.uniform_(0.5, 2)
        reference.bias.normal_()
    compare(nn.LayerNorm(shape), reference, images(5, 3, 4), 1e-4)


def norms(ours, theirs, **arguments):
    layer, reference = ours(4, **arguments), theirs(4, **arguments)
    with torch.no_grad():
        for parameter in reference.parameters():
            parameter.uniform_(0.5, 2)
    layer.load_state_dict(reference.state_dict())
    return layer, reference


@pytest.mark.parametrize("momentum", [0.1, 0.3, None])
@pytest.mark.parametrize("compiled", [False, True])
def test_batch_norm_statistics_follow_the_batches(momentum, compiled):
    layer, reference = norms(nn.BatchNorm2d, torch.nn.BatchNorm2d, momentum=momentum)
    call = dlc.jit(lambda x: layer(x)) if compiled else layer
    for step in range(3):
        x = images(2, 4, 3, 5, seed=step) * 2 + 1
        close(call(dlc.asarray(x)), reference(torch.from_numpy(x)), 1e-5)
        close(layer.running_mean, reference.running_mean, 1e-6)
        close(layer.running_var, reference.running_var, 1e-6)
        assert int(layer.num_batches_tracked) == step + 1
    layer.eval()
    reference.eval()
    before = layer.state_dict()
    x = images(2, 4, 3, 5, seed=7)
    close(layer(dlc.asarray(x)), reference(torch.from_numpy(x)), 1e-5)
    for name, value in layer.state_dict().items():
        assert np.array_equal(np.asarray(value), np.asarray(before[name])), name


@pytest.mark.parametrize("arguments", [{}, dict(affine=False), dict(track_running_stats=False)], ids=str)
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_gradients(arguments, training):
    layer, reference = norms(nn.BatchNorm2d, torch.nn.BatchNorm2d, **arguments)
    layer.train(training)
    reference.train(training)
    compare(layer, reference, images(3, 4, 2, 5), 1e-4)


@pytest.mark.parametrize("shape", [(6, 4), (3, 4, 5)])
def test_batch_norm_1d(shape):
    layer, reference = norms(nn.BatchNorm1d, torch.nn.BatchNorm1d)
    compare(layer, reference, images(*shape), 1e-4)


def test_batch_norm_needs_more_than_one_value():
    with pytest.raises(ValueError, match="expected more than one value a channel in training"):
        nn.BatchNorm1d(4)(dlc.asarray(images(1, 4)))


def test_evaluation_is_fma_of_scale_and_shift():
    layer = nn.BatchNorm2d(3).eval()
    layer.running_mean.assign(dlc.asarray(images(3)))
    layer.running_var.assign(dlc.asarray(np.array([0.5, 2, 3], "f4")))
    x = dlc.asarray(images(2, 3, 4, 4))
    scale = dlc.reshape(layer.weight * dlc.rsqrt(layer.running_var + layer.eps), (3, 1, 1))
    shift = dlc.fma(-dlc.reshape(layer.running_mean, (3, 1, 1)), scale, dlc.reshape(layer.bias, (3, 1, 1)))
    assert np.array_equal(layer(x).numpy(), dlc.fma(x, scale, shift).numpy())


def test_embedding_and_its_gradient():
    table = images(7, 3)
    indices = np.array([[1, 2, 2], [6, 0, 1]])
    reference = torch.nn.Embedding(7, 3, padding_idx=2)
    with torch.no_grad():
        reference.weight.copy_(torch.from_numpy(table))
    layer = nn.Embedding(7, 3, padding_idx=2)
    layer.load_state_dict(reference.state_dict())
    out = reference(torch.from_numpy(indices))
    (out * out).sum().backward()
    close(layer(dlc.asarray(indices)), out)

    def loss(layer):
        y = layer(dlc.asarray(indices))
        return dlc.sum(y * y)

    close(flatten(dlc.value_and_grad(loss)(layer)[1])[0][0], reference.weight.grad)


@pytest.mark.parametrize("index", [7, -1])
@pytest.mark.parametrize("compiled", [False, True])
def test_embedding_index_out_of_range(index, compiled):
    layer = nn.Embedding(7, 3)
    call = dlc.jit(lambda i: layer(i)) if compiled else layer
    with pytest.raises(IndexError):
        call(dlc.asarray(np.array([0, index]))).numpy()


def test_dropout_keeps_the_mean_and_drops_the_share():
    dlc.random.seed(3)
    layer = nn.Dropout(0.25)
    x = dlc.ones((200, 200))
    y = layer(x).numpy()
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.75)}
    assert abs((y == 0).mean() - 0.25) < 0.01
    assert not np.array_equal(y, layer(x).numpy())
    dlc.random.seed(3)
    assert np.array_equal(y, layer(x).numpy())
    assert np.array_equal(layer.eval()(x).numpy(), x.numpy())
    assert not nn.Dropout(1.0)(x).numpy().any()


def test_dropout_goes_on_under_jit():
    dlc.random.seed(5)
    layer = nn.Dropout(0.5)
    x = dlc.ones((64,))
    eager = [layer(x).numpy() for _ in range(3)]
    dlc.random.seed(5)
    call = dlc.jit(lambda x: layer(x))
    assert all(np.array_equal(e, call(x).numpy()) for e in eager)


WRONG = {
    "linear": (lambda: nn.Linear(3, 2)(dlc.ones((4, 5))), "expected the last extent of input to be 3"),
    "conv_channels": (lambda: nn.Conv2d(3, 2, 3)(dlc.ones((1, 4, 5, 5))), "expected input to have 3 channels"),
    "conv_rank": (lambda: nn.Conv2d(3, 2, 3)(dlc.ones((4, 5))), "expected input to have rank 3 or 4"),
    "conv_groups": (lambda: nn.Conv2d(3, 2, 3, groups=2), "expected groups to divide the channels"),
    "conv_same": (lambda: nn.Conv2d(1, 1, 3, 2, "same")(dlc.ones((1, 1, 4, 4))), "expected stride 1"),
    "conv_padding": (lambda: nn.Conv2d(1, 1, 3, padding="some")(dlc.ones((1, 1, 4, 4))), "expected padding to be"),
    "pair": (lambda: nn.Conv2d(1, 1, (1, 2, 3)), "expected kernel_size to be an int or two ints"),
    "pool_padding": (lambda: nn.MaxPool2d(2, padding=2)(dlc.ones((1, 1, 4, 4))), "at most half the kernel"),
    "norm_channels": (lambda: nn.BatchNorm2d(3)(dlc.ones((2, 4, 5, 5))), "expected 3 channels"),
    "norm_rank": (lambda: nn.BatchNorm2d(3)(dlc.ones((2, 3))), "to have rank 4"),
    "layer_norm": (lambda: nn.LayerNorm(4)(dlc.ones((2, 3))), r"expected input to end in shape \(4,\)"),
    "flatten": (lambda: nn.Flatten(2)(dlc.ones((2, 3))), "to be ascending dimensions"),
    "dropout": (lambda: nn.Dropout(1.5), "between 0 and 1"),
    "gelu": (lambda: nn.GELU("fast")(dlc.ones((2,))), "expected approximate"),
    "padding_idx": (lambda: nn.Embedding(3, 2, 5), "expected padding_idx"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_argument(name):
    call, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        call()


def test_gelu_takes_two_forms():
    x = images(100) * 4
    close(nn.functional.gelu(dlc.asarray(x)), F.gelu(torch.from_numpy(x)), 2e-6)
    close(nn.functional.gelu(dlc.asarray(x), "tanh"), F.gelu(torch.from_numpy(x), approximate="tanh"), 2e-6)
