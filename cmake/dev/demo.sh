#!/usr/bin/env bash
# The main job on real data: trains a digits classifier, ships it as an executable, twice: cold and with a warm cache.
set -euo pipefail
bash cmake/dev/build.sh
out=demo-out
mkdir -p "$out"
export DLC_CACHE_DIR="$PWD/$out/cache"
rm -rf "$DLC_CACHE_DIR"
for run in "cold cache" "warm cache"; do
  printf '\n%s\n' "== $run"
  .venv/bin/python examples/digits.py --folder "$out" "$@"
done
