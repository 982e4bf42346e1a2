#!/usr/bin/env bash
# Names each missing prerequisite with what to do about it; silent when all are there.
set -u
missing=0

need() { # what is needed, what was found, what to do
  printf '%s is needed; %s.\n  %s\n' "$1" "$2" "$3" >&2
  missing=1
}

# at_least HAVE WANT: dotted versions
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

if ! command -v python3 >/dev/null; then
  need 'Python 3.11 or newer' 'python3 was not found' 'Debian and Ubuntu: apt install python3 python3-venv'
else
  have=$(python3 -c 'import platform; print(platform.python_version())')
  at_least "$have" 3.11 || need 'Python 3.11 or newer' "python3 is $have" 'Install a newer one (https://www.python.org) and put it first on PATH.'
  python3 -c 'import venv, ensurepip' 2>/dev/null || need 'The venv module of Python' 'it was not found' 'Debian and Ubuntu: apt install python3-venv'
fi
if ! command -v cargo >/dev/null; then
  need 'Rust 1.85 or newer' 'cargo was not found' 'Install it with rustup: https://rustup.rs'
else
  have=$(cargo --version | cut -d ' ' -f 2)
  at_least "$have" 1.85 || need 'Rust 1.85 or newer' "cargo is $have" 'Run: rustup update stable'
fi
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  need 'Node.js 20 or newer, with npm' 'node or npm was not found' 'Install it from https://nodejs.org or your distribution.'
else
  have=$(node --version | tr -d v)
  at_least "$have" 20 || need 'Node.js 20 or newer' "node is $have" 'Install a newer one (https://nodejs.org).'
fi
exit "$missing"
