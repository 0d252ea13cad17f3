#!/usr/bin/env bash
# Build the documentation and the reference into build/docs/index.html; a warning is an error.
set -euo pipefail
bash cmake/dev/build.sh dlc dlc-opt dlc-tblgen dlc-python dlc-op-table dlc-passes-tests
.venv/bin/python docs/site/pages.py build/docs-source
.venv/bin/python -m sphinx -q -E -W --keep-going -c docs/site -b html -d build/docs-doctrees build/docs-source build/docs
echo "build/docs/index.html"
