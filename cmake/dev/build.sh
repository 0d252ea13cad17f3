#!/usr/bin/env bash
# Set up, configure and build everything into build/ (arguments: targets).
set -euo pipefail
bash cmake/dev/setup.sh
cmake --preset dev -DPython_EXECUTABLE="$PWD/.venv/bin/python"
if [[ $# -gt 0 ]]; then
  cmake --build build --target "$@"
else
  cmake --build build
fi
