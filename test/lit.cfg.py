"""lit's configuration: tests are the .mlir and .test files below test/.

Tools of build/bin and of LLVM 22 (FileCheck, not, split-file) are called by name. Substitutions: %python, the
environment's Python; %ptxas. Features for REQUIRES: cuda (a driver and a device), ptxas, avx512, full (a run by
`./dev test --full`). Loaded by lit.site.cfg.py of the build tree, which sets source_root, build_root, llvm_tools_dir.
"""

import ctypes
import glob
import os
import shutil

import lit.formats

config.name = "dlc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "fuzz", "project", "python", "unit"]
config.test_source_root = os.path.join(config.source_root, "test")
lit_config.maxIndividualTestTime = 300
config.test_exec_root = os.path.join(config.build_root, "test")

tools = [os.path.join(config.build_root, "bin"), config.llvm_tools_dir]
config.environment["PATH"] = os.pathsep.join([*tools, config.environment.get("PATH", "/usr/bin:/bin")])
config.environment["DLC_CACHE_DIR"] = os.path.join(config.test_exec_root, "cache")

python = os.path.join(config.source_root, ".venv", "bin", "python")
config.substitutions.append(("%python", python))


def find_ptxas():
    """The toolkit's ptxas, else the one of the wheel nvidia-cuda-nvcc in the environment."""
    wheels = os.path.join(
        config.source_root, ".venv", "lib", "python3.*", "site-packages", "nvidia", "*", "bin", "ptxas"
    )
    return shutil.which("ptxas") or next(iter(sorted(glob.glob(wheels))), None)


def has_cuda_device():
    """Whether the driver opens and counts at least one device."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0


ptxas = find_ptxas()
if ptxas:
    config.available_features.add("ptxas")
    config.substitutions.append(("%ptxas", ptxas))
if has_cuda_device():
    config.available_features.add("cuda")
with open("/proc/cpuinfo") as cpuinfo:
    if "avx512f" in cpuinfo.read().split():
        config.available_features.add("avx512")
if lit_config.params.get("full"):
    config.available_features.add("full")
