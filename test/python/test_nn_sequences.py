"""Attention, recurrent layers and RMSNorm against torch: values, and gradients of inputs and parameters."""

import numpy as np
import pytest
from test_nn_layers import close, compare, images

import dlc

torch = pytest.importorskip("torch", reason="torch is not installed")
F = torch.nn.functional
nn = dlc.nn


def test_rms_norm():
    compare(nn.RMSNorm((4, 5), eps=1e-3), torch.nn.RMSNorm((4, 5), eps=1e-3), images(2, 3, 4, 5))
    compare(nn.RMSNorm(5), torch.nn.RMSNorm(5), images(2, 5))
    with pytest.raises(ValueError, match=r"expected input to end in shape \(4,\)"):
        nn.RMSNorm(4)(dlc.zeros((2, 5)))


MASKS = {
    "none": dict(),
    "causal": dict(is_causal=True),
    "bool": dict(attn_mask=np.random.default_rng(1).random((2, 1, 5, 7)) < 0.8),
    "numbers": dict(attn_mask=images(5, 7, seed=2)),
    "scale": dict(scale=0.3),
}


@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize("groups", [4, 2])
def test_attention(name, groups):
    arguments = MASKS[name]
    q, k, v = images(2, 4, 5, 6), images(2, groups, 7, 6, seed=1), images(2, groups, 7, 3, seed=2)
    tensors = {key: torch.from_numpy(a) if isinstance(a, np.ndarray) else a for key, a in arguments.items()}
    arrays = {key: dlc.asarray(a) if isinstance(a, np.ndarray) else a for key, a in arguments.items()}
    expected = F.scaled_dot_product_attention(*map(torch.from_numpy, (q, k, v)), **tensors, enable_gqa=True)
    got = nn.functional.scaled_dot_product_attention(*map(dlc.asarray, (q, k, v)), **arrays, enable_gqa=True)
    close(got, expected)


def test_attention_is_its_weights_times_values():
    q, k, v = (dlc.asarray(images(2, 4, 5, 6, seed=i)) for i in range(3))
    mask = dlc.asarray(np.arange(25).reshape(5, 5) % 3 > 0)
    weights = nn.functional.attention.attention_weights(q, k, mask, True)
    one = nn.functional.scaled_dot_product_attention(q, k, v, mask, is_causal=True)
    dlc.testing.assert_equal(one, weights @ v)


def test_attention_drops_weights_and_checks_heads():
    q, k = dlc.asarray(images(1, 4, 3, 6)), dlc.asarray(images(1, 2, 3, 6))
    dropped = nn.functional.scaled_dot_product_attention(q, k, k, dropout_p=0.5, enable_gqa=True)
    assert tuple(dropped.shape) == (1, 4, 3, 6)
    with pytest.raises(ValueError, match="as many heads without enable_gqa, but got 4 and 2"):
        nn.functional.scaled_dot_product_attention(q, k, k)


@pytest.mark.parametrize("cell", ["LSTMCell", "GRUCell"])
@pytest.mark.parametrize("bias", [True, False])
def test_cells(cell, bias):
    ours, theirs = getattr(nn, cell)(3, 4, bias), getattr(torch.nn, cell)(3, 4, bias)
    ours.load_state_dict(theirs.state_dict())
    x, h = images(2, 3), images(2, 4, seed=1)
    state = (h, images(2, 4, seed=2)) if cell == "LSTMCell" else h
    to = (lambda f: tuple(map(f, state))) if cell == "LSTMCell" else (lambda f: f(state))
    got, expected = ours(dlc.asarray(x), to(dlc.asarray)), theirs(torch.from_numpy(x), to(torch.from_numpy))
    if cell == "LSTMCell":
        close(got[1], expected[1])
        got, expected = got[0], expected[0]
    close(got, expected)
    first = ours(dlc.asarray(x[0]))
    close(
        first[0] if cell == "LSTMCell" else first,
        (theirs(torch.from_numpy(x[0])) if cell == "GRUCell" else theirs(torch.from_numpy(x[0]))[0]),
    )


class First(torch.nn.Module):
    """The output of a recurrent layer alone, under the layer's own parameter names."""

    def __init__(self, layer):
        super().__init__()
        self.__dict__["layer"] = layer

    def forward(self, x):
        return self.layer(x)[0]

    def state_dict(self):
        return self.layer.state_dict()

    def named_parameters(self):
        return self.layer.named_parameters()


@pytest.mark.parametrize("layer", ["LSTM", "GRU"])
@pytest.mark.parametrize(
    "arguments", [dict(), dict(num_layers=2, bidirectional=True), dict(bias=False, batch_first=True)]
)
def test_recurrent_layers(layer, arguments):
    theirs = getattr(torch.nn, layer)(3, 4, **arguments)
    kind = getattr(nn, layer)

    class Ours(kind):
        def forward(self, x):
            return super().forward(x)[0]

    compare(Ours(3, 4, **arguments), First(theirs), images(5, 2, 3))
    ours = kind(3, 4, **arguments)
    ours.load_state_dict(theirs.state_dict())
    x = images(5, 3)
    output, last = ours(dlc.asarray(x))
    expected, final = theirs(torch.from_numpy(x))
    close(output, expected)
    close(last[1] if layer == "LSTM" else last, final[1] if layer == "LSTM" else final)


def test_recurrent_layers_check_shapes():
    with pytest.raises(ValueError, match="rank 2 or 3 and 3 features"):
        nn.LSTM(3, 4)(dlc.zeros((2, 2)))
    with pytest.raises(ValueError, match=r"expected initial states of shape \(1, 2, 4\), but got \(1, 3, 4\)"):
        nn.GRU(3, 4)(dlc.zeros((5, 2, 3)), dlc.zeros((1, 3, 4)))


@pytest.mark.parametrize("arguments", [dict(), dict(kdim=3, vdim=5), dict(bias=False)])
@pytest.mark.parametrize("batch_first", [True, False])
def test_multihead_attention(arguments, batch_first):
    theirs = torch.nn.MultiheadAttention(8, 2, batch_first=batch_first, **arguments)
    ours = nn.MultiheadAttention(8, 2, batch_first=batch_first, **arguments)
    ours.load_state_dict(theirs.state_dict())
    q, k, v = (
        images(3, 3, 8),
        images(3, 3, arguments.get("kdim", 8), seed=1),
        images(3, 3, arguments.get("vdim", 8), seed=2),
    )
    causal = np.triu(np.ones((3, 3), bool), 1)
    padding = np.array([[False, False, True], [False, False, False], [False, True, False]])
    for masks in (dict(), dict(attn_mask=causal), dict(key_padding_mask=padding)):
        tensors = {name: torch.from_numpy(mask) for name, mask in masks.items()}
        arrays = {name: dlc.asarray(mask) for name, mask in masks.items()}
        expected, weights = theirs(*map(torch.from_numpy, (q, k, v)), **tensors)
        got, ours_weights = ours(*map(dlc.asarray, (q, k, v)), **arrays)
        close(got, expected)
        close(ours_weights, weights)
        alone, none = ours(*map(dlc.asarray, (q, k, v)), need_weights=False, **arrays)
        assert none is None
        dlc.testing.assert_equal(alone, got)
