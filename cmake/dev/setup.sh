#!/usr/bin/env bash
# Install what is missing: Debian packages (as root or by sudo) and the Python environment .venv.
#
# Changes nothing and needs no network when all is there. After it every package of cmake/apt-packages.txt is
# installed, and .venv has the packages of python/requirements-dev.txt and finds dlc in python/ and build/python/.
set -euo pipefail

install_debian_packages() {
  local wanted missing as_root=()
  wanted=$(sed 's/#.*//' cmake/apt-packages.txt | xargs -n1 | sort -u)
  # shellcheck disable=SC2086 # one package a word
  missing=$(comm -23 <(echo "$wanted") \
    <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $wanted 2>/dev/null | sed -n 's/ installed$//p' | sort -u))
  [[ -n "$missing" ]] || return 0
  if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null || { echo "error: expected root or sudo to install: ${missing//$'\n'/ }" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "installing Debian packages: ${missing//$'\n'/ }"
  "${as_root[@]}" apt-get update || echo "warning: apt-get update failed; going on with the lists at hand" >&2
  # shellcheck disable=SC2086
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
}

# A Python of 3.10 or later that can make environments and whose headers are installed.
find_python() {
  local candidate
  for candidate in /usr/bin/python3 python3; do
    if "$candidate" - <<'CHECK' 2>/dev/null; then
import ensurepip, os, sys, sysconfig, venv
header = os.path.join(sysconfig.get_paths()["include"], "Python.h")
sys.exit(not (sys.version_info >= (3, 10) and os.path.exists(header)))
CHECK
      echo "$candidate"
      return
    fi
  done
  echo "error: expected a Python of 3.10 or later with venv and headers, but got none" >&2
  exit 1
}

make_python_environment() {
  local stamp python
  stamp=$(sha256sum python/requirements-dev.txt cmake/dev/setup.sh | sha256sum)
  [[ "$(cat .venv/stamp 2>/dev/null)" != "$stamp $PWD" ]] || return 0
  python=$(find_python)
  echo "installing Python packages into .venv"
  if [[ ! -x .venv/bin/python ]] || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    rm -rf .venv
    "$python" -m venv .venv
  fi
  .venv/bin/python -m pip install -q --disable-pip-version-check -r python/requirements-dev.txt
  printf '%s\n' "$PWD/python" "$PWD/build/python" \
    >"$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/dlc.pth"
  echo "$stamp $PWD" >.venv/stamp
}

install_debian_packages
make_python_environment
