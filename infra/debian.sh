#!/bin/sh
# What the tests need from Debian: a browser for pages; for reports their fonts, and an office that opens them.
# Installs what is missing where it may; says what to do where it may not. The tests then skip.
set -eu

missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
[ -d /usr/share/fonts/truetype/liberation2 ] || missing="$missing fonts-liberation2"
command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-writer-nogui libreoffice-calc-nogui"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "choso: for the tests of pages and reports install:$missing" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update || true
# shellcheck disable=SC2086 # a list of words
apt-get -qq install -y --no-install-recommends $missing >/dev/null ||
    echo "choso: could not install$missing: the tests that need it are skipped" >&2
