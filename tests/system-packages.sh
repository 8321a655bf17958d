#!/bin/bash
# Chromium, Pango, a Chinese font and ssh-keygen for the tests: install what may be, name what is left out.
set -u

has_browser() {
  local name
  for name in "${CHROMIUM:-chromium}" chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && return 0
  done
  return 1
}

has_chinese_font() {
  command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh 2>/dev/null)" ]
}

has_ssh_keygen() {
  command -v ssh-keygen >/dev/null 2>&1
}

has_pango() {
  .venv/bin/python -c 'import sys; from ctypes.util import find_library as found
sys.exit(not (found("pango-1.0") and found("pangoft2-1.0")))' >/dev/null 2>&1
}

packages=()
has_browser || packages+=(chromium)
has_chinese_font || packages+=(fontconfig fonts-noto-cjk)
has_ssh_keygen || packages+=(openssh-client)
has_pango || packages+=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)

reason="only root on Debian may install it here"
if [ "${#packages[@]}" -gt 0 ] && [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ]; then
  reason="apt-get could not install it"
  echo "Installing for the tests: ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null 2>&1
  apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null 2>&1
fi

left_out=0
leave_out() {
  left_out=1
  echo "Left out: $1 ($reason)"
}
has_browser || leave_out "tests in a browser, because Chromium is missing"
has_ssh_keygen || leave_out "tests of signed approvals, because ssh-keygen is missing"
has_chinese_font || leave_out "tests of paper and of how Chinese text looks, because no Chinese font is installed"
has_pango || leave_out "tests of paper, because Pango is missing"

case "${CI:-}" in
  1 | true) [ "$left_out" = 0 ] || { echo "Under CI nothing may be left out." >&2; exit 1; } ;;
esac
[ "$left_out" = 1 ] || echo "Nothing is left out."
