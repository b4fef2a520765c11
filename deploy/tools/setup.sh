#!/bin/sh
# Makes .venv and installs what is needed: `sh deploy/tools/setup.sh run` for the program, `dev` for the tests and checks
# as well, `bench` for the planner's peers on top.
# Repeated calls return at once unless pyproject.toml or the planner's kernel has changed.
set -eu
cd "$(dirname "$0")/../.."

level="${1:-run}"
venv=".venv"
say() { printf '[setup] %s\n' "$*" >&2; }

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    say "Python 3.11 以上が見つかりません。 / Python 3.11 or newer is needed (set PYTHON=/path/to/python)."
    exit 1
}

make_venv() {
    python="$(find_python)"
    say "仮想環境を作ります ($python) / making $venv"
    rm -rf "$venv"
    if "$python" -m venv "$venv" >/dev/null 2>&1; then return; fi
    # Debian keeps the venv module in a package of its own.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "apt-get install python3-venv"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq >/dev/null || true
        apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
        rm -rf "$venv"
        "$python" -m venv "$venv"
    else
        rm -rf "$venv"
        say "venv が使えません。管理者に「apt install python3-venv」を頼んでください。 / python3-venv is missing: apt install python3-venv"
        exit 1
    fi
}

[ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || make_venv
python="$venv/bin/python"

stamp="$venv/.installed-$(cksum <pyproject.toml | tr ' ' '-')"
installed() { [ -e "$stamp-$level" ] || [ -e "$stamp-bench" ] || { [ "$level" = run ] && [ -e "$stamp-dev" ]; }; }
if ! installed; then
    say "部品を入れます。初めては1、2分かかります / installing, a minute or two the first time"
    "$python" deploy/tools/requirements.py "$level" >"$venv/requirements-$level.txt"
    "$python" -m pip install --quiet --disable-pip-version-check --no-input -r "$venv/requirements-$level.txt"
    rm -f "$venv"/.installed-*
    touch "$stamp-$level"
fi

# The planner's search is compiled once, here, so that the first plan of the day does not wait for it. Without a compiler
# back-end the planner still works, more slowly.
if [ -f logistics/solver/compile.py ]; then
    kernel="$venv/.compiled-$(cat logistics/solver/*.py | cksum | tr ' ' '-')"
    if [ ! -e "$kernel" ]; then
        say "計画の計算部分を準備します / compiling the planner"
        if "$python" -m logistics.solver.compile; then
            rm -f "$venv"/.compiled-*
            touch "$kernel"
        else
            say "計算部分を準備できませんでした。計画は遅くなります / not compiled; planning will be slower"
        fi
    fi
fi
