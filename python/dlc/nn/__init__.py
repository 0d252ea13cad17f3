"""Layers, losses and models, with PyTorch's names and argument order. See docs/python.md."""

from dlc._tree import Parameter
from dlc.nn import functional, init
from dlc.nn.activation import (
    GELU,
    Dropout,
    Identity,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from dlc.nn.attention import MultiheadAttention
from dlc.nn.containers import ModuleList, Sequential
from dlc.nn.conv import Conv2d
from dlc.nn.embedding import Embedding
from dlc.nn.linear import Flatten, Linear
from dlc.nn.loss import BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss
from dlc.nn.module import Module
from dlc.nn.normalization import BatchNorm1d, BatchNorm2d, LayerNorm, RMSNorm
from dlc.nn.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from dlc.nn.recurrent import GRU, LSTM, GRUCell, LSTMCell

__all__ = [
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "CrossEntropyLoss",
    "Dropout",
    "Embedding",
    "Flatten",
    "GELU",
    "GRU",
    "GRUCell",
    "Identity",
    "L1Loss",
    "LSTM",
    "LSTMCell",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "MaxPool2d",
    "Module",
    "ModuleList",
    "MultiheadAttention",
    "NLLLoss",
    "Parameter",
    "RMSNorm",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "functional",
    "init",
]
