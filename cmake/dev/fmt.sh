#!/usr/bin/env bash
# Format C++ and Python sources (--check: change nothing, fail where a file would change; --tidy [FILE...]: clang-tidy).
set -euo pipefail
bash cmake/dev/setup.sh

# Sources of the work tree that end in one of the given patterns, one a line.
sources() { git ls-files --cached --others --exclude-standard --deduplicate -- "$@"; }

format() {
  local cpp
  mapfile -t cpp < <(sources '*.cpp' '*.h' '*.c')
  clang-format-22 -i "${cpp[@]}"
  .venv/bin/ruff format --quiet .
  .venv/bin/ruff check --quiet --fix .
}

check() {
  local cpp
  mapfile -t cpp < <(sources '*.cpp' '*.h' '*.c')
  clang-format-22 --dry-run --Werror "${cpp[@]}"
  .venv/bin/ruff format --quiet --check .
  .venv/bin/ruff check --quiet .
}

# Reads compile commands without precompiled headers and makes the generated headers. By default: what changed since main.
tidy() {
  local chosen=("$@")
  [[ $# -gt 0 ]] || mapfile -t chosen < <(git diff --name-only --diff-filter=d main -- 'lib/**.cpp' 'dialects/**.cpp' \
    'passes/**.cpp' 'jit/**.cpp' 'tools/**.cpp')
  [[ ${#chosen[@]} -gt 0 ]] || { echo "no C++ source changed since main"; return; }
  cmake --preset dev -B build-tidy -DDLC_PCH=OFF >/dev/null
  ninja -C build-tidy -t targets all | sed -n 's/^\([^/:][^:]*\.inc\): CUSTOM_COMMAND.*/\1/p' |
    xargs -r ninja -C build-tidy --quiet
  printf '%s\n' "${chosen[@]}" | xargs -P "$CMAKE_BUILD_PARALLEL_LEVEL" -n 1 clang-tidy-22 --quiet -p build-tidy
}

case "${1:-}" in
'') format ;;
--check) check ;;
--tidy) tidy "${@:2}" ;;
*)
  echo "error: expected --check, --tidy or nothing, but got '$1'" >&2
  exit 2
  ;;
esac
