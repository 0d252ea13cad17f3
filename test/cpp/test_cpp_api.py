"""The C++ API as its users have it: the header and libdlc, compiled by an ordinary compiler."""

import pathlib
import re
import subprocess

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def build_and_run(folder: pathlib.Path, source: str, compiler: str = "g++") -> str:
    """Compiles a program with all warnings, runs it and returns what it prints."""
    (folder / "main.cpp").write_text(source)
    flags = ["-std=c++17", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'include'}", f"-L{ROOT / 'build/lib'}"]
    line = [compiler, *flags, "main.cpp", "-ldlc", f"-Wl,-rpath,{ROOT / 'build/lib'}", "-o", "main"]
    built = subprocess.run(line, cwd=folder, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    result = subprocess.run(["./main"], cwd=folder, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, (result.returncode, result.stderr)
    return result.stdout


@pytest.mark.parametrize("compiler", ["g++", "clang++-22"])
def test_the_example_of_the_readme(tmp_path, compiler):
    (example,) = re.findall(r"^```cpp\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    numbers = [float(word) for word in build_and_run(tmp_path, example, compiler).split()]
    x, w = np.arange(1.0, 7).reshape(2, 3), np.array([[1.0, 0], [0, 1], [1, 1]])
    y = np.tanh(x @ w)
    assert numbers == pytest.approx([y.sum(), *(x.T @ (1 - y * y)).ravel()], rel=1e-3)


ERRORS = r"""
#include <cstdio>
#include <dlc/dlc.h>

template <class F> void fails(F f) {
  try {
    f();
    std::puts("no failure");
  } catch (const dlc::Error &error) {
    std::printf("%d %.*s\n", int(error.kind), int(std::strcspn(error.what(), "\n")), error.what());
  }
}

int main() {
  dlc::Array x({2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6}), y({4}, std::vector<float>(4));
  dlc::Array none({0, 2}, std::vector<float>());
  fails([&] { dlc::Array({2, 3}, std::vector<float>{1}); });
  fails([&] { dlc::Array({-1}, std::vector<float>{1}); });
  fails([&] { dlc::Array({int64_t(1) << 40, int64_t(1) << 40}, std::vector<float>{1}); });
  fails([&] { dlc::Array(std::vector<int64_t>(17, 1), std::vector<float>{1}); });
  fails([&] { x + y; });
  fails([&] { dlc::matmul(x, x); });
  fails([&] { dlc::call("nothing", {x}); });
  fails([&] { dlc::call("reduce", {x}, "{kind = \"sum"); });
  fails([&] { dlc::call("reduce", {x}, std::string("{a = ") + std::string(100000, '[')); });
  fails([&] { x.data<double>(); });
  fails([&] { x.item<float>(); });
  fails([&] { none.item<float>(); });
  fails([&] { dlc::Array() + x; });
  fails([&] { dlc::Array().shape(); });
  fails([&] { dlc::grad([](const std::vector<dlc::Array> &p) { return p[0]; }, {x}); });
  dlc::Array rows({2}, std::vector<int64_t>{1, 7});
  fails([&] { dlc::call("take", {x, rows}, "{axis = 0 : i64, mode = \"error\"}").tensor(); });
  std::printf("%g\n", dlc::sum(x + x).item<float>()); // all of it left the library usable
}
"""


def test_errors(tmp_path):
    lines = build_and_run(tmp_path, ERRORS).splitlines()
    expected = [
        r"1 expected as many values as the shape has elements, 6, but got 1",
        r"1 expected extents of a tensor that fits memory, but got -1 in dimension 0",
        r"1 expected extents of a tensor that fits memory, but got 1099511627776 in dimension 1",
        r"1 expected a rank of at most 16, but got 17",
        r"1 'add' expected shapes that broadcast, but got \[2, 3\] and \[4\]",
        r"1 .*expected.*",
        r"1 expected the name of an op or builder, but got 'nothing'",
        r"1 expected.*",
        r"1 attributes:1:260: expected brackets that nest at most 256 deep, but got more",
        r"2 expected the type of data\(\) to be that of the array, f32, but got f64",
        r"1 expected an array of one element, but got 6",
        r"1 expected an array of one element, but got 0",
        r"1 expected an array, but got one that was never set",
        r"1 expected an array, but got one that was never set",
        r"[12] .*expected.*",
        r"3 .*7.*",
        r"42",
    ]
    assert len(lines) == len(expected), lines
    for line, pattern in zip(lines, expected):
        assert re.fullmatch(pattern, line), (line, pattern)


FAST = r"""
#include <cstdio>
#include <dlc/dlc.h>

int main() {
  auto third = [](const std::vector<dlc::Array> &x) { return (x[0] * x[0] + x[0]) / dlc::Array(3.0f); };
  auto exact = dlc::jit(third), fast = dlc::jit(third, dlc::JitOptions{true});
  std::vector<float> values;
  for (int i = 0; i < 1000; ++i)
    values.push_back(float(i) / 7.0f);
  dlc::Array x({1000}, values);
  std::vector<float> a = exact({x}).toVector<float>(), b = fast({x}).toVector<float>();
  int differ = 0;
  for (int i = 0; i < 1000; ++i) {
    if (std::abs(a[i] - b[i]) > 1e-6f * a[i])
      std::printf("%d is far: %g and %g\n", i, a[i], b[i]);
    differ += a[i] != b[i];
  }
  std::puts(differ > 0 && exact({x}).toVector<float>() == a ? "fast" : "exact");
}
"""


def test_fast_is_an_option_of_jit(tmp_path):
    assert build_and_run(tmp_path, FAST.replace("<cstdio>", "<cmath>\n#include <cstdio>")) == "fast\n"
