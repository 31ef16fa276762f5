#!/bin/sh
# Makes a Debian machine ready for the tests that look at pages in a browser (internal/weblab): installs Chromium and, where
# there is none, Node.js, and puts the checkers that tools/weblab names into .cache/weblab of this checkout. A second run
# finds all of it and ends at once.
set -eu
export LC_ALL=C # what apt and dpkg say is parsed here

root=$(cd "$(dirname "$0")/.." && pwd)
lab=$root/.cache/weblab

name=setup-weblab
. "$root/tools/packages.sh"

mkdir -p "$lab"
exec 9>"$root/.cache/packages.lock"
flock 9 # two runs at once would fight over apt and over the folder

packages=chromium
command -v npm >/dev/null || packages="$packages nodejs npm"
missing=$(not_installed "$packages")
[ -z "$missing" ] || install_packages "$missing"

key=$(sha256sum < "$root/tools/weblab/package-lock.json" | cut -d ' ' -f 1)
[ "$(cat "$lab/ready" 2>/dev/null || true)" = "$key" ] && exit 0
cp "$root/tools/weblab/package.json" "$root/tools/weblab/package-lock.json" "$lab/"
(cd "$lab" && npm ci --ignore-scripts --no-audit --no-fund) >&2 || die "npm ci failed in $lab"
echo "$key" >"$lab/ready"
say "ready: $lab"
