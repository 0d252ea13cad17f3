#!/usr/bin/env bash
# The main job on real data: trains a digits classifier, ships it as an executable, cold and with a warm cache: one table.
set -euo pipefail
bash cmake/dev/build.sh dlc dlc-python
exec .venv/bin/python examples/demo.py "$@"
