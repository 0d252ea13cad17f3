#!/usr/bin/env bash
# Measure dlc and every installed peer, interleaved in one run: SUITE [ARGUMENT...] (a script of benchmarks/).
set -euo pipefail
suites=$(grep -l '^def main' benchmarks/*.py | xargs -n1 basename -s .py)
suite="${1:-}"
if ! grep -qxF -- "$suite" <<<"$suites"; then
  echo "error: expected a suite (${suites//$'\n'/, }), but got '$suite'" >&2
  exit 2
fi
bash cmake/dev/build.sh >&2
exec .venv/bin/python "benchmarks/$suite.py" "${@:2}"
