"""Losses as modules. `reduction` is 'mean', 'sum' or 'none'."""

from dlc.nn import functional
from dlc.nn.functional.loss import check_reduction
from dlc.nn.module import Module


class _Loss(Module):
    def __init__(self, reduction):
        super().__init__()
        check_reduction(reduction)
        self.reduction = reduction

    def extra_repr(self):
        """The reduction."""
        return f"reduction={self.reduction!r}"


class MSELoss(_Loss):
    """(input - target) ** 2."""

    def __init__(self, reduction="mean"):
        super().__init__(reduction)

    def forward(self, input, target):
        """The loss."""
        return functional.mse_loss(input, target, self.reduction)


class L1Loss(_Loss):
    """|input - target|."""

    def __init__(self, reduction="mean"):
        super().__init__(reduction)

    def forward(self, input, target):
        """The loss."""
        return functional.l1_loss(input, target, self.reduction)


class CrossEntropyLoss(_Loss):
    """The cross entropy of targets and softmax(input); see functional.cross_entropy."""

    def __init__(self, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
        super().__init__(reduction)
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input, target):
        """The loss."""
        return functional.cross_entropy(
            input, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing
        )


class NLLLoss(_Loss):
    """The negative log-likelihood of what LogSoftmax returned; see functional.nll_loss."""

    def __init__(self, weight=None, ignore_index=-100, reduction="mean"):
        super().__init__(reduction)
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index

    def forward(self, input, target):
        """The loss."""
        return functional.nll_loss(input, target, self.weight, self.ignore_index, self.reduction)


class BCEWithLogitsLoss(_Loss):
    """The cross entropy of targets in [0, 1] and sigmoid(input)."""

    def __init__(self, weight=None, reduction="mean", pos_weight=None):
        super().__init__(reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input, target):
        """The loss."""
        return functional.binary_cross_entropy_with_logits(input, target, self.weight, self.reduction, self.pos_weight)
