#!/usr/bin/env bash
# Format C++ and Python sources (--check: change nothing, fail where a file would change; --tidy [FILE...]: clang-tidy).
set -euo pipefail
bash cmake/dev/setup.sh

# Hand-written files with one of the given endings, one a line: tracked, or new in a folder that holds tracked ones.
sources() {
  local folders
  mapfile -t folders < <(git ls-files | sed -n 's,/.*,,p' | sort -u)
  git ls-files --cached --others --exclude-standard --deduplicate -- ':(glob)*' "${folders[@]}" | grep -E "\.($1)$"
}

format() {
  sources 'cpp|h|c' | xargs clang-format-22 -i
  sources py | xargs .venv/bin/ruff format --quiet
  sources py | xargs .venv/bin/ruff check --quiet --fix
}

check() {
  sources 'cpp|h|c' | xargs clang-format-22 --dry-run --Werror
  sources py | xargs .venv/bin/ruff format --quiet --check
  sources py | xargs .venv/bin/ruff check --quiet
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
