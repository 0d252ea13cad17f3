"""LSTM and GRU: cells, and layers that run them over the elements of a sequence, with PyTorch's parameters."""

import math

import dlc
from dlc._tracing import apply_tuple
from dlc.nn import functional, init
from dlc.nn.module import Module


def _lstm_step(x, states, weights):
    return apply_tuple("lstm_cell", (x, *states, *weights))


def _gru_step(x, states, weights):
    return apply_tuple("gru_cell", (x, *states, *weights))


def _parameters(module, suffix, gates, input_size, hidden_size, bias, dtype):
    """Sets weight_ih, weight_hh, bias_ih and bias_hh with a suffix."""
    rows, kind = gates * hidden_size, dtype or dlc.float32
    shapes = {"weight_ih": (rows, input_size), "weight_hh": (rows, hidden_size), "bias_ih": (rows,), "bias_hh": (rows,)}
    for name, shape in shapes.items():
        has_one = bias or name.startswith("weight")
        module.register_parameter(name + suffix, dlc.Parameter(dlc.zeros(shape, dtype=kind)) if has_one else None)


def _reset(module):
    bound = 1 / math.sqrt(module.hidden_size) if module.hidden_size else 0
    for parameter in module.parameters():
        init.uniform_(parameter, -bound, bound)


def _weights(module, suffix):
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh") if module.bias else ("weight_ih", "weight_hh")
    return tuple(getattr(module, name + suffix) for name in names)


class _Cell(Module):
    """One step of a recurrence.

    Args:
        input_size, hidden_size: the extents.
        bias: whether there are biases.
        dtype: float32 by default.
    """

    gates = states = 0
    step = None

    def __init__(self, input_size, hidden_size, bias=True, dtype=None):
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        _parameters(self, "", self.gates, input_size, hidden_size, bias, dtype)
        self.reset_parameters()

    def reset_parameters(self):
        """Draws parameters anew, uniformly within 1 / sqrt(hidden_size)."""
        _reset(self)

    def _run(self, input, states):
        if input.ndim not in (1, 2) or input.shape[-1] != self.input_size:
            raise ValueError(
                f"expected the input of {type(self).__name__} to be (N, {self.input_size}) or ({self.input_size},), "
                f"but got shape {tuple(input.shape)}"
            )
        x = dlc.expand_dims(input, axis=0) if input.ndim == 1 else input
        if states is None:
            states = (dlc.zeros((x.shape[0], self.hidden_size), dtype=x.dtype),) * self.states
        elif input.ndim == 1:
            states = tuple(dlc.expand_dims(state, axis=0) for state in states)
        results = type(self).step(x, states, _weights(self, ""))
        return tuple(dlc.squeeze(r, axis=0) for r in results) if input.ndim == 1 else results

    def extra_repr(self):
        """As PyTorch shows it."""
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else ", bias=False")


class LSTMCell(_Cell):
    __doc__ = _Cell.__doc__.replace("a recurrence", "an LSTM: (h, c) from x and (h, c)", 1)
    gates, states = 4, 2
    step = staticmethod(_lstm_step)

    def forward(self, input, hx=None):
        """The next (h, c); zeros before the first step."""
        return self._run(input, hx)


class GRUCell(_Cell):
    __doc__ = _Cell.__doc__.replace("a recurrence", "a GRU: h from x and h", 1)
    gates, states = 3, 1
    step = staticmethod(_gru_step)

    def forward(self, input, hx=None):
        """The next h; zeros before the first step."""
        return self._run(input, None if hx is None else (hx,))[0]


