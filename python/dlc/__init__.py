"""dlc: a tensor compiler with exact numerics. See docs/python.md."""

import os as _os
import pkgutil as _pkgutil

# The generated modules lie beside this folder's files in the build tree.
__path__ = _pkgutil.extend_path(__path__, __name__)

import _dlc

_dlc.set_package_folders([_os.path.abspath(_folder) + _os.sep for _folder in __path__])

from dlc import _environment

_environment.read()

from dlc import _tracing as _tracing
from dlc import ops as ops
from dlc import random as random
from dlc import testing as testing
from dlc._array import Array, asarray, from_dlpack
from dlc._compile import Compiled, ShapeDtype, compile, spec
from dlc._control import cond, fori_loop, while_loop
from dlc._creation import *
from dlc._custom_call import custom_call, register_custom_call
from dlc._derivatives import hessian, jacfwd, jacrev, jvp, vjp
from dlc._dim import Dim
from dlc._dtypes import (
    DType,
    bfloat16,
    bool_,
    complex64,
    complex128,
    dtype,
    float8_e4m3fn,
    float8_e5m2,
    float16,
    float32,
    float64,
    int4,
    int8,
    int16,
    int32,
    int64,
    uint4,
    uint8,
    uint16,
    uint32,
    uint64,
)
from dlc._einsum import einsum
from dlc._elementwise import *
from dlc._files import load, save
from dlc._grad import grad, value_and_grad
from dlc._inspection import *
from dlc._inspection import __array_namespace_info__ as __array_namespace_info__
from dlc._jit import jit
from dlc._linear_algebra import *
from dlc._manipulation import *
from dlc._options import code_counts, finish_compiling, num_threads, set_compile_options, set_engine, set_num_threads
from dlc._order import *
from dlc._reductions import *
from dlc._searching import *
from dlc._tree import Parameter
from dlc._vmap import vmap
from dlc.ops import (
    abs,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    ceil,
    complex,
    conj,
    copysign,
    cos,
    cosh,
    digamma,
    erf,
    erfinv,
    exp,
    exp2,
    expm1,
    floor,
    fma,
    imag,
    lgamma,
    log,
    log1p,
    log2,
    real,
    relu,
    round,
    rsqrt,
    sigmoid,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
    trunc,
)
from dlc.random import seed as manual_seed

bool = bool_
e, pi, inf, nan = 2.718281828459045, 3.141592653589793, float("inf"), float("nan")
newaxis = None
__version__ = _dlc.version
__array_api_version__ = "2025.12"

from dlc import data as data
from dlc import nn as nn
from dlc import optim as optim
from dlc import train as train
