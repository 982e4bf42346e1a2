#!/usr/bin/env bash
# Makes sure of what only the tests need: a browser, a reader of text in pictures, and a font. Root on Debian or Ubuntu
# gets them installed; anybody else is told what to install.
set -u
packages=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || packages+=(chromium)
command -v tesseract >/dev/null || packages+=(tesseract-ocr)
[ -f /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || packages+=(fonts-dejavu-core)
# The same engine without the window around it: pages are looked at faster, where the distribution has it.
if ! command -v chromium-headless-shell >/dev/null && apt-cache show chromium-headless-shell >/dev/null 2>&1; then
  packages+=(chromium-headless-shell)
fi
[ ${#packages[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  printf 'Installing for the tests: %s\n' "${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null && exit 0
fi
printf 'The end-to-end tests need: %s.\n  Debian and Ubuntu: sudo apt install %s\n' "${packages[*]}" "${packages[*]}" >&2
exit 1
