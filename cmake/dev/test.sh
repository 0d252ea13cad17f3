#!/usr/bin/env bash
# Set up, build, run every test and check: [--full] [FILTER]; the last line says how many passed and failed.
set -euo pipefail
bash cmake/dev/build.sh
exec .venv/bin/python cmake/dev/run_tests.py "$@"