class _Layers(Module):
    """Layers of a recurrence over a sequence of a length that is known when the model is traced.

    Args:
        input_size, hidden_size: the extents.
        num_layers: how many layers; each reads what the one before gave.
        bias: whether there are biases.
        batch_first: whether sequences are `(N, L, input_size)`, not `(L, N, input_size)`.
        dropout: the probability of dropping what goes from one layer to the next, in training.
        bidirectional: whether each layer also runs from the end, and gives both side by side.
        dtype: float32 by default.
    """

    gates = states = 0
    step = None

    def __init__(
        self,
        input_size,
        hidden_size,
        num_layers=1,
        bias=True,
        batch_first=False,
        dropout=0.0,
        bidirectional=False,
        dtype=None,
    ):
        super().__init__()
        functional.activation.check_probability(dropout)
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = dropout
        self.bidirectional = bidirectional
        width = hidden_size * (2 if bidirectional else 1)
        for layer in range(num_layers):
            for suffix in self._suffixes(layer):
                _parameters(self, suffix, self.gates, width if layer else input_size, hidden_size, bias, dtype)
        self.reset_parameters()

    def _suffixes(self, layer):
        return (f"_l{layer}", f"_l{layer}_reverse") if self.bidirectional else (f"_l{layer}",)

    def reset_parameters(self):
        """Draws parameters anew, uniformly within 1 / sqrt(hidden_size)."""
        _reset(self)

    def _initial(self, states, count, batch, dtype, batched):
        """One array `(count, N, H)` for each state."""
        shape = (count, batch, self.hidden_size)
        if states is None:
            return (dlc.zeros(shape, dtype=dtype),) * self.states
        given = tuple(state if batched else dlc.expand_dims(state, axis=1) for state in states)
        for state in given:
            if tuple(state.shape) != shape:
                raise ValueError(f"expected initial states of shape {shape}, but got {tuple(state.shape)}")
        return given

    def _direction(self, sequence, states, suffix):
        """The h of every step, in the order of the sequence, and the last states."""
        weights, outputs = _weights(self, suffix), []
        for x in sequence:
            states = type(self).step(x, states, weights)
            outputs.append(states[0])
        return outputs, states

    def _run(self, input, states):
        if input.ndim not in (2, 3) or input.shape[-1] != self.input_size:
            raise ValueError(
                f"expected the input of {type(self).__name__} to have rank 2 or 3 and {self.input_size} features, "
                f"but got shape {tuple(input.shape)}"
            )
        batched = input.ndim == 3
        x = input if batched else dlc.expand_dims(input, axis=1)
        if batched and self.batch_first:
            x = dlc.permute_dims(x, (1, 0, 2))
        length = x.shape[0]
        if not isinstance(length, int) or length == 0:
            raise ValueError(f"expected a sequence of a known length above 0, but got shape {tuple(input.shape)}")
        count = self.num_layers * (2 if self.bidirectional else 1)
        initial = self._initial(states, count, x.shape[1], x.dtype, batched)
        sequence, last = [x[i] for i in range(length)], []
        for layer in range(self.num_layers):
            directions = []
            for suffix in self._suffixes(layer):
                turned = suffix.endswith("_reverse")
                start = tuple(state[len(last)] for state in initial)
                outputs, end = self._direction(sequence[::-1] if turned else sequence, start, suffix)
                directions.append(outputs[::-1] if turned else outputs)
                last.append(end)
            sequence = [dlc.concat(step, axis=-1) if len(step) > 1 else step[0] for step in zip(*directions)]
            if self.dropout and self.training and layer + 1 < self.num_layers:
                sequence = [functional.dropout(step, self.dropout) for step in sequence]
        output = dlc.stack(sequence, axis=1 if batched and self.batch_first else 0)
        final = tuple(dlc.stack(state, axis=0) for state in zip(*last))
        if batched:
            return output, final
        return dlc.squeeze(output, axis=1), tuple(dlc.squeeze(state, axis=1) for state in final)

    def extra_repr(self):
        """As PyTorch shows it."""
        text = f"{self.input_size}, {self.hidden_size}"
        defaults = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False}
        for name, default in defaults.items():
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text


class LSTM(_Layers):
    __doc__ = _Layers.__doc__.replace("a recurrence", "an LSTM", 1)
    gates, states = 4, 2
    step = staticmethod(_lstm_step)

    def forward(self, input, hx=None):
        """(h of every step, (last h, last c)); `hx` is (h, c) before the first step, zeros by default."""
        return self._run(input, hx)


class GRU(_Layers):
    __doc__ = _Layers.__doc__.replace("a recurrence", "a GRU", 1)
    gates, states = 3, 1
    step = staticmethod(_gru_step)

    def forward(self, input, hx=None):
        """(h of every step, last h); `hx` is h before the first step, zeros by default."""
        output, (last,) = self._run(input, None if hx is None else (hx,))
        return output, last
