#!/usr/bin/env bash
# Run the fuzzers under sanitizers: [SECONDS for each, default 60] [npy|package|program|safetensors ...].
set -euo pipefail
seconds=60
if [[ "${1:-}" =~ ^[0-9]+$ ]]; then
  seconds="$1"
  shift
fi
fuzzers=("$@")
[[ ${#fuzzers[@]} -gt 0 ]] || fuzzers=(npy package program safetensors)
cmake --preset asan -DDLC_FUZZ=ON >/dev/null
cmake --build build-asan --target dlc-fuzzers
seeds=build-asan/fuzz-seeds
build-asan/bin/dlc-write-fuzz-seeds "$seeds"
for fuzzer in "${fuzzers[@]}"; do
  if [[ ! -x "build-asan/bin/dlc-fuzz-$fuzzer" ]]; then
    echo "error: expected the name of a fuzzer, but got '$fuzzer'" >&2
    exit 2
  fi
  corpus="build-asan/fuzz-corpus/$fuzzer"
  mkdir -p "$corpus"
  # A damaged size may ask for any amount of memory: beyond 256 MB it gets null, which the code must bear.
  ASAN_OPTIONS=allocator_may_return_null=1:max_allocation_size_mb=256 "build-asan/bin/dlc-fuzz-$fuzzer" \
    -max_total_time="$seconds" -timeout=10 -artifact_prefix="build-asan/fuzz-$fuzzer-" -print_final_stats=1 \
    -verbosity=0 "$corpus" "$seeds/$fuzzer" 2>&1 | { grep -v 'failed to allocate' || true; }
done
