#!/usr/bin/env bash
# Format C++ and Python sources (--check: change nothing, fail where a file would change).
set -euo pipefail
bash cmake/dev/setup.sh
check=()
[[ "${1:-}" != --check ]] || check=(--check)

mapfile -t cpp < <(git ls-files --cached --others --exclude-standard -- '*.cpp' '*.h' '*.c')
[[ ${#cpp[@]} -gt 0 ]] || { echo "error: expected C++ sources in the work tree, but got none" >&2; exit 1; }
if [[ ${#check[@]} -gt 0 ]]; then
  clang-format-22 --dry-run --Werror "${cpp[@]}"
else
  clang-format-22 -i "${cpp[@]}"
fi
.venv/bin/ruff format --quiet "${check[@]}" .
if [[ ${#check[@]} -gt 0 ]]; then
  .venv/bin/ruff check --quiet .
else
  .venv/bin/ruff check --quiet --fix .
fi
